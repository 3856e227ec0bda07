//! What queued recipients wait for, by cause and destination, with the commands to copy.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::config::Limit;
use crate::postfix::QueueId;
use crate::words::cause::Cause;

use super::super::ages::domain;
use super::super::model::{Queued, Section, Waiting};
use super::super::queue::UNNAMED;
use super::super::table::{Column, Table, Unit};
use super::tables::micros;

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

/// What queued recipients wait for, and where they are.
#[derive(Default)]
pub(super) struct Groups {
    causes: BTreeMap<String, Destinations>,
    /// Messages so far.
    messages: u64,
}

/// Recipients of one cause.
#[derive(Default)]
struct Destinations {
    messages: Messages,
    below: BTreeMap<String, Group>,
}

/// Recipients of one cause and destination.
#[derive(Default)]
struct Group {
    messages: Messages,
    recipients: u64,
    attempts: u64,
    /// Of the oldest message, in seconds.
    oldest: i64,
    reason: Option<String>,
    /// The first of the messages, of those that may stand in a command.
    ids: Vec<String>,
    /// How many may.
    nameable: usize,
}

/// Messages, counted in their order.
#[derive(Default)]
struct Messages {
    count: u64,
    /// The number of the last one.
    last: u64,
}

impl Messages {
    /// Counts a message; says whether for the first time.
    fn met(&mut self, number: u64) -> bool {
        let new = self.last != number;
        self.last = number;
        self.count += u64::from(new);
        new
    }
}

impl Group {
    fn add(&mut self, number: u64, queued: &Queued, waiting: Option<&Waiting>) {
        if self.messages.met(number) {
            self.oldest = self.oldest.max(queued.age_seconds);
            self.name(&queued.queue_id);
        }
        let (reason, attempts) = match waiting {
            Some(waiting) => (waiting.last_reason.as_deref(), waiting.attempts),
            None => of_no_recipient(queued),
        };
        if self.reason.is_none() {
            self.reason = reason.map(str::to_owned);
        }
        self.recipients += u64::from(waiting.is_some());
        self.attempts += attempts;
    }

    /// Only what has the form of a queue ID gets into a command: the log is written by strangers,
    /// and `postsuper -d ALL` would delete everything.
    fn name(&mut self, queue_id: &str) {
        if QueueId::parse(queue_id.as_bytes()).is_some() {
            self.nameable += 1;
            if self.ids.len() < IDS {
                self.ids.push(queue_id.to_owned());
            }
        }
    }
}

impl Groups {
    /// Adds a message that waits.
    pub(super) fn add(&mut self, queued: &Queued) {
        self.messages += 1;
        let held = (queued.queue.as_deref() == Some("hold")).then_some(HELD[0]);
        for waiting in &queued.waiting {
            let cause = held.or(waiting.cause.as_deref()).unwrap_or(UNTRIED[0]);
            self.add_to(cause, domain(&waiting.recipient), queued, Some(waiting));
        }
        if queued.waiting.is_empty() {
            // A message that waits for its notice has a cause.
            let cause = held.or(queued.cause.as_deref()).unwrap_or(UNTRIED[0]);
            self.add_to(cause, UNNAMED, queued, None);
        }
    }

    fn add_to(&mut self, cause: &str, at: &str, queued: &Queued, waiting: Option<&Waiting>) {
        let destinations = self.causes.entry(cause.to_owned()).or_default();
        destinations.messages.met(self.messages);
        let group = destinations.below.entry(at.to_owned()).or_default();
        group.add(self.messages, queued, waiting);
    }
}

/// Why a message waits that waits for no recipient, and its attempts: its notice could not be written.
pub(super) fn of_no_recipient(queued: &Queued) -> (Option<&str>, u64) {
    let reason = queued.last_reason.as_deref();
    (reason, if reason.is_some() { queued.attempts } else { 0 })
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

impl Groups {
    /// Causes, and below them destinations with the commands that look closer; of each cause as
    /// many as `rows`.
    pub(super) fn sections(&self, rows: Limit) -> [Section<'static>; 2] {
        let (mut causes, mut destinations) = (Table::new(CAUSES), Table::new(DESTINATIONS));
        let mut order: Vec<_> = self.causes.iter().collect();
        order.sort_by_key(|(cause, of)| (Reverse(of.messages.count), cause.as_str()));
        for (cause, Destinations { messages, below }) in order {
            let sum = |of: fn(&Group) -> u64| below.values().map(of).sum::<u64>();
            let oldest = below.values().map(|group| group.oldest).max().unwrap_or(0);
            let counts =
                [messages.count, sum(|g| g.recipients), sum(|g| g.attempts), micros(oldest)];
            causes.push(&worded(cause).map(str::as_bytes), &counts);
            let mut below: Vec<_> = below.iter().collect();
            below.sort_by_key(|(domain, group)| (Reverse(group.messages.count), domain.as_str()));
            let limit = rows.of(below.len());
            for (domain, group) in below.into_iter().take(limit) {
                push(&mut destinations, cause, domain, group);
            }
        }
        let all = self.causes.values().map(|of| of.below.len()).sum();
        [
            Section::of("queue_causes", "Why mail is queued", self.causes.len(), causes),
            Section::of("queue_groups", "By cause and destination", all, destinations),
        ]
    }
}

fn push(table: &mut Table<'_>, cause: &str, domain: &str, group: &Group) {
    let [look, retry, hold, delete] = commands(group, cause == HELD[0]);
    let reason = group.reason.as_deref().unwrap_or("no attempt in the log");
    let texts = [cause, domain, reason, &look, &retry, &hold, &delete];
    let counts = [group.messages.count, group.recipients, group.attempts, micros(group.oldest)];
    table.push(&texts.map(str::as_bytes), &counts);
}

/// Commands to copy.
fn commands(group: &Group, held: bool) -> [String; 4] {
    let Some(first) = group.ids.first() else { return Default::default() };
    let more = match group.nameable - group.ids.len() {
        0 => String::new(),
        more => format!(" # and {more} more"),
    };
    let each = |command: &str, option: &str| -> String {
        let options = group.ids.iter().map(|id| format!(" {option} {id}"));
        std::iter::once(command.to_owned()).chain(options).collect::<String>() + &more
    };
    let retry = group.ids.iter().map(|id| format!("postqueue -i {id}"));
    [
        format!("postcat -vq {first}"),
        retry.collect::<Vec<_>>().join("; ") + &more,
        each("postsuper", if held { "-H" } else { "-h" }),
        each("postsuper", "-d"),
    ]
}
