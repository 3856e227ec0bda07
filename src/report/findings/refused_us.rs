//! Other hosts refuse our mail by policy, reputation or blocklist.
//!
//! `sample-logs/blocklisted.log`: a list names this host, and two destinations ask it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::outlines::{Said, said};
use super::{Finding, Severity, View, counted, pfsum};
use crate::report::printable;
use crate::report::why;
use crate::words::cause::Cause;
use crate::words::{blocklist, deferral, serial};

/// Refusals in which a blocklist is named: one may be a list that nobody else asks.
const LISTED: u64 = 3;

/// Refusals without a list: single messages are refused for what is in them.
const REFUSED: u64 = 10;

/// One in so many of the deliveries, without a list: a busy host meets a few every day.
const SHARE: u64 = 500;

/// A refusal: where, in which words, how often.
type Refusal<'v> = (&'v [u8], &'v [u8], u64);

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let refusals = refusals(view);
    let count = refusals.iter().map(|(.., times)| times).sum::<u64>();
    let mut lists: BTreeMap<&[u8], u64> = BTreeMap::new();
    for (_, text, times) in &refusals {
        if let Some(name) = blocklist::named(text) {
            *lists.entry(name).or_default() += times;
        }
    }
    let listed: u64 = lists.values().sum();
    let many = count >= REFUSED && count * SHARE >= view.tallies.totals.delivered;
    if listed < LISTED && !many {
        return None;
    }
    let (first, text, _) = refusals.first()?;
    let places: BTreeSet<&[u8]> = refusals.iter().map(|(place, ..)| *place).collect();
    let mut lists: Vec<(&[u8], u64)> = lists.into_iter().collect();
    lists.sort_by_key(|(name, times)| (Reverse(*times), *name));
    let names: Vec<String> = lists.iter().take(3).map(|(name, _)| printable(name)).collect();
    let why = match listed {
        LISTED.. => format!("blocklist {}", names.join(", ")),
        _ => "by policy or reputation".to_owned(),
    };
    Some(Finding {
        id: "refused_us",
        severity: Severity::Harm,
        title: format!(
            "{} refused our mail {}: {why}",
            counted(places.len() as u64, "destination", "destinations"),
            counted(count, "time", "times"),
        ),
        detail: format!("{}: {}.", printable(first), words_of(text).trim_end_matches('.')),
        advice: Cause::Blocked.advice().to_owned(),
        count,
        queue_ids: Vec::new(),
        command: pfsum(view, "count deferrals bounced --cause blocked --by relay,reason"),
    })
}

/// What a server said, without who said it and to which command.
fn words_of(text: &[u8]) -> String {
    let (mut starred, mut words) = (Vec::new(), Vec::new());
    serial::starred(text, &mut starred);
    deferral::deferral(&starred).reason(usize::MAX, &mut words);
    printable(words.trim_ascii())
}

/// What other servers said, of attempts put off and of recipients given up.
fn refusals<'v>(view: &View<'v>) -> Vec<Refusal<'v>> {
    let texts = &view.names.texts;
    let entries = view.tallies.causes.deferrals.entries().iter();
    let blocked = entries.filter(|(kind, _)| kind.cause == Cause::Blocked);
    let mut all: Vec<Refusal<'v>> = blocked
        .map(|(kind, trouble)| (why::under(view, kind), texts.text(kind.reason), trouble.times))
        .collect();
    // A filter of this host refuses what comes in, which is its work.
    let away = |host: &[u8]| !host.starts_with(b"private/") && !host.starts_with(b"127.");
    let by_server = |said: &Said<'_>| said.text.starts_with(b"host ") && away(said.by);
    let given_up = said(view, &view.tallies.details.bounces, |said| {
        by_server(said) && Cause::of(said.text) == Cause::Blocked
    });
    all.extend(given_up.into_iter().map(|said| (said.by, said.text, said.times)));
    all.sort_by_key(|(place, text, times)| (Reverse(*times), *place, *text));
    all
}
