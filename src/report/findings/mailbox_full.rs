//! Mailboxes that are full.
//!
//! `sample-logs/mailbox-full.log`: put off over LMTP and by local(8), refused by a relay.

use super::failures::Failures;
use super::words::listed;
use super::{Finding, Severity, View, counted, pfsum};
use crate::words::cause::Cause;

/// Attempts and recipients given up: one full mailbox is tried this often in a few hours.
const TIMES: u64 = 5;

/// One in so many of the deliveries: among many mailboxes a few are always full.
const SHARE: u64 = 500;

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let causes = &view.tallies.causes;
    let deferred = Failures::of(view, &causes.deferrals, Cause::Full);
    let given_up = Failures::of(view, &causes.bounces, Cause::Full);
    let count = deferred.times + given_up.times;
    if count < TIMES || count * SHARE < view.tallies.totals.delivered {
        return None;
    }
    let most = if deferred.times >= given_up.times { &deferred } else { &given_up };
    Some(Finding {
        id: "mailbox_full",
        severity: Severity::Look,
        title: format!(
            "Mailbox full: {} put off, {} given up",
            counted(deferred.times, "attempt", "attempts"),
            counted(given_up.times, "recipient", "recipients"),
        ),
        detail: format!("{}: {}.", most.place(), most.reason.trim_end_matches('.')),
        advice: Cause::Full.advice().to_owned(),
        count,
        queue_ids: listed(deferred.examples.iter().chain(&given_up.examples)),
        command: pfsum(view, "count deferrals bounced --cause mailbox-full --by recipient,reason"),
    })
}
