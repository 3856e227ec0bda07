//! The answer to `pfsum queue`: what waits, since when, why, and which commands look closer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::listing::Listed;
use crate::postfix::QueueId;
use crate::track::Message;
use crate::words::cause::Cause;

use super::model::{Queued, Section};
use super::queue::{entry, in_order, matrix_of, stamp_of};
use super::table::{Column, Table, Unit};
use super::{Report, View, build, printable};

/// What is known beside the log.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The queue as postqueue(1) lists it.
    pub listing: Option<Vec<Listed>>,
    /// The least and the greatest time between attempts, in seconds:
    /// `minimal_backoff_time` and `maximal_backoff_time` of postconf(5).
    pub backoff: (i64, i64),
    /// How long mail and notices are tried, in seconds: `maximal_queue_lifetime` and
    /// `bounce_queue_lifetime`.
    pub lifetime: (i64, i64),
}

/// Postfix's own defaults.
pub const DEFAULT_BACKOFF: (i64, i64) = (300, 4_000);
/// Five days.
pub const DEFAULT_LIFETIME: (i64, i64) = (432_000, 432_000);

/// Makes the answer: a report whose sections are of the queue alone.
#[must_use]
pub fn build_queue(view: View<'_>, beside: &Beside) -> Report {
    let queue = join(&view, beside);
    let sections = vec![groups(&queue), matrix_of(&queue), messages(&queue)];
    let title = match &beside.listing {
        Some(_) => "Mail queue, with its history in the log",
        None => "Mail queue at the end of the log",
    };
    Report { sections, queue, title: title.to_owned(), ..build(view) }
}

/// The messages that wait, the oldest first: those of the listing, else those of the log.
fn join(view: &View<'_>, beside: &Beside) -> Vec<Queued> {
    let known: BTreeMap<QueueId, &Message> =
        view.queued.iter().map(|message| (message.queue_id, *message)).collect();
    let mut queue: Vec<Queued> = match &beside.listing {
        Some(listing) => listing
            .iter()
            .map(|listed| joined(view, listed, known.get(&listed.queue_id).copied()))
            .collect(),
        None => in_order(view).into_iter().map(|message| entry(view, message)).collect(),
    };
    for queued in &mut queue {
        let message = QueueId::parse(queued.queue_id.as_bytes()).and_then(|id| known.get(&id));
        foresee(view, beside, queued, message.copied());
    }
    queue.sort_by(|a, b| b.age_seconds.cmp(&a.age_seconds).then(a.queue_id.cmp(&b.queue_id)));
    queue
}

/// What the listing says, with the attempts and the first reason of the log.
fn joined(view: &View<'_>, listed: &Listed, message: Option<&Message>) -> Queued {
    let shown = |text: &String| printable(text.as_bytes());
    let from_log = message.map(|message| entry(view, message));
    let reason = listed.recipients.iter().rev().find_map(|(_, reason)| reason.clone());
    let of_log = from_log.as_ref();
    let last = of_log.and_then(|log| log.last_reason.clone()).or_else(|| reason.map(|r| shown(&r)));
    let cause = of_log.and_then(|log| log.cause.clone()).or_else(|| {
        let cause = Cause::of(last.as_ref()?.as_bytes());
        let cause = if listed.sender.is_empty() { cause.of_notice() } else { cause };
        Some(cause.id().to_owned())
    });
    let arrival = listed.arrival.or_else(|| message.map(Message::since));
    Queued {
        queue_id: listed.queue_id.to_string(),
        queue: Some(shown(&listed.queue)),
        host: of_log.map_or_else(String::new, |log| log.host.clone()),
        arrival: arrival.map_or_else(String::new, |at| stamp_of(at, view.last.offset)),
        age_seconds: arrival.map_or(0, |at| (view.last.utc() - at).max(0)),
        size: Some(listed.size),
        attempts: of_log.map_or(0, |log| log.attempts),
        sender: Some(shown(&listed.sender)),
        recipients: listed.recipients.iter().map(|(address, _)| shown(address)).collect(),
        first_reason: of_log.and_then(|log| log.first_reason.clone()).or_else(|| last.clone()),
        last_reason: last,
        cause,
        next_try: None,
        expires: None,
    }
}

