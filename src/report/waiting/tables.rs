//! What `pfsum queue` shows: groups with the commands to copy, ages, and the messages.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::postfix::QueueId;
use crate::syslog::Moment;
use crate::words::cause::Cause;

use super::super::ages::{self, domain};
use super::super::model::{Queued, Section, Waiting};
use super::super::queue::{UNNAMED, stamp};
use super::super::table::{Column, Table, Unit};
use super::Beside;

/// The sections, in their order.
pub(super) fn all(queue: &[Queued], now: Moment, beside: &Beside<'_>) -> Vec<Section<'static>> {
    let (groups, rows) = (groups(queue), beside.rows);
    let [causes, destinations] = grouped(&groups, beside);
    let to = ("queue_ages", "Recipients by domain and age in minutes");
    let from = ("queue_ages_by_sender", "Messages by sender's domain and age in minutes");
    let (to, from) =
        (ages::matrix(queue, to, rows, ages::to), ages::matrix(queue, from, rows, ages::from));
    let [messages, recipients] = messages(queue, now, beside);
    vec![causes, destinations, to, from, messages, recipients]
}

/// `2026-11-22T03:14:07+01:00` as `2026-11-22 03:14:07`.
pub(super) fn clock(stamp: &str) -> String {
    stamp.get(..19).unwrap_or(stamp).replace('T', " ")
}

/// What recipients wait for, where no attempt tells a cause.
const HELD: [&str; 3] = [
    "held",
    "On hold",
    "A rule or somebody put these aside: nothing happens to them until they are released or deleted.",
];
const UNTRIED: [&str; 3] = [
    "not-tried",
    "Not tried yet, as far as the log tells",
    "They are new, or the log begins behind their last attempt.",
];

/// Recipients of one cause and destination.
#[derive(Default)]
struct Group<'q> {
    messages: Vec<&'q Queued>,
    recipients: u64,
    attempts: u64,
    reason: Option<&'q str>,
}

impl<'q> Group<'q> {
    fn add(&mut self, queued: &'q Queued, waiting: Option<&'q Waiting>) {
        if self.messages.last().is_none_or(|last| last.queue_id != queued.queue_id) {
            self.messages.push(queued);
        }
        if let Some(waiting) = waiting {
            self.recipients += 1;
            self.attempts += waiting.attempts;
            self.reason = self.reason.or(waiting.last_reason.as_deref());
        }
    }

    fn oldest(&self) -> u64 {
        let oldest = self.messages.iter().map(|queued| queued.age_seconds).max().unwrap_or(0);
        micros(oldest)
    }
}

fn micros(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or(0).saturating_mul(1_000_000)
}

/// Groups by what recipients wait for, and by their domain.
type Groups<'q> = BTreeMap<&'q str, BTreeMap<&'q str, Group<'q>>>;

fn groups(queue: &[Queued]) -> Groups<'_> {
    let mut groups = Groups::new();
    for queued in queue {
        let held = (queued.queue.as_deref() == Some("hold")).then_some(HELD[0]);
        for waiting in &queued.waiting {
            let cause = held.or(waiting.cause.as_deref()).unwrap_or(UNTRIED[0]);
            let group = groups.entry(cause).or_default();
            group.entry(domain(&waiting.recipient)).or_default().add(queued, Some(waiting));
        }
        if queued.waiting.is_empty() {
            let group = groups.entry(held.unwrap_or(UNTRIED[0])).or_default();
            group.entry(UNNAMED).or_default().add(queued, None);
        }
    }
    groups
}

/// The title of a cause, and what can be done about it.
fn worded(id: &str) -> [&str; 3] {
    [HELD, UNTRIED].into_iter().find(|[known, ..]| *known == id).unwrap_or_else(|| {
        let cause = Cause::ALL.iter().find(|cause| cause.id() == id);
        cause.map_or([id, id, ""], |cause| [cause.id(), cause.title(), cause.advice()])
    })
}

/// How many queue IDs stand in a command.
const IDS: usize = 20;

const CAUSES: &[Column] = &[
    Column { id: "cause", title: "cause", unit: Unit::Text },
    Column { id: "title", title: "what it is", unit: Unit::Text },
    Column { id: "advice", title: "advice", unit: Unit::Text },
    Column { id: "messages", title: "messages", unit: Unit::Count },
    Column { id: "recipients", title: "recipients", unit: Unit::Count },
    Column { id: "attempts", title: "attempts", unit: Unit::Count },
    Column { id: "oldest", title: "oldest", unit: Unit::Seconds },
];

