//! What is known of a source before it is read, and what it gave.

use crate::syslog::{Calendar, Line, Moment, Stamp, days_from_civil};
use crate::{Period, config, postfix, syslog};

/// What is known of a source before it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Its name, fit for a line of text.
    pub name: String,
    /// When it was last written, in wall-clock seconds; stamps without a year
    /// do not lie behind it.
    pub written: i64,
    /// A day that its lines are known to be near to, counted from 1970-01-01; a
    /// long queue ID in it knows better.
    pub near: Option<i64>,
    /// Whether a program is writing it, so that a last line without its newline
    /// is not a line yet.
    pub grows: bool,
}

/// What a source gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The name of the source.
    pub name: String,
    /// Lines that were read, counted or not; those that were passed over
    /// unread are [`Account::passed_over`].
    pub lines: u64,
    /// Lines that were read and begin like a syslog line.
    pub syslog_lines: u64,
    /// Lines of Postfix that were read.
    pub postfix_lines: u64,
    /// Lines inside the period.
    pub in_period: u64,
    /// Lines passed over unread, because they lie far outside the period.
    pub passed_over: u64,
    /// Whether the rest of the source was left unread, because it lies behind
    /// the period.
    pub left_early: bool,
    /// Lines of Postfix with a date that does not exist, and the number of the
    /// first one, from 1.
    pub impossible: (u64, u64),
    /// Lines without a syslog header in which there are NUL bytes, and the
    /// number of the first one.
    pub torn: (u64, u64),
    /// Lines that NUL bytes cut off, with another line behind these, and the number of the first
    /// one. What is behind has no number of its own.
    pub cut: (u64, u64),
    /// Lines too long to be log lines.
    pub overlong: u64,
    /// Whether a 29 February without a year stands behind lines that were taken to be of a year
    /// without one.
    pub leap_day_late: bool,
    /// The least and the greatest stamp that were looked at.
    pub span: Option<(Moment, Moment)>,
}

impl Account {
    /// Widens the span.
    pub(super) fn saw(&mut self, at: Moment) {
        widen(&mut self.span, at);
    }
}

/// Widens a span.
pub(super) fn widen(span: &mut Option<(Moment, Moment)>, at: Moment) {
    match span {
        // Most lines are of the moment of the line before: 8 instructions a line.
        Some((_, last)) if at == *last => {}
        Some((first, last)) => {
            if at > *last {
                *last = at;
            } else if at < *first {
                *first = at;
            }
        }
        None => *span = Some((at, at)),
    }
}

/// Notes one more of something, and where it was first.
pub(super) fn note(place: &mut (u64, u64), line_number: u64) {
    if place.0 == 0 {
        place.1 = line_number;
    }
    place.0 += 1;
}

/// How many lines are looked at in search of the year.
const LOOKED_AT: usize = 1000;

/// Gives the time of the first of these lines that has one, in wall-clock
/// seconds. `written` is when the last of them was written at the latest.
///
/// A year that the stamp lacks is that of a long queue ID in the lines behind
/// it or of a 29 February, or else near the period, or else the latest that does not lie after
/// `written`.
#[must_use]
pub fn first_time<'l>(
    mut lines: impl Iterator<Item = &'l [u8]>,
    reading: &config::Reading,
    written: i64,
) -> Option<i64> {
    // A first line may be cut, a program may wait for Postfix: look on.
    let stamp =
        lines.find_map(|line| syslog::parse(line).map(|line| line.stamp()).filter(exists))?;
    let (year, ..) = stamp.date.parts();
    let mut calendar =
        Calendar::new(reading.zone.clone(), written, None, asked_days(reading.period));
    let hint = if year == 0 { told_day(lines, written, &calendar) } else { None };
    calendar.begin(written, hint);
    calendar.resolve(stamp).map(|at| at.wall)
}

/// The days of a period, for the calendar.
pub(super) fn asked_days(period: Period) -> Option<(i64, i64)> {
    let (first, last) = (period.first_day(), period.last_day());
    (!period.is_unbounded()).then(|| (first.unwrap_or(i64::MIN), last.unwrap_or(i64::MAX)))
}

