//! Failures of a kind: attempts put off and recipients given up, summed for a finding.

use std::collections::BTreeMap;

use crate::postfix::QueueId;
use crate::report::{View, printable, why};
use crate::tally::trouble::{Kind, Trouble, Troubles, Under};
use crate::words::cause::Cause;

/// What a finding says of failures.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// Attempts put off, or recipients given up.
    pub(super) times: u64,
    /// Messages that met them.
    pub(super) messages: u64,
    /// The greatest age of a message at such an attempt, in seconds.
    pub(super) oldest: u64,
    /// Some of the messages, of the most frequent kinds.
    pub(super) examples: Vec<QueueId>,
    /// Places they happened at (domains, relays, statuses) with their share, the most
    /// frequent first.
    pub(super) places: Vec<(String, u64)>,
    /// The first of these places.
    pub(super) worst: Option<Under>,
    /// What was said most often.
    pub(super) reason: String,
}

impl Failures {
    /// The failures of a cause.
    pub(super) fn of(view: &View<'_>, troubles: &Troubles, cause: Cause) -> Failures {
        let messages = troubles.messages_of(cause);
        Failures::sum(view, troubles, |kind| kind.cause == cause, messages)
    }

    /// The failures of a cause at one of its places.
    pub(super) fn at(view: &View<'_>, troubles: &Troubles, cause: Cause, under: Under) -> Failures {
        let there = |kind: &Kind| kind.cause == cause && kind.under == under;
        Failures::sum(view, troubles, there, troubles.messages_at(cause, under))
    }

    fn sum(
        view: &View<'_>,
        troubles: &Troubles,
        wanted: impl Fn(&Kind) -> bool,
        messages: u64,
    ) -> Failures {
        let mut kinds: Vec<&(Kind, Trouble)> =
            troubles.entries().iter().filter(|(kind, _)| wanted(kind)).collect();
        if kinds.is_empty() {
            return Failures::default();
        }
        kinds.sort_by_cached_key(|(kind, trouble)| {
            let texts = (why::under(view, kind), view.names.texts.text(kind.reason));
            (std::cmp::Reverse(trouble.times), texts.0.to_vec(), texts.1.to_vec())
        });
        let mut sums: BTreeMap<&[u8], u64> = BTreeMap::new();
        for (kind, trouble) in &kinds {
            *sums.entry(why::under(view, kind)).or_default() += trouble.times;
        }
        let mut places: Vec<(&[u8], u64)> = sums.into_iter().collect();
        places.sort_by_key(|(place, times)| (std::cmp::Reverse(*times), *place));
        let worst = places.first().and_then(|(name, _)| {
            kinds.iter().map(|(kind, _)| kind).find(|kind| why::under(view, kind) == *name)
        });
        let reason = kinds.first().map(|(kind, _)| view.names.texts.text(kind.reason));
        let mut examples: Vec<QueueId> = Vec::new();
        for queue_id in kinds.iter().flat_map(|(_, trouble)| &trouble.examples) {
            if examples.len() < super::NAMED && !examples.contains(queue_id) {
                examples.push(*queue_id);
            }
        }
        Failures {
            times: kinds.iter().map(|(_, trouble)| trouble.times).sum(),
            messages,
            oldest: kinds.iter().map(|(_, trouble)| trouble.oldest).max().unwrap_or(0) / 1000,
            examples,
            places: places.iter().map(|(place, times)| (printable(place), *times)).collect(),
            worst: worst.map(|kind| kind.under),
            reason: reason.map(printable).unwrap_or_default(),
        }
    }

    /// `cedar.example`, `cedar.example and 2 more`.
    pub(super) fn place(&self) -> String {
        match self.places.as_slice() {
            [] => String::new(),
            [(only, _)] => only.clone(),
            [(first, _), rest @ ..] => format!("{first} and {} more", rest.len()),
        }
    }
}
