//! The stamp of a line: as it is written, and as it is believed.

use super::scan::number;
use crate::near::{UPPER, decimal_in_word};

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

/// The day of a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Date {
    /// The year, 0 if the line does not say (RFC 3164).
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31; whether the month has it is for the calendar to say.
    pub day: u8,
    /// Distance from UTC in minutes, east positive, if the line says it.
    pub offset: Option<i16>,
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
        let date = Date { year, month, day, offset: None };
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
        let date = Date { year, month, day, offset };
        Some((Stamp { date, second, micros }, rest))
    }

    fn weekday(line: &[u8]) -> Option<(Stamp, &[u8])> {
        let (stamp, rest) = Self::iso(line.get(4..)?)?;
        // The zone's abbreviation says nothing certain: `CST` is four places.
        match super::scan::word(rest)? {
            (b"UTC", rest) => {
                let date = Date { offset: Some(0), ..stamp.date };
                Some((Stamp { date, ..stamp }, rest))
            }
            (zone, rest)
                if zone
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || matches!(b, b'+' | b'-' | b'0'..=b'9')) =>
            {
                Some((stamp, rest))
            }
            _ => Some((stamp, rest)),
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
        let date = Date { year, month, day, offset: Some(0) };
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

/// The second of the day that eight bytes say, lowest first, if there is one; a leap second is for
/// [`clock`].
///
/// ```text
/// 03:14:07
/// ```
#[inline(always)] // once a line
fn second_in_word(word: u64) -> Option<u32> {
    const NOUGHTS: u64 = u64::from_le_bytes(*b"00:00:00");
    // What is no more than `259059059` in its place does not reach the upper bit.
    const TO_UPPER: u64 = u64::from_le_bytes([125, 118, 127, 122, 118, 127, 122, 118]);
    let digits = word ^ NOUGHTS;
    if (digits | digits.wrapping_add(TO_UPPER)) & UPPER != 0 {
        return None;
    }
    let pairs = digits * 10 + (digits >> 8);
    let [hour, _, _, minute, _, _, second, _] = pairs.to_le_bytes().map(u32::from);
    (hour < 24).then_some(hour * 3600 + minute * 60 + second)
}

/// The last day that was read in a stamp: most lines are of the day of the line before, and only
/// their time is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Today {
    form: Form,
    date: Date,
}

/// How that day is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// RFC 3164: behind a byte that is NUL, `Nov  3·`.
    Bsd { day: u64 },
    /// RFC 3339: its first and last eight bytes, `2026-11-` and `6-11-22T`; and what stands behind
    /// the microseconds, `+01:00·`.
    Iso { start: u64, end: u64, zone: Zone },
}

/// An offset from UTC as it is written, with the blank behind it, in front of NULs.
#[derive(Clone, Copy, Debug)]
struct Zone {
    text: u64,
    len: usize,
}

impl Default for Today {
    /// What no line has stands where a day will be remembered: a crash leaves lines of NULs.
    fn default() -> Today {
        Today { form: Form::Bsd { day: u64::MAX }, date: Date::default() }
    }
}

impl Today {
    /// The stamp that a line begins with, if it is one of today.
    ///
    /// ```text
    /// Nov  3 03:14:07·
    /// 2026-11-22T03:14:07.120345+01:00·
    /// ```
    #[inline(always)] // once a line
    pub(super) fn stamp<'a>(&self, line: &'a [u8]) -> Option<(Stamp, &'a [u8])> {
        let (second, micros, rest) = match &self.form {
            Form::Bsd { day } => {
                let (header, rest) = line.split_first_chunk::<16>()?;
                let [.., blank] = header;
                if word(header)? << 8 != *day || *blank != b' ' {
                    return None;
                }
                (second_in_word(word(header.get(7..)?)?)?, 0, rest)
            }
            Form::Iso { start, end, zone } => {
                let (header, rest) = line.split_first_chunk::<20>()?;
                if word(header)? != *start || word(header.get(3..)?)? != *end {
                    return None;
                }
                let [.., point] = header;
                let micros = decimal_in_word(word(rest)?, 6)?;
                let rest = zone.behind(rest.get(6..)?)?;
                if *point != b'.' {
                    return None;
                }
                (second_in_word(word(header.get(11..)?)?)?, micros, rest)
            }
        };
        Some((Stamp { date: self.date, second, micros }, rest))
    }

    /// Remembers the day of a line with this stamp, which is followed by `rest`.
    pub(super) fn learn(&mut self, line: &[u8], stamp: &Stamp, rest: &[u8]) {
        if let Some(form) = Form::of(line, line.len() - rest.len()) {
            *self = Today { form, date: stamp.date };
        }
    }
}

