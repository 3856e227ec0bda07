//! A service has as many processes as it may have: clients wait.
//!
//! `sample-logs/disk-full.log`: master(8) says so of smtpd(8).

use super::outlines::{Words, said, sum};
use super::{Finding, Severity, View, counted};
use crate::report::printable;

/// master(8) says it at most once in some minutes; one peak passes by itself.
const TIMES: u64 = 3;

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    // master(8): `service "smtp" (25) has reached its process limit "100": new clients may
    // experience noticeable delays`
    let limit = Words::new(&["has reached its process limit"]);
    let all = said(view, &view.tallies.details.warnings, |said| limit.are_in(said.text));
    let count = sum(&all);
    let first = all.first().filter(|_| count >= TIMES)?;
    Some(Finding {
        id: "process_limit",
        severity: Severity::Look,
        title: format!("A service reached its process limit {}", counted(count, "time", "times")),
        detail: format!("{}.", printable(first.text)),
        advice: "Look for clients that keep many connections open; else raise the limit in \
                 master.cf or default_process_limit, if memory allows."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: "postconf default_process_limit smtpd_client_connection_count_limit".to_owned(),
    })
}
