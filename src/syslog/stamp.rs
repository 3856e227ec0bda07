//! The stamp of a line: as it is written, and as it is believed.

use super::scan::number;

/// Microseconds in a second.
const SECOND: u32 = 1_000_000;

/// A time stamp as the line has it; nothing is guessed. It is small, because each line has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Stamp {
    /// The day.
    pub date: Date,
    /// Second of the day, 0 to 86,399.
    pub second: u32,
    /// Fraction of the second in microseconds; a million and more in a leap second.
    pub micros: u32,
}

/// The day of a stamp: one number, because each is compared with that of the line before, which
/// took 15 instructions field by field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Date(u64);

impl Date {
    /// A day: the year, 0 if the line does not say it; the month, 1 to 12; the day, 1 to 31, and
    /// whether the month has it is for the calendar to say; and the distance from UTC in minutes,
    /// east positive, if the line says it.
    #[must_use]
    pub const fn new(year: i16, month: u8, day: u8, offset: Option<i16>) -> Date {
        let ([y0, y1], said) = (year.to_le_bytes(), offset.is_some());
        let [m0, m1] = match offset {
            Some(minutes) => minutes.to_le_bytes(),
            None => [0; 2],
        };
        Date(u64::from_le_bytes([y0, y1, month, day, m0, m1, said as u8, 0]))
    }

    /// The year, 0 if the line does not say (RFC 3164), the month, 1 to 12, and the day.
    #[must_use]
    pub const fn parts(self) -> (i16, u8, u8) {
        let [y0, y1, month, day, ..] = self.0.to_le_bytes();
        (i16::from_le_bytes([y0, y1]), month, day)
    }

    /// Distance from UTC in minutes, east positive, if the line says it.
    #[must_use]
    pub const fn offset(self) -> Option<i16> {
        let [.., m0, m1, said, _] = self.0.to_le_bytes();
        if said == 0 { None } else { Some(i16::from_le_bytes([m0, m1])) }
    }
}

/// A point in time: what a stamp means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Moment {
    /// Seconds since 1970 on the wall clock of the report.
    pub wall: i64,
    /// Microseconds within the second.
    pub micros: u32,
    /// What the wall clock was ahead of UTC, in seconds.
    pub offset: i32,
}

impl Moment {
    /// Days since 1970-01-01 on the wall clock.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.wall.div_euclid(86_400)
    }

    /// Hour of the day, 0 to 23.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 23
    pub const fn hour(self) -> usize {
        (self.wall.rem_euclid(86_400) / 3_600) as usize
    }

    /// ISO 8601, to the second: `2026-11-22T03:14:07+01:00`.
    #[must_use]
    pub fn iso(self) -> String {
        let second = self.wall.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let sign = if self.offset < 0 { '-' } else { '+' };
        let offset = self.offset.abs() / 60;
        let (hours, minutes) = (offset / 60, offset % 60);
        let day = super::iso_day(self.day());
        format!("{day}T{hour:02}:{minute:02}:{second:02}{sign}{hours:02}:{minutes:02}")
    }

    /// Seconds since 1970 in UTC: what differences of time are made from.
    #[must_use]
    pub const fn utc(self) -> i64 {
        self.wall - self.offset as i64
    }

    /// Whole seconds since `earlier`; never negative (a clock set back counts as no time).
    #[must_use]
    pub fn seconds_since(self, earlier: Moment) -> u64 {
        let leap = i64::from(self.micros / SECOND) - i64::from(earlier.micros / SECOND);
        u64::try_from(self.utc() - earlier.utc() + leap).unwrap_or(0)
    }
}

impl Stamp {
    /// Reads the stamp a line begins with, and the blank behind it.
    ///
    /// ```text
    /// Nov  3 03:14:07 …                      RFC 3164; `Nov 03`, `Nov 3` and `.123456` too
    /// 2026-11-22T03:14:07.120345+01:00 …     RFC 3339; `Z`, `+0100` and no offset too
    /// Sun 2026-11-22 03:14:07 CET …          journalctl -o short-full
    /// 1795442847.750361 …                    journalctl -o short-unix
    /// ```
    #[must_use]
    pub fn parse(line: &[u8]) -> Option<(Stamp, &[u8])> {
        let second = *line.get(1)?;
        match line.first()? {
            b'0'..=b'9' if line.get(4) == Some(&b'-') => Self::iso(line),
            b'0'..=b'9' => Self::unix(line),
            b'A'..=b'Z' if line.get(4).is_some_and(u8::is_ascii_digit) && second != b' ' => {
                match line.get(8) {
                    Some(b'-') => Self::weekday(line),
                    _ => Self::bsd(line),
                }
            }
            b'A'..=b'Z' => Self::bsd(line),
            _ => None,
        }
    }

