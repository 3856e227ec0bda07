//! What needs attention: one small file for each finding, silent when all is well.
//!
//! A finding looks at the tallies and the queue, and says with a number what is wrong, why,
//! what can be done and what shows more. Its threshold stands in its file with the reason,
//! the log that shows it in `sample-logs/`; `tests/findings.txt` says which log shows which,
//! `docs/findings.md` tells users.

mod backscatter;
mod failures;
mod filter_down;
mod storm;
mod words;

use super::View;
use super::model::{Finding, Severity};
use words::{counted, pfsum, when};

/// Queue IDs that a finding names.
const NAMED: usize = 5;

/// The findings, those that do harm first; of these, what loses mail stands before what
/// makes it late.
pub(super) fn all(view: &View<'_>) -> Vec<Finding> {
    // The order is that of harm.
    let finders = [filter_down::find, storm::find, backscatter::find];
    let mut findings: Vec<Finding> = finders.iter().filter_map(|find| find(view)).collect();
    findings.sort_by_key(|finding| finding.severity);
    findings
}
