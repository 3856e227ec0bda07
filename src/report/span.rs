//! The period of a report: the days of its lines, or those that were asked for.

use crate::syslog::{MONTHS, civil_from_days, iso_day};

use super::View;
use super::model::Span;

const DAY: i64 = 86_400;

const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// First and last day: of the lines if there are any, else of the period.
pub(super) fn ends(view: &View<'_>) -> (Option<i64>, Option<i64>) {
    let period = view.tallies.period();
    match (view.days.first(), view.days.last()) {
        (None, None) => (period.first_day(), period.last_day()),
        ends => ends,
    }
}

/// What the report is about.
pub(super) fn of(view: &View<'_>) -> Span {
    let (from, to) = ends(view);
    Span { from: from.map(iso_day), to: to.map(iso_day), days: view.days.len() as u64 }
}

/// The first line: `Postfix Log Summaries for Mon, Nov 3 2025 through Tue, Nov 4 2025`.
pub(super) fn title(view: &View<'_>) -> String {
    match told(view, spoken, "through") {
        Some(time) => format!("Postfix Log Summaries for {time}"),
        None => "Postfix Log Summaries".to_owned(),
    }
}

/// From which day to which, with the times of day if whole days were not asked for; none if no day
/// is known.
///
/// ```text
/// Mon, Nov 3 2025
/// Mon, Nov 3 2025, 08:00 through 12:00
/// Mon, Nov 3 2025 08:00 through Tue, Nov 4 2025 12:00
/// ```
pub(super) fn told(view: &View<'_>, day: fn(i64) -> String, through: &str) -> Option<String> {
    let period = view.tallies.period();
    let (from, to) = ends(view);
    let ends = (end(from, period.first, 0), end(to, period.last, DAY - 1));
    let with_time = |(at, time): (i64, Option<String>)| match time {
        Some(time) => format!("{} {time}", day(at)),
        None => day(at),
    };
    Some(match ends {
        (None, None) => return None,
        (Some((from, since)), Some((to, until))) if from == to => {
            let day = day(from);
            match (since, until) {
                (Some(since), Some(until)) => format!("{day}, {since} {through} {until}"),
                (Some(since), None) => format!("{day}, since {since}"),
                (None, Some(until)) => format!("{day}, until {until}"),
                (None, None) => day,
            }
        }
        (Some(from), Some(to)) => format!("{} {through} {}", with_time(from), with_time(to)),
        (Some(end), None) | (None, Some(end)) => with_time(end),
    })
}

/// The day of the lines; or the one that was asked for, with a time, if it was asked for from, or to,
/// another second of it than that one at its end.
fn end(
    of_lines: Option<i64>,
    asked: Option<i64>,
    at_its_end: i64,
) -> Option<(i64, Option<String>)> {
    match asked.filter(|second| second.rem_euclid(DAY) != at_its_end) {
        Some(second) => {
            let time = time(second.rem_euclid(DAY), at_its_end % 60);
            Some((second.div_euclid(DAY), Some(time)))
        }
        None => of_lines.map(|day| (day, None)),
    }
}

/// `08:00`; with seconds if they are others than those at that end of a minute.
fn time(second: i64, at_its_end: i64) -> String {
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    if second == at_its_end {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    }
}

/// `Monday 3 November 2025`.
pub(super) fn long(days: i64) -> String {
    const WEEKDAYS: [&str; 7] =
        ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = civil_from_days(days);
    let weekday = usize::try_from(days.rem_euclid(7)).ok().and_then(|at| WEEKDAYS.get(at));
    let month = usize::from(month).checked_sub(1).and_then(|at| MONTHS.get(at));
    format!("{} {day} {} {year}", weekday.unwrap_or(&""), month.unwrap_or(&""))
}

/// `Mon, Nov 3 2025`.
fn spoken(days: i64) -> String {
    let (year, month, day) = civil_from_days(days);
    let weekday = usize::try_from(days.rem_euclid(7)).ok().and_then(|at| WEEKDAYS.get(at));
    let month = usize::from(month).checked_sub(1).and_then(|at| MONTHS.get(at));
    format!("{}, {} {day} {year}", weekday.unwrap_or(&""), month.unwrap_or(&""))
}
