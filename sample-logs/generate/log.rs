//! A log in the making: lines of many processes, put into the order of time and written in one dialect.

use std::collections::HashMap;

use super::clock::{Micros, SECOND, civil};

/// How syslog wraps a line.
#[derive(Clone, Copy)]
pub(crate) enum Dialect {
    /// `Feb  3 10:15:01 host tag[pid]: text` (RFC 3164).
    Bsd,
    /// The same with the day padded with a zero: postlogd(8).
    Postlogd,
    /// `2026-02-03T10:15:01.250000+01:00 host tag[pid]: text`; the offset as text.
    Rfc3339(&'static str),
    /// `<22>1 2026-02-03T10:15:01.250000+01:00 host tag pid - - text`; the offset as text.
    Rfc5424(&'static str),
    /// `journalctl -o json`, the clock at UTC.
    JournalJson,
    /// `journalctl -o export`, the clock at UTC.
    JournalExport,
    /// Docker's json-file driver around what postlogd(8) writes to standard output, the clock at UTC.
    Docker,
}

/// A process, or the part of its life in which it serves one client or delivers one message.
#[derive(Clone, Copy)]
pub(crate) struct Worker(usize);

struct Span {
    host: &'static str,
    tag: String,
    lasting: bool,
    first: Micros,
    last: Micros,
}

struct Line {
    at: Micros,
    text: Vec<u8>,
    by: Option<usize>,
}

/// Lines in the order they were thought of; they are sorted when they are written.
#[derive(Default)]
pub(crate) struct Log {
    spans: Vec<Span>,
    lasting: HashMap<(&'static str, String), usize>,
    lines: Vec<Line>,
    limit: Option<usize>,
}

/// A process that has waited this long for the next client ends (`max_idle`).
const MAX_IDLE: Micros = 100 * SECOND;

impl Log {
    /// A process of a service that has several, such as smtpd(8): busy from its first to its last line.
    pub(crate) fn worker(&mut self, host: &'static str, tag: &str) -> Worker {
        self.spans.push(Span {
            host,
            tag: tag.to_owned(),
            lasting: false,
            first: Micros::MAX,
            last: Micros::MIN,
        });
        Worker(self.spans.len() - 1)
    }

    /// The only process of a service, such as qmgr(8), and every other program.
    pub(crate) fn lasting(&mut self, host: &'static str, tag: &str) -> Worker {
        if let Some(&known) = self.lasting.get(&(host, tag.to_owned())) {
            return Worker(known);
        }
        let Worker(new) = self.worker(host, tag);
        if let Some(span) = self.spans.get_mut(new) {
            span.lasting = true;
        }
        self.lasting.insert((host, tag.to_owned()), new);
        Worker(new)
    }

    /// From now on, lines are cut after so many bytes of text.
    pub(crate) fn limit(&mut self, bytes: usize) {
        self.limit = Some(bytes);
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, at: Micros, by: Worker, text: impl Into<Vec<u8>>) {
        let mut text = text.into();
        if let Some(limit) = self.limit {
            text.truncate(limit);
        }
        if let Some(span) = self.spans.get_mut(by.0) {
            span.first = span.first.min(at);
            span.last = span.last.max(at);
        }
        self.lines.push(Line { at, text, by: Some(by.0) });
    }

    /// Writes bytes that no syslog daemon has wrapped; they end as they are, without a newline.
    pub(crate) fn raw(&mut self, at: Micros, bytes: impl Into<Vec<u8>>) {
        self.lines.push(Line { at, text: bytes.into(), by: None });
    }

    /// The whole log, in the order of time.
    pub(crate) fn write(&self, dialect: Dialect) -> Vec<u8> {
        let pids = self.pids();
        let mut order: Vec<&Line> = self.lines.iter().collect();
        order.sort_by_key(|line| line.at);
        let mut out = Vec::new();
        for (number, line) in (1_u64..).zip(order) {
            let span = line.by.and_then(|by| self.spans.get(by));
            let pid = line.by.and_then(|by| pids.get(by)).copied().unwrap_or_default();
            match span {
                Some(span) => dialect.write(&mut out, line.at, span, pid, number, &line.text),
                None => out.extend_from_slice(&line.text),
            }
        }
        out
    }

    /// Process IDs in the order in which the processes come up; idle ones are used again.
    fn pids(&self) -> Vec<u32> {
        let mut order: Vec<(usize, &Span)> = self.spans.iter().enumerate().collect();
        order.sort_by_key(|(_, span)| (!span.lasting, span.first));
        let mut pools: HashMap<(&str, &str), Vec<(Micros, u32)>> = HashMap::new();
        let mut pids = vec![0; self.spans.len()];
        let mut next: u32 = 1_140;
        for (at, span) in order {
            let pool = pools.entry((span.host, &span.tag)).or_default();
            let idle = pool
                .iter_mut()
                .filter(|(freed, _)| *freed < span.first && span.first - *freed < MAX_IDLE)
                .max_by_key(|(freed, _)| *freed);
            let pid = if let Some(idle) = idle {
                idle.0 = span.last;
                idle.1
            } else {
                // Other programs take process IDs as well.
                next += 1 + u32::try_from(span.first.rem_euclid(11)).unwrap_or(0);
                pool.push((span.last, next));
                next
            };
            if let Some(slot) = pids.get_mut(at) {
                *slot = pid;
            }
        }
        pids
    }
}

impl Dialect {
    fn write(self, out: &mut Vec<u8>, at: Micros, span: &Span, pid: u32, number: u64, text: &[u8]) {
        let civil = civil(at);
        let Span { host, tag, .. } = span;
        let head = match self {
            Self::Bsd => format!("{} {host} {}", civil.bsd(), bracketed(tag, pid)),
            Self::Postlogd => format!("{} {host} {}", civil.postlogd(), bracketed(tag, pid)),
            Self::Rfc3339(offset) => {
                format!("{}{offset} {host} {}", civil.iso(), bracketed(tag, pid))
            }
            Self::Rfc5424(offset) => {
                format!("<22>1 {}{offset} {host} {tag} {pid} - - ", civil.iso())
            }
            Self::JournalJson => return journal_json(out, at, span, pid, number, text),
            Self::JournalExport => return journal_export(out, at, span, pid, number, text),
            Self::Docker => {
                let line = format!("{} {host} {}", civil.postlogd(), bracketed(tag, pid));
                out.extend_from_slice(b"{\"log\":\"");
                escape_json(out, line.as_bytes());
                escape_json(out, text);
                let stamp = civil.iso();
                out.extend_from_slice(
                    format!("\\n\",\"stream\":\"stdout\",\"time\":\"{stamp}417Z\"}}\n").as_bytes(),
                );
                return;
            }
        };
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(text);
        out.push(b'\n');
    }
}

/// `tag[pid]: `; the kernel has no process ID.
fn bracketed(tag: &str, pid: u32) -> String {
    if tag == "kernel" { format!("{tag}: ") } else { format!("{tag}[{pid}]: ") }
}

/// One entry of `journalctl -o json`; a message that is not UTF-8 is a list of its bytes.
fn journal_json(out: &mut Vec<u8>, at: Micros, span: &Span, pid: u32, number: u64, text: &[u8]) {
    let Span { host, tag, .. } = span;
    out.extend_from_slice(
        format!(
            "{{\"__CURSOR\":\"{}\",\"__REALTIME_TIMESTAMP\":\"{at}\",\"_HOSTNAME\":\"{host}\",\
             \"PRIORITY\":\"6\",\"SYSLOG_FACILITY\":\"2\",\"SYSLOG_IDENTIFIER\":\"{tag}\",\
             \"SYSLOG_PID\":\"{pid}\",\"_PID\":\"{pid}\",\"_TRANSPORT\":\"syslog\",\"MESSAGE\":",
            cursor(at, number)
        )
        .as_bytes(),
    );
    if std::str::from_utf8(text).is_ok() {
        out.push(b'"');
        escape_json(out, text);
        out.push(b'"');
    } else {
        let bytes: Vec<String> = text.iter().map(u8::to_string).collect();
        out.extend_from_slice(format!("[{}]", bytes.join(",")).as_bytes());
    }
    out.extend_from_slice(b"}\n");
}

/// One entry of `journalctl -o export`; a message that is not plain text carries its length in front.
fn journal_export(out: &mut Vec<u8>, at: Micros, span: &Span, pid: u32, number: u64, text: &[u8]) {
    let Span { host, tag, .. } = span;
    out.extend_from_slice(
        format!(
            "__CURSOR={}\n__REALTIME_TIMESTAMP={at}\nPRIORITY=6\n_HOSTNAME={host}\n\
             _TRANSPORT=syslog\nSYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER={tag}\nSYSLOG_PID={pid}\n\
             _PID={pid}\n",
            cursor(at, number)
        )
        .as_bytes(),
    );
    let plain = std::str::from_utf8(text).is_ok() && !text.iter().any(u8::is_ascii_control);
    if plain {
        out.extend_from_slice(b"MESSAGE=");
    } else {
        let length = u64::try_from(text.len()).unwrap_or_default();
        out.extend_from_slice(b"MESSAGE\n");
        out.extend_from_slice(&length.to_le_bytes());
    }
    out.extend_from_slice(text);
    out.extend_from_slice(b"\n\n");
}

/// A place in a journal: its sequence number and moment are all that tells two entries apart.
fn cursor(at: Micros, number: u64) -> String {
    format!(
        "s=00000000000000000000000000000001;i={number:x};b=00000000000000000000000000000002;\
         m={:x};t={at:x};x={:016x}",
        at.rem_euclid(1 << 36),
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    )
}

/// Escapes what JSON does not take as it is.
pub(crate) fn escape_json(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
}
