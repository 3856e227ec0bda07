//! The period of a report: the days of its lines, or those that were asked for.

use crate::syslog::{MONTHS, civil_from_days, iso_day};

use super::View;
use super::model::Span;

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
    let mut title = String::from("Postfix Log Summaries");
    let (from, to) = ends(view);
    if let Some(first) = from.or(to) {
        title += " for ";
        title += &spoken(first);
    }
    if let (Some(first), Some(last)) = (from, to)
        && first != last
    {
        title += " through ";
        title += &spoken(last);
    }
    title
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
