//! Families: which message came of which, and what is told of them.

use std::collections::{BTreeSet, VecDeque};

use crate::postfix::QueueId;
use crate::syslog::Moment;

use super::Refusal;
use super::story::{self, Entry, Story, Told};
use super::tale::{Branch, Tale};

/// Tells what was kept.
pub(super) fn tell(
    tales: &[Tale],
    refusals: &VecDeque<Refusal>,
    limit: usize,
    passed_over: usize,
) -> Told {
    let family = Family::of(tales);
    let mut entries: Vec<(Moment, Entry)> = family
        .heads()
        .map(|at| (at, family.story(at, &mut BTreeSet::new())))
        .filter_map(|(at, story)| Some((tales.get(at)?.began(), Entry::Message(story?))))
        .collect();
    let refused =
        refusals.iter().map(|refusal| (refusal.first, Entry::Refusals(story::of_refusal(refusal))));
    entries.extend(refused);
    entries.sort_by_key(|(began, _)| *began);
    let found = entries.len() + passed_over;
    let old = entries.len().saturating_sub(limit);
    Told { entries: entries.into_iter().skip(old).map(|(_, entry)| entry).collect(), found }
}

/// Who came of whom.
struct Family<'t> {
    tales: &'t [Tale],
    /// For each tale the branches that are told, with the place of their tale.
    children: Vec<Vec<(&'t Branch, Option<usize>)>>,
}

impl<'t> Family<'t> {
    fn of(tales: &'t [Tale]) -> Family<'t> {
        let mut places: Vec<(QueueId, Moment, usize)> = Vec::new();
        for (at, tale) in tales.iter().enumerate() {
            places.extend(tale.hops.iter().map(|hop| (hop.queue_id, hop.began, at)));
        }
        places.sort_unstable();
        let nearest = |branch: &Branch| {
            let start = places.partition_point(|(id, ..)| *id < branch.queue_id);
            let same = places.iter().skip(start).take_while(|(id, ..)| *id == branch.queue_id);
            let apart = |began: &Moment| (began.utc() - branch.at.utc()).abs();
            // A queue ID is used again; a forward or notice begins when it is named.
            let near = same.filter(|(_, began, _)| apart(began) <= 60);
            near.min_by_key(|(_, began, _)| apart(began)).map(|(.., at)| *at)
        };
        let children = tales
            .iter()
            .map(|tale| tale.branches.iter().map(|branch| (branch, nearest(branch))).collect());
        Family { tales, children: children.collect() }
    }

    /// Places of the tales that came of no other, and that are found or have offspring that is.
    fn heads(&self) -> impl Iterator<Item = usize> {
        let below: BTreeSet<usize> =
            self.children.iter().flatten().filter_map(|(_, child)| *child).collect();
        (0..self.tales.len())
            .filter(move |at| !below.contains(at))
            .filter(|at| self.is_found(*at, &mut BTreeSet::new()))
    }

    fn is_found(&self, at: usize, seen: &mut BTreeSet<usize>) -> bool {
        let found = self.tales.get(at).is_some_and(|tale| tale.found);
        let mut children = self.children.get(at).into_iter().flatten();
        seen.insert(at)
            && (found || children.any(|(_, child)| child.is_some_and(|at| self.is_found(at, seen))))
    }

    /// The story of a tale, with its branches; none if it is told already.
    fn story(&self, at: usize, told: &mut BTreeSet<usize>) -> Option<Story> {
        let tale = self.tales.get(at).filter(|_| told.insert(at))?;
        let mut events = story::events(tale);
        for (branch, child) in self.children.get(at).into_iter().flatten() {
            let story = child.and_then(|at| self.story(at, told));
            events.push((branch.at, story::of_branch(branch, story)));
        }
        events.sort_by_key(|(at, event)| (*at, event.branch.is_some()));
        Some(story::whole(tale, events.into_iter().map(|(_, event)| event).collect()))
    }
}
