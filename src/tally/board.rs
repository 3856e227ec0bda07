//! A board: one entry for each name that has something to count.

use std::ops::AddAssign;

use crate::names::Name;

use super::delays::Delays;
use super::waiting::Waiting;

/// What an entry counts.
pub trait Counts: Default + Clone {
    /// One thing to be counted.
    type Count: Copy + std::fmt::Debug + Send + Sync;

    /// Counts it.
    fn count(&mut self, one: Self::Count);
}

/// Entries of type `V`, one for each name of kind `K` that has any. Once it is settled it can
/// be read.
#[derive(Clone, Debug)]
pub struct Board<K, V: Counts> {
    /// The place of a name's entry, from 1; 0 if it has none, as most senders have none among
    /// recipients.
    places: Vec<u32>,
    entries: Vec<V>,
    waiting: Waiting<(Name<K>, V::Count)>,
}

impl<K, V: Counts> Default for Board<K, V> {
    fn default() -> Self {
        Board { places: Vec::new(), entries: Vec::new(), waiting: Waiting::default() }
    }
}

impl<K, V: Counts> Board<K, V> {
    /// Counts something for a name.
    pub fn count(&mut self, name: Name<K>, one: V::Count) {
        if self.waiting.put((name, one)) {
            self.settle();
        }
    }

    /// Counts what waits.
    #[inline(never)] // many at once, with nothing between them
    pub fn settle(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for (name, one) in waiting.drain() {
            self.add(name, |entry| entry.count(one));
        }
        self.waiting = waiting;
    }

    /// Adds to the entry of a name.
    fn add(&mut self, name: Name<K>, with: impl FnOnce(&mut V)) {
        let index = name.index();
        if index >= self.places.len() {
            self.places.resize(index + 1, 0);
        }
        let Some(place) = self.places.get_mut(index) else { return };
        if *place == 0 {
            self.entries.push(V::default());
            *place = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        }
        if let Some(entry) = self.entries.get_mut(*place as usize - 1) {
            with(entry);
        }
    }

    /// The entry of a name.
    #[must_use]
    pub fn get(&self, name: Name<K>) -> Option<&V> {
        self.waiting.is_over();
        self.at(*self.places.get(name.index())?)
    }

    fn at(&self, place: u32) -> Option<&V> {
        self.entries.get((place as usize).checked_sub(1)?)
    }

    /// The names that have an entry, in order of their first appearance in the log.
    pub fn iter(&self) -> impl Iterator<Item = (Name<K>, &V)> {
        self.waiting.is_over();
        let named = self.places.iter().enumerate();
        named.filter_map(|(index, place)| Some((Name::at(index), self.at(*place)?)))
    }

    /// How many names have an entry.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.is_over();
        self.entries.len()
    }

    /// Whether no name has an entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds another board of the same names, which is settled.
    pub fn merge(&mut self, other: &Self)
    where
        V: AddAssign,
    {
        for (name, theirs) in other.iter() {
            self.add(name, |mine| *mine += theirs.clone());
        }
    }
}

/// Mail from somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Messages received.
    pub messages: u64,
    /// Their sizes.
    pub bytes: u64,
}

impl AddAssign for Sent {
    fn add_assign(&mut self, other: Sent) {
        self.messages += other.messages;
        self.bytes += other.bytes;
    }
}

impl Counts for Sent {
    type Count = Sent;

    fn count(&mut self, one: Sent) {
        *self += one;
    }
}

/// Mail to somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Got {
    /// Deliveries.
    pub deliveries: u64,
    /// Size times deliveries.
    pub bytes: u64,
}

impl AddAssign for Got {
    fn add_assign(&mut self, other: Got) {
        self.deliveries += other.deliveries;
        self.bytes += other.bytes;
    }
}

impl Counts for Got {
    type Count = Got;

    fn count(&mut self, one: Got) {
        *self += one;
    }
}

/// Mail to a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Size times deliveries.
    pub bytes: u64,
    /// Attempts put off.
    pub deferrals: u64,
    /// Delays of the deliveries, in milliseconds.
    pub delay: u64,
    /// The longest delay of a delivery or deferral, in milliseconds.
    pub longest: u64,
    /// How long the deliveries took, and how many there were.
    pub delays: Delays,
}

impl Reached {
    /// Deliveries.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.delays.count
    }
}

/// An attempt to reach a domain.
#[derive(Clone, Copy, Debug)]
pub enum Attempt {
    /// It was delivered.
    Delivered {
        /// Size times deliveries.
        bytes: u64,
        /// Since the message arrived, in milliseconds.
        delay: u64,
        /// The four parts of that.
        parts: [u64; 4],
        /// Deliveries.
        times: u64,
    },
    /// It was put off.
    Deferred {
        /// Since the message arrived, in milliseconds.
        delay: u64,
        /// Deferrals.
        times: u64,
    },
}

impl Counts for Reached {
    type Count = Attempt;

    fn count(&mut self, one: Attempt) {
        match one {
            Attempt::Delivered { bytes, delay, parts, times } => {
                self.bytes += bytes;
                self.delay += delay * times;
                self.longest = self.longest.max(delay);
                self.delays.add(delay, parts, times);
            }
            Attempt::Deferred { delay, times } => {
                self.deferrals += times;
                self.longest = self.longest.max(delay);
            }
        }
    }
}

impl AddAssign for Reached {
    fn add_assign(&mut self, other: Reached) {
        self.delays.merge(&other.delays);
        self.bytes += other.bytes;
        self.deferrals += other.deferrals;
        self.delay += other.delay;
        self.longest = self.longest.max(other.longest);
    }
}

/// Connections of somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// Connections.
    pub connections: u64,
    /// How long they lasted, in seconds.
    pub seconds: u64,
    /// The longest, in seconds.
    pub longest: u64,
}

impl Visits {
    /// A connection that lasted so many seconds.
    #[must_use]
    pub fn one(seconds: u64) -> Visits {
        Visits { connections: 1, seconds, longest: seconds }
    }
}

impl Counts for Visits {
    type Count = Visits;

    fn count(&mut self, one: Visits) {
        *self += one;
    }
}

impl AddAssign for Visits {
    fn add_assign(&mut self, other: Visits) {
        self.connections += other.connections;
        self.seconds += other.seconds;
        self.longest = self.longest.max(other.longest);
    }
}
