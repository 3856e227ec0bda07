//! A thread that reads ahead: decoding runs beside parsing.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SendError, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// Buffers under way between the two threads.
const DEPTH: usize = 4;
/// Bytes in one of them.
const CHUNK: usize = 256 * 1024;

/// What the thread hands over: a buffer with its filled length, or the error
/// behind which nothing follows.
type Chunk = io::Result<(Vec<u8>, usize)>;

/// The reading end of a thread that decodes a stream.
///
/// Memory is bounded: the thread waits when [`DEPTH`] buffers are full, and
/// the buffers go round. Dropping this end stops the thread at its next buffer.
pub(super) struct Ahead {
    full: Receiver<Chunk>,
    empty: Sender<Vec<u8>>,
    current: Vec<u8>,
    start: usize,
    end: usize,
    finished: bool,
}

impl Ahead {
    /// Moves `inner` to a thread of its own; gives it back if the system has none to give.
    pub(super) fn of(inner: Box<dyn Read + Send>) -> Result<Self, Box<dyn Read + Send>> {
        let (full_out, full) = sync_channel(DEPTH);
        let (empty, empty_in) = channel();
        // Handed over once there is a thread: what is given with a thread that cannot begin is lost.
        let (given, inner_in) = channel();
        let decode = move || inner_in.recv().map(|inner| run(inner, &full_out, &empty_in));
        match thread::Builder::new().name("pfsum-decode".to_owned()).spawn(decode) {
            Ok(_) => given.send(inner).map_err(|SendError(inner)| inner)?,
            Err(_) => return Err(inner),
        }
        Ok(Self { full, empty, current: Vec::new(), start: 0, end: 0, finished: false })
    }

    /// Waits for the next buffer; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        if self.finished {
            return Ok(false);
        }
        match self.full.recv() {
            Ok(Ok((buffer, 0))) => {
                drop(buffer);
                self.finished = true;
                Ok(false)
            }
            Ok(Ok((buffer, end))) => {
                let used = std::mem::replace(&mut self.current, buffer);
                (self.start, self.end) = (0, end);
                if !used.is_empty() {
                    // The thread may have ended already; then nobody needs it.
                    let _ = self.empty.send(used);
                }
                Ok(true)
            }
            Ok(Err(cause)) => {
                self.finished = true;
                Err(cause)
            }
            // Only a decoder that broke down leaves without a last word.
            Err(_) => {
                self.finished = true;
                Err(io::Error::other("the decoder stopped unexpectedly"))
            }
        }
    }
}

impl Read for Ahead {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && !self.advance()? {
            return Ok(0);
        }
        let mut rest = self.current.get(self.start..self.end).unwrap_or_default();
        let n = rest.read(output)?;
        self.start += n;
        Ok(n)
    }
}

/// The thread: fills buffers until the stream or the reader ends.
fn run(mut inner: Box<dyn Read + Send>, full: &SyncSender<Chunk>, empty: &Receiver<Vec<u8>>) {
    loop {
        let mut buffer = empty.try_recv().unwrap_or_else(|_| vec![0; CHUNK]);
        let (end, failure) = fill(&mut inner, &mut buffer);
        let last = end == 0;
        if (!last || failure.is_none()) && full.send(Ok((buffer, end))).is_err() {
            return;
        }
        if let Some(cause) = failure {
            let _ = full.send(Err(cause));
            return;
        }
        if last {
            return;
        }
    }
}

/// Reads until the buffer is full, the stream ends, or it fails.
pub(super) fn fill(inner: &mut impl Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut end = 0;
    while let Some(room) = buffer.get_mut(end..).filter(|room| !room.is_empty()) {
        match inner.read(room) {
            Ok(0) => break,
            Ok(n) => end += n,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return (end, Some(cause)),
        }
    }
    (end, None)
}
