//! A hole in the log: hours without a line, though every other hour has many; or none of all that
//! were asked for.
//!
//! `sample-logs/log-hole.log`: two hours are missing from a busy night.

use super::{Finding, Severity, View, counted, pfsum};
use crate::report::span::long;

/// Lines of the quietest other hour: if that has so many, an hour without any is no chance.
const LINES: u64 = 20;

/// Hours with lines for each hour without: a host that writes now and then has no holes.
const HOURS: u64 = 3;

/// Hours that follow each other, counted from 1970-01-01; the second one is not among them.
type Stretch = (i64, i64);

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let hours: Vec<(i64, u64)> = view.days.hours().into_iter().collect();
    let (Some((first, _)), Some((last, _))) = (hours.first(), hours.last()) else {
        return silence(view);
    };
    // The first and the last hour are cut where the log or the period begins and ends.
    let whole = hours.get(1..hours.len().saturating_sub(1))?;
    let quietest = whole.iter().map(|(_, lines)| *lines).min()?;
    let (begin, end) = asked(view);
    let pairs = hours.iter().zip(hours.iter().skip(1));
    let within = pairs.map(|((before, _), (after, _))| (before + 1, *after));
    let at_ends = [(begin.unwrap_or(*first), *first), (last + 1, end.unwrap_or(*last))];
    let holes = at_ends.into_iter().chain(within).filter(|hole| length(*hole) > 0);
    let holes: Vec<Stretch> = holes.collect();
    let count: u64 = holes.iter().copied().map(length).sum();
    let longest = holes.into_iter().max_by_key(|hole| length(*hole))?;
    if quietest < LINES || count * HOURS > hours.len() as u64 {
        return None;
    }
    Some(Finding {
        title: format!(
            "{} missing from the log: the totals are lower bounds",
            counted(count, "hour is", "hours are")
        ),
        detail: format!(
            "No line of Postfix in {}; the quietest other hour has {}.",
            told(longest),
            counted(quietest, "line", "lines"),
        ),
        ..finding(view, count)
    })
}

/// Nothing was logged in the hours that were asked for, so that each number is zero.
fn silence(view: &View<'_>) -> Option<Finding> {
    let (Some(begin), Some(end)) = asked(view) else { return None };
    let all = Some((begin, end)).filter(|all| length(*all) > 0)?;
    Some(Finding {
        title: "Postfix wrote no line in the time that was asked for".to_owned(),
        detail: format!("No line of Postfix in {}.", told(all)),
        ..finding(view, length(all))
    })
}

fn finding(view: &View<'_>, count: u64) -> Finding {
    Finding {
        id: "log_hole",
        severity: Severity::Look,
        title: String::new(),
        detail: String::new(),
        advice: "The system was down, its clock was set, the logger was stopped, or a rotated \
                 file is not among those read."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: pfsum(view, "--list-inputs"),
    }
}

/// The first whole hour that was asked for, and the one behind the last that is over by now; none
/// where the period is open.
fn asked(view: &View<'_>) -> (Option<i64>, Option<i64>) {
    let period = view.tallies.period();
    let begin = period.first.map(|first| first.saturating_add(3_599).div_euclid(3_600));
    let end = period.last.map(|last| last.saturating_add(1).min(view.now).div_euclid(3_600));
    (begin, end)
}

/// How many hours there are.
fn length((from, end): Stretch) -> u64 {
    u64::try_from(end - from).unwrap_or(0)
}

/// `2 hours from Sunday 22 November 2026, 03:00`.
fn told(hole: Stretch) -> String {
    let hours = counted(length(hole), "hour", "hours");
    format!("{hours} from {}, {:02}:00", long(hole.0.div_euclid(24)), hole.0.rem_euclid(24))
}
