//! The words of `--date-range`, turned into a period.

use anyhow::{Result, anyhow, bail, ensure};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use pfsum::Period;

const ACCEPTED: &str = "accepted are today, yesterday, this week, last week, this month, \
    last month, a day (2026-11-22), a month (2026-11), a day with a time (2026-11-22T08:00), \
    and FROM..TO of two of these";

/// The first and the last second of what a word names.
type Span = (NaiveDateTime, NaiveDateTime);

/// Reads the argument of `--date-range` as it is meant at the time `now`.
///
/// ```text
/// yesterday
/// last_week
/// 2026-11
/// 2026-11-20 2026-11-22
/// 2026-11-20 - 2026-11-22
/// 2026-11 to 2026-12-24
/// 2026-11-22T08:00..2026-11-22T12:00
/// ```
///
/// What is named is meant whole, so a range ends with the last second of its
/// last month, day or minute.
pub(crate) fn parse(text: &str, now: NaiveDateTime, week_start: Weekday) -> Result<Period> {
    let spaced = text.replace('_', " ").replace("..", " .. ").to_ascii_lowercase();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let clock = Clock { now, week_start };
    let period = clock.range(&words).map_err(|error| match error.downcast::<NotADate>() {
        Ok(NotADate) => anyhow!("{ACCEPTED}"),
        Err(said) => said,
    });
    period.map_err(|error| anyhow!("--date-range {text:?}: {error}"))
}

/// Says that the words have the shape of no date at all.
#[derive(Debug, thiserror::Error)]
#[error("not a date")]
struct NotADate;

struct Clock {
    now: NaiveDateTime,
    week_start: Weekday,
}

impl Clock {
    fn range(&self, words: &[&str]) -> Result<Period> {
        let (from, rest) = self.span(words)?;
        let rest = match rest {
            [".." | "to" | "-", rest @ ..] if !rest.is_empty() => rest,
            rest => rest,
        };
        if rest.is_empty() {
            return Ok(period(from));
        }
        let (to, rest) = self.span(rest)?;
        ensure!(rest.is_empty(), NotADate);
        ensure!(
            from.0 <= to.1,
            "the range ends ({}) before it begins ({})",
            to.1.format("%Y-%m-%d %H:%M:%S"),
            from.0.format("%Y-%m-%d %H:%M:%S")
        );
        Ok(period((from.0, to.1)))
    }

    /// Reads as many words as name one stretch of time.
    fn span<'w, 't>(&self, words: &'w [&'t str]) -> Result<(Span, &'w [&'t str])> {
        let today = self.now.date();
        let (days, rest) = match words {
            ["today", rest @ ..] => ((today, today), rest),
            ["yesterday", rest @ ..] => {
                let yesterday = back(today, 1)?;
                ((yesterday, yesterday), rest)
            }
            ["this", "week", rest @ ..] => (self.week(0)?, rest),
            ["last", "week", rest @ ..] => (self.week(7)?, rest),
            ["this", "month", rest @ ..] => (month(today.year(), today.month())?, rest),
            ["last", "month", rest @ ..] => {
                let before = back(today.with_day(1).unwrap_or(today), 1)?;
                (month(before.year(), before.month())?, rest)
            }
            [date, rest @ ..] => return written(date, rest),
            [] => bail!(NotADate),
        };
        Ok((whole_days(days), rest))
    }

    fn week(&self, days_ago: u64) -> Result<(NaiveDate, NaiveDate)> {
        let today = self.now.date();
        let first = back(today, u64::from(today.weekday().days_since(self.week_start)) + days_ago)?;
        Ok((first, first.checked_add_days(Days::new(6)).ok_or(NotADate)?))
    }
}

/// Reads a month, a day, or a day with its time behind a `T` or in the next
/// word.
fn written<'w, 't>(date: &str, rest: &'w [&'t str]) -> Result<(Span, &'w [&'t str])> {
    if let Some((date, time)) = date.split_once('t') {
        return Ok((at_time(day(date)?, time)?, rest));
    }
    if let Some([year, month_number]) = numbers(date, '-', &[4, 2]) {
        return Ok((whole_days(month(year_number(year)?, month_number)?), rest));
    }
    let day = day(date)?;
    match rest {
        [time, rest @ ..] if time.contains(':') => Ok((at_time(day, time)?, rest)),
        _ => Ok((whole_days((day, day)), rest)),
    }
}

/// Reads `2026-11-22`.
fn day(text: &str) -> Result<NaiveDate> {
    let [year, month_number, day] = numbers(text, '-', &[4, 2, 2]).ok_or(NotADate)?;
    let (first, last) = month(year_number(year)?, month_number)?;
    first.with_day(day).ok_or_else(|| {
        anyhow!("there is no day {day:02} in {}: it has {} days", first.format("%B %Y"), last.day())
    })
}

