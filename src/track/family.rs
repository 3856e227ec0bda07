//! Families: the hops of one message, whose life ends with that of the last of them.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::syslog::Moment;

use super::message::{Message, Start};

/// The families of all messages that have hops, by number.
#[derive(Default)]
pub(super) struct Families {
    open: HashMap<u32, Family, RandomState>,
    /// Which family one became that was joined to another.
    joined: HashMap<u32, u32, RandomState>,
    last: u32,
}

/// The hops of one message.
#[derive(Clone, Copy, Debug, Default)]
struct Family {
    /// Members that have not ended.
    members: u32,
    outcome: u8,
    start: Option<(Start, Moment)>,
    /// Whether another one became this.
    joined: bool,
}

impl Families {
    /// The family that one belongs to by now.
    pub(super) fn root(&self, number: u32) -> u32 {
        self.joined.get(&number).copied().unwrap_or(number)
    }

    /// The family of a first hop, which joins it as its first member.
    pub(super) fn of(&mut self, message: &mut Message) -> u32 {
        if let Some(number) = message.family {
            return self.root(number);
        }
        self.last += 1;
        self.open.insert(self.last, Family { members: 1, ..Family::default() });
        message.family = Some(self.last);
        self.last
    }

    /// Whether it has members that have not ended.
    pub(super) fn is_open(&self, root: u32) -> bool {
        self.open.contains_key(&root)
    }

    /// Another member is on its way.
    pub(super) fn expect_member(&mut self, family: u32) {
        let number = self.root(family);
        self.open.entry(number).or_default().members += 1;
    }

    /// Something became of one of its members.
    pub(super) fn add_outcome(&mut self, family: u32, outcomes: u8) {
        let number = self.root(family);
        self.open.entry(number).or_default().outcome |= outcomes;
    }

    /// Makes one family of two.
    pub(super) fn join(&mut self, into: u32, from: u32) {
        let (into, from) = (self.root(into), self.root(from));
        if into == from {
            return;
        }
        if let Some(lost) = self.open.remove(&from) {
            let kept = self.open.entry(into).or_default();
            kept.members += lost.members;
            kept.outcome |= lost.outcome;
            kept.start = kept.start.or(lost.start);
        }
        for joined in self.joined.values_mut().filter(|joined| **joined == from) {
            *joined = into;
        }
        if let Some(kept) = self.open.get_mut(&into) {
            kept.joined = true;
            self.joined.insert(from, into);
        }
    }

    /// A member's life ended; returns how the whole message began and what became of it, if
    /// that was the last one.
    pub(super) fn leave(
        &mut self,
        family: u32,
        outcomes: u8,
        start: Option<(Start, Moment)>,
    ) -> Option<(Option<(Start, Moment)>, u8)> {
        let number = self.root(family);
        let family = self.open.get_mut(&number)?;
        family.outcome |= outcomes;
        family.start = family.start.or(start);
        family.members = family.members.saturating_sub(1);
        if family.members > 0 {
            return None;
        }
        let done = self.open.remove(&number)?;
        if done.joined {
            // Nobody is left who could ask.
            self.joined.retain(|_, into| *into != number);
        }
        Some((done.start, done.outcome))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_that_are_joined_one_after_another_are_one() {
        let mut families = Families::default();
        (1..=4).for_each(|family| families.expect_member(family));
        families.join(2, 1);
        families.join(3, 2);
        families.join(3, 1); // by now the same
        assert_eq!([1, 2, 3, 4].map(|family| families.root(family)), [3, 3, 3, 4]);
        assert_eq!(families.leave(1, 1, None), None);
        assert_eq!(families.leave(3, 2, None), None);
        assert_eq!(families.leave(2, 4, None), Some((None, 7)), "the last of three");
        assert_eq!(families.leave(4, 8, None), Some((None, 8)));
        assert!(families.open.is_empty() && families.joined.is_empty());
    }
}
