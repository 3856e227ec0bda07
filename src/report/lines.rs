//! Lines of an outline: each a number that stands for its words, and a count.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Address, Names, Text};
use crate::tally::outline::Leaf;

use super::folding::Folding;
use super::table::List;

/// A line with its headings, its words by number, and their place among those of the outline.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) first: Text,
    pub(super) second: Text,
    pub(super) word: u32,
    pub(super) place: u32,
    pub(super) count: u64,
}

impl Line {
    /// Headings and place as one number.
    pub(super) fn key(&self) -> u128 {
        let Line { first, second, place, .. } = self;
        (first.index() as u128) << 64 | (second.index() as u128) << 32 | u128::from(*place)
    }
}

/// The words of lines: names of the log as far as they are shown as they are, else copies.
pub(super) struct Words<'v> {
    names: &'v Names,
    list: Vec<Word>,
    /// Copies, and where each of them ends.
    copies: Vec<u8>,
    ends: Vec<usize>,
    numbers: HashMap<Source, u32, RandomState>,
    trimmed: Vec<u8>,
}

/// Where words are.
#[derive(Clone, Copy, Debug)]
enum Word {
    Text(Text),
    Address(Address),
    Copy(u32),
}

/// What words are made of: a folded host, or a name, and whether cleanup(8) says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Source {
    Host(Text),
    Text(Text, bool),
    Address(Address),
}

impl<'v> Words<'v> {
    /// No words yet.
    pub(super) fn new(names: &'v Names) -> Words<'v> {
        Words {
            names,
            list: Vec::new(),
            copies: Vec::new(),
            ends: Vec::new(),
            numbers: HashMap::default(),
            trimmed: Vec::new(),
        }
    }

    /// The number of a leaf's words. `trim` writes what is shown of a text.
    pub(super) fn number(
        &mut self,
        leaf: Leaf,
        of_cleanup: bool,
        folding: &mut Folding,
        trim: impl FnOnce(&[u8], &mut Vec<u8>),
    ) -> u32 {
        let source = match leaf {
            Leaf::Client(client) => Source::Host(folding.client(self.names, client)),
            Leaf::Text(text) => Source::Text(text, of_cleanup),
            Leaf::Address(address) => Source::Address(address),
        };
        if let Some(number) = self.numbers.get(&source) {
            return *number;
        }
        let word = match source {
            Source::Address(address) => Word::Address(address),
            Source::Host(host) => {
                self.copies.extend_from_slice(folding.hosts.text(host));
                self.copied()
            }
            Source::Text(text, _) => {
                let whole = self.names.texts.text(text);
                trim(whole, &mut self.trimmed);
                if self.trimmed == whole {
                    Word::Text(text)
                } else {
                    self.copies.extend_from_slice(&self.trimmed);
                    self.copied()
                }
            }
        };
        let number = self.len();
        self.list.push(word);
        self.numbers.insert(source, number);
        number
    }

    /// The copy that was appended last.
    fn copied(&mut self) -> Word {
        self.ends.push(self.copies.len());
        Word::Copy(u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX))
    }

    /// How many different ones there are.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.list.len()).unwrap_or(u32::MAX)
    }

    /// The words of a number.
    pub(super) fn text(&self, number: u32) -> &[u8] {
        match self.list.get(number as usize) {
            Some(Word::Text(text)) => self.names.texts.text(*text),
            Some(Word::Address(address)) => self.names.addresses.text(*address),
            Some(Word::Copy(copy)) => {
                let copy = *copy as usize;
                let before = copy.checked_sub(1).and_then(|before| self.ends.get(before));
                let (start, end) = (before.copied().unwrap_or(0), self.ends.get(copy).copied());
                self.copies.get(start..end.unwrap_or(start)).unwrap_or_default()
            }
            None => b"",
        }
    }
}

/// The lines of an outline, those of each heading together.
pub(super) struct Lines<'v> {
    words: Words<'v>,
    /// The number of each line's words.
    numbers: Vec<u32>,
    counts: Vec<u64>,
}

impl<'v> Lines<'v> {
    /// Lines in their order.
    pub(super) fn new(mut words: Words<'v>, lines: &[Line]) -> Lines<'v> {
        words.numbers = HashMap::default(); // nobody asks any more
        words.list.shrink_to_fit();
        Lines {
            words,
            numbers: lines.iter().map(|line| line.word).collect(),
            counts: lines.iter().map(|line| line.count).collect(),
        }
    }
}

impl List for Lines<'_> {
    fn text(&self, row: usize) -> &[u8] {
        self.numbers.get(row).map_or(b"", |number| self.words.text(*number))
    }

    fn number(&self, row: usize) -> u64 {
        self.counts.get(row).copied().unwrap_or(0)
    }
}
