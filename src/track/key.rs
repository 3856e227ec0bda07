//! Keys: where a message is known by its queue ID, and how it is found without knowing where.

use std::cell::Cell;
use std::hash::{BuildHasher, Hash, Hasher};

use hashbrown::{Equivalent, HashMap};

use crate::postfix::QueueId;

/// Where a message is known by its queue ID: the number of host and instance, and the ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Number of host and instance.
    pub instance: u32,
    /// The queue ID.
    pub queue_id: QueueId,
}

/// So many instances share a place in a table: a look for a queue ID in all instances takes one for
/// each so many, and those of thousands of hosts that have one queue ID do not crowd a place.
const GROUP: u32 = 64;

/// By the queue ID and the group of the instance: a message of any instance of the group is found
/// by one look (`Abroad`).
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.instance / GROUP);
        self.queue_id.hash(state);
    }
}

/// A look for a queue ID in the instances of a group: it is equal to no key, and notes those that it
/// was compared with. These are all of the same hash: a table goes on until one is equal, or none is
/// left that could be.
pub(super) struct Abroad {
    place: Key,
    not: Key,
    /// The first of them, so that every run finds the same.
    first: Cell<Option<Key>>,
}

impl Abroad {
    /// The key of the first instance but that of `not`, of so many, that knows a message by its
    /// queue ID.
    pub(super) fn find<V, S: BuildHasher>(
        messages: &HashMap<Key, V, S>,
        instances: u32,
        not: Key,
    ) -> Option<Key> {
        (0..instances.div_ceil(GROUP)).find_map(|group| {
            let place = Key { instance: group * GROUP, ..not };
            let abroad = Abroad { place, not, first: Cell::new(None) };
            messages.contains_key(&abroad);
            abroad.first.get()
        })
    }
}

impl Hash for Abroad {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.place.hash(state);
    }
}

impl Equivalent<Key> for Abroad {
    fn equivalent(&self, key: &Key) -> bool {
        let same_group = key.instance / GROUP == self.place.instance / GROUP;
        if key.queue_id == self.not.queue_id && *key != self.not && same_group {
            self.first.set(Some(self.first.get().map_or(*key, |first| first.min(*key))));
        }
        false
    }
}
