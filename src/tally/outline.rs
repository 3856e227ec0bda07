//! An outline: counts under headings, such as service, then host, then reason.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Address, Client, Text};

/// What stands at the end of an outline's branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Leaf {
    /// A phrase.
    Text(Text),
    /// A client, shown by its host.
    Client(Client),
    /// An envelope address.
    Address(Address),
}

/// Counts of leaves under one or two headings.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    counts: HashMap<(Text, Text, Leaf), u64, RandomState>,
}

impl Outline {
    /// Adds to a leaf. An outline with one heading leaves the second one empty.
    pub fn add(&mut self, first: Text, second: Text, leaf: Leaf, times: u64) {
        *self.counts.entry((first, second, leaf)).or_default() += times;
    }

    /// Adds another outline of the same names.
    pub fn merge(&mut self, other: &Outline) {
        for (key, count) in &other.counts {
            *self.counts.entry(*key).or_default() += count;
        }
    }

    /// All leaves with their headings and counts, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (Text, Text, Leaf, u64)> {
        self.counts.iter().map(|(&(first, second, leaf), &count)| (first, second, leaf, count))
    }

    /// How many leaves there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there is no leaf.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// All counts together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}
