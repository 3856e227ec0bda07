//! How syslog wrapped a line: stamp, host, tag and text.
//!
//! Nothing here knows Postfix. One look at the first bytes picks the dialect:
//! RFC 3164 (`Nov  3 03:14:07 host tag[pid]: text`), RFC 3339 stamps as rsyslog
//! and `journalctl -o short-iso` write them, RFC 5424, or a bare Unix time, each
//! behind an optional `<PRI>`.

mod calendar;
mod scan;
mod stamp;
mod today;
mod writer;

pub use calendar::{Calendar, MONTHS, civil_from_days, days_from_civil, iso_day};
pub(crate) use scan::number;
pub use stamp::{Date, Moment, Stamp};

use today::Today;
use writer::Writers;

/// A log line, split at the syslog header and no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When, as the line says it.
    pub stamp: Stamp,
    /// Host and tag as one number: equal numbers mean equal texts, in all of the process.
    /// It is 0 where a [`Parser`] had no part in it.
    pub writer: u32,
    /// The host that wrote it.
    pub host: &'a [u8],
    /// The tag without process ID: `postfix/smtpd`.
    pub tag: &'a [u8],
    /// The process ID, 0 if the line has none.
    pub pid: u32,
    /// What was said.
    pub text: &'a [u8],
    /// How often: more than once for rsyslog's `message repeated N times: [ … ]`.
    pub times: u32,
}

/// What a line is, as far as syslog goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A message of some program.
    Record(Record<'a>),
    /// `last message repeated N times`: the line before it, from this host, N times more.
    Repeated {
        /// When the repetitions were written down.
        stamp: Stamp,
        /// The host whose line was repeated.
        host: &'a [u8],
        /// How many more times.
        times: u32,
    },
    /// The logger says that it dropped lines.
    Lost {
        /// When it said so.
        stamp: Stamp,
        /// How many; 0 when it does not say.
        lines: u64,
    },
}

impl Line<'_> {
    /// When it was written, as the line says it.
    #[must_use]
    pub const fn stamp(&self) -> Stamp {
        match self {
            Line::Record(record) => record.stamp,
            Line::Repeated { stamp, .. } | Line::Lost { stamp, .. } => *stamp,
        }
    }
}

/// Splits a line, or `None` if it does not begin like a syslog line.
///
/// ```text
/// Nov  3 03:14:07 mx1 postfix/qmgr[712]: 7A1E04C21B: removed
/// 2026-11-22T03:14:07.120345+01:00 mx1 postfix/qmgr[712]: 4jXDgg0rVKz6v2L: removed
/// <22>1 2026-11-22T02:14:07.120345Z mx1 postfix/qmgr 712 - - 4jXDgg0rVKz6v2L: removed
/// ```
#[must_use]
pub fn parse(line: &[u8]) -> Option<Line<'_>> {
    any(line, Stamp::parse)
}

/// A parser that remembers the day of the line before, because many lines are of one, and
/// who wrote the last lines, because a log has few writers.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    today: Today,
    writers: Writers,
}

impl Parser {
    /// Splits a line; the answer is that of [`parse`], and names the writer.
    #[must_use]
    pub fn parse<'a>(&mut self, line: &'a [u8]) -> Option<Line<'a>> {
        match self.usual(line) {
            Some(record) => Some(Line::Record(record)),
            None => self.any(line),
        }
    }

    /// Splits a line like most: of a writer that is known, with a text that is neither a repetition
    /// nor in need of trimming. What it is not `None` for, [`Parser::parse`] splits likewise.
    ///
    /// ```text
    /// Nov  3 03:14:07 mx1 postfix/qmgr[712]: 7A1E04C21B: removed
    /// Nov  3 03:14:07 mx1 dovecot: imap-login: Login: user=<ann>
    /// ```
    #[inline(always)] // once a line
    #[must_use]
    pub fn usual<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, rest) = match self.today.stamp(line) {
            Some(found) => found,
            None => self.stamp(line)?,
        };
        let (writer, behind) = self.writers.find(rest)?;
        let (pid, text) =
            if writer.has_pid { scan::process(behind)? } else { (0, behind.strip_prefix(b" ")?) };
        if matches!(text, [] | [b' ' | b'-' | b'[' | b'm', ..] | [.., b'\r']) {
            return None; // it may have to be trimmed, or say `message repeated`
        }
        let host = rest.get(..writer.host)?;
        let tag = rest.get(writer.host + 1..writer.len - 1)?;
        Some(Record { stamp, writer: writer.number, host, tag, pid, text, times: 1 })
    }

    /// Any stamp; its day is remembered.
    #[inline(never)] // so that the usual way is straight
    fn stamp<'a>(&mut self, line: &'a [u8]) -> Option<(Stamp, &'a [u8])> {
        let (stamp, rest) = Stamp::parse(line)?;
        self.today.learn(line, &stamp, rest);
        Some((stamp, rest))
    }

    /// Splits any line.
    #[inline(never)] // so that the usual way is straight
    pub fn any<'a>(&mut self, line: &'a [u8]) -> Option<Line<'a>> {
        Some(match any(line, Stamp::parse)? {
            Line::Record(record) => {
                let writer = self.writers.number(record.host, record.tag, record.pid != 0);
                Line::Record(Record { writer, ..record })
            }
            line => line,
        })
    }
}

