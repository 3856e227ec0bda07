//! The queue grows old: messages that have waited for more than a day.
//!
//! `sample-logs/old-queue.log`: mail to a mistyped domain.

use super::words::{lasting, listed};
use super::{Finding, Severity, View, counted, pfsum};
use crate::report::printable;
use crate::report::queue::in_order;
use crate::report::why::of_queued;
use crate::track::Message;
use crate::words::cause::Cause;

/// Seconds: what was not delivered in a day of retries rarely is, and its sender waits.
const OLD: i64 = 86_400;

/// One in so many of the messages received: a large host always has a few.
const SHARE: u64 = 1_000;

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let age = |message: &Message| view.last.utc() - message.since();
    let is_old = |message: &&Message| {
        // Notices are backscatter, and what is on hold was put there by somebody.
        let cause = of_queued(view, message);
        let own = !matches!(cause, None | Some(Cause::Backscatter | Cause::Greylisted));
        age(message) >= OLD && own && !message.is_on_hold()
    };
    let old: Vec<&Message> = in_order(view).into_iter().filter(is_old).collect();
    let count = old.len() as u64;
    let oldest = old.first().filter(|_| count * SHARE >= view.tallies.totals.received)?;
    let last = oldest.last_stuck();
    let cause = of_queued(view, oldest).unwrap_or(Cause::Other);
    Some(Finding {
        id: "old_queue",
        severity: Severity::Look,
        title: format!(
            "{} for more than a day, the oldest for {}",
            counted(count, "message waits", "messages wait"),
            lasting(u64::try_from(age(oldest)).unwrap_or(0)),
        ),
        detail: last.map(|stuck| format!("{}.", printable(&stuck.reason))).unwrap_or_default(),
        advice: cause.advice().to_owned(),
        count,
        queue_ids: listed(old.iter().map(|message| &message.queue_id)),
        command: pfsum(view, "queue"),
    })
}
