//! Groups: queue IDs that belong together, as long as one of them is going on.
//!
//! The tracker tells facts of a queue ID before it knows that this is another hop of a
//! message, and it tells the end of a message once, under the last of its hops. So what is
//! known of a message is kept under each number that the tracker gave it, and brought
//! together when two numbers turn out to be one message.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::track::{Fact, What};

/// What names a message to the tracker's listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Handle {
    /// A message's own number.
    Message(u64),
    /// The number of the family of its hops.
    Family(u32),
}

/// What is known of a group; two may turn out to be one.
pub(super) trait Known: Default {
    /// Adds what is known of the other.
    fn merge(&mut self, other: Self);
}

/// Where a handle leads.
#[derive(Clone, Copy)]
struct Place {
    /// Which group.
    group: u64,
    /// Which message of it: the tracker tells the end of each.
    member: u64,
}

/// Members that belong together.
struct Group<T> {
    known: T,
    handles: Vec<Handle>,
    /// Members whose end has not been told.
    open: usize,
}

/// The groups that are going on.
pub(super) struct Groups<T> {
    places: HashMap<Handle, Place, RandomState>,
    groups: HashMap<u64, Group<T>, RandomState>,
    next: u64,
}

impl<T> Default for Groups<T> {
    fn default() -> Self {
        Groups { places: HashMap::default(), groups: HashMap::default(), next: 0 }
    }
}

impl<T: Known> Groups<T> {
    /// What is known of a message, which is begun if nothing is.
    pub(super) fn of(&mut self, number: u64, family: Option<u32>) -> Option<&mut T> {
        let mut place = self.place(Handle::Message(number));
        if let Some(family) = family {
            place = self.one_member(place, Handle::Family(family));
        }
        self.groups.get_mut(&place.group).map(|group| &mut group.known)
    }

    /// What is known of a message, if anything is.
    pub(super) fn find(&mut self, handle: Handle) -> Option<&mut T> {
        let place = self.places.get(&handle)?;
        self.groups.get_mut(&place.group).map(|group| &mut group.known)
    }

    /// The number and family of the message that a fact is of. What is told of a recipient
    /// may come after its message is gone, and belongs to it if it is still known here.
    pub(super) fn whose(&self, fact: &Fact<'_>) -> Option<(u64, Option<u32>)> {
        let known = |number| self.places.contains_key(&Handle::Message(number));
        match (fact.message, fact.what) {
            (Some(message), What::Gone) if !known(message.number) => None,
            (Some(message), _) => Some((message.number, message.family())),
            (None, what) => what.handover().filter(|h| known(h.message)).map(|h| (h.message, None)),
        }
    }

    /// Hears of ends; gives what is known of a group if the fact is the end of its last member.
    pub(super) fn close(&mut self, fact: &Fact<'_>) -> Option<T> {
        let number = || fact.message.map(|message| Handle::Message(message.number));
        let handle = match fact.what {
            What::Ended { family: Some(family), .. } => Some(Handle::Family(family)),
            What::Ended { .. } => number(),
            What::Gone if fact.message.is_some_and(|m| m.family().is_none()) => number(),
            _ => None,
        };
        self.over(handle?)
    }

    /// A member's end was told; gives what is known of the group if that was the last one.
    fn over(&mut self, handle: Handle) -> Option<T> {
        let place = *self.places.get(&handle)?;
        let group = self.groups.get_mut(&place.group)?;
        group.open = group.open.saturating_sub(1);
        if group.open > 0 {
            return None;
        }
        let group = self.groups.remove(&place.group)?;
        for handle in &group.handles {
            self.places.remove(handle);
        }
        Some(group.known)
    }

    /// What is known of each group that is going on, in no order.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.groups.values_mut().map(|group| &mut group.known)
    }

    /// What is left when the log is over, in order of appearance.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> + use<T> {
        self.places.clear();
        let mut left: Vec<(u64, Group<T>)> = self.groups.drain().collect();
        left.sort_unstable_by_key(|(number, _)| *number);
        left.into_iter().map(|(_, group)| group.known)
    }

    /// Where a handle leads; to a new group if it was never seen.
    fn place(&mut self, handle: Handle) -> Place {
        if let Some(place) = self.places.get(&handle) {
            return *place;
        }
        self.next += 1;
        let place = Place { group: self.next, member: self.next };
        self.places.insert(handle, place);
        self.groups
            .insert(self.next, Group { known: T::default(), handles: vec![handle], open: 1 });
        place
    }

    /// Lets a handle lead to a member: both are one message.
    fn one_member(&mut self, place: Place, handle: Handle) -> Place {
        let Some(other) = self.places.get(&handle).copied() else {
            self.places.insert(handle, place);
            if let Some(group) = self.groups.get_mut(&place.group) {
                group.handles.push(handle);
            }
            return place;
        };
        if other.member == place.member {
            return place;
        }
        // The younger group is mostly the smaller one.
        let (kept, gone) = if place.group <= other.group { (place, other) } else { (other, place) };
        match self.groups.remove(&gone.group) {
            Some(group) if kept.group == gone.group => {
                self.move_member(&group.handles, gone, kept);
                let open = group.open.saturating_sub(1);
                self.groups.insert(kept.group, Group { open, ..group });
            }
            Some(group) => {
                self.move_member(&group.handles, gone, kept);
                if let Some(into) = self.groups.get_mut(&kept.group) {
                    into.handles.extend(group.handles);
                    into.open += group.open.saturating_sub(1);
                    into.known.merge(group.known);
                }
            }
            None => {}
        }
        kept
    }

    /// Lets these handles, all of a group, lead to another, and those of one member to another.
    fn move_member(&mut self, handles: &[Handle], from: Place, to: Place) {
        for handle in handles {
            if let Some(place) = self.places.get_mut(handle) {
                let member = if place.member == from.member { to.member } else { place.member };
                *place = Place { group: to.group, member };
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    impl Known for Vec<&'static str> {
        fn merge(&mut self, other: Self) {
            self.extend(other);
        }
    }

    fn groups() -> Groups<Vec<&'static str>> {
        Groups::default()
    }

    #[test]
    fn hops_are_one_member_however_late_that_is_known() {
        let mut groups = groups();
        groups.of(1, None).unwrap().push("first hop");
        groups.of(2, None).unwrap().push("second hop");
        groups.of(1, Some(7)).unwrap().push("handed on");
        groups.of(2, Some(7)).unwrap().push("delivered");
        let known = groups.over(Handle::Family(7)).unwrap();
        assert_eq!(known, ["first hop", "handed on", "second hop", "delivered"]);
        assert!(
            groups.find(Handle::Message(1)).is_none() && groups.find(Handle::Message(2)).is_none()
        );
    }

    #[test]
    fn two_families_may_turn_out_to_be_one() {
        let mut groups = groups();
        groups.of(1, Some(1)).unwrap().push("a");
        groups.of(2, Some(2)).unwrap().push("b");
        groups.of(3, Some(2)).unwrap().push("c");
        groups.of(2, Some(1)).unwrap().push("b again");
        assert_eq!(groups.of(3, Some(2)).unwrap().len(), 4);
        assert_eq!(groups.over(Handle::Family(1)).unwrap().len(), 4);
    }

    #[test]
    fn what_is_left_comes_in_order() {
        let mut groups = groups();
        for (number, word) in [(5, "e"), (3, "c"), (9, "i")] {
            groups.of(number, None).unwrap().push(word);
        }
        assert_eq!(groups.drain().map(|known| known.concat()).collect::<Vec<_>>(), ["e", "c", "i"]);
    }
}
