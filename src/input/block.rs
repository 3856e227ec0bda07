//! A rolling buffer that always ends on a line.
//!
//! [`Blocks`] cuts a stream into [`Block`]s of whole lines. The caller owns the
//! blocks and gives each back to be filled again, so that one block can be
//! parsed while another one, filled earlier, is still being counted.

use std::io::{self, Read};

use crate::near::places;

/// Bytes in a block unless told otherwise: large enough to make the system
/// call cheap, small enough to stay in the processor's cache.
pub const BLOCK: usize = 256 * 1024;

/// The longest line that is read, in bytes. Postfix cuts its lines near 2,000
/// bytes, so anything above is not a log line.
pub const MAX_LINE: usize = 1024 * 1024;

/// How the last line of a block ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tail {
    /// With a newline, as every line of every block but the last.
    #[default]
    Ended,
    /// With the end of the stream. Of a file that is still being written the
    /// rest of the line may be on its way; of any other it is a whole line.
    Unended,
    /// In the middle, because the bytes behind it are damaged or unreadable.
    Torn,
}

/// Whole lines, in the order of the stream.
#[derive(Debug, Default)]
pub struct Block {
    /// Room for the lines; only the first `end` bytes mean anything.
    bytes: Vec<u8>,
    end: usize,
    tail: Tail,
}

impl Block {
    /// An empty block; it gets its room when it is first filled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The lines with their newlines. Only the last one may lack it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.end).unwrap_or_default()
    }

    /// How the last line ends.
    #[must_use]
    pub fn tail(&self) -> Tail {
        self.tail
    }

    /// The last line when it has no newline, so that the caller can decide
    /// whether it counts.
    #[must_use]
    pub fn unterminated_tail(&self) -> Option<&[u8]> {
        if self.tail == Tail::Ended {
            return None;
        }
        let bytes = self.as_bytes();
        let start = memchr::memrchr(b'\n', bytes).map_or(0, |newline| newline + 1);
        bytes.get(start..).filter(|tail| !tail.is_empty())
    }

    /// Drops the last line when it has no newline.
    pub fn drop_unterminated_tail(&mut self) {
        let tail = self.unterminated_tail().map_or(0, <[u8]>::len);
        self.end -= tail;
        self.tail = Tail::Ended;
    }

    /// The lines, without their newlines.
    #[must_use]
    pub fn lines(&self) -> Lines<'_> {
        Lines::of(self.as_bytes())
    }
}

/// The lines of a block, in order, without their newlines.
#[derive(Clone, Debug)]
pub struct Lines<'b> {
    bytes: &'b [u8],
    /// What is still to be searched for newlines,
    pieces: std::slice::Iter<'b, [u8; PIECE]>,
    /// and what is left of the bytes behind that.
    tail: &'b [u8],
    /// Where the next line begins.
    start: usize,
    /// Newlines are known up to here.
    searched: usize,
    /// The last of them that are known, in the [`PIECE`] bytes in front: a bit for each place.
    ends: u64,
}

/// How many bytes are searched for newlines at once.
const PIECE: usize = 64;

impl<'b> Lines<'b> {
    /// The lines in these bytes.
    #[must_use]
    pub fn of(bytes: &'b [u8]) -> Self {
        let (pieces, tail) = bytes.as_chunks();
        Lines { bytes, pieces: pieces.iter(), tail, start: 0, searched: 0, ends: 0 }
    }

    /// What is behind the last newline.
    #[cold]
    fn rest(&mut self) -> Option<&'b [u8]> {
        let start = std::mem::replace(&mut self.start, self.bytes.len());
        self.bytes.get(start..).filter(|rest| !rest.is_empty())
    }
}

impl<'b> Iterator for Lines<'b> {
    type Item = &'b [u8];

    #[inline] // once a line
    fn next(&mut self) -> Option<&'b [u8]> {
        while self.ends == 0 {
            self.ends = match self.pieces.next() {
                Some(piece) => places(piece, b'\n'),
                None if self.tail.is_empty() => return self.rest(),
                None => places(&padded(std::mem::take(&mut self.tail)), b'\n'),
            };
            self.searched += PIECE;
        }
        let end = self.searched - PIECE + self.ends.trailing_zeros() as usize;
        self.ends &= self.ends - 1;
        let line = self.bytes.get(self.start..end);
        self.start = end + 1;
        line
    }
}

/// Less than a piece, and NULs.
#[cold]
fn padded(text: &[u8]) -> [u8; PIECE] {
    let mut piece = [0; PIECE];
    piece.iter_mut().zip(text).for_each(|(place, byte)| *place = *byte);
    piece
}

/// Cuts a stream into blocks of whole lines.
pub struct Blocks<R> {
    inner: R,
    size: usize,
    max_line: usize,
    /// The beginning of a line whose end is still to come.
    carry: Vec<u8>,
    /// Inside a line that is too long: everything up to its newline is dropped.
    skipping: bool,
    overlong: u64,
    failure: Option<io::Error>,
    finished: bool,
}

