//! Lines that stand in the tallies as they were said: warnings, errors, refusals.

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

/// All of an outline, the most frequent first.
pub(super) fn said<'v>(view: &View<'v>, outline: &Outline) -> Vec<Said<'v>> {
    let texts = &view.names.texts;
    let mut all: Vec<Said<'v>> = outline
        .iter()
        .map(|(by, under, leaf, times)| {
            let text = if let Leaf::Text(text) = leaf { texts.text(text) } else { b"" };
            Said { by: texts.text(by), under: texts.text(under), text, times }
        })
        .collect();
    all.sort_by_key(|said| (std::cmp::Reverse(said.times), said.by, said.under, said.text));
    all
}

/// Whether a text has one of the words, whatever their case.
pub(super) fn has(text: &[u8], words: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    words.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// All times together.
pub(super) fn sum(all: &[Said<'_>]) -> u64 {
    all.iter().map(|said| said.times).sum()
}