/// Says when the next attempt is due and when the message will be given up. The queue manager
/// waits as long as the message is old, within the backoff times (qmgr(8)); where the log shows
/// shorter waits, those.
fn foresee(view: &View<'_>, beside: &Beside, queued: &mut Queued, message: Option<&Message>) {
    let offset = view.last.offset;
    let held = queued.queue.as_deref() == Some("hold");
    if let Some(message) = message
        && let (false, Some(last)) = (held || message.is_on_hold(), message.deferred)
    {
        let (least, most) = beside.backoff;
        let age = last.utc() - message.since();
        let shown = message
            .stuck()
            .filter(|stuck| stuck.attempts > 1)
            .map(|stuck| (stuck.last.utc() - stuck.first.utc()) / i64::from(stuck.attempts - 1))
            .min();
        let wait = match shown {
            Some(wait) if wait < least => wait,
            _ => age.clamp(least, most.max(least)),
        };
        queued.next_try = Some(stamp_of(last.utc() + wait, offset));
    }
    let (mail, notices) = beside.lifetime;
    let lifetime = if queued.sender.as_deref() == Some("") { notices } else { mail };
    let arrival = view.last.utc() - queued.age_seconds;
    queued.expires = (!held).then(|| stamp_of(arrival + lifetime, offset));
}

/// What a message waits for, in one word.
fn state(queued: &Queued) -> &str {
    match (&queued.cause, queued.queue.as_deref()) {
        (_, Some("hold")) => "held",
        (Some(cause), _) => cause,
        (None, _) => "not-tried",
    }
}

/// The domains of the recipients that are left.
fn domains(queued: &Queued) -> BTreeSet<&str> {
    let domain = |address: &'_ String| -> usize { address.rfind('@').map_or(0, |at| at + 1) };
    let named = queued.recipients.iter().filter_map(|to| to.get(domain(to)..));
    let mut domains: BTreeSet<&str> = named.collect();
    if domains.is_empty() {
        domains.insert("(not in the log)");
    }
    domains
}

/// How many queue IDs stand in a command.
const IDS: usize = 20;

