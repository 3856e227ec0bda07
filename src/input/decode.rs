//! A compressed stream as a `Read` that keeps what came before the damage.
//!
//! The decoders' own readers answer a damaged stream with an error alone; the
//! bytes they had decoded in the same call are lost. Here each step reports how
//! far it came even when it fails, so that every line before the damage counts.

use std::fmt;
use std::io::{self, Read};

use flate2::FlushDecompress;
use zstd::stream::raw::Operation as _;

use super::codec::Codec;

/// Compressed bytes fetched at a time.
const INPUT: usize = 128 * 1024;

/// The most memory an xz header may ask for, in KiB: 1 GiB, sixteen times what
/// `xz -9` needs, so that a forged header cannot exhaust the machine.
const XZ_MEMORY: u32 = 1 << 20;

/// The size of a zstd block's header (RFC 8878, 3.1.1.2).
const BLOCK_HEADER: usize = 3;

/// Steps without progress after which a decoder is thought to be stuck.
const MAX_STALLS: u32 = 16;

/// What is said of a stream that ends too early.
const CUT: &str = "unexpected end of file";

/// A decoder's own words, which mean little to who does not know its insides.
fn damaged(said: impl fmt::Display) -> String {
    format!("damaged ({said})")
}

/// What a codec says of a stream that is cut or damaged.
///
/// It travels inside an [`io::Error`], because decoders sit behind `Read`.
#[derive(Debug)]
pub(super) struct Damage {
    /// The codec and its complaint.
    pub(super) said: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl std::error::Error for Damage {}

impl Damage {
    pub(super) fn error(codec: Codec, said: impl fmt::Display) -> io::Error {
        let said = format!("{codec}: {said}");
        io::Error::new(io::ErrorKind::InvalidData, Self { said })
    }
}

/// How far one step of a decoder came.
struct Step {
    consumed: usize,
    produced: usize,
    outcome: Result<Progress, String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// In the middle of a member, frame or stream.
    Within,
    /// Just behind the end of one; another may follow.
    Between,
}

/// The decoders, each at the level that tells how far it came.
enum Engine {
    Gzip(flate2::Decompress),
    Bzip2(bzip2::Decompress),
    Xz(Box<lzma_rust2::XzStream>),
    Zstd {
        decoder: zstd::stream::raw::Decoder<'static>,
        /// How much input the next step may take.
        wanted: usize,
    },
}

impl Engine {
    fn new(codec: Codec) -> io::Result<Option<Self>> {
        Ok(Some(match codec {
            Codec::Plain => return Ok(None),
            Codec::Gzip => Self::Gzip(flate2::Decompress::new_gzip(15)),
            Codec::Bzip2 => Self::Bzip2(bzip2::Decompress::new(false)),
            Codec::Xz => Self::Xz(Box::new(lzma_rust2::XzStream::new_mem_limit(true, XZ_MEMORY))),
            Codec::Zstd => Self::Zstd { decoder: zstd::stream::raw::Decoder::new()?, wanted: 5 },
        }))
    }

    fn codec(&self) -> Codec {
        match self {
            Self::Gzip(_) => Codec::Gzip,
            Self::Bzip2(_) => Codec::Bzip2,
            Self::Xz(_) => Codec::Xz,
            Self::Zstd { .. } => Codec::Zstd,
        }
    }

    /// Makes ready for the next member of a concatenated file.
    fn restart(&mut self) {
        match self {
            Self::Gzip(decoder) => decoder.reset(true),
            Self::Bzip2(decoder) => *decoder = bzip2::Decompress::new(false),
            // These two walk from stream to stream by themselves.
            Self::Xz(_) | Self::Zstd { .. } => {}
        }
    }

