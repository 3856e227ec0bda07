//! An account or host that suddenly sends: an hour with far more messages than all others.
//!
//! `sample-logs/sudden-sender.log`: 240 messages of one account at three in the morning.

use super::{Finding, Severity, View, counted, pfsum};
use crate::report::printable;
use crate::report::span::long;
use crate::tally::pace::Source;
use crate::words::shell::quoted;

/// Messages in an hour: people do not write so many.
const MESSAGES: u64 = 100;

/// Times the mean of the other hours: a list that sends all day does not do so suddenly.
const TIMES: u64 = 10;

/// Hours of log: in fewer, nobody can tell what is usual.
const HOURS: u64 = 6;

/// The hour in which a source sent most.
struct Burst {
    source: Source,
    /// Messages in that hour.
    messages: u64,
    /// Messages in all other hours.
    others: u64,
    /// Hours from the epoch on the wall clock.
    hour: i64,
}

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let Burst { source, messages, others, hour } = burst(view)?;
    let names = view.names;
    let (kind, name, option) = match source {
        Source::User(user) => ("The account", printable(names.texts.text(user)), "--user"),
        Source::Local(sender) if names.is_null(sender) => {
            ("On this host,", "<>".to_owned(), "--from")
        }
        Source::Local(sender) => {
            ("On this host,", printable(names.addresses.text(sender)), "--from")
        }
        Source::Host(client) => ("The host", printable(names.clients.text(client)), "--client"),
    };
    let asked = match source {
        Source::Host(_) => name.split_once('[').map_or(name.as_str(), |(_, address)| address),
        _ => name.as_str(),
    };
    let asked = quoted(asked.trim_end_matches(']'));
    let sent = counted(messages, "message", "messages");
    Some(Finding {
        id: "sudden_sender",
        severity: Severity::Look,
        title: format!("{kind} {name} sent {sent} in one hour"),
        detail: format!(
            "{}, {:02}:00 to {:02}:00; {} in all other hours.",
            long(hour.div_euclid(24)),
            hour.rem_euclid(24),
            hour.rem_euclid(24) + 1,
            counted(others, "message", "messages"),
        ),
        advice: "If it is no mailing that you know of, somebody else sends as this one: change \
                 the password or stop the program, and look at what waits in the queue."
            .to_owned(),
        count: messages,
        queue_ids: Vec::new(),
        command: pfsum(view, &format!("count received --by hour,client {option} {asked}")),
    })
}

/// The greatest burst of a source that does not send like that in other hours.
fn burst(view: &View<'_>) -> Option<Burst> {
    let hours = view.days.hours().len() as u64;
    if hours < HOURS {
        return None;
    }
    let bursts = view.tallies.pace.iter().map(|(source, counts)| {
        let (mut sum, mut messages, mut hour) = (0, 0, 0);
        for (at, count) in counts {
            sum += count;
            if count > messages {
                (messages, hour) = (count, at); // the first of equals
            }
        }
        Burst { source, messages, others: sum - messages, hour }
    });
    let is_sudden = |burst: &Burst| {
        burst.messages >= MESSAGES && burst.messages * (hours - 1) >= burst.others * TIMES
    };
    bursts.filter(is_sudden).max_by_key(|burst| (burst.messages, burst.source))
}
