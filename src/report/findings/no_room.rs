//! A disk, memory or another limit of this host is reached: mail is refused or not written.
//!
//! `sample-logs/disk-full.log`: the queue's file system fills up.

use super::outlines::{Said, Words, in_order, is_of_command, said, said_under, sum};
use super::{Finding, Severity, View, counted};
use crate::report::printable;
use crate::report::why;
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
    TOO_LARGE,
    "too many open files",
    "cannot allocate memory",
    NOT_NOW,
];

/// A file limit; but that of postdrop(1) is `message_size_limit`, and who reaches it has written too
/// large a message: `uid=1000: File too large`.
const TOO_LARGE: &str = "file too large";

/// No more processes; but a mailbox that another program has locked is called so, too: `unable to
/// lock for exclusive access: Resource temporarily unavailable`.
const NOT_NOW: &str = "resource temporarily unavailable";

/// What tells of it.
struct Room {
    words: Words,
    lock: Words,
}

impl Room {
    /// Whether what was said tells of it.
    fn is_told_by(&self, said: &Said<'_>) -> bool {
        let word = self.told(said.text);
        word.is_some_and(|word| word != TOO_LARGE || !is_of_command(said))
    }

    /// The word in a text that tells of it.
    fn told(&self, text: &[u8]) -> Option<&'static str> {
        let word = *WORDS.get(self.words.first_in(text)?)?;
        Some(word).filter(|word| *word != NOT_NOW || !self.lock.are_in(text))
    }
}

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let details = &view.tallies.details;
    let room = Room { words: Words::new(&WORDS), lock: Words::new(&["lock"]) };
    let mut all: Vec<Said<'_>> = Vec::new();
    for outline in [&details.panics, &details.fatals, &details.errors, &details.warnings] {
        all.extend(said(view, outline, |said| room.is_told_by(said)));
    }
    all.extend(said_under(view, &details.rejects, |under| room.told(under).is_some()));
    all.extend(put_off(view, &room));
    let count = sum(&all);
    if count < TIMES {
        return None;
    }
    let first = all.first()?;
    // The text tells of it, or the heading over the text.
    let told = if room.told(first.text).is_some() { first.text } else { first.under };
    Some(Finding {
        id: "no_room",
        severity: Severity::Harm,
        title: format!(
            "This host ran out of room {}: {}",
            counted(count, "time", "times"),
            room.told(told).unwrap_or_default(),
        ),
        detail: format!("{}: {}.", printable(first.by), printable(told).trim_end_matches('.')),
        advice: "Make room where queue_directory and the mailboxes are, in bytes and in inodes; \
                 see queue_minfree and the limits of the service (`ulimit`)."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: "df -h $(postconf -h queue_directory); df -i $(postconf -h queue_directory)"
            .to_owned(),
    })
}

/// Attempts that this host put off because of it, the most frequent reason first.
fn put_off<'v>(view: &View<'v>, room: &Room) -> Vec<Said<'v>> {
    let text = |kind: &Kind| view.names.texts.text(kind.reason);
    let kinds = view.tallies.causes.deferrals.entries().iter();
    let own =
        kinds.filter(|(kind, _)| kind.cause == Cause::Local && room.told(text(kind)).is_some());
    let said = own.map(|(kind, trouble)| Said {
        by: why::under(view, kind),
        under: b"",
        text: text(kind),
        times: trouble.times,
    });
    in_order(said.collect())
}
