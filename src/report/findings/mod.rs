//! What needs attention: one small file for each finding, silent when all is well.
//!
//! A finding looks at the tallies and the queue, and says with a number what is wrong, why,
//! what can be done and what shows more. Its threshold stands in its file with the reason,
//! the log that shows it in `sample-logs/`; `tests/findings.txt` says which log shows which,
//! `docs/findings.md` tells users.

mod backscatter;
mod failures;
mod filter_down;
mod greylisted;
mod log_hole;
mod lost_lines;
mod mailbox_full;
mod no_room;
mod not_understood;
mod old_queue;
mod outlines;
mod password_guessed;
mod process_limit;
mod refused_us;
mod service_stopped;
mod storm;
mod sudden_sender;
mod tls;
mod words;

use super::View;
use super::model::{Finding, Severity};
use words::{counted, pfsum, when};

/// Queue IDs that a finding names.
const NAMED: usize = 5;

/// Looks for one thing.
type Finder = fn(&View<'_>) -> Option<Finding>;

/// Each finding's name and what looks for it, in the order of harm.
const FINDERS: [(&str, Finder); 16] = [
    ("no_room", no_room::find),
    ("service_stopped", service_stopped::find),
    ("filter_down", filter_down::find),
    ("password_guessed", password_guessed::find),
    ("refused_us", refused_us::find),
    ("deferral_storm", storm::find),
    ("not_understood", not_understood::find),
    ("sudden_sender", sudden_sender::find),
    ("backscatter", backscatter::find),
    ("old_queue", old_queue::find),
    ("tls", tls::find),
    ("mailbox_full", mailbox_full::find),
    ("greylisted", greylisted::find),
    ("process_limit", process_limit::find),
    ("log_hole", log_hole::find),
    ("lost_lines", lost_lines::find),
];

/// The names of all findings there may be.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    FINDERS.iter().map(|(name, _)| *name)
}

/// The findings, those that do harm first; of these, what loses mail stands before what
/// makes it late.
pub(super) fn all(view: &View<'_>) -> Vec<Finding> {
    let found = FINDERS.iter().filter_map(|(name, find)| {
        find(view).inspect(|finding| debug_assert_eq!(finding.id, *name))
    });
    let mut findings: Vec<Finding> = found.collect();
    findings.sort_by_key(|finding| finding.severity);
    findings
}
