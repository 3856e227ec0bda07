//! The journal's export format (systemd's `JOURNAL_EXPORT_FORMATS`).
//!
//! ```text
//! __REALTIME_TIMESTAMP=1795442850838999
//! _HOSTNAME=mx1
//! MESSAGE
//! <8 bytes, the length, least significant first><that many bytes>
//!
//! ```
//!
//! A field is `NAME=value`, or, when the value holds control bytes or is not
//! UTF-8, its name alone and a counted value. An empty line ends the entry.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use super::block::MAX_LINE;
use super::journal::{Entry, number};
use super::rewrite::Rewrite;

/// Output gathered before it is handed on.
const BATCH: usize = 64 * 1024;

/// The fields of one entry that a line needs, kept between entries for their
/// room.
#[derive(Default)]
struct Fields {
    said_at: Option<u64>,
    taken_at: Option<u64>,
    hostname: Value,
    identifier: Value,
    comm: Value,
    syslog_pid: Value,
    pid: Value,
    message: Value,
    any: bool,
}

/// A field's bytes, and whether the entry has the field at all.
#[derive(Default)]
struct Value {
    bytes: Vec<u8>,
    present: bool,
}

impl Value {
    /// Keeps the first of several values, as journalctl's text forms do.
    fn set(&mut self, bytes: &[u8]) {
        if !self.present {
            self.bytes.clear();
            self.bytes.extend_from_slice(bytes);
            self.present = true;
        }
    }

    fn get(&self) -> Option<Cow<'_, [u8]>> {
        self.present.then_some(Cow::Borrowed(&self.bytes))
    }
}

impl Fields {
    fn set(&mut self, name: &[u8], value: &[u8]) {
        self.any = true;
        match name {
            b"_SOURCE_REALTIME_TIMESTAMP" => self.said_at = number(value),
            b"__REALTIME_TIMESTAMP" => self.taken_at = number(value),
            b"_HOSTNAME" => self.hostname.set(value),
            b"SYSLOG_IDENTIFIER" => self.identifier.set(value),
            b"_COMM" => self.comm.set(value),
            b"SYSLOG_PID" => self.syslog_pid.set(value),
            b"_PID" => self.pid.set(value),
            b"MESSAGE" => self.message.set(value),
            _ => {}
        }
    }

    /// Appends the entry and makes ready for the next one.
    ///
    /// An entry without a time still becomes a line, so that it is counted as
    /// one that was not understood.
    fn write(&mut self, out: &mut Vec<u8>) {
        if !self.any {
            return;
        }
        let entry = Entry {
            said_at: self.said_at,
            taken_at: self.taken_at,
            hostname: self.hostname.get(),
            identifier: self.identifier.get(),
            comm: self.comm.get(),
            syslog_pid: self.syslog_pid.get(),
            pid: self.pid.get(),
            message: self.message.get(),
        };
        if !entry.write(out) {
            super::rewrite::push_flat(&self.message.bytes, out);
            out.push(b'\n');
        }
        self.reset();
    }

    fn reset(&mut self) {
        (self.said_at, self.taken_at, self.any) = (None, None, false);
        for value in [
            &mut self.hostname,
            &mut self.identifier,
            &mut self.comm,
            &mut self.syslog_pid,
            &mut self.pid,
            &mut self.message,
        ] {
            value.present = false;
        }
    }
}

/// Rewrites an export stream.
pub(super) struct Export<R> {
    inner: BufReader<R>,
    line: Vec<u8>,
    fields: Fields,
}

impl<R: Read> Export<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner: BufReader::with_capacity(256 * 1024, inner),
            line: Vec::new(),
            fields: Fields::default(),
        }
    }

    /// Reads one field; false at the end of the stream.
    fn field(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        if !self.read_line()? {
            return Ok(false);
        }
        if self.line.is_empty() {
            self.fields.write(out);
        } else if let Some(equals) = memchr::memchr(b'=', &self.line) {
            let (name, value) = self.line.split_at(equals);
            self.fields.set(name, value.get(1..).unwrap_or_default());
        } else {
            self.counted_field()?;
        }
        Ok(true)
    }

    /// Reads a line without its newline, of which only the beginning is kept
    /// when it is longer than any field that matters.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let mut any = false;
        loop {
            let available = match self.inner.fill_buf() {
                Ok(available) => available,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
                Err(cause) => return Err(cause),
            };
            if available.is_empty() {
                return Ok(any);
            }
            any = true;
            let newline = memchr::memchr(b'\n', available);
            let piece = available.get(..newline.unwrap_or(available.len())).unwrap_or_default();
            let room = MAX_LINE.saturating_sub(self.line.len()).min(piece.len());
            self.line.extend_from_slice(piece.get(..room).unwrap_or_default());
            let used = piece.len() + usize::from(newline.is_some());
            self.inner.consume(used);
            if newline.is_some() {
                return Ok(true);
            }
        }
    }

    /// Reads the counted value of the field whose name is in `line`.
    fn counted_field(&mut self) -> io::Result<()> {
        let mut length = [0; 8];
        self.inner.read_exact(&mut length)?;
        let length = u64::from_le_bytes(length);
        let name = std::mem::take(&mut self.line);
        let kept = length.min(MAX_LINE as u64);
        let mut value = Vec::new();
        (&mut self.inner).take(kept).read_to_end(&mut value)?;
        io::copy(&mut (&mut self.inner).take(length - kept), &mut io::sink())?;
        self.fields.set(&name, &value);
        self.line = name;
        let mut newline = [0];
        self.inner.read_exact(&mut newline)?;
        if newline != *b"\n" {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "journal export: damaged field",
            ));
        }
        Ok(())
    }
}

impl<R: Read + Send> Rewrite for Export<R> {
    fn advance(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        while out.len() < BATCH {
            match self.field(out) {
                Ok(true) => {}
                Ok(false) => {
                    self.fields.write(out);
                    return Ok(false);
                }
                // The entry that was cut is left out: half its fields would
                // make a line that the journal never held.
                Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(io::Error::new(
                        cause.kind(),
                        "journal export: unexpected end of file",
                    ));
                }
                Err(cause) => return Err(cause),
            }
        }
        Ok(true)
    }
}
