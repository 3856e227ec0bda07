//! Greylisting that never comes back: our mail that another host puts off all day, or
//! greylisting here that lets nobody pass.
//!
//! `sample-logs/greylisted-for-good.log` and `sample-logs/greylisting-broken.log`.

use super::words::{lasting, listed};
use super::{Finding, Severity, View, counted, pfsum};
use crate::report::printable;
use crate::report::queue::in_order;
use crate::report::why::of_queued;
use crate::track::Message;
use crate::words::cause::Cause;

/// Hours: whoever greylists lets the next try pass after minutes, and forgets after days.
const HOURS: i64 = 4;

/// Pairs of sender and recipient greylisted here, none of which came back: of so many that
/// are not spam, some do.
const PAIRS: u64 = 20;

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    there(view).or_else(|| here(view))
}

/// Another host greylists us for ever.
fn there(view: &View<'_>) -> Option<Finding> {
    let age = |message: &Message| view.last.utc() - message.since();
    let is_stuck = |message: &&Message| {
        age(message) >= HOURS * 3_600 && of_queued(view, message) == Some(Cause::Greylisted)
    };
    let stuck: Vec<&Message> = in_order(view).into_iter().filter(is_stuck).collect();
    let oldest = stuck.first()?;
    let last = oldest.last_stuck();
    let count = stuck.len() as u64;
    Some(Finding {
        id: "greylisted",
        severity: Severity::Look,
        title: format!(
            "{} greylisted again and again, for {}",
            counted(count, "message is", "messages are"),
            lasting(u64::try_from(age(oldest)).unwrap_or(0)),
        ),
        detail: last.map(|stuck| format!("{}.", printable(&stuck.reason))).unwrap_or_default(),
        advice: "It passes once the same address tries again: see whether the retries leave \
                 this host by changing addresses, IPv4 and IPv6 among them."
            .to_owned(),
        count,
        queue_ids: listed(stuck.iter().map(|message| &message.queue_id)),
        command: pfsum(view, "queue --cause greylisted"),
    })
}

/// Greylisting here lets nobody pass.
fn here(view: &View<'_>) -> Option<Finding> {
    let told = view.tallies.causes.greylisting;
    (told.pairs >= PAIRS && told.came_back == 0).then(|| Finding {
        id: "greylisted",
        severity: Severity::Look,
        title: format!(
            "Greylisting here let nobody pass: none of {} came back",
            counted(told.pairs, "sender and recipient", "pairs of sender and recipient"),
        ),
        detail: format!("{} in all.", counted(told.refusals, "refusal", "refusals")),
        advice: "Mostly these are spam senders, who never try again; but see whether the \
                 greylisting service keeps its database."
            .to_owned(),
        count: told.pairs,
        queue_ids: Vec::new(),
        command: pfsum(
            view,
            "count rejected-temporary --cause greylisted --by sender-domain,reason",
        ),
    })
}
