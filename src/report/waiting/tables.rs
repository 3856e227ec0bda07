//! What `pfsum queue` shows: groups with the commands to copy, ages, and the messages.

use crate::syslog::Moment;

use super::super::ages::{Matrix, domain};
use super::super::model::{Queued, Section};
use super::super::queue::UNNAMED;
use super::super::table::{Column, Table, Unit};
use super::Beside;
use super::groups::{Groups, of_no_recipient};

/// Seconds as a cell of them.
pub(super) fn micros(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or(0).saturating_mul(1_000_000)
}

/// What is counted of all messages; few of them are shown one by one.
#[derive(Default)]
pub(super) struct Tables {
    groups: Groups,
    to: Matrix,
    from: Matrix,
    messages: usize,
    /// Recipients that are left; one for a message of which none is known.
    recipients: usize,
}

impl Tables {
    /// Adds a message that waits.
    pub(super) fn add(&mut self, queued: &Queued) {
        self.groups.add(queued);
        for recipient in &queued.recipients {
            self.to.add(domain(recipient), queued.age_seconds);
        }
        if queued.recipients.is_empty() {
            self.to.add(UNNAMED, queued.age_seconds);
        }
        let from = match queued.sender.as_deref() {
            None => UNNAMED,
            Some("") => "<>",
            Some(sender) => domain(sender),
        };
        self.from.add(from, queued.age_seconds);
        self.messages += 1;
        self.recipients += queued.waiting.len().max(1);
    }

    /// The sections, in their order; `queue` begins with the messages that are shown.
    pub(super) fn sections(
        self,
        queue: &[Queued],
        now: Moment,
        beside: &Beside<'_>,
    ) -> Vec<Section<'static>> {
        let rows = beside.rows;
        let [causes, destinations] = self.groups.sections(rows);
        let to = ("queue_ages", "Recipients by domain and age in minutes");
        let from = ("queue_ages_by_sender", "Messages by sender's domain and age in minutes");
        let (to, from) = (self.to.section(to, rows), self.from.section(from, rows));
        let shown = queue.iter().take(rows.of(self.messages));
        let [messages, recipients] = messages(shown, now);
        let title = "Messages, the oldest first";
        let messages = Section::of("queued", title, self.messages, messages);
        let title = "Recipients left";
        let recipients = Section::of("queued_recipients", title, self.recipients, recipients);
        vec![causes, destinations, to, from, messages, recipients]
    }
}

/// `2026-11-22T03:14:07+01:00` as `2026-11-22 03:14:07`.
pub(super) fn clock(stamp: &str) -> String {
    stamp.get(..19).unwrap_or(stamp).replace('T', " ")
}

const MESSAGES: &[Column] = &[
    Column { id: "queue_id", title: "queue ID", unit: Unit::Text },
    Column { id: "queue", title: "queue", unit: Unit::Text },
    Column { id: "age", title: "age", unit: Unit::Seconds },
    Column { id: "size", title: "size", unit: Unit::Text },
    Column { id: "attempts", title: "attempts", unit: Unit::Count },
    Column { id: "sender", title: "sender", unit: Unit::Text },
    Column { id: "next_try", title: "next try", unit: Unit::Text },
    Column { id: "expires", title: "expires", unit: Unit::Text },
];

const RECIPIENTS: &[Column] = &[
    Column { id: "queue_id", title: "queue ID", unit: Unit::Text },
    Column { id: "recipient", title: "recipient", unit: Unit::Text },
    Column { id: "attempts", title: "attempts", unit: Unit::Count },
    Column { id: "first_reason", title: "first reason", unit: Unit::Text },
    Column { id: "last_reason", title: "last reason", unit: Unit::Text },
];

/// The messages, and for below each its recipients.
fn messages<'q>(shown: impl Iterator<Item = &'q Queued>, now: Moment) -> [Table<'static>; 2] {
    let (mut messages, mut recipients) = (Table::new(MESSAGES), Table::new(RECIPIENTS));
    for queued in shown {
        let id = queued.queue_id.as_str();
        let sender = match queued.sender.as_deref() {
            Some("") => "<>",
            Some(sender) => sender,
            None => UNNAMED,
        };
        let size = queued.size.map_or("size not in the log".into(), |size| format!("{size} bytes"));
        let (next, expires) = (next_try(queued, now), expires(queued, now));
        let queue = queued.queue.as_deref().unwrap_or("active");
        let texts = [id, queue, &size, sender, &next, &expires].map(str::as_bytes);
        messages.push(&texts, &[micros(queued.age_seconds), queued.attempts]);
        push_recipients(&mut recipients, queued);
    }
    [messages, recipients]
}

/// The recipients of a message that are left, or that none is known.
fn push_recipients(table: &mut Table<'_>, queued: &Queued) {
    const NONE: &str = "no attempt in the log";
    let id = queued.queue_id.as_str();
    for waiting in &queued.waiting {
        let first = waiting.first_reason.as_deref().unwrap_or(NONE);
        let last = match waiting.last_reason.as_deref() {
            Some(last) if last == first => "the same",
            last => last.unwrap_or("the same"),
        };
        let texts = [id, &waiting.recipient, first, last].map(str::as_bytes);
        table.push(&texts, &[waiting.attempts]);
    }
    if queued.waiting.is_empty() {
        let (reason, attempts) = of_no_recipient(queued);
        let texts = [id, UNNAMED, reason.unwrap_or(NONE), "the same"];
        table.push(&texts.map(str::as_bytes), &[attempts]);
    }
}

/// When the next attempt is due, in words.
fn next_try(queued: &Queued, now: Moment) -> String {
    match (&queued.next_try, queued.queue.as_deref()) {
        (Some(due), _) if *due <= now.iso() => "due at the next queue run".to_owned(),
        (Some(due), _) => format!("from {}", clock(due)),
        (None, Some("hold")) => "not while on hold".to_owned(),
        (None, Some("deferred")) => "not known, no attempt is in the log".to_owned(),
        (None, _) => "now".to_owned(),
    }
}

/// When the message will be given up, in words.
fn expires(queued: &Queued, now: Moment) -> String {
    match &queued.expires {
        None => "not while on hold".to_owned(),
        Some(at) if *at <= now.iso() => "with the next failure".to_owned(),
        Some(at) => clock(at),
    }
}
