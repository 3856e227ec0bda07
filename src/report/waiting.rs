//! The answer to `pfsum queue`: what waits, since when, why, and which commands look closer.

mod forecast;
mod tables;

use std::collections::BTreeMap;

use crate::config::Limit;
use crate::listing::Listed;
use crate::postfix::QueueId;
use crate::syslog::Moment;
use crate::track::Message;
use crate::words::cause::Cause;

use super::model::{Queued, Waiting};
use super::queue::{entry, in_order, stamp};
use super::{Report, View, build, printable};

/// What is known beside the log, and what is wanted.
#[derive(Default)]
pub struct Beside<'a> {
    /// The queue as postqueue(1) lists it.
    pub listing: Option<Vec<Listed>>,
    /// When it was listed; if that is not known, the log's end or the last arrival in it.
    pub now: Option<Moment>,
    /// The times between attempts and those after which mail is given up.
    pub times: Times,
    /// How many messages are listed, and how many groups.
    pub rows: Limit,
    /// Which recipients are asked about; all, if there is no filter.
    pub asks: Option<&'a dyn Fn(&str) -> bool>,
}

/// Parameters of postconf(5), in seconds; the defaults are Postfix's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// `minimal_backoff_time` and `maximal_backoff_time`.
    pub backoff: (i64, i64),
    /// `maximal_queue_lifetime` and `bounce_queue_lifetime`.
    pub lifetime: (i64, i64),
}

impl Default for Times {
    fn default() -> Self {
        Times { backoff: (300, 4_000), lifetime: (432_000, 432_000) }
    }
}

/// Makes the answer: a report whose sections are of the queue alone.
#[must_use]
pub fn build_queue<'v>(view: View<'v>, beside: &Beside<'_>) -> Report<'v> {
    let now = now(&view, beside);
    let queue = join(&view, beside, now);
    let sections = if queue.is_empty() { Vec::new() } else { tables::all(&queue, now, beside) };
    let title = match &beside.listing {
        Some(_) => "Mail queue, with its history in the log",
        None => "Mail queue at the end of the log",
    };
    let title = format!("{title} ({})", tables::clock(&stamp(now)));
    Report { title, queue, sections, ..build(view) }
}

/// The moment that ages are counted to.
fn now(view: &View<'_>, beside: &Beside<'_>) -> Moment {
    if let Some(now) = beside.now {
        return now;
    }
    let (last, offset) = (view.last.utc(), view.last.offset);
    let listed = beside.listing.iter().flatten();
    let arrivals = listed.map(|listed| listed.arrival.utc(last, offset));
    at(arrivals.fold(last, i64::max), offset)
}

/// A moment given in seconds of UTC, in local time.
fn at(utc: i64, offset: i32) -> Moment {
    Moment { wall: utc + i64::from(offset), offset, ..Moment::default() }
}

/// The messages that wait, the oldest first: those of the listing, else those of the log.
fn join(view: &View<'_>, beside: &Beside<'_>, now: Moment) -> Vec<Queued> {
    let known: BTreeMap<QueueId, &Message> =
        view.queued.iter().map(|message| (message.queue_id, *message)).collect();
    let pairs: Vec<(Queued, Option<&Message>)> = match &beside.listing {
        Some(listing) => listing
            .iter()
            .map(|listed| {
                let message = known.get(&listed.queue_id).copied();
                (joined(view, listed, message, now), message)
            })
            .collect(),
        None => in_order(view)
            .into_iter()
            .map(|message| (entry(view, message), Some(message)))
            .collect(),
    };
    let mut queue: Vec<Queued> = pairs
        .into_iter()
        .map(|(mut queued, message)| {
            forecast::foresee(&beside.times, &mut queued, message, now);
            if let Some(asks) = beside.asks {
                queued.waiting.retain(|waiting| asks(&waiting.recipient));
                queued.recipients.retain(|recipient| asks(recipient));
            }
            queued
        })
        .collect();
    queue.sort_by(|a, b| b.age_seconds.cmp(&a.age_seconds).then(a.queue_id.cmp(&b.queue_id)));
    queue
}

/// What the listing says, with the attempts and the first reasons of the log.
fn joined(view: &View<'_>, listed: &Listed, message: Option<&Message>, now: Moment) -> Queued {
    let of_log = message.map(|message| entry(view, message));
    let told: &[Waiting] = of_log.as_ref().map_or(&[], |log| &log.waiting);
    let waiting: Vec<Waiting> = listed
        .recipients
        .iter()
        .map(|(address, reason)| recipient(listed, address, reason.as_deref(), told))
        .collect();
    let reasons = |of: fn(&Waiting) -> &Option<String>| waiting.iter().find_map(|w| of(w).clone());
    let of_log_or = |log: Option<&String>, other: Option<String>| log.cloned().or(other);
    let arrived = listed.arrival.utc(now.utc(), now.offset);
    Queued {
        queue_id: listed.queue_id.to_string(),
        queue: Some(printable(listed.queue.as_bytes())),
        host: of_log.as_ref().map_or_else(String::new, |log| log.host.clone()),
        arrival: stamp(at(arrived, now.offset)),
        age_seconds: (now.utc() - arrived).max(0),
        size: Some(listed.size),
        attempts: of_log.as_ref().map_or(0, |log| log.attempts),
        sender: Some(printable(listed.sender.as_bytes())),
        recipients: waiting.iter().map(|waiting| waiting.recipient.clone()).collect(),
        first_reason: of_log_or(
            of_log.as_ref().and_then(|log| log.first_reason.as_ref()),
            reasons(|waiting| &waiting.first_reason),
        ),
        last_reason: reasons(|waiting| &waiting.last_reason)
            .or_else(|| of_log.as_ref().and_then(|log| log.last_reason.clone())),
        cause: of_log_or(
            of_log.as_ref().and_then(|log| log.cause.as_ref()),
            reasons(|waiting| &waiting.cause),
        ),
        waiting,
        next_try: None,
        expires: None,
    }
}

/// A recipient of the listing; the log may know it.
fn recipient(listed: &Listed, address: &str, reason: Option<&str>, told: &[Waiting]) -> Waiting {
    let recipient = printable(address.as_bytes());
    let known = told.iter().find(|told| told.recipient.eq_ignore_ascii_case(&recipient));
    let reason = reason.map(|reason| (printable(reason.as_bytes()), Cause::of(reason.as_bytes())));
    let cause = reason.as_ref().map(|(_, cause)| {
        let cause = if listed.sender.is_empty() { cause.of_notice() } else { *cause };
        cause.id().to_owned()
    });
    let last = reason.map(|(reason, _)| reason);
    Waiting {
        attempts: known.map_or(0, |known| known.attempts),
        first_reason: known.and_then(|known| known.first_reason.clone()).or_else(|| last.clone()),
        last_reason: last.or_else(|| known.and_then(|known| known.last_reason.clone())),
        cause: known.and_then(|known| known.cause.clone()).or(cause),
        recipient,
    }
}
