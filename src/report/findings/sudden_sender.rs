//! An account or host that suddenly sends: an hour with far more messages than all others.
//!
//! `sample-logs/sudden-sender.log`: 240 messages of one account at three in the morning.

use std::collections::BTreeMap;

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

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let hours = view.days.hours().len() as u64;
    if hours < HOURS {
        return None;
    }
    // Of each source: all messages, the most in an hour, and which hour that was.
    let mut sums: BTreeMap<Source, (u64, u64, i64)> = BTreeMap::new();
    for ((source, hour), messages) in view.tallies.pace.iter() {
        let (sum, most, at) = sums.entry(source).or_default();
        *sum += messages;
        if (messages, -hour) > (*most, -*at) {
            (*most, *at) = (messages, hour);
        }
    }
    let sudden =
        |sum: u64, most: u64| most >= MESSAGES && most * (hours - 1) >= (sum - most) * TIMES;
    let sudden = sums.into_iter().filter(|(_, (sum, most, _))| sudden(*sum, *most));
    let (source, (sum, most, hour)) = sudden.max_by_key(|(_, (_, most, _))| *most)?;
    let names = view.names;
    let (kind, name, option) = match source {
        Source::User(user) => ("The account", printable(names.texts.text(user)), "--user"),
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
    Some(Finding {
        id: "sudden_sender",
        severity: Severity::Look,
        title: format!("{kind} {name} sent {} in one hour", counted(most, "message", "messages")),
        detail: format!(
            "{}, {:02}:00 to {:02}:00; {} in all other hours.",
            long(hour.div_euclid(24)),
            hour.rem_euclid(24),
            hour.rem_euclid(24) + 1,
            counted(sum - most, "message", "messages"),
        ),
        advice: "If it is no mailing that you know of, somebody else sends as this one: change \
                 the password or stop the program, and look at what waits in the queue."
            .to_owned(),
        count: most,
        queue_ids: Vec::new(),
        command: pfsum(view, &format!("count received --by hour,client {option} {asked}")),
    })
}
