//! A hole in the log: hours without a line, though every other hour has many.
//!
//! `sample-logs/log-hole.log`: two hours are missing from a busy night.

use super::{Finding, Severity, View, counted, pfsum};
use crate::report::span::long;

/// Lines of the quietest other hour: if that has so many, an hour without any is no chance.
const LINES: u64 = 20;

/// Hours with lines for each hour without: a host that writes now and then has no holes.
const HOURS: u64 = 3;

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let hours: Vec<(i64, u64)> = view.days.hours().into_iter().collect();
    // The first and the last hour are cut where the log or the period begins and ends.
    let whole = hours.get(1..hours.len().saturating_sub(1))?;
    let quietest = whole.iter().map(|(_, lines)| *lines).min()?;
    let pairs = hours.iter().zip(hours.iter().skip(1));
    let holes = pairs.filter_map(|((before, _), (after, _))| {
        let missing = u64::try_from(after - before - 1).unwrap_or(0);
        (missing > 0).then_some((missing, before + 1))
    });
    let holes: Vec<(u64, i64)> = holes.collect();
    let count: u64 = holes.iter().map(|(missing, _)| missing).sum();
    let (longest, from) = holes.iter().max_by_key(|(missing, _)| *missing)?;
    if quietest < LINES || count * HOURS > hours.len() as u64 {
        return None;
    }
    Some(Finding {
        id: "log_hole",
        severity: Severity::Look,
        title: format!(
            "{} missing from the log: the totals are lower bounds",
            counted(count, "hour is", "hours are")
        ),
        detail: format!(
            "No line of Postfix in {} from {}, {:02}:00; the quietest other hour has {}.",
            counted(*longest, "hour", "hours"),
            long(from.div_euclid(24)),
            from.rem_euclid(24),
            counted(quietest, "line", "lines"),
        ),
        advice: "The system was down, its clock was set, the logger was stopped, or a rotated \
                 file is not among those read."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: pfsum(view, "--list-inputs"),
    })
}
