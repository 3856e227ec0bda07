//! The systemd journal, rewritten as syslog lines.
//!
//! Everything behind this file knows one family of lines; the journal joins it
//! as `2026-11-23T14:07:31.123456+00:00 host tag[pid]: text`. Stamps are in UTC,
//! because the journal does not keep the zone of the host that wrote it.

use std::borrow::Cow;
use std::io::Write as _;

use serde::Deserialize;

use super::json::{Field, object};
use super::rewrite::{Unwrap, push_flat};

/// What a line needs of a journal entry, however the journal was printed.
///
/// Fields are those of systemd.journal-fields(7).
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    /// `_SOURCE_REALTIME_TIMESTAMP`: when the program said it, µs since 1970.
    pub(super) said_at: Option<u64>,
    /// `__REALTIME_TIMESTAMP`: when the journal took it, µs since 1970.
    pub(super) taken_at: Option<u64>,
    pub(super) hostname: Option<Cow<'a, [u8]>>,
    pub(super) identifier: Option<Cow<'a, [u8]>>,
    pub(super) comm: Option<Cow<'a, [u8]>>,
    pub(super) syslog_pid: Option<Cow<'a, [u8]>>,
    pub(super) pid: Option<Cow<'a, [u8]>>,
    pub(super) message: Option<Cow<'a, [u8]>>,
}

impl Entry<'_> {
    /// Appends the entry as a syslog line; false when it has no time.
    ///
    /// The program's own time goes before the journal's, as in every text form
    /// of journalctl, so that all forms of one journal give one report.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> bool {
        let Some(at) = self.said_at.or(self.taken_at) else { return false };
        push_stamp(at, out);
        out.push(b' ');
        push_word(self.hostname.as_deref().unwrap_or_default(), b"-", out);
        out.push(b' ');
        let tag = self.identifier.as_deref().or(self.comm.as_deref());
        push_word(tag.unwrap_or_default(), b"unknown", out);
        if let Some(pid) = self.syslog_pid.as_deref().or(self.pid.as_deref()) {
            out.push(b'[');
            push_word(pid, b"0", out);
            out.push(b']');
        }
        out.extend_from_slice(b": ");
        push_flat(self.message.as_deref().unwrap_or_default(), out);
        out.push(b'\n');
        true
    }
}

/// Appends a word that ends where the syslog parser expects it to.
pub(super) fn push_word(word: &[u8], otherwise: &[u8], out: &mut Vec<u8>) {
    let word = if word.is_empty() { otherwise } else { word };
    out.extend(word.iter().map(|&b| if b <= b' ' || b == 0x7f { b'_' } else { b }));
}

/// Appends `2026-11-23T14:07:31.123456+00:00` for microseconds since 1970.
fn push_stamp(micros: u64, out: &mut Vec<u8>) {
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    // Writing to a Vec cannot fail.
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:06}+00:00"
    );
}

/// Year, month and day of a day counted from 1970-01-01.
///
/// Eras of 400 years that begin on 1 March make the leap day the last of its
/// year (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// Reads a decimal number as the journal writes its times.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// An entry of `journalctl -o json`.
///
/// ```text
/// {"_HOSTNAME":"mx1","MESSAGE":"connect from …","__REALTIME_TIMESTAMP":"1795442850838999",…}
/// ```
#[derive(Deserialize)]
struct JsonEntry<'a> {
    #[serde(borrow, default, rename = "_SOURCE_REALTIME_TIMESTAMP")]
    said_at: Field<'a>,
    #[serde(borrow, default, rename = "__REALTIME_TIMESTAMP")]
    taken_at: Field<'a>,
    #[serde(borrow, default, rename = "_HOSTNAME")]
    hostname: Field<'a>,
    #[serde(borrow, default, rename = "SYSLOG_IDENTIFIER")]
    identifier: Field<'a>,
    #[serde(borrow, default, rename = "_COMM")]
    comm: Field<'a>,
    #[serde(borrow, default, rename = "SYSLOG_PID")]
    syslog_pid: Field<'a>,
    #[serde(borrow, default, rename = "_PID")]
    pid: Field<'a>,
    #[serde(borrow, default, rename = "MESSAGE")]
    message: Field<'a>,
}

impl<'a> From<JsonEntry<'a>> for Entry<'a> {
    fn from(json: JsonEntry<'a>) -> Self {
        Self {
            said_at: json.said_at.0.as_deref().and_then(number),
            taken_at: json.taken_at.0.as_deref().and_then(number),
            hostname: json.hostname.0,
            identifier: json.identifier.0,
            comm: json.comm.0,
            syslog_pid: json.syslog_pid.0,
            pid: json.pid.0,
            message: json.message.0,
        }
    }
}

/// Rewrites `journalctl -o json`, one object a line.
pub(super) struct JournalJson;

impl Unwrap for JournalJson {
    fn unwrap_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        // journalctl writes UTF-8; a file that was damaged on its way may not
        // be, and one bad byte shall not cost the entry.
        let text = object(line);
        let written = serde_json::from_str::<JsonEntry<'_>>(&text)
            .is_ok_and(|entry| Entry::from(entry).write(out));
        if !written {
            out.extend_from_slice(line);
            out.push(b'\n');
        }
    }
}

/// Whether a line is an entry of `journalctl -o json`.
pub(super) fn is_json_entry(line: &[u8]) -> bool {
    serde_json::from_str::<JsonEntry<'_>>(&object(line)).is_ok_and(|entry| {
        entry.taken_at.0.is_some() || (entry.said_at.0.is_some() && entry.message.0.is_some())
    })
}