    fn step(&mut self, input: &[u8], output: &mut [u8], at_end: bool) -> Step {
        match self {
            Self::Gzip(decoder) => gzip(decoder, input, output),
            Self::Bzip2(decoder) => bzip2(decoder, input, output),
            Self::Xz(decoder) => xz(decoder, input, output, at_end),
            Self::Zstd { decoder, wanted } => zstd(decoder, wanted, input, output),
        }
    }
}

fn gzip(decoder: &mut flate2::Decompress, input: &[u8], output: &mut [u8]) -> Step {
    let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
    let outcome = match decoder.decompress(input, output, FlushDecompress::None) {
        Ok(flate2::Status::StreamEnd) => Ok(Progress::Between),
        Ok(_) => Ok(Progress::Within),
        Err(cause) => Err(damaged(cause.message().unwrap_or("no gzip data"))),
    };
    Step {
        consumed: gone(before_in, decoder.total_in()),
        produced: gone(before_out, decoder.total_out()),
        outcome,
    }
}

fn bzip2(decoder: &mut bzip2::Decompress, input: &[u8], output: &mut [u8]) -> Step {
    let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
    let outcome = match decoder.decompress(input, output) {
        Ok(bzip2::Status::StreamEnd) => Ok(Progress::Between),
        Ok(bzip2::Status::MemNeeded) => Err("not enough memory".to_owned()),
        Ok(_) => Ok(Progress::Within),
        Err(cause) => Err(damaged(cause)),
    };
    Step {
        consumed: gone(before_in, decoder.total_in()),
        produced: gone(before_out, decoder.total_out()),
        outcome,
    }
}

fn xz(decoder: &mut lzma_rust2::XzStream, input: &[u8], output: &mut [u8], at_end: bool) -> Step {
    use lzma_rust2::{Action, Status};
    let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
    let action = if at_end { Action::Finish } else { Action::Run };
    let outcome = match decoder.process(input, output, action) {
        Ok(result) if result.status == Status::StreamEnd => Ok(Progress::Between),
        Ok(_) => Ok(Progress::Within),
        Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => Err(CUT.to_owned()),
        Err(cause) => Err(damaged(cause)),
    };
    Step {
        consumed: gone(before_in, decoder.total_in()),
        produced: gone(before_out, decoder.total_out()),
        outcome,
    }
}

/// One step of zstd, which loses all it decoded in a step that fails.
///
/// A step is fed one block and no byte of the next one, and nothing at all
/// while decoded bytes wait for room: then a damaged block costs only itself.
fn zstd(
    decoder: &mut zstd::stream::raw::Decoder<'static>,
    wanted: &mut usize,
    input: &[u8],
    output: &mut [u8],
) -> Step {
    let input = input.get(..*wanted).unwrap_or(input);
    match decoder.run_on_buffers(input, output) {
        Ok(status) => {
            // What is asked for is a block and the header of the next one.
            let block = status.remaining.checked_sub(BLOCK_HEADER).filter(|block| *block > 0);
            let waits = status.bytes_written == output.len();
            *wanted = if waits { 0 } else { block.unwrap_or(status.remaining).max(1) };
            let over = status.remaining == 0;
            Step {
                consumed: status.bytes_read,
                produced: status.bytes_written,
                outcome: Ok(if over { Progress::Between } else { Progress::Within }),
            }
        }
        Err(cause) => {
            let said = damaged(cause.to_string().to_lowercase());
            Step { consumed: 0, produced: 0, outcome: Err(said) }
        }
    }
}

/// The difference of two running totals.
fn gone(before: u64, after: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(0)
}

/// The decoded content of a compressed stream, all its members in one.
pub(super) struct Decoder<R> {
    inner: R,
    engine: Engine,
    input: Vec<u8>,
    /// The unread part of `input`.
    start: usize,
    end: usize,
    /// The compressed stream has no more bytes.
    at_end: bool,
    progress: Progress,
    /// Members that have ended; tells a damaged file from a padded one.
    members: u64,
    /// What to say once everything decoded before it has been handed out.
    failure: Option<io::Error>,
    finished: bool,
}

impl<R: Read> Decoder<R> {
    /// Decodes `inner`; `None` when the codec is plain.
    pub(super) fn new(codec: Codec, inner: R) -> io::Result<Option<Self>> {
        Ok(Engine::new(codec)?.map(|engine| Self {
            inner,
            engine,
            input: vec![0; INPUT],
            start: 0,
            end: 0,
            at_end: false,
            progress: Progress::Within,
            members: 0,
            failure: None,
            finished: false,
        }))
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.start == self.end && !self.at_end {
            match self.inner.read(&mut self.input) {
                Ok(n) => (self.start, self.end, self.at_end) = (0, n, n == 0),
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    }

    fn unread(&self) -> &[u8] {
        self.input.get(self.start..self.end).unwrap_or_default()
    }

    /// Behind a member: skips the zeros that tapes and `dd` pad gzip with, and
    /// tells whether another member follows.
    fn next_member(&mut self) -> io::Result<bool> {
        loop {
            self.refill()?;
            if self.engine.codec() == Codec::Gzip {
                let zeros = self.unread().iter().take_while(|&&b| b == 0).count();
                self.start += zeros;
            }
            if self.start < self.end {
                self.engine.restart();
                self.progress = Progress::Within;
                return Ok(true);
            }
            if self.at_end {
                return Ok(false);
            }
        }
    }

    fn decode(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let mut stalls = 0;
        loop {
            if self.progress == Progress::Between && !self.next_member()? {
                return Ok(0);
            }
            self.refill()?;
            let at_end = self.at_end;
            let input = self.input.get(self.start..self.end).unwrap_or_default();
            let step = self.engine.step(input, output, at_end);
            self.start = (self.start + step.consumed).min(self.end);
            let codec = self.engine.codec();
            match step.outcome {
                Ok(progress) => {
                    self.members += u64::from(progress == Progress::Between);
                    self.progress = progress;
                }
                Err(_) if self.members > 0 && step.produced == 0 && self.fresh() => {
                    return Err(Damage::error(codec, "unknown bytes behind the end of the data"));
                }
                Err(said) if step.produced == 0 => return Err(Damage::error(codec, said)),
                Err(said) => self.failure = Some(Damage::error(codec, said)),
            }
            if step.produced > 0 {
                return Ok(step.produced);
            }
            if step.consumed == 0 && self.progress == Progress::Within {
                if at_end {
                    return Err(Damage::error(codec, CUT));
                }
                stalls += 1;
                if stalls > MAX_STALLS {
                    return Err(Damage::error(codec, damaged("no way on")));
                }
            }
        }
    }

    /// Whether nothing of the current member has been decoded yet.
    fn fresh(&self) -> bool {
        match &self.engine {
            Engine::Gzip(decoder) => decoder.total_out() == 0,
            Engine::Bzip2(decoder) => decoder.total_out() == 0,
            Engine::Xz(_) | Engine::Zstd { .. } => false,
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() || self.finished {
            return Ok(0);
        }
        if let Some(failure) = self.failure.take() {
            self.finished = true;
            return Err(failure);
        }
        let result = self.decode(output);
        self.finished = !matches!(result, Ok(n) if n > 0);
        result
    }
}
