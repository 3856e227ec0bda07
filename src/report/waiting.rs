//! The answer to `pfsum queue`: what waits, since when, why, and which commands look closer.

mod forecast;
mod groups;
mod tables;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::config::{Format, Limit};
use crate::listing::Listed;
use crate::postfix::QueueId;
use crate::syslog::Moment;
use crate::track::Message;
use crate::words::cause::Cause;

use super::model::{Queued, Waiting};
use super::queue::{age, entry, in_order};
use super::{Report, View, printable, with_sections};
use tables::Tables;

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
    let all = join(&view, beside, now);
    // To programs all are told, and one tells that the queue is not empty.
    let kept = match view.shown.format {
        Format::Json | Format::Csv => all.len(),
        _ => beside.rows.of(all.len()).max(1),
    };
    let (mut queue, mut tables) = (Vec::new(), Tables::default());
    for queued in all.iter().filter_map(|one| told(&view, beside, one, now)) {
        tables.add(&queued);
        if queue.len() < kept {
            queue.push(queued);
        }
    }
    let sections = if queue.is_empty() { Vec::new() } else { tables.sections(&queue, now, beside) };
    let title = match &beside.listing {
        Some(_) => "Mail queue, with its history in the log",
        None if view.is_over() => "Mail queue at the end of the period",
        None => "Mail queue at the end of the log",
    };
    let title = format!("{title} ({})", tables::clock(&now.iso()));
    Report { title, queue, queued: all.len(), ..with_sections(view, |_, _, _| sections) }
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

/// A message that waits.
struct One<'q> {
    queue_id: QueueId,
    age: i64,
    listed: Option<&'q Listed>,
    message: Option<&'q Message>,
}

/// The messages that wait, the oldest first: those of the listing, else those of the log.
fn join<'q>(view: &View<'q>, beside: &'q Beside<'_>, now: Moment) -> Vec<One<'q>> {
    let mut all: Vec<One<'q>> = match &beside.listing {
        Some(listing) => {
            let known: BTreeMap<QueueId, &Message> =
                view.queued.iter().map(|message| (message.queue_id, *message)).collect();
            let one = |listed: &'q Listed| {
                let (queue_id, message) = (listed.queue_id, known.get(&listed.queue_id).copied());
                One { queue_id, age: listed_age(listed, now), listed: Some(listed), message }
            };
            listing.iter().map(one).collect()
        }
        None => {
            let one = |message: &'q Message| {
                let (queue_id, age) = (message.queue_id, age(view, message));
                One { queue_id, age, listed: None, message: Some(message) }
            };
            in_order(view).into_iter().map(one).collect()
        }
    };
    all.sort_by_key(|one| (Reverse(one.age), one.queue_id));
    all
}

/// From the arrival of a listed message to now, in seconds.
fn listed_age(listed: &Listed, now: Moment) -> i64 {
    (now.utc() - listed.arrival.utc(now.utc(), now.offset)).max(0)
}

/// What is known of one of them.
fn told(view: &View<'_>, beside: &Beside<'_>, one: &One<'_>, now: Moment) -> Option<Queued> {
    let mut queued = match (one.listed, one.message) {
        (Some(listed), message) => joined(view, listed, message, now),
        (None, Some(message)) => entry(view, message),
        (None, None) => return None,
    };
    forecast::foresee(&beside.times, &mut queued, one.message, now);
    if let Some(asks) = beside.asks {
        queued.waiting.retain(|waiting| asks(&waiting.recipient));
        queued.recipients.retain(|recipient| asks(recipient));
    }
    Some(queued)
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
        arrival: at(arrived, now.offset).iso(),
        age_seconds: listed_age(listed, now),
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
    let is_notice = listed.sender.is_empty();
    let cause = reason.map(|reason| Cause::of_listed(reason.as_bytes(), is_notice).id().to_owned());
    let last = reason.map(|reason| printable(reason.as_bytes()));
    Waiting {
        attempts: known.map_or(0, |known| known.attempts),
        first_reason: known.and_then(|known| known.first_reason.clone()).or_else(|| last.clone()),
        last_reason: last.or_else(|| known.and_then(|known| known.last_reason.clone())),
        cause: known.and_then(|known| known.cause.clone()).or(cause),
        recipient,
    }
}