/// Any line, with the stamp that `stamp` finds in front of it.
fn any<'a>(
    line: &'a [u8],
    stamp: impl FnOnce(&'a [u8]) -> Option<(Stamp, &'a [u8])>,
) -> Option<Line<'a>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (line, structured) = match line.first()? {
        b'<' => scan::priority(line)?,
        _ => (line, false),
    };
    let (stamp, rest) = stamp(line)?;
    let (host, behind) = scan::word(rest)?;
    if structured && let Some(record) = rfc5424(stamp, host, behind) {
        return Some(told(record, record.text));
    }
    Some(behind_host(stamp, host, behind))
}

fn behind_host<'a>(stamp: Stamp, host: &'a [u8], rest: &'a [u8]) -> Line<'a> {
    let (tag, pid, text) = scan::tag(rest);
    let text = scan::without_solaris_id(text);
    let record = Record { stamp, writer: 0, host, tag, pid, text, times: 1 };
    told(record, rest.strip_prefix(b"last ").unwrap_or_default())
}

/// What a logger says of its own is no record; `words` are those behind a tag `last`, which is
/// none.
#[inline] // once a line
fn told<'a>(mut record: Record<'a>, words: &'a [u8]) -> Line<'a> {
    if record.text.first() == Some(&b'm') {
        record = record.unfolded();
    }
    match record.tag.first() {
        Some(b'l') => repeated(record, words),
        Some(b'r' | b's' | b'i') => lost(record),
        _ => Line::Record(record),
    }
}

/// The fields behind the host in RFC 5424: APP-NAME PROCID MSGID STRUCTURED-DATA MSG.
fn rfc5424<'a>(stamp: Stamp, host: &'a [u8], rest: &'a [u8]) -> Option<Record<'a>> {
    let (tag, rest) = scan::word(rest)?;
    if tag.contains(&b'[') || tag.ends_with(b":") {
        return None; // a version number, but the header of RFC 3164 behind it
    }
    let (pid, rest) = scan::word(rest)?;
    let (_msgid, rest) = scan::word(rest)?;
    let text = scan::behind_structured_data(rest)?;
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text); // RFC 5424 §6.4: a BOM
    let pid = scan::number(pid).map_or(0, |(n, _)| u32::try_from(n).unwrap_or(0));
    Some(Record { stamp, writer: 0, host, tag, pid, text: text.trim_ascii_start(), times: 1 })
}

/// Recognises the two ways of writing that lines were left out because they were equal.
///
/// ```text
/// last message repeated 3 times
/// message repeated 3 times: [ NOQUEUE: reject: … ]
/// ```
fn repeated<'a>(record: Record<'a>, words: &'a [u8]) -> Line<'a> {
    let (stamp, host) = (record.stamp, record.host);
    if record.tag.starts_with(b"last")
        && let Some(count) = words.strip_prefix(b"message repeated ")
        && let Some((times, b" times")) = scan::times(count)
    {
        return Line::Repeated { stamp, host, times };
    }
    Line::Record(record)
}

/// Whether a program writes logs, and may say that lines of them were lost.
fn is_logger(tag: &[u8]) -> bool {
    matches!(tag, b"rsyslogd" | b"rsyslogd-2177" | b"imuxsock" | b"systemd-journald")
}

/// Recognises what loggers say when they drop lines.
///
/// ```text
/// rsyslogd: imjournal: 57 messages lost due to rate-limiting
/// rsyslogd[1]: imuxsock[pid: 7]: begin to drop messages due to rate-limiting
/// rsyslogd-2177: imuxsock lost 12 messages from pid 71 due to rate-limiting
/// systemd-journald[85]: Suppressed 1412 messages from postfix.service
/// ```
fn lost(record: Record<'_>) -> Line<'_> {
    let stamp = record.stamp;
    if !is_logger(record.tag) {
        return Line::Record(record);
    }
    if record.tag != b"systemd-journald" {
        let text = record.text;
        if memchr::memmem::find(text, b" due to rate-limiting").is_some() {
            let at = memchr::memmem::find(text, b" messages");
            let lines = at.and_then(|at| scan::number_before(text, at)).unwrap_or(0);
            return Line::Lost { stamp, lines: lines.min(scan::MOST) };
        }
    } else if let Some(rest) = record.text.strip_prefix(b"Suppressed ")
        && let Some((lines, rest)) = scan::number(rest)
        && rest.starts_with(b" messages")
    {
        return Line::Lost { stamp, lines: lines.min(scan::MOST) };
    }
    Line::Record(record)
}

impl<'a> Record<'a> {
    /// Unfolds rsyslog's repetition: the text inside, and one more time than it says.
    ///
    /// ```text
    /// message repeated 3 times: [ NOQUEUE: reject: RCPT from … helo=<x>]
    /// ```
    fn unfolded(self) -> Record<'a> {
        let Some(rest) = self.text.strip_prefix(b"message repeated ") else { return self };
        let Some((times, rest)) = scan::times(rest) else { return self };
        let Some(text) = rest.strip_prefix(b" times: [") else { return self };
        let text = text.strip_suffix(b"]").unwrap_or(text).trim_ascii_start();
        Record { text, times, ..self }
    }
}
