//! A disk, memory or another limit of this host is reached: mail is refused or not written.
//!
//! `sample-logs/disk-full.log`: the queue's file system fills up.

use super::outlines::{Said, Words, said, said_under, sum};
use super::{Finding, Severity, View, counted};
use crate::report::printable;
use crate::tally::trouble::Kind;
use crate::words::cause::Cause;

/// Every one: what could not be written is gone, or refused.
const TIMES: u64 = 1;

/// What the system and Postfix call it: errno(3), smtpd(8) of `queue_minfree`, cleanup(8) of
/// a queue file it cannot write.
///
/// smtpd(8) warns of `not enough free space in mail queue` and then refuses with `452 4.3.1
/// Insufficient system storage`: the refusal counts.
const WORDS: [&str; 10] = [
    "no space left on device",
    "insufficient system storage",
    "queue file write error",
    "error writing queue file",
    "read-only file system",
    "input/output error",
    "file too large",
    "too many open files",
    "cannot allocate memory",
    "resource temporarily unavailable",
];

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let details = &view.tallies.details;
    let words = Words::new(&WORDS);
    let mut all: Vec<Said<'_>> = Vec::new();
    for outline in [&details.panics, &details.fatals, &details.errors, &details.warnings] {
        all.extend(said(view, outline, |said| words.are_in(said.text)));
    }
    all.extend(said_under(view, &details.rejects, &words));
    let own = |kind: &Kind| {
        kind.cause == Cause::Local && words.are_in(view.names.texts.text(kind.reason))
    };
    let troubles = view.tallies.causes.deferrals.entries().iter();
    let deferred: u64 = troubles.filter(|(kind, _)| own(kind)).map(|(_, t)| t.times).sum();
    let count = sum(&all) + deferred;
    if count < TIMES {
        return None;
    }
    // The text tells of it, or the heading over the text.
    let first = all.first().map(|said| {
        let told = if words.are_in(said.text) { said.text } else { said.under };
        (words.first_in(told), format!("{}: {}.", printable(said.by), printable(told)))
    });
    let (word, detail) = first.unwrap_or_default();
    let word = word.and_then(|at| WORDS.get(at));
    Some(Finding {
        id: "no_room",
        severity: Severity::Harm,
        title: format!(
            "This host ran out of room {}: {}",
            counted(count, "time", "times"),
            word.unwrap_or(&"a mailbox or queue file"),
        ),
        detail,
        advice: "Make room where queue_directory and the mailboxes are, in bytes and in inodes; \
                 see queue_minfree and the limits of the service (`ulimit`)."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: "df -h $(postconf -h queue_directory); df -i $(postconf -h queue_directory)"
            .to_owned(),
    })
}
