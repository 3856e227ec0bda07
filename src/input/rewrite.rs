//! A stream of records rewritten as syslog lines, as a `Read`.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::block::{BLOCK, Block, Blocks};

/// The longest wrapped line, in bytes. JSON writes a byte as up to six
/// characters, so this holds the longest line wrapped in the worst way.
const MAX_WRAPPED: usize = 8 * 1024 * 1024;

/// Turns one piece of a stream after another into lines.
pub(super) trait Rewrite: Send {
    /// Appends the next lines to `out`; false at the end of the stream.
    ///
    /// What was appended before an error counts.
    fn advance(&mut self, out: &mut Vec<u8>) -> io::Result<bool>;
}

/// A rewritten stream.
pub(super) struct Rewritten<W> {
    rewrite: W,
    out: Vec<u8>,
    start: usize,
    failure: Option<io::Error>,
    finished: bool,
}

impl<W: Rewrite> Rewritten<W> {
    pub(super) fn new(rewrite: W) -> Self {
        Self { rewrite, out: Vec::new(), start: 0, failure: None, finished: false }
    }
}

impl<W: Rewrite> Read for Rewritten<W> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        while self.start == self.out.len() {
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if self.finished || output.is_empty() {
                return Ok(0);
            }
            self.out.clear();
            self.start = 0;
            match self.rewrite.advance(&mut self.out) {
                Ok(more) => self.finished = !more,
                Err(cause) => (self.failure, self.finished) = (Some(cause), true),
            }
        }
        let mut rest = self.out.get(self.start..).unwrap_or_default();
        let n = rest.read(output)?;
        self.start += n;
        Ok(n)
    }
}

/// What one line of a wrapped log becomes.
pub(super) trait Unwrap: Send {
    /// Appends to `out` what was inside `line`, newline included; appends
    /// nothing when the line is a part of a later one.
    fn unwrap_line(&mut self, line: &[u8], out: &mut Vec<u8>);

    /// Appends what waits for a continuation that does not come.
    fn finish(&mut self, _out: &mut Vec<u8>) {}
}

/// Unwraps a log line by line.
pub(super) struct LineByLine<R, U> {
    blocks: Blocks<R>,
    block: Block,
    unwrap: U,
    overlong: Arc<AtomicU64>,
}

impl<R: Read + Send, U: Unwrap> LineByLine<R, U> {
    pub(super) fn new(inner: R, unwrap: U, overlong: Arc<AtomicU64>) -> Self {
        let blocks = Blocks::with_sizes(inner, BLOCK, MAX_WRAPPED);
        Self { blocks, block: Block::new(), unwrap, overlong }
    }
}

impl<R: Read + Send, U: Unwrap> Rewrite for LineByLine<R, U> {
    fn advance(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let before = self.blocks.overlong();
        let filled = self.blocks.fill(&mut self.block);
        self.overlong.fetch_add(self.blocks.overlong() - before, Ordering::Relaxed);
        match filled {
            Ok(true) => {
                for line in self.block.lines() {
                    self.unwrap.unwrap_line(line, out);
                }
                // A wrapped line without its end passes unchanged, and so does
                // its lack of a newline.
                if self.block.unterminated_tail().is_some_and(|tail| out.ends_with(&ended(tail))) {
                    out.pop();
                }
                Ok(true)
            }
            Ok(false) => {
                self.unwrap.finish(out);
                Ok(false)
            }
            Err(cause) => {
                self.unwrap.finish(out);
                Err(cause)
            }
        }
    }
}

/// The line with its newline, as [`Unwrap`] passes it when it does not fit.
fn ended(line: &[u8]) -> Vec<u8> {
    [line, b"\n"].concat()
}

/// Appends text as one line: whatever would break it becomes a space.
pub(super) fn push_flat(text: &[u8], out: &mut Vec<u8>) {
    let text = text.trim_ascii_end();
    if memchr::memchr2(b'\n', b'\r', text).is_none() {
        return out.extend_from_slice(text);
    }
    out.extend(text.iter().map(|&b| if matches!(b, b'\n' | b'\r') { b' ' } else { b }));
}
