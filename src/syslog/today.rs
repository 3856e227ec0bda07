//! The last day that was read in a stamp, by which most stamps are read quickly.

use super::{Date, Stamp};
use crate::near::{UPPER, decimal_in_word};

/// The last day that was read in a stamp: most lines are of the day of the line before, and only
/// their time is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Today {
    form: Form,
    date: Date,
    clock: Clock,
}

/// The last time of day that was read: most lines are of the second of the line before.
#[derive(Clone, Copy, Debug)]
struct Clock {
    /// As it is written: `03:14:07`.
    written: u64,
    second: u32,
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
        let clock = Clock { written: NOUGHTS, second: 0 };
        Today { form: Form::Bsd { day: u64::MAX }, date: Date::default(), clock }
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
    pub(super) fn stamp<'a>(&mut self, line: &'a [u8]) -> Option<(Stamp, &'a [u8])> {
        let (second, micros, rest) = match &self.form {
            Form::Bsd { day } => {
                let (header, rest) = line.split_first_chunk::<16>()?;
                let [.., blank] = header;
                if word(header)? << 8 != *day || *blank != b' ' {
                    return None;
                }
                (self.clock.second(word(header.get(7..)?)?)?, 0, rest)
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
                (self.clock.second(word(header.get(11..)?)?)?, micros, rest)
            }
        };
        Some((Stamp { date: self.date, second, micros }, rest))
    }

    /// Remembers the day of a line with this stamp, which is followed by `rest`.
    pub(super) fn learn(&mut self, line: &[u8], stamp: &Stamp, rest: &[u8]) {
        if let Some(form) = Form::of(line, line.len() - rest.len()) {
            *self = Today { form, date: stamp.date, clock: self.clock };
        }
    }
}

impl Clock {
    /// The second of the day that eight bytes say. To see that they are those of the line before
    /// takes a quarter of the instructions that reading them does.
    #[inline(always)] // once a line
    fn second(&mut self, written: u64) -> Option<u32> {
        if written != self.written {
            *self = Clock { written, second: second_in_word(written)? };
        }
        Some(self.second)
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

/// Midnight, as it is written.
const NOUGHTS: u64 = u64::from_le_bytes(*b"00:00:00");

/// The second of the day that eight bytes say, lowest first, if there is one; a leap second is for
/// [`Stamp::parse`].
///
/// ```text
/// 03:14:07
/// ```
#[inline(always)] // once a line
fn second_in_word(word: u64) -> Option<u32> {
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

/// The first eight bytes, lowest first.
#[inline(always)] // once a line
fn word(text: &[u8]) -> Option<u64> {
    text.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
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
