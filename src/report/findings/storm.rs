//! A deferral storm: one root cause puts off attempt after attempt.
//!
//! `sample-logs/deferral-storm.log`: a relay is down for three hours; one real attempt in
//! each run of the queue, the others suspended with its reason.

use std::collections::BTreeMap;

use super::failures::Failures;
use super::words::{lasting, listed};
use super::{Finding, Severity, View, counted, pfsum};
use crate::tally::trouble::Under;
use crate::words::cause::Cause;
use crate::words::shell::quoted;

/// Attempts for one cause: fewer are a host that was down for an hour.
const ATTEMPTS: u64 = 50;

/// One in so many of all attempts to deliver: on a busy host a few hundred are ordinary.
const SHARE: u64 = 20;

/// Causes that have a finding of their own, or pass by themselves.
const OTHERS: [Cause; 6] =
    [Cause::Backscatter, Cause::Filter, Cause::Greylisted, Cause::Full, Cause::Blocked, Cause::Tls];

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let troubles = &view.tallies.causes.deferrals;
    let mut sums: BTreeMap<Cause, u64> = BTreeMap::new();
    for (kind, trouble) in troubles.entries() {
        if !OTHERS.contains(&kind.cause) {
            *sums.entry(kind.cause).or_default() += trouble.times;
        }
    }
    let (cause, times) = sums.into_iter().max_by_key(|(_, times)| *times)?;
    let totals = &view.tallies.totals;
    if times < ATTEMPTS || times * SHARE < totals.delivered + totals.deferrals {
        return None;
    }
    let everywhere = Failures::of(view, troubles, cause);
    let (first, share) = everywhere.places.first()?.clone();
    // Where one destination has most of it, it is the destination's trouble.
    if share * 2 > everywhere.times {
        let under = everywhere.worst?;
        let failed = Failures::at(view, troubles, cause, under);
        let which = match under {
            Under::Domain(_) => format!("--to {}", quoted(&format!("@{first}"))),
            Under::Relay(_) | Under::Text(_) => format!("--relay {}", quoted(&first)),
        };
        let question = format!("count deferrals --cause {} --by reason {which}", cause.id());
        return Some(told(view, cause, &failed, &first, &question));
    }
    let destinations = counted(everywhere.places.len() as u64, "destination", "destinations");
    let question = format!("count deferrals --cause {} --by recipient-domain,reason", cause.id());
    Some(told(view, cause, &everywhere, &destinations, &question))
}

fn told(view: &View<'_>, cause: Cause, failed: &Failures, to: &str, question: &str) -> Finding {
    Finding {
        id: "deferral_storm",
        severity: Severity::Harm,
        title: format!(
            "{} to {to} put off: {}",
            counted(failed.times, "attempt", "attempts"),
            failed.reason
        ),
        detail: format!(
            "{}: {}, the oldest {} old.",
            cause.title(),
            counted(failed.messages, "message", "messages"),
            lasting(failed.oldest),
        ),
        advice: cause.advice().to_owned(),
        count: failed.times,
        queue_ids: listed(&failed.examples),
        command: pfsum(view, question),
    }
}
