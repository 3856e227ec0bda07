//! Lines of an outline: most stay where they were counted; made are those of several leaves, and
//! those whose words are not the log's.

use crate::names::{Address, Interner, Names, Text, kind};
use crate::tally::outline::{Leaf, Outline};

use super::folding::{Folding, Hosts};
use super::rank;
use super::table::List;

/// The lines of an outline, those of each heading together.
pub(super) struct Lines<'v> {
    outline: &'v Outline,
    lines: Vec<Line>,
    made: Vec<(Word, u64)>,
    words: Words<'v>,
}

/// A line: of one leaf, by its place in the outline; or, with the highest bit, one that was made.
/// A report has more of them than of anything else.
#[derive(Clone, Copy)]
struct Line(u32);

/// The bit that says that a line was made.
const MADE: u32 = 1 << 31;

/// Where a line is.
enum Place {
    /// In the outline.
    Counted(u32),
    /// Among those that were made.
    Made(usize),
}

impl Line {
    /// The line of a leaf, if its place leaves room for the bit.
    fn counted(at: u32) -> Option<Line> {
        (at & MADE == 0).then_some(Line(at))
    }

    fn made(at: usize) -> Line {
        Line(u32::try_from(at).unwrap_or(u32::MAX) | MADE)
    }

    fn place(self) -> Place {
        if self.0 & MADE == 0 {
            Place::Counted(self.0)
        } else {
            Place::Made((self.0 & !MADE) as usize)
        }
    }
}

/// A line before it has its place.
#[derive(Clone, Copy)]
struct Draft {
    word: Word,
    count: u64,
    /// Its leaf; none if it is made.
    leaf: Option<u32>,
}

/// Where the words of a line are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Text(Text),
    Address(Address),
    Host(Text),
    Copy(u32),
}

impl<'v> Lines<'v> {
    /// No lines yet.
    pub(super) fn new(names: &'v Names, outline: &'v Outline, folding: &Folding) -> Lines<'v> {
        let lines = Vec::with_capacity(outline.len());
        let words = Words::new(names, folding.hosts_to_come());
        Lines { outline, lines, made: Vec::new(), words }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Adds the lines of a heading, the greatest count first, those that look alike made one;
    /// `trim` writes what is shown of a text, and says whether that is another text. Gives all
    /// counts together.
    pub(super) fn add<'l>(
        &mut self,
        leaves: impl Iterator<Item = &'l [u32]> + Clone,
        folding: &mut Folding,
        trim: impl Fn(&[u8], &mut Vec<u8>) -> bool,
    ) -> u64 {
        let drafts = self.drafts(leaves, folding, trim);
        let ready = self.words.merged(&drafts, &folding.hosts);
        drop(drafts); // sorting needs as much room
        let counts: Vec<u64> = ready.iter().map(|draft| draft.count).collect();
        for at in rank::by_number(&counts) {
            let Some(&Draft { word, count, leaf }) = ready.get(at as usize) else { continue };
            let line = leaf.and_then(Line::counted).unwrap_or_else(|| {
                self.made.push((word, count));
                Line::made(self.made.len() - 1)
            });
            self.lines.push(line);
        }
        counts.iter().sum()
    }

    /// The lines of a heading in no order. Clients of one host are one line already: there may
    /// be ten of them, and then only one is sorted.
    fn drafts<'l>(
        &mut self,
        leaves: impl Iterator<Item = &'l [u32]> + Clone,
        folding: &mut Folding,
        trim: impl Fn(&[u8], &mut Vec<u8>) -> bool,
    ) -> Vec<Draft> {
        let mut drafts: Vec<Draft> = Vec::with_capacity(leaves.clone().map(<[_]>::len).sum());
        for leaf in leaves.flatten() {
            let Some(draft) = self.draft(*leaf, folding, &trim) else { continue };
            let known = if let Word::Host(host) = draft.word {
                let is_it = |known: &Draft| known.word == draft.word;
                folding.place(host, drafts.len(), |at| drafts.get(at).is_some_and(is_it))
            } else {
                None
            };
            match known.and_then(|at| drafts.get_mut(at)) {
                Some(known) => known.count += draft.count,
                None => drafts.push(draft),
            }
        }
        drafts
    }

    fn draft(
        &mut self,
        at: u32,
        folding: &mut Folding,
        trim: impl Fn(&[u8], &mut Vec<u8>) -> bool,
    ) -> Option<Draft> {
        let (leaf, count) = self.outline.leaf(at)?;
        let word = self.words.of(leaf, folding, trim);
        let leaf = matches!(word, Word::Text(_) | Word::Address(_)).then_some(at);
        Some(Draft { word, count, leaf })
    }
}

