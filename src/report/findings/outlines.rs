//! Lines that stand in the tallies as they were said: warnings, errors, refusals.

use memchr::memmem::Finder;

use crate::names::Text;
use crate::report::View;
use crate::tally::outline::{Leaf, Outline};

/// A text, who said it, and how often.
pub(super) struct Said<'v> {
    /// The service, or what else stands over it.
    pub(super) by: &'v [u8],
    /// The heading below, if there is one.
    pub(super) under: &'v [u8],
    /// The text; empty where the outline ends in a client.
    pub(super) text: &'v [u8],
    pub(super) times: u64,
}

/// Commands that a user gave: if one of these fails, only that user is told no.
const COMMANDS: [&[u8]; 11] = [
    b"sendmail",
    b"postdrop",
    b"postqueue",
    b"postsuper",
    b"postcat",
    b"postmap",
    b"postalias",
    b"postconf",
    b"postlog",
    b"postmulti",
    b"postfix-script",
];

/// Whether a command of a user says it, and no daemon.
pub(super) fn is_of_command(said: &Said<'_>) -> bool {
    COMMANDS.contains(&said.by)
}

/// What is wanted of an outline, the most frequent first.
pub(super) fn said<'v>(
    view: &View<'v>,
    outline: &Outline,
    wanted: impl Fn(&Said<'v>) -> bool,
) -> Vec<Said<'v>> {
    let all = outline.iter().map(|line| line_of(view, line));
    in_order(all.filter(wanted).collect())
}

/// What stands in an outline under headings that are wanted, the most frequent first. Headings are
/// few, so each is looked at once and not with each of its lines.
pub(super) fn said_under<'v>(
    view: &View<'v>,
    outline: &Outline,
    wanted: impl Fn(&[u8]) -> bool,
) -> Vec<Said<'v>> {
    let all = outline.under(|heading| wanted(view.names.texts.text(heading)));
    in_order(all.map(|line| line_of(view, line)).collect())
}

fn line_of<'v>(view: &View<'v>, (by, under, leaf, times): (Text, Text, Leaf, u64)) -> Said<'v> {
    let texts = &view.names.texts;
    let text = if let Leaf::Text(text) = leaf { texts.text(text) } else { b"" };
    Said { by: texts.text(by), under: texts.text(under), text, times }
}

/// The most frequent first.
pub(super) fn in_order(mut all: Vec<Said<'_>>) -> Vec<Said<'_>> {
    all.sort_by_key(|said| (std::cmp::Reverse(said.times), said.by, said.under, said.text));
    all
}

/// Words in lower case that are looked for in many texts.
pub(super) struct Words(Vec<Finder<'static>>);

impl Words {
    pub(super) fn new(words: &[&'static str]) -> Words {
        Words(words.iter().map(|word| Finder::new(word.as_bytes())).collect())
    }

    /// Whether a text has one of them, whatever its case.
    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        self.first_in(text).is_some()
    }

    /// The place of the first of them that a text has.
    pub(super) fn first_in(&self, text: &[u8]) -> Option<usize> {
        let lower = text.to_ascii_lowercase();
        self.0.iter().position(|word| word.find(&lower).is_some())
    }
}

/// All times together.
pub(super) fn sum(all: &[Said<'_>]) -> u64 {
    all.iter().map(|said| said.times).sum()
}