/// Root cause and destination, with the commands that look closer.
fn groups(queue: &[Queued]) -> Section {
    const COLUMNS: &[Column] = &[
        Column { id: "cause", title: "cause", unit: Unit::Text },
        Column { id: "title", title: "what it is", unit: Unit::Text },
        Column { id: "destination", title: "destination", unit: Unit::Text },
        Column { id: "messages", title: "messages", unit: Unit::Count },
        Column { id: "attempts", title: "attempts", unit: Unit::Count },
        Column { id: "oldest", title: "oldest", unit: Unit::Seconds },
        Column { id: "reason", title: "reason", unit: Unit::Text },
        Column { id: "look", title: "to look at one", unit: Unit::Text },
        Column { id: "retry", title: "to try again", unit: Unit::Text },
        Column { id: "hold", title: "to hold or release", unit: Unit::Text },
        Column { id: "delete", title: "to delete", unit: Unit::Text },
    ];
    let mut groups: BTreeMap<(&str, &str), Vec<&Queued>> = BTreeMap::new();
    for queued in queue {
        for domain in domains(queued) {
            groups.entry((state(queued), domain)).or_default().push(queued);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(key, queued)| (Reverse(queued.len()), *key));
    let mut table = Table::new(COLUMNS);
    for ((cause, domain), queued) in &groups {
        let title = match *cause {
            "held" => "On hold",
            "not-tried" => "Not tried yet, as far as the log tells",
            id => Cause::ALL.iter().find(|cause| cause.id() == id).map_or(id, |c| c.title()),
        };
        let reason = queued.iter().find_map(|queued| queued.last_reason.as_deref());
        let [look, retry, hold, delete] = commands(queued, *cause == "held");
        let texts = [cause, title, domain, reason.unwrap_or(""), &look, &retry, &hold, &delete];
        let attempts = queued.iter().map(|queued| queued.attempts).sum();
        let oldest = queued.iter().map(|queued| queued.age_seconds).max().unwrap_or(0);
        let oldest = u64::try_from(oldest).unwrap_or(0).saturating_mul(1_000_000);
        table.push(&texts.map(str::as_bytes), &[queued.len() as u64, attempts, oldest]);
    }
    Section::of("queue_groups", "Why mail is queued", groups.len(), table)
}

/// Commands to copy. Only what has the form of a queue ID gets into one: the log is written
/// by strangers, and `postsuper -d ALL` would delete everything.
fn commands(queued: &[&Queued], held: bool) -> [String; 4] {
    let ids = queued.iter().map(|queued| queued.queue_id.as_str());
    let ids: Vec<&str> = ids.filter(|id| QueueId::parse(id.as_bytes()).is_some()).collect();
    let Some(first) = ids.first() else { return Default::default() };
    let each = |command: &str, option: &str| -> String {
        let options = ids.iter().take(IDS).map(|id| format!(" {option} {id}"));
        std::iter::once(command.to_owned()).chain(options).collect()
    };
    let retry = ids.iter().take(IDS).map(|id| format!("postqueue -i {id}"));
    [
        format!("postcat -vq {first}"),
        retry.collect::<Vec<_>>().join("; "),
        each("postsuper", if held { "-H" } else { "-h" }),
        each("postsuper", "-d"),
    ]
}

/// The messages one by one.
fn messages(queue: &[Queued]) -> Section {
    const COLUMNS: &[Column] = &[
        Column { id: "queue_id", title: "queue ID", unit: Unit::Text },
        Column { id: "queue", title: "queue", unit: Unit::Text },
        Column { id: "age", title: "age", unit: Unit::Seconds },
        Column { id: "bytes", title: "bytes", unit: Unit::Bytes },
        Column { id: "attempts", title: "attempts", unit: Unit::Count },
        Column { id: "sender", title: "sender", unit: Unit::Text },
        Column { id: "recipients", title: "recipients left", unit: Unit::Text },
        Column { id: "first_reason", title: "first reason", unit: Unit::Text },
        Column { id: "last_reason", title: "last reason", unit: Unit::Text },
        Column { id: "next_try", title: "next try", unit: Unit::Text },
        Column { id: "expires", title: "expires", unit: Unit::Text },
    ];
    let mut table = Table::new(COLUMNS);
    let or = |text: &Option<String>, other: &str| text.clone().unwrap_or_else(|| other.to_owned());
    for queued in queue {
        let recipients = match queued.recipients.as_slice() {
            [] => "(not in the log)".to_owned(),
            some => some.join(" "),
        };
        let sender = match or(&queued.sender, "(not in the log)") {
            null if null.is_empty() => "<>".to_owned(),
            sender => sender,
        };
        let texts = [
            queued.queue_id.clone(),
            or(&queued.queue, "deferred"),
            sender,
            recipients,
            or(&queued.first_reason, "(no attempt in the log)"),
            or(&queued.last_reason, "(no attempt in the log)"),
            or(&queued.next_try, "not by itself"),
            or(&queued.expires, "not while on hold"),
        ];
        let age = u64::try_from(queued.age_seconds).unwrap_or(0).saturating_mul(1_000_000);
        let numbers = [age, queued.size.unwrap_or(0), queued.attempts];
        table.push(&texts.each_ref().map(String::as_bytes), &numbers);
    }
    Section::of("queued", "Messages", queue.len(), table)
}