impl List for Lines<'_> {
    fn text(&self, row: usize) -> &[u8] {
        let names = self.words.names;
        match self.lines.get(row).map(|line| line.place()) {
            Some(Place::Counted(at)) => match self.outline.leaf(at) {
                Some((Leaf::Text(text), _)) => names.texts.text(text),
                Some((Leaf::Address(address), _)) => names.addresses.text(address),
                _ => b"",
            },
            Some(Place::Made(at)) => {
                let hosts = self.words.hosts.get();
                self.made.get(at).map_or(b"", |(word, _)| self.words.text(*word, hosts))
            }
            None => b"",
        }
    }

    fn number(&self, row: usize) -> u64 {
        let count = match self.lines.get(row).map(|line| line.place()) {
            Some(Place::Counted(at)) => self.outline.leaf(at).map(|(_, count)| count),
            Some(Place::Made(at)) => self.made.get(at).map(|(_, count)| *count),
            None => None,
        };
        count.unwrap_or(0)
    }
}

/// The words of lines: names of the log as far as they are shown as they are, folded hosts, and
/// copies.
struct Words<'v> {
    names: &'v Names,
    hosts: Hosts,
    copies: Vec<u8>,
    /// Where each copy ends.
    ends: Vec<usize>,
    trimmed: Vec<u8>,
}

impl<'v> Words<'v> {
    fn new(names: &'v Names, hosts: Hosts) -> Words<'v> {
        let (copies, trimmed) = (Vec::new(), Vec::new());
        Words { names, hosts, copies, ends: Vec::new(), trimmed }
    }

    /// Lines in the order of their words, those with the same words made one.
    fn merged(&self, drafts: &[Draft], hosts: &Interner<kind::Text>) -> Vec<Draft> {
        let words = |word| self.text(word, Some(hosts));
        let draft = |at: u32| drafts.get(at as usize);
        let text = |at| draft(at).map_or(&b""[..], |draft| words(draft.word));
        let order = rank::order(u32::try_from(drafts.len()).unwrap_or(u32::MAX), text);
        let mut ready: Vec<Draft> = Vec::with_capacity(drafts.len());
        let mut before = &b""[..];
        for next in order.into_iter().filter_map(draft) {
            let said = words(next.word);
            match ready.last_mut() {
                Some(last) if said == before => {
                    last.count += next.count;
                    last.leaf = None;
                }
                _ => ready.push(*next),
            }
            before = said;
        }
        ready
    }

    /// The words of a leaf.
    fn of(
        &mut self,
        leaf: Leaf,
        folding: &mut Folding,
        trim: impl Fn(&[u8], &mut Vec<u8>) -> bool,
    ) -> Word {
        match leaf {
            Leaf::Address(address) => Word::Address(address),
            Leaf::Client(client) => Word::Host(folding.client(self.names, client)),
            Leaf::Text(text) => {
                let whole = self.names.texts.text(text);
                if !trim(whole, &mut self.trimmed) {
                    return Word::Text(text);
                }
                self.copies.extend_from_slice(&self.trimmed);
                self.ends.push(self.copies.len());
                Word::Copy(u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX))
            }
        }
    }

    fn text<'w>(&'w self, word: Word, hosts: Option<&'w Interner<kind::Text>>) -> &'w [u8] {
        match word {
            Word::Host(host) => hosts.map_or(b"", |hosts| hosts.text(host)),
            Word::Text(text) => self.names.texts.text(text),
            Word::Address(address) => self.names.addresses.text(address),
            Word::Copy(copy) => {
                let copy = copy as usize;
                let before = copy.checked_sub(1).and_then(|before| self.ends.get(before));
                let (start, end) = (before.copied().unwrap_or(0), self.ends.get(copy).copied());
                self.copies.get(start..end.unwrap_or(start)).unwrap_or_default()
            }
        }
    }
}