/// Reads `08:00` or `08:00:30`; without seconds, the minute is meant.
fn at_time(day: NaiveDate, text: &str) -> Result<Span> {
    let (hour, minute, seconds) = if let Some([hour, minute]) = numbers(text, ':', &[2, 2]) {
        (hour, minute, [0, 59])
    } else {
        let [hour, minute, second] = numbers(text, ':', &[2, 2, 2]).ok_or(NotADate)?;
        (hour, minute, [second, second])
    };
    let [first, last] = seconds.map(|second| NaiveTime::from_hms_opt(hour, minute, second));
    let (Some(first), Some(last)) = (first, last) else {
        bail!("there is no time {text}: it goes from 00:00:00 to 23:59:59");
    };
    Ok((day.and_time(first), day.and_time(last)))
}

/// Splits digits of these widths, apart by one character.
fn numbers<const N: usize>(text: &str, apart: char, widths: &[usize; N]) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(apart);
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        let fits = part.len() == *width && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = fits.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(numbers)
}

fn year_number(year: u32) -> Result<i32> {
    Ok(i32::try_from(year).map_err(|_| NotADate)?)
}

/// Gives the first and the last day of a month.
fn month(year: i32, number: u32) -> Result<(NaiveDate, NaiveDate)> {
    let first = NaiveDate::from_ymd_opt(year, number, 1)
        .ok_or_else(|| anyhow!("there is no month {number:02}: they go from 01 to 12"))?;
    let last = first.with_day(u32::from(first.num_days_in_month())).unwrap_or(first);
    Ok((first, last))
}

fn back(day: NaiveDate, days: u64) -> Result<NaiveDate> {
    Ok(day.checked_sub_days(Days::new(days)).ok_or(NotADate)?)
}

fn whole_days((first, last): (NaiveDate, NaiveDate)) -> Span {
    let end = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN);
    (first.and_time(NaiveTime::MIN), last.and_time(end))
}

