//! A service behind Postfix, such as the content filter or the mailbox server, does not
//! answer.
//!
//! `sample-logs/filter-down.log`: the content filter refuses connections for half an hour.

use super::failures::Failures;
use super::words::listed;
use super::{Finding, Severity, View, counted, pfsum};
use crate::words::cause::Cause;

/// Attempts: fewer happen while the service is restarted.
const ATTEMPTS: u64 = 5;

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let troubles = &view.tallies.causes.deferrals;
    let failed = Failures::of(view, troubles, Cause::Filter);
    if failed.times < ATTEMPTS {
        return None;
    }
    Some(Finding {
        id: "filter_down",
        severity: Severity::Harm,
        title: format!(
            "The filter or mailbox server at {} did not answer: {} late",
            failed.place(),
            counted(failed.messages, "message", "messages"),
        ),
        detail: format!(
            "{}; {} put off.",
            failed.reason,
            counted(failed.times, "attempt", "attempts")
        ),
        advice: Cause::Filter.advice().to_owned(),
        count: failed.times,
        queue_ids: listed(&failed.examples),
        command: pfsum(view, "count deferrals --cause filter-down --by relay,reason"),
    })
}