/// Whether the calendar has such a date; any year may be a leap year.
fn exists(stamp: &Stamp) -> bool {
    let (year, month, day) = stamp.date.parts();
    days_from_civil(if year == 0 { 2000 } else { year.into() }, month, day).is_some()
}

/// The day that the first long queue ID of these lines carries, counted from
/// 1970-01-01, unless it lies behind `written`; or else that of a 29 February, which not every
/// year has.
pub(super) fn told_day<'l>(
    lines: impl Iterator<Item = &'l [u8]>,
    written: i64,
    calendar: &Calendar,
) -> Option<i64> {
    let process = memchr::memmem::Finder::new(b"]: ");
    let day = |line: &[u8]| {
        // A look behind the process ID spares taking most lines apart.
        if let Some(text) = process.find(line).and_then(|at| line.get(at + 3..)) {
            postfix::QueueId::prefix(text)?.0.arrived()?;
        }
        let Some(Line::Record(record)) = syslog::parse(line) else { return None };
        postfix::Tag::parse(record.tag)?;
        let (queue_id, _) = postfix::QueueId::prefix(record.text)?;
        let day = queue_id.arrived()?.div_euclid(86_400);
        (LONG_IDS_SINCE..=written.div_euclid(86_400) + 1).contains(&day).then_some(day)
    };
    let mut is_leap_year = false;
    let mut lines = lines.take(LOOKED_AT).inspect(|line| is_leap_year |= is_of_leap_day(line));
    let told = lines.find_map(day);
    told.or_else(|| calendar.leap_day().filter(|_| is_leap_year))
}

/// Whether a line is of a 29 February without a year.
///
/// ```text
/// Feb 29 03:14:07 mx1 postfix/qmgr[712]: 7A1E04C21B: removed
/// ```
fn is_of_leap_day(line: &[u8]) -> bool {
    line.starts_with(b"Feb 29 ")
        && syslog::parse(line).is_some_and(|line| line.stamp().date.parts() == (0, 2, 29))
}

/// 2011-01-01: `enable_long_queue_ids` came with Postfix 2.9, snapshots of 2011.
const LONG_IDS_SINCE: i64 = 14_975;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// 2027-03-01.
    const WRITTEN: i64 = 1_803_859_200;

    fn time(lines: &[&str]) -> Option<i64> {
        let reading = config::Reading::default();
        first_time(lines.iter().map(|line| line.as_bytes()), &reading, WRITTEN)
    }

    #[test]
    fn a_long_queue_id_tells_the_year_of_the_first_stamp() {
        let first = "Nov 22 03:14:07 mx1 postfix/smtpd[1]: connect from a.example[192.0.2.1]";
        // 4jXDgg0rVKz6v2L is of 2026-11-22, and the latest 22 November before
        // March 2027 is that one; an ID of 2024 says otherwise.
        let known = "Nov 22 03:14:08 mx1 postfix/qmgr[2]: 4jXDgg0rVKz6v2L: removed";
        assert_eq!(time(&[first]), Some(1_795_317_247));
        assert_eq!(time(&[first, known]), Some(1_795_317_247));
        let older = "Nov 22 03:14:08 mx1 postfix/qmgr[2]: 4XwfKb30Xpz9tQx: removed";
        let arrived = postfix::QueueId::parse(b"4XwfKb30Xpz9tQx").unwrap().arrived().unwrap();
        let year = syslog::civil_from_days(time(&[first, older]).unwrap().div_euclid(86_400)).0;
        assert_eq!(year, syslog::civil_from_days(arrived.div_euclid(86_400)).0);
        assert_ne!(year, 2026);
    }

    #[test]
    fn lines_without_a_time_are_passed_over() {
        let dated = "2026-11-22T03:14:07+00:00 mx1 postfix/master[1]: daemon started";
        assert_eq!(time(&["half a line", "Feb 30 03:14:07 mx1 a: b", dated]), Some(1_795_317_247));
        assert_eq!(time(&["nothing", ""]), None);
    }
}
