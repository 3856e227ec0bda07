//! Backscatter: notices made here that cannot be returned, because the sender was forged.
//!
//! `sample-logs/february-2009.log`: two notices for a host that does not answer, tried 35
//! times on 17 February.

use super::words::listed;
use super::{Finding, Severity, View, counted, pfsum, when};
use crate::report::printable;
use crate::report::queue::{arrival, in_order};
use crate::report::why::of_queued;
use crate::track::Message;
use crate::words::cause::Cause;

/// Attempts for one notice: a busy or greylisting host takes it on the second or third.
const ATTEMPTS: u32 = 3;

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let is_stuck = |message: &&Message| {
        message.deferrals >= ATTEMPTS && of_queued(view, message) == Some(Cause::Backscatter)
    };
    let notices: Vec<&Message> = in_order(view).into_iter().filter(is_stuck).collect();
    let oldest = notices.first()?;
    let last = oldest.last_stuck();
    let reason = last.map(|stuck| printable(&stuck.reason)).unwrap_or_default();
    let count = notices.len() as u64;
    let attempts = attempts(view);
    Some(Finding {
        id: "backscatter",
        severity: Severity::Look,
        title: format!(
            "{} cannot be returned (backscatter), after {}",
            counted(count, "bounce notice", "bounce notices"),
            counted(attempts, "attempt", "attempts"),
        ),
        detail: format!("{reason}; since {}.", when(arrival(oldest))),
        advice: Cause::Backscatter.advice().to_owned(),
        count,
        queue_ids: listed(notices.iter().map(|message| &message.queue_id)),
        command: pfsum(view, "queue --cause backscatter"),
    })
}

/// Attempts to return notices that were put off in the period.
fn attempts(view: &View<'_>) -> u64 {
    let entries = view.tallies.causes.deferrals.entries();
    let ours = entries.iter().filter(|(kind, _)| kind.cause == Cause::Backscatter);
    ours.map(|(_, trouble)| trouble.times).sum()
}
