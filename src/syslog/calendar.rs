//! The calendar: turns stamps into moments, and gives yearless stamps their year.
//!
//! RFC 3164 stamps have no year. The first one takes the latest year that does not lie
//! after the log was written; every later one takes the year that puts it nearest to the
//! lines before it. That holds across New Year, for late lines and for 29 February, and
//! needs no constants but one: how far a single stray clock may jump before it is doubted. Only
//! a 29 February far behind other lines of a year without one comes too late for them.

use chrono::{Datelike, NaiveDate};

use super::{Date, Moment, Stamp};
use crate::zone::Zone;

/// A jump of more days than this is doubted until a second line confirms it.
const STRAY_DAYS: i64 = 45;

/// Log clocks may run ahead of the reader's by this many seconds, and still not be in the
/// future: other zones, and clocks that nobody sets.
const AHEAD: i64 = 86_400;

/// Days since 1970-01-01 of a date of the Gregorian calendar, if there is such a date.
#[must_use]
pub fn days_from_civil(year: i32, month: u8, day: u8) -> Option<i64> {
    let date = NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day))?;
    Some(i64::from(date.num_days_from_ce()) - EPOCH_FROM_CE)
}

/// The months as syslog writes them.
pub const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day, counted from 1970-01-01, as ISO 8601 writes it: `2025-11-03`.
#[must_use]
pub fn iso_day(day: i64) -> String {
    let (year, month, day) = civil_from_days(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The year, month and day that are so many days after 1970-01-01.
#[must_use]
#[allow(clippy::cast_possible_truncation)] // a month and a day of the month fit into a byte
pub fn civil_from_days(days: i64) -> (i32, u8, u8) {
    let date = i32::try_from(days.saturating_add(EPOCH_FROM_CE))
        .ok()
        .and_then(NaiveDate::from_num_days_from_ce_opt)
        .unwrap_or_default();
    (date.year(), date.month() as u8, date.day() as u8)
}

/// `num_days_from_ce` of 1970-01-01.
const EPOCH_FROM_CE: i64 = 719_163;

/// Gives stamps their year and place on the report's clock, in the order of the lines.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Zone,
    /// The year the user gave for the first yearless stamp.
    year: Option<i32>,
    /// The first and the last day the report asks for: a log read for it is
    /// likely of its year.
    asked: Option<(i64, i64)>,
    /// Nothing was written after this wall-clock second.
    latest: i64,
    /// Day of the last line whose year is believed.
    reference: Option<i64>,
    /// Day of a line that jumped far, and is not believed yet.
    stray: Option<i64>,
    /// Whether a 29 February stood behind lines of a year that has none.
    torn: bool,
    day: Day,
    hour: Hour,
    now: Now,
}

/// The hour of the last stamp, if the next ones of it mean what that did: most lines are of the
/// hour of the line before.
#[derive(Clone, Copy, Debug, Default)]
struct Now {
    date: Date,
    /// Its first second of the day, and the first behind it.
    from: u32,
    until: u32,
    /// What the first second of the day would be on the report's clock.
    midnight: i64,
    offset: i32,
}

/// The last date that was looked up; lines of one day follow each other.
#[derive(Clone, Copy, Debug, Default)]
struct Day {
    year: i16,
    month: u8,
    day: u8,
    days: i64,
}

/// The last offset that was looked up, with the hour it holds for.
#[derive(Clone, Copy, Debug)]
struct Hour {
    key: (i64, bool),
    offset: i32,
    twofold: Option<i32>,
    last_utc: i64,
}

impl Calendar {
    /// A calendar for lines written before `latest` (seconds since 1970 on the reader's
    /// wall clock): the time of reading. `year` is the year of the first yearless line;
    /// without it that line is taken to be near the days from the first to the last of
    /// `asked`, for which a report is wanted, as far as it does not get into the future.
    #[must_use]
    pub fn new(zone: Zone, latest: i64, year: Option<i32>, asked: Option<(i64, i64)>) -> Calendar {
        let hour =
            Hour { key: (i64::MIN, false), offset: 0, twofold: None, last_utc: i64::MIN / 2 };
        Calendar {
            zone,
            year,
            asked,
            latest,
            reference: None,
            stray: None,
            torn: false,
            day: Day::default(),
            hour,
            now: Now::default(),
        }
    }

    /// Begins another source, written before `latest`; `hint` is a day the source's lines
    /// are known to be near to, such as the second inside a long queue ID.
    pub fn begin(&mut self, latest: i64, hint: Option<i64>) {
        self.latest = latest;
        self.stray = None;
        self.torn = false;
        self.day = Day::default();
        self.now = Now::default();
        if self.year.is_none() || self.reference.is_none() {
            self.reference = hint;
        }
    }

    /// The day that a 29 February of the source most likely is: then its other lines are near it.
    #[must_use]
    pub fn leap_day(&self) -> Option<i64> {
        self.first_day(2, 29, self.limit())
    }

    /// Whether a 29 February stood behind lines of the source that were taken to be of a year
    /// without one, so that they are of two years.
    #[must_use]
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// The last day that is not in the future.
    fn limit(&self) -> i64 {
        (self.latest + AHEAD).div_euclid(86_400)
    }

    /// Resolves a stamp, or `None` for a date that does not exist.
    #[inline(always)] // once a line
    pub fn resolve(&mut self, stamp: Stamp) -> Option<Moment> {
        let now = &self.now;
        if stamp.date != now.date || stamp.second < now.from || stamp.second >= now.until {
            return self.look_up(stamp);
        }
        let wall = now.midnight + i64::from(stamp.second);
        self.hour.last_utc = wall - i64::from(now.offset);
        Some(Moment { wall, micros: stamp.micros, offset: now.offset })
    }

    /// Resolves a stamp that is not of the hour of the last one.
    #[inline(never)]
    fn look_up(&mut self, stamp: Stamp) -> Option<Moment> {
        let (year, month, day) = stamp.date.parts();
        let known = (self.day.month, self.day.day) == (month, day)
            && (year == 0 || self.day.year == year)
            && self.day.month != 0;
        self.now = Now::default();
        if !known {
            self.turn_page(stamp.date)?;
        }
        let wall = self.day.days * 86_400 + i64::from(stamp.second);
        let moment = self.place(wall, stamp);
        self.hour.last_utc = moment.utc();
        if self.stray.is_none() && self.hour.twofold.is_none() {
            let from = stamp.second - stamp.second % 3_600;
            let midnight = moment.wall - i64::from(stamp.second);
            let (date, offset) = (stamp.date, moment.offset);
            self.now = Now { date, from, until: from + 3_600, midnight, offset };
        }
        Some(moment)
    }

    /// Looks up another day: once a day, not once a line.
    fn turn_page(&mut self, date: Date) -> Option<()> {
        let (year, month, day) = date.parts();
        let days = if year == 0 {
            self.infer(month, day)?
        } else {
            days_from_civil(year.into(), month, day)?
        };
        let far = self.reference.is_some_and(|r| (r - days).abs() > STRAY_DAYS);
        self.torn |= far && (year, month, day) == (0, 2, 29);
        if far && self.stray.is_none_or(|s| (s - days).abs() > 2) {
            self.stray = Some(days);
        } else {
            self.reference = Some(days);
            self.stray = None;
        }
        let (year, _, _) = civil_from_days(days);
        let year = i16::try_from(year).ok()?;
        self.day = Day { year, month, day, days };
        // A doubted day is asked for again with the next line, which may confirm it.
        if self.stray.is_some() {
            self.day.month = 0;
        }
        Some(())
    }

    /// The day of a stamp without a year.
    fn infer(&self, month: u8, day: u8) -> Option<i64> {
        let limit = self.limit();
        let anchor = match (self.reference, self.year) {
            (Some(reference), _) => reference,
            (None, Some(year)) => return days_from_civil(year, month, day),
            (None, None) => return self.first_day(month, day, limit),
        };
        let (year, _, _) = civil_from_days(anchor);
        (year - 4..=year + 4)
            .filter_map(|y| days_from_civil(y, month, day))
            .filter(|&d| d <= limit || self.year.is_some())
            .min_by_key(|&d| (d - anchor).abs())
    }

    /// The day of the first stamp of a log, not behind `limit`: near what is asked for, or
    /// else the latest. Of a period of years, too, the latest.
    fn first_day(&self, month: u8, day: u8, limit: i64) -> Option<i64> {
        let (now, _, _) = civil_from_days(limit);
        let past = || {
            (1970..=now)
                .rev()
                .filter_map(|y| days_from_civil(y, month, day).filter(|&d| d <= limit))
        };
        let near = self.asked.and_then(|(first, last)| {
            let distance = |d: i64| first.saturating_sub(d).max(d.saturating_sub(last)).max(0);
            past().min_by_key(|&d| distance(d)).filter(|&d| distance(d) <= STRAY_DAYS)
        });
        near.or_else(|| past().next())
    }

    /// Puts the second on the report's clock. Days and hours are those that the log writes;
    /// only a log in UTC is moved to the reader's zone, because nobody lives by UTC alone.
    fn place(&mut self, wall: i64, stamp: Stamp) -> Moment {
        let micros = stamp.micros;
        match stamp.date.offset() {
            Some(0) => {
                let offset = self.offset_at(wall, true);
                Moment { wall: wall + i64::from(offset), micros, offset }
            }
            Some(minutes) => Moment { wall, micros, offset: i32::from(minutes) * 60 },
            None => {
                let mut offset = self.offset_at(wall, false);
                // The hour that comes twice in autumn: time runs forward, so take the
                // second one when the first would go back.
                if let Some(second) = self.hour.twofold
                    && wall - i64::from(offset) < self.hour.last_utc - 60
                {
                    offset = second;
                }
                Moment { wall, micros, offset }
            }
        }
    }

    /// The zone's offset, looked up once an hour.
    fn offset_at(&mut self, second: i64, utc: bool) -> i32 {
        let key = (second.div_euclid(3_600), utc);
        if self.hour.key != key {
            self.hour.key = key;
            if utc {
                (self.hour.offset, self.hour.twofold) = (self.zone.offset(second), None);
            } else {
                let (earliest, latest) = self.zone.candidates(second);
                let offset = |utc: i64| i32::try_from(second - utc).unwrap_or(0);
                self.hour.offset = offset(earliest);
                self.hour.twofold = (earliest != latest).then(|| offset(latest));
            }
        }
        self.hour.offset
    }
}