impl Form {
    /// How the day of a stamp is written that takes the first `len` bytes of a line; none if it is
    /// of a form that is not remembered.
    fn of(line: &[u8], len: usize) -> Option<Form> {
        let stamp = line.get(..len)?;
        match stamp.get(10..) {
            Some([b'T', _, _, _, _, _, _, _, _, b'.', behind @ ..]) => {
                let zone = behind.get(6..).filter(|zone| (1..=8).contains(&zone.len()))?;
                let text = zone.iter().rev().fold(0, |text, &byte| text << 8 | u64::from(byte));
                let zone = Zone { text, len: zone.len() };
                Some(Form::Iso { start: word(stamp)?, end: word(stamp.get(3..)?)?, zone })
            }
            _ if len == 16 => Some(Form::Bsd { day: word(stamp)? << 8 }),
            _ => None,
        }
    }
}

impl Zone {
    /// What is behind it, if a text begins with it.
    #[inline(always)] // once a line
    fn behind(self, text: &[u8]) -> Option<&[u8]> {
        let beyond = u64::BITS as usize - 8 * self.len;
        (word(text)? << beyond == self.text << beyond).then(|| text.get(self.len..))?
    }
}

/// The first eight bytes, lowest first.
#[inline(always)] // once a line
fn word(text: &[u8]) -> Option<u64> {
    text.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Whatever stands in a place of the stamp: the quick way finds what the slow one finds, or
    /// nothing.
    #[test]
    fn a_stamp_of_today_is_read_as_any_other() {
        let mut found = 0;
        for (first, line) in [
            ("Nov  3 03:14:07 mx1 a: b", "Nov  3 23:59:58 mx1 a: b"),
            ("Nov 13 03:14:07 mx1 a: b", "Nov 13 19:09:00 mx1 a: b"),
            (
                "2026-11-22T03:14:07.120345+01:00 mx1 a: b",
                "2026-11-22T20:00:59.000999+01:00 mx1 a: b",
            ),
            ("2026-11-22T03:14:07.120345Z mx1 a: b", "2026-11-22T03:14:07.999999Z mx1 a: b"),
            ("2026-11-22T03:14:07.120345 mx1 a: b", "2026-11-22T03:14:09.000001 mx1 a: b"),
        ] {
            let (stamp, rest) = Stamp::parse(first.as_bytes()).unwrap();
            let mut today = Today::default();
            today.learn(first.as_bytes(), &stamp, rest);
            assert_eq!(today.stamp(line.as_bytes()), Stamp::parse(line.as_bytes()), "{line}");
            for (place, byte) in (0..line.len()).flat_map(|at| (0..=u8::MAX).map(move |b| (at, b)))
            {
                let mut line = line.as_bytes().to_vec();
                *line.get_mut(place).unwrap() = byte;
                if let Some(quick) = today.stamp(&line) {
                    assert_eq!(Some(quick), Stamp::parse(&line), "{}", line.escape_ascii());
                    found += 1;
                }
            }
        }
        assert!(found > 5 * 256 * 6, "{found}"); // what is behind the stamp does not matter
    }

    #[test]
    fn stamps_that_are_not_of_today_are_not_read_as_such() {
        let (stamp, rest) = Stamp::parse(b"Nov  3 03:14:07 mx1 a: b").unwrap();
        let mut today = Today::default();
        today.learn(b"Nov  3 03:14:07 mx1 a: b", &stamp, rest);
        for line in [
            "Nov  4 03:14:07 mx1",
            "Nov  3 24:14:07 mx1",
            "Nov  3 03:60:07 mx1",
            "Nov  3 03:14:60 mx1",
            "Nov  3",
        ] {
            assert_eq!(today.stamp(line.as_bytes()), None, "{line}");
        }
    }
}