impl<R: Read> Blocks<R> {
    /// Cuts `inner` into blocks of about [`BLOCK`] bytes.
    pub fn new(inner: R) -> Self {
        Self::with_sizes(inner, BLOCK, MAX_LINE)
    }

    /// Cuts `inner` into blocks of about `size` bytes, without the lines that
    /// are longer than `max_line`. Sizes never change which lines come out.
    pub fn with_sizes(inner: R, size: usize, max_line: usize) -> Self {
        Self {
            inner,
            size: size.clamp(1, max_line.max(1)),
            max_line,
            carry: Vec::new(),
            skipping: false,
            overlong: 0,
            failure: None,
            finished: false,
        }
    }

    /// Cuts into blocks of about so many bytes from now on.
    pub(super) fn set_size(&mut self, size: usize) {
        self.size = size.clamp(1, self.max_line.max(1));
    }

    /// How many lines were longer than the limit and were left out.
    #[must_use]
    pub fn overlong(&self) -> u64 {
        self.overlong
    }

    /// What the lines come from.
    pub fn get_ref(&self) -> &R {
        &self.inner
    }

    /// Fills `block` with the next lines; false when there are no more.
    ///
    /// # Errors
    ///
    /// When the stream fails, once, and only after every byte before the
    /// failure has been handed out. Behind an error the stream is at its end.
    pub fn fill(&mut self, block: &mut Block) -> io::Result<bool> {
        block.end = 0;
        block.tail = Tail::Ended;
        while block.end == 0 {
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if self.finished {
                return Ok(false);
            }
            self.gather(block);
        }
        Ok(true)
    }

    /// Reads until the block is full and holds a newline, or the stream ends.
    fn gather(&mut self, block: &mut Block) {
        let mut end = self.begin(&mut block.bytes);
        // No newline is in front of here.
        let mut searched = end;
        loop {
            let room = block.bytes.get_mut(end..).unwrap_or_default();
            let (n, failure) = super::ahead::fill(&mut self.inner, room);
            let ended = failure.is_some() || n < room.len();
            end += n;
            if self.skipping {
                end = self.leave_overlong_line(&mut block.bytes, end);
                searched = 0;
            }
            let fresh = block.bytes.get(searched..end).unwrap_or_default();
            let newline = memchr::memrchr(b'\n', fresh).map(|at| searched + at + 1);
            if ended {
                block.end = end;
                return self.finish(block, newline.unwrap_or(0), failure);
            }
            if let Some(newline) = newline {
                self.carry.extend_from_slice(block.bytes.get(newline..end).unwrap_or_default());
                block.end = newline;
                return;
            }
            searched = end;
            if end > self.max_line {
                end = leave_hole(&mut block.bytes, end);
                // What leaves little room would be looked through again for little more.
                if end > self.max_line / 2 {
                    self.overlong += 1;
                    self.skipping = true;
                    end = 0;
                }
                searched = end;
            } else if end == block.bytes.len() {
                block.bytes.resize((end * 2).min(self.max_line + 1), 0);
            }
        }
    }

    /// Puts the carried beginning of a line in front; gives back its length.
    fn begin(&mut self, bytes: &mut Vec<u8>) -> usize {
        let end = self.carry.len();
        // However long it was before: where blocks end does not depend on which are given back.
        bytes.resize(self.size.max(end + 1), 0);
        if let Some(front) = bytes.get_mut(..end) {
            front.copy_from_slice(&self.carry);
        }
        self.carry.clear();
        end
    }

    /// Ends the last block, whose last line begins at `last` unless it ends
    /// there.
    fn finish(&mut self, block: &mut Block, last: usize, failure: Option<io::Error>) {
        self.finished = true;
        block.tail = match &failure {
            _ if block.end == last => Tail::Ended,
            None => Tail::Unended,
            Some(_) => Tail::Torn,
        };
        self.failure = failure;
        // A last line without newline obeys the limit as well.
        if block.end - last > self.max_line
            && let Some(line) = block.bytes.get_mut(last..block.end)
        {
            block.end = last + leave_hole(line, line.len());
        }
        if block.end - last > self.max_line {
            self.overlong += 1;
            block.end = last;
            block.tail = Tail::Ended;
        }
    }

    /// Drops bytes up to the newline that ends a line too long to keep; gives
    /// back how many bytes are left.
    fn leave_overlong_line(&mut self, bytes: &mut [u8], end: usize) -> usize {
        let found = memchr::memchr(b'\n', bytes.get(..end).unwrap_or_default());
        let Some(newline) = found else { return 0 };
        self.skipping = false;
        bytes.copy_within(newline + 1..end, 0);
        end - newline - 1
    }
}

/// Drops NULs that follow a NUL, so that the line is known to have had some; gives back how many
/// bytes are left. A crash may leave a hole of any length, and a whole line behind it.
fn leave_hole(bytes: &mut [u8], end: usize) -> usize {
    let (mut left, mut before) = (0, None);
    for at in 0..end {
        let byte = bytes.get(at).copied();
        if byte == Some(0) && before == byte {
            continue;
        }
        if let (Some(place), Some(byte)) = (bytes.get_mut(left), byte) {
            *place = byte;
        }
        (left, before) = (left + 1, byte);
    }
    left
}
