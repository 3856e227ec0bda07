//! *Still queued*: the messages in the queue at the end, by destination and age, and one by
//! one.

use crate::syslog::Moment;
use crate::tally::cause;
use crate::track::Message;
use crate::track::stuck::Stuck;

use super::ages::{Matrix, domain};
use super::model::{Queued, Section, Waiting};
use super::sections::page;
use super::table::{Column, Table, Unit};
use super::why::{of_queued, sender};
use super::{PAGE, View, printable};
use crate::config::{Format, Limit};

/// The messages, the oldest first, as many as the form of the report shows.
pub(super) fn messages(view: &View<'_>) -> Vec<Queued> {
    let limit = limit(view).of(view.queued.len());
    in_order(view).into_iter().take(limit).map(|message| entry(view, message)).collect()
}

/// How many messages a report tells one by one: to programs all of them, else what a page holds,
/// because each takes some kilobytes.
fn limit(view: &View<'_>) -> Limit {
    match view.shown.format {
        Format::Text | Format::Html | Format::Prometheus => Limit::Top(PAGE),
        Format::Json | Format::Csv => Limit::All,
    }
}

/// The messages in the queue, the oldest first.
pub(super) fn in_order<'v>(view: &View<'v>) -> Vec<&'v Message> {
    let mut queued = view.queued.clone();
    queued.sort_by_key(|message| (message.since(), message.arrived.micros, message.queue_id));
    queued
}

pub(super) fn entry(view: &View<'_>, message: &Message) -> Queued {
    let names = view.names;
    let first = message.stuck().min_by_key(|stuck| stuck.first);
    let queue = match () {
        () if message.is_on_hold() => Some("hold"),
        () if message.deferred.is_some() => Some("deferred"),
        () => None,
    };
    Queued {
        queue_id: message.queue_id.to_string(),
        queue: queue.map(str::to_owned),
        host: printable(names.texts.text(message.service.host)),
        arrival: arrival(message).iso(),
        age_seconds: age(view, message),
        size: message.size,
        attempts: u64::from(message.deferrals),
        sender: message.sender.map(|sender| printable(names.addresses.text(sender))),
        recipients: message
            .stuck()
            .map(|stuck| printable(names.addresses.text(stuck.recipient)))
            .collect(),
        first_reason: first.map(|stuck| printable(stuck.first_reason())),
        last_reason: last_reason(message),
        cause: of_queued(view, message).map(|cause| cause.id().to_owned()),
        waiting: message.stuck().map(|stuck| waiting(view, message, stuck)).collect(),
        next_try: None,
        expires: None,
    }
}

fn waiting(view: &View<'_>, message: &Message, stuck: &Stuck) -> Waiting {
    let cause = cause::of_attempt(&stuck.reason, message, view.names);
    Waiting {
        recipient: printable(view.names.addresses.text(stuck.recipient)),
        attempts: u64::from(stuck.attempts),
        first_reason: Some(printable(stuck.first_reason())),
        last_reason: Some(printable(&stuck.reason)),
        cause: Some(cause.id().to_owned()),
    }
}

/// Why a message was put off the last time.
fn last_reason(message: &Message) -> Option<String> {
    let last = message.last_stuck().map(|stuck| stuck.reason.as_slice());
    last.or_else(|| message.put_off()).map(printable)
}

/// When a message arrived, as far as the log tells.
pub(super) fn arrival(message: &Message) -> Moment {
    let Moment { wall, offset, .. } = message.arrived;
    let earlier = message.arrived.utc() - message.since();
    Moment { wall: wall - earlier, offset, ..message.arrived }
}

/// How old a message is at the end, in seconds.
pub(super) fn age(view: &View<'_>, message: &Message) -> i64 {
    (view.last.utc() - message.since()).max(0)
}

/// The sections, in their order.
pub(super) fn sections(view: &View<'_>) -> [Section<'static>; 2] {
    [matrix(view), list(view)]
}

/// What stands for what the log does not name.
pub(super) const UNNAMED: &str = "(not in the log)";

/// How many rows a page of text shows.
const ROWS: usize = 50;

/// Recipients that are still waiting, by domain and the age of their message.
fn matrix(view: &View<'_>) -> Section<'static> {
    let mut matrix = Matrix::default();
    for message in &view.queued {
        let age = age(view, message);
        let mut named = false;
        for stuck in message.stuck() {
            named = true;
            let recipient = printable(view.names.addresses.text(stuck.recipient));
            matrix.add(domain(&recipient), age);
        }
        if !named {
            matrix.add(UNNAMED, age);
        }
    }
    let title = if view.is_over() {
        "Still queued at the end of the period"
    } else {
        "Still queued at the end of the log"
    };
    matrix.section(("queue_ages", title), page(view, Limit::Usual, ROWS))
}

/// The messages one by one, the oldest first.
fn list(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "queue_id", title: "queue ID", unit: Unit::Text },
        Column { id: "age", title: "age", unit: Unit::Seconds },
        Column { id: "attempts", title: "attempts", unit: Unit::Count },
        Column { id: "cause", title: "cause", unit: Unit::Text },
        Column { id: "sender", title: "sender", unit: Unit::Text },
        Column { id: "recipients", title: "recipients", unit: Unit::Text },
        Column { id: "last_reason", title: "last reason", unit: Unit::Text },
    ];
    let queued = in_order(view);
    let mut table = Table::new(COLUMNS);
    let limit = match page(view, Limit::Usual, ROWS) {
        Limit::Usual => limit(view),
        top => top,
    };
    for message in queued.iter().take(limit.of(queued.len())) {
        let names = view.names;
        let recipients: Vec<String> =
            message.stuck().map(|stuck| printable(names.addresses.text(stuck.recipient))).collect();
        let cause = match of_queued(view, message) {
            _ if message.is_on_hold() => "on hold",
            Some(cause) => cause.id(),
            None => "not tried yet",
        };
        let texts = [
            message.queue_id.to_string(),
            cause.to_owned(),
            sender(view, message),
            if recipients.is_empty() { UNNAMED.to_owned() } else { recipients.join(" ") },
            last_reason(message).unwrap_or_else(|| "no attempt in the log".to_owned()),
        ];
        let age = u64::try_from(age(view, message)).unwrap_or(0).saturating_mul(1_000_000);
        table.push(&texts.each_ref().map(String::as_bytes), &[age, u64::from(message.deferrals)]);
    }
    Section::of("queued", "Queued messages", queued.len(), table)
}
