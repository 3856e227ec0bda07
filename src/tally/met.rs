//! What a message met of the troubles of a log.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use crate::words::cause::Cause;

use super::trouble::{Kind, Trouble, Under};

/// What a message met so far.
#[derive(Debug)]
pub(super) enum Met {
    /// The places of its kinds, mostly one.
    Few(Vec<u32>),
    /// More than [`FEW`], as those of a mailing to many whom nobody takes; with what they have in
    /// common.
    Many(Box<HashSet<Part, RandomState>>),
}

/// A kind, and what it has in common with others.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Kind(u32),
    Destination(Cause, Under),
    Cause(Cause),
}

/// So many kinds are looked through as quickly one after the other.
const FEW: usize = 16;

/// What of a kind a message did not meet before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct News {
    pub(super) destination: bool,
    pub(super) cause: bool,
}

impl Default for Met {
    fn default() -> Met {
        Met::Few(Vec::new())
    }
}

impl Met {
    /// Adds a kind that stands at a place among the entries; nothing if it was met before.
    pub(super) fn add(
        &mut self,
        place: u32,
        kind: Kind,
        entries: &[(Kind, Trouble)],
    ) -> Option<News> {
        if let Met::Few(places) = self
            && places.len() >= FEW
        {
            let kinds = places.iter().filter_map(|at| Some((*at, entries.get(*at as usize)?.0)));
            *self = Met::Many(Box::new(kinds.flat_map(|(at, kind)| parts(at, kind)).collect()));
        }
        match self {
            Met::Few(places) if places.contains(&place) => None,
            Met::Few(places) => {
                let before = places.iter().filter_map(|at| entries.get(*at as usize));
                let mut news = News { destination: true, cause: true };
                for (other, _) in before.filter(|(other, _)| other.cause == kind.cause) {
                    news.cause = false;
                    news.destination &= other.under != kind.under;
                }
                places.push(place);
                Some(news)
            }
            Met::Many(met) => {
                let [new, destination, cause] = parts(place, kind).map(|part| met.insert(part));
                new.then_some(News { destination, cause })
            }
        }
    }
}

fn parts(place: u32, kind: Kind) -> [Part; 3] {
    [Part::Kind(place), Part::Destination(kind.cause, kind.under), Part::Cause(kind.cause)]
}
