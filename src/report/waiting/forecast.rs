//! When the next attempt is due, and when a message will be given up.

use crate::syslog::Moment;
use crate::track::Message;

use super::super::model::Queued;
use super::{Times, at};

/// Says both, as far as they can be known.
///
/// The queue manager waits as long as a message is old, within the backoff times, and the
/// deferred queue is looked through every `queue_run_delay` (qmgr(8)): the time told is the
/// earliest. Where the log shows a faster pace than these times allow, it is gone by that; a slower
/// one may come of a hold, or of a queue manager that was stopped.
pub(super) fn foresee(times: &Times, queued: &mut Queued, message: Option<&Message>, now: Moment) {
    let on_hold = message.is_some_and(Message::is_on_hold);
    let queue = queued.queue.as_deref().unwrap_or(if on_hold { "hold" } else { "active" });
    if queue == "deferred"
        && let Some((message, last)) = message.and_then(|m| m.deferred.map(|last| (m, last)))
    {
        let wait = wait(times.backoff, message, last);
        queued.next_try = Some(at(last.utc() + wait, now.offset).iso());
    }
    if queue != "hold" {
        let (mail, notices) = times.lifetime;
        let lifetime = if queued.sender.as_deref() == Some("") { notices } else { mail };
        let arrived = now.utc() - queued.age_seconds;
        queued.expires = Some(at(arrived + lifetime, now.offset).iso());
    }
}

/// How long the queue manager waits after the last attempt.
fn wait(backoff: (i64, i64), message: &Message, last: Moment) -> i64 {
    let (shortest, longest) = backoff;
    let age = last.utc() - message.since();
    let shown = message
        .stuck()
        .filter(|stuck| stuck.attempts > 1)
        .map(|stuck| (stuck.last.utc() - stuck.first.utc()) / i64::from(stuck.attempts - 1))
        .min();
    match shown {
        Some(shown) if shown < shortest => shown,
        _ => age.clamp(shortest, longest.max(shortest)),
    }
}
