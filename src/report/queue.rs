//! *Still queued*: the messages in the queue at the end, by destination and age, and one by
//! one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::syslog::Moment;
use crate::track::Message;

use super::model::{Queued, Section};
use super::sections::page;
use super::span::iso;
use super::table::{Column, Table, Unit};
use super::why::{of_queued, sender};
use super::{View, printable};
use crate::config::Limit;

/// The messages, the oldest first.
pub(super) fn messages(view: &View<'_>) -> Vec<Queued> {
    in_order(view).into_iter().map(|message| entry(view, message)).collect()
}

/// The messages in the queue, the oldest first.
pub(super) fn in_order<'v>(view: &View<'v>) -> Vec<&'v Message> {
    let mut queued = view.queued.clone();
    queued.sort_by_key(|message| (message.since(), message.arrived.micros, message.queue_id));
    queued
}

fn entry(view: &View<'_>, message: &Message) -> Queued {
    let names = view.names;
    let last = message.stuck().max_by_key(|stuck| stuck.last);
    Queued {
        queue_id: message.queue_id.to_string(),
        host: printable(names.texts.text(message.service.host)),
        arrival: stamp(arrival(message)),
        age_seconds: age(view, message),
        attempts: u64::from(message.deferrals),
        sender: message.sender.map(|sender| printable(names.addresses.text(sender))),
        recipients: message
            .stuck()
            .map(|stuck| printable(names.addresses.text(stuck.recipient)))
            .collect(),
        last_reason: last.map(|stuck| printable(&stuck.reason)),
        cause: of_queued(view, message).map(|cause| cause.id().to_owned()),
    }
}

/// When a message arrived, as far as the log tells.
pub(super) fn arrival(message: &Message) -> Moment {
    let Moment { wall, offset, .. } = message.arrived;
    let earlier = message.arrived.utc() - message.since();
    Moment { wall: wall - earlier, offset, ..message.arrived }
}

/// How old a message is when the log ends, in seconds.
fn age(view: &View<'_>, message: &Message) -> i64 {
    (view.last.utc() - message.since()).max(0)
}

/// `2026-11-22T03:14:07+01:00`.
fn stamp(at: Moment) -> String {
    let second = at.wall.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let sign = if at.offset < 0 { '-' } else { '+' };
    let offset = at.offset.abs() / 60;
    let (hours, minutes) = (offset / 60, offset % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}{sign}{hours:02}:{minutes:02}", iso(at.day()))
}

/// The sections, in their order.
pub(super) fn sections(view: &View<'_>) -> [Section; 2] {
    [matrix(view), list(view)]
}

/// The ages that the columns of the matrix reach to, in minutes, as in qshape(1).
const AGES: [i64; 9] = [5, 10, 20, 40, 80, 160, 320, 640, 1280];

/// What stands for the destination of a message whose recipients the log does not name.
const UNNAMED: &[u8] = b"(not in the log)";

/// How many rows a page of text shows.
const ROWS: usize = 50;

/// Recipients that are still waiting, by domain and the age of their message.
fn matrix(view: &View<'_>) -> Section {
    const COLUMNS: &[Column] = &[
        Column { id: "total", title: "T", unit: Unit::Count },
        Column { id: "to_5", title: "5", unit: Unit::Count },
        Column { id: "to_10", title: "10", unit: Unit::Count },
        Column { id: "to_20", title: "20", unit: Unit::Count },
        Column { id: "to_40", title: "40", unit: Unit::Count },
        Column { id: "to_80", title: "80", unit: Unit::Count },
        Column { id: "to_160", title: "160", unit: Unit::Count },
        Column { id: "to_320", title: "320", unit: Unit::Count },
        Column { id: "to_640", title: "640", unit: Unit::Count },
        Column { id: "to_1280", title: "1280", unit: Unit::Count },
        Column { id: "beyond", title: "1280+", unit: Unit::Count },
        Column { id: "domain", title: "recipient domain", unit: Unit::Text },
    ];
    let mut rows: BTreeMap<&[u8], [u64; 11]> = BTreeMap::new();
    let mut sum = [0; 11];
    for message in &view.queued {
        let minutes = age(view, message) / 60;
        let column = AGES.iter().position(|age| minutes < *age).unwrap_or(AGES.len()) + 1;
        let mut add = |domain| {
            for counts in [&mut sum, rows.entry(domain).or_default()] {
                for at in [0, column] {
                    if let Some(count) = counts.get_mut(at) {
                        *count += 1;
                    }
                }
            }
        };
        let names = view.names;
        let mut any = false;
        for stuck in message.stuck() {
            add(names.domains.text(names.domain_of(stuck.recipient)));
            any = true;
        }
        if !any {
            add(UNNAMED);
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(domain, counts)| (Reverse(counts.first().copied()), *domain));
    let mut table = Table::new(COLUMNS);
    let total = if rows.is_empty() { 0 } else { rows.len() + 1 };
    if total > 0 {
        table.push(&[b"TOTAL"], &sum);
    }
    let limit = page(view, Limit::All, ROWS);
    for (domain, counts) in rows.iter().take(limit.of(rows.len())) {
        table.push(&[domain], counts);
    }
    Section::of("queue_ages", "Still queued at the end of the log", total, table)
}

/// The messages one by one, the oldest first.
fn list(view: &View<'_>) -> Section {
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
    let limit = page(view, Limit::All, ROWS);
    for message in queued.iter().take(limit.of(queued.len())) {
        let names = view.names;
        let recipients: Vec<String> =
            message.stuck().map(|stuck| printable(names.addresses.text(stuck.recipient))).collect();
        let cause = match of_queued(view, message) {
            _ if message.is_on_hold() => "on hold",
            Some(cause) => cause.id(),
            None => "not tried yet",
        };
        let last = message.stuck().max_by_key(|stuck| stuck.last);
        let texts = [
            message.queue_id.to_string(),
            cause.to_owned(),
            sender(view, message),
            if recipients.is_empty() { printable(UNNAMED) } else { recipients.join(" ") },
            last.map_or_else(
                || "no attempt in the log".to_owned(),
                |stuck| printable(&stuck.reason),
            ),
        ];
        let age = u64::try_from(age(view, message)).unwrap_or(0).saturating_mul(1_000_000);
        table.push(&texts.each_ref().map(String::as_bytes), &[age, u64::from(message.deferrals)]);
    }
    Section::of("queued", "Queued messages", queued.len(), table)
}
