//! An outline: counts under headings, such as service, then host, then reason.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashTable};

use super::waiting::Waiting;
use crate::names::{Address, Client, Name, Text};

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

impl Leaf {
    /// Its kind and number.
    fn parts(self) -> (Kind, u32) {
        let (kind, index) = match self {
            Leaf::Text(name) => (Kind::Text, name.index()),
            Leaf::Client(name) => (Kind::Client, name.index()),
            Leaf::Address(name) => (Kind::Address, name.index()),
        };
        (kind, u32::try_from(index).unwrap_or(u32::MAX))
    }

    fn of(kind: Kind, number: u32) -> Leaf {
        let index = number as usize;
        match kind {
            Kind::Text => Leaf::Text(Name::at(index)),
            Kind::Client => Leaf::Client(Name::at(index)),
            Kind::Address => Leaf::Address(Name::at(index)),
        }
    }
}

/// The kind of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Text,
    Client,
    Address,
}

/// Counts of leaves under one or two headings.
///
/// Of leaves there may be a million: each takes sixteen bytes and a place, not the up to fifty
/// of a map by headings and leaf, which were a tenth of all memory. Once it is settled it can be read.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    headings: Vec<Heading>,
    heading_of: HashMap<Heading, u32, RandomState>,
    entries: Vec<Entry>,
    /// The places of entries among them.
    places: HashTable<u32>,
    hasher: RandomState,
    waiting: Waiting<(Branch, u64)>,
}

/// Two headings, and the kind of the leaves under them.
type Heading = (Text, Text, Kind);

/// The number of a heading and of a leaf.
type Branch = (u32, u32);

#[derive(Clone, Copy, Debug)]
struct Entry {
    branch: Branch,
    count: u64,
}

impl Outline {
    /// Adds to a leaf. An outline with one heading leaves the second one empty.
    pub fn add(&mut self, first: Text, second: Text, leaf: Leaf, times: u64) {
        let (kind, number) = leaf.parts();
        let heading = self.heading((first, second, kind));
        if self.waiting.put(((heading, number), times)) {
            self.count_waiting();
        }
    }

    #[inline(never)] // many at once, with nothing between them
    fn count_waiting(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for (branch, times) in waiting.drain() {
            self.count(branch, times);
        }
        self.waiting = waiting;
    }

    /// The number of a heading.
    fn heading(&mut self, heading: Heading) -> u32 {
        let next = u32::try_from(self.headings.len()).unwrap_or(u32::MAX);
        let number = *self.heading_of.entry(heading).or_insert(next);
        if number == next {
            self.headings.push(heading);
        }
        number
    }

    /// Counts what waits, and gives back what only counting needs; it is made again if counting
    /// goes on.
    pub fn settle(&mut self) {
        self.count_waiting();
        self.places = HashTable::new();
    }

    #[cold]
    fn lay_out(&mut self) {
        let Outline { entries, places, hasher, .. } = self;
        let hash = |place: &u32| hash_at(hasher, entries, *place);
        places.clear();
        for place in (0..entries.len()).map_while(|at| u32::try_from(at).ok()) {
            places.insert_unique(hash(&place), place, hash);
        }
    }

    fn count(&mut self, branch: Branch, times: u64) {
        if self.places.len() != self.entries.len() {
            self.lay_out();
        }
        let Outline { entries, places, hasher, .. } = self;
        let next = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let place = *places
            .entry(
                hasher.hash_one(branch),
                |place| branch_at(entries, *place) == Some(branch),
                |place| hash_at(hasher, entries, *place),
            )
            .or_insert(next)
            .get();
        if place == next {
            entries.push(Entry { branch, count: 0 });
        }
        if let Some(entry) = entries.get_mut(place as usize) {
            entry.count += times;
        }
    }

    /// Adds another outline of the same names, which is settled.
    pub fn merge(&mut self, other: &Outline) {
        for (first, second, leaf, count) in other.iter() {
            self.add(first, second, leaf, count);
        }
        self.count_waiting();
    }

    /// All leaves with their headings and counts, in the order of their first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (Text, Text, Leaf, u64)> {
        self.entries().iter().filter_map(|entry| self.line(entry))
    }

    /// Those of them whose second heading is wanted. Headings are few, and each is asked about
    /// once.
    pub fn under(
        &self,
        wanted: impl Fn(Text) -> bool,
    ) -> impl Iterator<Item = (Text, Text, Leaf, u64)> {
        let wanted: Vec<bool> = self.headings.iter().map(|(_, under, _)| wanted(*under)).collect();
        let is_wanted = move |entry: &&Entry| wanted.get(entry.branch.0 as usize) == Some(&true);
        self.entries().iter().filter(is_wanted).filter_map(|entry| self.line(entry))
    }

    fn entries(&self) -> &[Entry] {
        self.waiting.is_over();
        &self.entries
    }

    fn line(&self, entry: &Entry) -> Option<(Text, Text, Leaf, u64)> {
        let Entry { branch: (heading, leaf), count } = *entry;
        let (first, second, kind) = *self.headings.get(heading as usize)?;
        Some((first, second, Leaf::of(kind, leaf), count))
    }

    /// The leaf at a place in that order, and its count.
    #[must_use]
    pub fn leaf(&self, at: u32) -> Option<(Leaf, u64)> {
        let Entry { branch: (heading, leaf), count } = self.entries().get(at as usize)?;
        let (_, _, kind) = self.headings.get(*heading as usize)?;
        Some((Leaf::of(*kind, *leaf), *count))
    }

    /// The places of all leaves, those under the same headings together, by the numbers of their
    /// headings. Leaves of different kinds are in different groups.
    #[must_use]
    pub fn by_headings(&self) -> Vec<(Text, Text, Vec<u32>)> {
        let mut sizes = vec![0; self.headings.len()];
        for Entry { branch: (heading, _), .. } in self.entries() {
            if let Some(size) = sizes.get_mut(*heading as usize) {
                *size += 1;
            }
        }
        let headings = self.headings.iter().zip(sizes);
        let mut groups: Vec<(Text, Text, Vec<u32>)> = headings
            .map(|((first, second, _), size)| (*first, *second, Vec::with_capacity(size)))
            .collect();
        for (at, Entry { branch: (heading, _), .. }) in (0..).zip(self.entries()) {
            if let Some((_, _, places)) = groups.get_mut(*heading as usize) {
                places.push(at);
            }
        }
        groups.sort_unstable_by_key(|(first, second, _)| (*first, *second));
        groups
    }

    /// How many leaves there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether there is no leaf.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// All counts together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.entries().iter().map(|entry| entry.count).sum()
    }
}

/// The branch of the entry at a place.
#[inline] // see `Outline::count`
fn branch_at(entries: &[Entry], place: u32) -> Option<Branch> {
    entries.get(place as usize).map(|entry| entry.branch)
}

/// The hash by which the entry at a place is found.
#[inline] // see `Outline::count`
fn hash_at(hasher: &RandomState, entries: &[Entry], place: u32) -> u64 {
    hasher.hash_one(branch_at(entries, place).unwrap_or_default())
}