const DESTINATIONS: &[Column] = &[
    Column { id: "cause", title: "cause", unit: Unit::Text },
    Column { id: "destination", title: "destination", unit: Unit::Text },
    Column { id: "messages", title: "messages", unit: Unit::Count },
    Column { id: "recipients", title: "recipients", unit: Unit::Count },
    Column { id: "attempts", title: "attempts", unit: Unit::Count },
    Column { id: "oldest", title: "oldest", unit: Unit::Seconds },
    Column { id: "reason", title: "such as", unit: Unit::Text },
    Column { id: "look", title: "to look at one", unit: Unit::Text },
    Column { id: "retry", title: "to try again", unit: Unit::Text },
    Column { id: "hold", title: "to hold or release", unit: Unit::Text },
    Column { id: "delete", title: "to delete", unit: Unit::Text },
];

/// Causes, and below them destinations with the commands that look closer.
fn grouped(groups: &Groups<'_>, beside: &Beside<'_>) -> [Section<'static>; 2] {
    let (mut causes, mut destinations) = (Table::new(CAUSES), Table::new(DESTINATIONS));
    let ids = |below: &BTreeMap<&str, Group<'_>>| {
        let all = below.values().flat_map(|group| &group.messages);
        all.map(|queued| queued.queue_id.clone()).collect::<BTreeSet<_>>().len()
    };
    let mut order: Vec<_> =
        groups.iter().map(|(cause, below)| (ids(below), *cause, below)).collect();
    order.sort_by_key(|(messages, cause, _)| (Reverse(*messages), *cause));
    for (messages, cause, below) in order {
        let sum = |of: fn(&Group<'_>) -> u64| below.values().map(of).sum::<u64>();
        let oldest = below.values().map(Group::oldest).max().unwrap_or(0);
        let counts = [messages as u64, sum(|g| g.recipients), sum(|g| g.attempts), oldest];
        causes.push(&worded(cause).map(str::as_bytes), &counts);
        let mut below: Vec<_> = below.iter().collect();
        below.sort_by_key(|(domain, group)| (Reverse(group.messages.len()), **domain));
        let limit = beside.rows.of(below.len());
        for (domain, group) in below.into_iter().take(limit) {
            let [look, retry, hold, delete] = commands(&group.messages, cause == HELD[0]);
            let reason = group.reason.unwrap_or("no attempt in the log");
            let texts = [cause, domain, reason, &look, &retry, &hold, &delete];
            let counts =
                [group.messages.len() as u64, group.recipients, group.attempts, group.oldest()];
            destinations.push(&texts.map(str::as_bytes), &counts);
        }
    }
    let all = groups.values().map(BTreeMap::len).sum();
    [
        Section::of("queue_causes", "Why mail is queued", groups.len(), causes),
        Section::of("queue_groups", "By cause and destination", all, destinations),
    ]
}

/// Commands to copy. Only what has the form of a queue ID gets into one: the log is written
/// by strangers, and `postsuper -d ALL` would delete everything.
fn commands(queued: &[&Queued], held: bool) -> [String; 4] {
    let ids = queued.iter().map(|queued| queued.queue_id.as_str());
    let ids: Vec<&str> = ids.filter(|id| QueueId::parse(id.as_bytes()).is_some()).collect();
    let Some(first) = ids.first() else { return Default::default() };
    let more = match ids.len().checked_sub(IDS) {
        None | Some(0) => String::new(),
        Some(more) => format!(" # and {more} more"),
    };
    let each = |command: &str, option: &str| -> String {
        let options = ids.iter().take(IDS).map(|id| format!(" {option} {id}"));
        std::iter::once(command.to_owned()).chain(options).collect::<String>() + &more
    };
    let retry = ids.iter().take(IDS).map(|id| format!("postqueue -i {id}"));
    [
        format!("postcat -vq {first}"),
        retry.collect::<Vec<_>>().join("; ") + &more,
        each("postsuper", if held { "-H" } else { "-h" }),
        each("postsuper", "-d"),
    ]
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

/// The messages, and below each its recipients.
fn messages(queue: &[Queued], now: Moment, beside: &Beside<'_>) -> [Section<'static>; 2] {
    let (mut messages, mut recipients) = (Table::new(MESSAGES), Table::new(RECIPIENTS));
    let shown = beside.rows.of(queue.len());
    for queued in queue.iter().take(shown) {
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
    let all = queue.iter().map(|queued| queued.waiting.len().max(1)).sum();
    [
        Section::of("queued", "Messages, the oldest first", queue.len(), messages),
        Section::of("queued_recipients", "Recipients left", all, recipients),
    ]
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
        table.push(&[id, UNNAMED, NONE, "the same"].map(str::as_bytes), &[0]);
    }
}

/// When the next attempt is due, in words.
fn next_try(queued: &Queued, now: Moment) -> String {
    match (&queued.next_try, queued.queue.as_deref()) {
        (Some(due), _) if *due <= stamp(now) => "due at the next queue run".to_owned(),
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
        Some(at) if *at <= stamp(now) => "with the next failure".to_owned(),
        Some(at) => clock(at),
    }
}