fn period((first, last): Span) -> Period {
    Period::new(first.and_utc().timestamp(), last.and_utc().timestamp())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn noon(day: &str) -> NaiveDateTime {
        format!("{day}T12:00:00").parse().unwrap()
    }

    fn show(second: i64) -> String {
        chrono::DateTime::from_timestamp(second, 0).unwrap().format("%Y-%m-%dT%H:%M:%S").to_string()
    }

    /// The range, written out, as it is meant on a day, weeks beginning on
    /// Sunday unless said otherwise.
    fn range(text: &str, day: &str, week_start: Weekday) -> Result<(String, String), String> {
        let period = parse(text, noon(day), week_start).map_err(|error| error.to_string())?;
        Ok((show(period.first.unwrap()), show(period.last.unwrap())))
    }

    /// The seconds with which the first of these days begins and the last ends.
    fn days(first: &str, last: &str) -> (String, String) {
        (format!("{first}T00:00:00"), format!("{last}T23:59:59"))
    }

    #[test]
    fn words_name_calendar_days_seen_from_a_wednesday() {
        // pflogsumm 1.3.0 on this clock gives the same days.
        for (text, first, last) in [
            ("today", "2025-11-05", "2025-11-05"),
            ("yesterday", "2025-11-04", "2025-11-04"),
            ("this week", "2025-11-02", "2025-11-08"),
            ("last_week", "2025-10-26", "2025-11-01"),
            ("this_month", "2025-11-01", "2025-11-30"),
            ("last  month", "2025-10-01", "2025-10-31"),
            (" Today ", "2025-11-05", "2025-11-05"),
            ("last week..yesterday", "2025-10-26", "2025-11-04"),
            ("2025-11-01 - today", "2025-11-01", "2025-11-05"),
        ] {
            assert_eq!(range(text, "2025-11-05", Weekday::Sun), Ok(days(first, last)), "{text}");
        }
    }

    #[test]
    fn weeks_may_begin_on_monday() {
        for (text, day, first, last) in [
            ("this week", "2025-11-05", "2025-11-03", "2025-11-09"),
            ("last week", "2025-11-05", "2025-10-27", "2025-11-02"),
            ("this week", "2025-11-09", "2025-11-03", "2025-11-09"),
            ("this week", "2025-11-10", "2025-11-10", "2025-11-16"),
        ] {
            assert_eq!(range(text, day, Weekday::Mon), Ok(days(first, last)), "{text} on {day}");
        }
    }

    #[test]
    fn words_reach_over_the_end_of_a_year() {
        for (text, day, first, last) in [
            ("yesterday", "2026-01-01", "2025-12-31", "2025-12-31"),
            ("last month", "2026-01-31", "2025-12-01", "2025-12-31"),
            ("last month", "2024-03-31", "2024-02-01", "2024-02-29"),
            ("this week", "2026-01-01", "2025-12-28", "2026-01-03"),
            ("this week", "2026-01-04", "2026-01-04", "2026-01-10"),
            ("this week", "2026-01-03", "2025-12-28", "2026-01-03"),
        ] {
            assert_eq!(range(text, day, Weekday::Sun), Ok(days(first, last)), "{text} on {day}");
        }
    }

    #[test]
    fn dates_may_be_a_day_a_month_or_two_of_them() {
        for (text, first, last) in [
            ("2025-11-03", "2025-11-03", "2025-11-03"),
            ("2025-02", "2025-02-01", "2025-02-28"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2024-02-29", "2024-02-29", "2024-02-29"),
            ("2025-10-30 2025-11-02", "2025-10-30", "2025-11-02"),
            ("2025-10-30 to 2025-11-02", "2025-10-30", "2025-11-02"),
            ("2025-10-30  -  2025-11-02", "2025-10-30", "2025-11-02"),
            ("2025-10-30..2025-11-02", "2025-10-30", "2025-11-02"),
            ("2025-10-30 .. 2025-11-02", "2025-10-30", "2025-11-02"),
            ("2025-10-30_to_2025-11-02", "2025-10-30", "2025-11-02"),
            ("2025-10_2025-11", "2025-10-01", "2025-11-30"),
            ("2025-10-15 2025-12", "2025-10-15", "2025-12-31"),
            ("2025-09 - 2025-10-15", "2025-09-01", "2025-10-15"),
            ("2025-11-03..2025-11-03", "2025-11-03", "2025-11-03"),
        ] {
            assert_eq!(range(text, "2025-11-05", Weekday::Sun), Ok(days(first, last)), "{text}");
        }
    }

    #[test]
    fn times_of_day_are_meant_whole() {
        for (text, first, last) in [
            ("2026-11-22T08:00..2026-11-22T12:00", "2026-11-22T08:00:00", "2026-11-22T12:00:59"),
            ("2026-11-22t08:00 2026-11-22t12:00", "2026-11-22T08:00:00", "2026-11-22T12:00:59"),
            ("2026-11-22_08:00_to_2026-11-22_12:00", "2026-11-22T08:00:00", "2026-11-22T12:00:59"),
            ("2026-11-22 08:00 2026-11-23", "2026-11-22T08:00:00", "2026-11-23T23:59:59"),
            (
                "2026-11-22T08:00:05..2026-11-22T08:00:05",
                "2026-11-22T08:00:05",
                "2026-11-22T08:00:05",
            ),
            ("2026-11-22T08:00", "2026-11-22T08:00:00", "2026-11-22T08:00:59"),
            ("2026-11..2026-12-01T23:59:59", "2026-11-01T00:00:00", "2026-12-01T23:59:59"),
        ] {
            let expected = Ok((first.to_owned(), last.to_owned()));
            assert_eq!(range(text, "2025-11-05", Weekday::Sun), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_told_what_would_be() {
        for text in [
            "",
            "0",
            "tomorrow",
            "this",
            "last year",
            "2025-10-30-2025-11-02",
            "2025-1-3",
            "25-01-03",
            "2025-11-03..",
            "..2025-11-03",
            "2025-11-03 to",
            "2025-11-03 - - 2025-11-04",
            "2025",
            "2025-11-03 2025-11-04 2025-11-05",
            "2025-11 08:00",
            "2025-11T08:00",
            "08:00",
            "2025-11-03T8:00",
            "2025-11-03T",
            "2025-11-03T08",
            "2025-11-03T08:00Z",
            "--quiet",
            "٢٠٢٥-11-03",
        ] {
            let said = range(text, "2025-11-05", Weekday::Sun).unwrap_err();
            assert!(said.contains(ACCEPTED) && said.contains(&format!("{text:?}")), "{said}");
        }
    }

    #[test]
    fn impossible_dates_are_refused_with_the_reason() {
        for (text, reason) in [
            ("2025-02-30", "there is no day 30 in February 2025: it has 28 days"),
            ("2023-02-29", "there is no day 29 in February 2023: it has 28 days"),
            ("2025-11-00", "there is no day 00 in November 2025: it has 30 days"),
            ("2025-13-01", "there is no month 13: they go from 01 to 12"),
            ("2025-00", "there is no month 00: they go from 01 to 12"),
            ("2025-11-03T08:00:60", "there is no time 08:00:60: it goes from 00:00:00 to 23:59:59"),
            ("2025-11-03T24:00", "there is no time 24:00: it goes from 00:00:00 to 23:59:59"),
            ("2025-11-03 2025-11-31", "there is no day 31 in November 2025: it has 30 days"),
            (
                "2025-11-05..2025-11-02",
                "the range ends (2025-11-02 23:59:59) before it begins (2025-11-05 00:00:00)",
            ),
        ] {
            let said = range(text, "2025-11-05", Weekday::Sun).unwrap_err();
            assert_eq!(said, format!("--date-range {text:?}: {reason}"));
        }
    }
}
