//! A daemon of Postfix stopped, or master(8) cannot start it.
//!
//! `sample-logs/quiet-day.log`: one fatal error of smtpd(8), which master(8) then throttles.

use super::outlines::{Said, Words, said, sum};
use super::{Finding, Severity, View, counted, pfsum};
use crate::report::printable;

/// Every one is one too many: what the daemon had in hand waits or is refused.
const TIMES: u64 = 1;

/// Commands that a user gave: if one of these stops, only that user is told no.
const COMMANDS: [&[u8]; 11] = [
    b"sendmail",
    b"postdrop",
    b"postqueue",
    b"postsuper",
    b"postcat",
    b"postmap",
    b"postalias",
    b"postconf",
    b"postlog",
    b"postmulti",
    b"postfix-script",
];

/// What master(8) says of a daemon that died, by its own fault or by a signal.
const MASTER: [&str; 2] = ["bad command startup -- throttling", "killed by signal"];

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let details = &view.tallies.details;
    let of_daemon = |said: &Said<'_>| !COMMANDS.contains(&said.by);
    let mut stopped: Vec<Said<'_>> = said(view, &details.panics, |_| true);
    stopped.extend(said(view, &details.fatals, of_daemon));
    let died = Words::new(&MASTER);
    let of_master = |said: &Said<'_>| said.by == b"master" && died.are_in(said.text);
    stopped.extend(said(view, &details.warnings, of_master));
    let count = sum(&stopped);
    let first = stopped.first().filter(|_| count >= TIMES)?;
    let (service, text) = (printable(first.by), printable(first.text));
    Some(Finding {
        id: "service_stopped",
        severity: Severity::Harm,
        title: format!(
            "A daemon of Postfix stopped {}: {service}",
            counted(count, "time", "times")
        ),
        detail: format!("{service}: {text}."),
        advice: "While it cannot start, mail is refused or waits; the warnings of the same \
                 minute say more, and `postfix check` what is wrong with the configuration."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: pfsum(view, "count fatals panics warnings --by service,reason"),
    })
}
