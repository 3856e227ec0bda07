//! The log as it is written: stamps, hosts and tags in front of each line, and a count of lines and bytes.

use std::io::{self, Write};

use super::clock::{Micros, SECOND, civil};
use super::text::Text;

/// Where lines go, in the order of time.
pub(crate) struct Log {
    out: Box<dyn Write>,
    buffer: Vec<u8>,
    rfc3339: bool,
    /// The second that `stamp` spells; most lines share theirs with the line before.
    second: i64,
    stamp: Vec<u8>,
    begun: usize,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
}

const FULL: usize = 1 << 18;

impl Log {
    pub(crate) fn new(out: Box<dyn Write>, rfc3339: bool) -> Self {
        let buffer = Vec::with_capacity(FULL + (1 << 16));
        Self { out, buffer, rfc3339, second: -1, stamp: Vec::new(), begun: 0, lines: 0, bytes: 0 }
    }

    /// Begins a line of a Postfix daemon; the caller adds the text.
    pub(crate) fn line(&mut self, at: Micros, program: &str, pid: i64) -> &mut Vec<u8> {
        self.head(at).put("postfix/").put(program).put("[").number(pid).put("]: ")
    }

    /// Begins a line of another program.
    pub(crate) fn other(&mut self, at: Micros, tag: &str, pid: i64) -> &mut Vec<u8> {
        self.head(at).put(tag).put("[").number(pid).put("]: ")
    }

    fn head(&mut self, at: Micros) -> &mut Vec<u8> {
        let second = at.div_euclid(SECOND);
        if second != self.second {
            self.second = second;
            let civil = civil(at);
            self.stamp.clear();
            if self.rfc3339 {
                self.stamp.put(civil.iso().split('.').next().unwrap_or_default()).put(".");
            } else {
                self.stamp.put(&civil.bsd());
            }
        }
        self.begun = self.buffer.len();
        self.buffer.extend_from_slice(&self.stamp);
        if self.rfc3339 {
            self.buffer.padded(at.rem_euclid(SECOND), 6).put("+01:00");
        }
        self.buffer.put(" mx1 ")
    }

    /// The line under way.
    pub(crate) fn tail(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Ends the line.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        self.lines += 1;
        self.bytes += u64::try_from(self.buffer.len() - self.begun).unwrap_or(0);
        if self.buffer.len() >= FULL { self.flush() } else { Ok(()) }
    }

    /// Hands over what has gathered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        self.out.flush()
    }
}