    fn bsd(line: &[u8]) -> Option<(Stamp, &[u8])> {
        let (name, rest) = line.split_first_chunk::<3>()?;
        let month = month(*name)?;
        let rest = rest.strip_prefix(b" ")?;
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let (day, rest) = match rest {
            [t @ b'0'..=b'3', d @ b'0'..=b'9', b' ', tail @ ..] => {
                (digit(*t) * 10 + digit(*d), tail)
            }
            [d @ b'0'..=b'9', b' ', tail @ ..] => (digit(*d), tail),
            _ => return None,
        };
        // Some relays put the year behind the day: `Nov  3 2026 03:14:07`.
        let (year, rest) = match rest {
            [_, _, b':', ..] => (0, rest),
            _ => {
                let (year, tail) = number(rest)?;
                (i16::try_from(year).ok().filter(|y| (1970..10_000).contains(y))?, tail.get(1..)?)
            }
        };
        let (second, leap, rest) = clock(rest)?;
        let (micros, rest) = fraction(rest);
        let micros = micros + leap;
        let rest = rest.strip_prefix(b" ")?;
        let day = u8::try_from(day).ok()?;
        let date = Date::new(year, month, day, None);
        Some((Stamp { date, second, micros }, rest))
    }

    fn iso(line: &[u8]) -> Option<(Stamp, &[u8])> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't' | b' ', rest @ ..] = line
        else {
            return None;
        };
        let year = two(*y1, *y2)? * 100 + two(*y3, *y4)?;
        let (month, day) = (two(*m1, *m2)?, two(*d1, *d2)?);
        let (second, leap, rest) = clock(rest)?;
        let (micros, rest) = fraction(rest);
        let micros = micros + leap;
        let (offset, rest) = zone(rest)?;
        let rest = rest.strip_prefix(b" ")?;
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        let year = i16::try_from(year).ok()?;
        let date = Date::new(year, month, day, offset);
        Some((Stamp { date, second, micros }, rest))
    }

    fn weekday(line: &[u8]) -> Option<(Stamp, &[u8])> {
        let (stamp, rest) = Self::iso(line.get(4..)?)?;
        // The zone's abbreviation says nothing certain: `CST` is four places.
        match super::scan::word(rest)? {
            (b"UTC", rest) => {
                let (year, month, day) = stamp.date.parts();
                let date = Date::new(year, month, day, Some(0));
                Some((Stamp { date, ..stamp }, rest))
            }
            (_, rest) => Some((stamp, rest)),
        }
    }

    fn unix(line: &[u8]) -> Option<(Stamp, &[u8])> {
        let (seconds, rest) = number(line)?;
        if !rest.starts_with(b".") || seconds > 1 << 36 {
            return None;
        }
        let (micros, rest) = fraction(rest);
        let rest = rest.strip_prefix(b" ")?;
        let seconds = i64::try_from(seconds).ok()?;
        let (year, month, day) = super::civil_from_days(seconds.div_euclid(86_400));
        let second = u32::try_from(seconds.rem_euclid(86_400)).ok()?;
        let year = i16::try_from(year).ok()?;
        let date = Date::new(year, month, day, Some(0));
        Some((Stamp { date, second, micros }, rest))
    }
}

fn digit(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

fn two(a: u8, b: u8) -> Option<u32> {
    let (a, b) = (digit(a), digit(b));
    (a < 10 && b < 10).then_some(a * 10 + b)
}

/// `HH:MM:SS`; second 60 is a leap second: the second before it, and a million microseconds.
fn clock(text: &[u8]) -> Option<(u32, u32, &[u8])> {
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = text else { return None };
    let (hour, minute, second) = (two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?);
    let possible = hour < 24 && minute < 60 && second <= 60;
    let leap = if second == 60 { SECOND } else { 0 };
    possible.then_some((hour * 3600 + minute * 60 + second.min(59), leap, rest))
}

/// `.120345`, any number of digits; microseconds of it.
fn fraction(text: &[u8]) -> (u32, &[u8]) {
    let [b'.' | b',', rest @ ..] = text else { return (0, text) };
    let (mut micros, mut scale, mut rest) = (0, 100_000, rest);
    while let Some((&d @ b'0'..=b'9', tail)) = rest.split_first() {
        micros += digit(d) * scale;
        scale /= 10;
        rest = tail;
    }
    (micros, rest)
}

/// `Z`, `+01:00`, `+0100`, `+01` or nothing.
fn zone(text: &[u8]) -> Option<(Option<i16>, &[u8])> {
    let (sign, rest) = match text {
        [b'Z' | b'z', rest @ ..] => return Some((Some(0), rest)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return Some((None, text)),
    };
    let [h1, h2, rest @ ..] = rest else { return None };
    let hours = two(*h1, *h2)?;
    let (minutes, rest) = match rest {
        [b':', m1, m2, tail @ ..] | [m1 @ b'0'..=b'9', m2, tail @ ..] => (two(*m1, *m2)?, tail),
        _ => (0, rest),
    };
    let minutes = i16::try_from(hours * 60 + minutes).ok()?;
    Some((Some(sign * minutes), rest))
}

fn month(name: [u8; 3]) -> Option<u8> {
    Some(match &name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}
