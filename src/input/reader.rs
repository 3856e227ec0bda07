//! Opening a source: whatever was inside comes out as blocks of lines.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ahead::{self, Ahead};
use super::archive::Archive;
use super::block::{BLOCK, Block, Blocks, MAX_LINE};
use super::codec::{Codec, MAGIC_LEN};
use super::decode::{Damage, Decoder};
use super::form::{Form, HEAD};
use super::journalctl::{Failed, Journal};
use super::special;
use crate::error::Error;

/// A source being read.
pub struct Reader {
    blocks: Blocks<Box<dyn Read + Send>>,
    path: PathBuf,
    codec: Codec,
    /// Whether a thread decodes it.
    is_decoded_ahead: bool,
    size: Option<u64>,
    consumed: Arc<AtomicU64>,
    /// Lines that were too long before they were unwrapped.
    overlong: Arc<AtomicU64>,
    /// The first block and what filling it gave, once it was looked at.
    looked: Option<(Block, Result<bool, Error>)>,
}

impl Reader {
    /// Opens a file, whatever it holds, and reads as much of it as there is
    /// now: what is appended meanwhile belongs to the next report.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or is a directory or a device.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let (file, size) = special::open(path)?;
        let raw: Box<dyn Read + Send> = match size {
            Some(size) => Box::new(file.take(size)),
            None => file,
        };
        Self::assemble(path, raw, size, BLOCK)
    }

    /// Reads a file that is open already, from where it stands.
    pub(super) fn of_file(path: &Path, file: File) -> Result<Self, Error> {
        let len = file.metadata().map_or(0, |metadata| metadata.len());
        if len == 0 {
            return Self::assemble(path, Box::new(file), None, BLOCK);
        }
        Self::assemble(path, Box::new(file.take(len)), Some(len), BLOCK)
    }

    /// Runs `journalctl` and reads what it prints.
    ///
    /// # Errors
    ///
    /// When the program is not there or cannot be run. A failure of the
    /// program itself comes from [`Reader::fill`], behind what it printed.
    pub fn of_journal(journal: &Journal) -> Result<Self, Error> {
        let output = journal.start()?;
        Self::assemble(&journal.command, Box::new(output), None, BLOCK)
    }

    /// Reads a stream that has no name of its own: standard input, a child's
    /// output. `label` stands for it in messages.
    ///
    /// # Errors
    ///
    /// When no decoder can be set up.
    pub fn from_stream(label: &Path, stream: Box<dyn Read + Send>) -> Result<Self, Error> {
        Self::assemble(label, stream, None, BLOCK)
    }

    /// As [`Reader::from_stream`], with blocks of another size than [`BLOCK`].
    ///
    /// # Errors
    ///
    /// When no decoder can be set up.
    pub fn with_block_size(
        label: &Path,
        stream: Box<dyn Read + Send>,
        block: usize,
    ) -> Result<Self, Error> {
        Self::assemble(label, stream, None, block)
    }

    fn assemble(
        path: &Path,
        raw: Box<dyn Read + Send>,
        size: Option<u64>,
        block: usize,
    ) -> Result<Self, Error> {
        let consumed = Arc::new(AtomicU64::new(0));
        let overlong = Arc::new(AtomicU64::new(0));
        let raw = Counted { inner: raw, consumed: Arc::clone(&consumed) };
        let Opened { codec, is_decoded_ahead, lines } = lines(path, raw, &overlong)
            .map_err(|cause| Error::Open { path: path.to_owned(), cause })?;
        let (path, blocks) = (path.to_owned(), Blocks::with_sizes(lines, block, MAX_LINE));
        let looked = None;
        Ok(Self { blocks, path, codec, is_decoded_ahead, size, consumed, overlong, looked })
    }

    /// Fills `block` with the next lines; false when there are no more.
    ///
    /// # Errors
    ///
    /// When the file is damaged or unreadable from here on: once, after all
    /// lines before that place. The reader is then at its end.
    pub fn fill(&mut self, block: &mut Block) -> Result<bool, Error> {
        if let Some((first, result)) = self.looked.take() {
            *block = first;
            return result;
        }
        self.blocks.fill(block).map_err(|cause| failure(&self.path, cause))
    }

    /// The lines that [`Reader::fill`] will give next, without giving them.
    pub fn look(&mut self) -> &[u8] {
        if self.looked.is_none() {
            let mut block = Block::new();
            let result = self.fill(&mut block);
            self.looked = Some((block, result));
        }
        self.looked.as_ref().map(|(block, _)| block.as_bytes()).unwrap_or_default()
    }

    /// Gives blocks of about so many bytes from now on; which lines come does not change.
    pub fn use_blocks_of(&mut self, size: usize) {
        self.blocks.set_size(size);
    }

    /// The compression that was found.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Whether a thread of its own decodes or unwraps it, ahead of who reads.
    #[must_use]
    pub fn is_decoded_ahead(&self) -> bool {
        self.is_decoded_ahead
    }

    /// The file's size when it was opened, in bytes as stored; `None` for
    /// streams.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Bytes read so far, as stored: with [`Reader::size`] the share done.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        self.consumed.load(Ordering::Relaxed)
    }

    /// How many lines were too long to be log lines and were left out.
    #[must_use]
    pub fn overlong(&self) -> u64 {
        self.blocks.overlong() + self.overlong.load(Ordering::Relaxed)
    }
}

/// Names the file in what went wrong.
fn failure(path: &Path, cause: io::Error) -> Error {
    let path = path.to_owned();
    let inner = cause.get_ref();
    if let Some(damage) = inner.and_then(|inner| inner.downcast_ref::<Damage>()) {
        return Error::Decompress { path, said: damage.said.clone() };
    }
    if let Some(archive) = inner.and_then(|inner| inner.downcast_ref::<Archive>()) {
        let said = format!("is a {archive}, not a log: take the logs out of it first");
        return Error::NotALog { path, said };
    }
    if let Some(failed) = inner.and_then(|inner| inner.downcast_ref::<Failed>()) {
        return Error::Journal { command: path, said: failed.said.clone() };
    }
    Error::Read { path, cause }
}

/// A stream that was opened.
struct Opened {
    codec: Codec,
    is_decoded_ahead: bool,
    lines: Box<dyn Read + Send>,
}

impl Opened {
    /// What is read as it is.
    fn directly(codec: Codec, lines: Box<dyn Read + Send>) -> Opened {
        Opened { codec, is_decoded_ahead: false, lines }
    }

    /// What is decoded on a thread of its own, if there is one.
    fn ahead(codec: Codec, lines: Box<dyn Read + Send>) -> Opened {
        match Ahead::of(lines) {
            Ok(ahead) => Opened { codec, is_decoded_ahead: true, lines: Box::new(ahead) },
            Err(lines) => Opened::directly(codec, lines),
        }
    }
}

/// The lines in a stream. Plain lines are read directly; everything that costs
/// more is done on a thread ahead of the reader.
fn lines(path: &Path, mut raw: Counted, overlong: &Arc<AtomicU64>) -> io::Result<Opened> {
    let head = Head::read(&mut raw, MAGIC_LEN);
    let codec = Codec::of(&head.bytes);
    let ended = head.failure.is_none() && head.bytes.len() < MAGIC_LEN;
    let cut = Codec::cut_before_its_magic(path, &head.bytes).filter(|_| ended);
    let raw = head.in_front_of(raw);
    if let Some(promised) = cut {
        let said = Damage::error(promised, "unexpected end of file");
        let nothing = Head::failed(said).in_front_of(io::empty());
        return Ok(Opened::directly(promised, Box::new(nothing)));
    }
    if codec == Codec::Plain {
        let mut raw = raw;
        let head = Head::read(&mut raw, HEAD);
        let form = Form::of(&head.bytes);
        let content: Box<dyn Read + Send> = Box::new(head.in_front_of(raw));
        if form == Form::Lines {
            return Ok(Opened::directly(codec, content));
        }
        return Ok(Opened::ahead(codec, form.unwrap(content, Arc::clone(overlong))));
    }
    let Some(decoder) = Decoder::new(codec, raw)? else {
        return Err(io::Error::other("no decoder for plain content"));
    };
    let unwrapped = Unwrapped::Fresh { content: decoder, overlong: Arc::clone(overlong) };
    Ok(Opened::ahead(codec, Box::new(unwrapped)))
}

/// Decoded content whose form is looked for on the thread that decodes it.
enum Unwrapped<R> {
    Fresh { content: R, overlong: Arc<AtomicU64> },
    Known(Box<dyn Read + Send>),
}

impl<R: Read + Send + 'static> Read for Unwrapped<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if matches!(self, Self::Fresh { .. }) {
            let fresh = std::mem::replace(self, Self::Known(Box::new(io::empty())));
            if let Self::Fresh { mut content, overlong } = fresh {
                let head = Head::read(&mut content, HEAD);
                let form = Form::of(&head.bytes);
                let content = Box::new(head.in_front_of(content));
                *self = Self::Known(form.unwrap(content, overlong));
            }
        }
        match self {
            Self::Fresh { .. } => Ok(0),
            Self::Known(content) => content.read(output),
        }
    }
}

/// The first bytes of a stream, looked at before it is read.
#[derive(Default)]
pub(super) struct Head {
    pub(super) bytes: Vec<u8>,
    pub(super) failure: Option<io::Error>,
}

impl Head {
    /// Reads `len` bytes, or as many as there are.
    pub(super) fn read(inner: &mut impl Read, len: usize) -> Self {
        let mut bytes = vec![0; len];
        let (end, failure) = ahead::fill(inner, &mut bytes);
        bytes.truncate(end);
        Self { bytes, failure }
    }

    /// Nothing but a failure.
    pub(super) fn failed(cause: io::Error) -> Self {
        Self { bytes: Vec::new(), failure: Some(cause) }
    }

    /// Puts the bytes, and the failure behind them, back in front.
    pub(super) fn in_front_of<R>(self, inner: R) -> Refilled<R> {
        Refilled { head: self.bytes, start: 0, failure: self.failure, inner }
    }
}

/// A stream with its first bytes put back.
pub(super) struct Refilled<R> {
    head: Vec<u8>,
    start: usize,
    failure: Option<io::Error>,
    inner: R,
}

impl<R: Read> Read for Refilled<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.head.get(self.start..).unwrap_or_default();
        if !rest.is_empty() {
            let n = rest.read(output)?;
            self.start += n;
            return Ok(n);
        }
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => self.inner.read(output),
        }
    }
}

/// A stream that counts the bytes that went through it.
pub(super) struct Counted {
    inner: Box<dyn Read + Send>,
    consumed: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(output)?;
        self.consumed.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// The decoded content of a file.
pub(super) fn decoded<'a>(mut raw: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let magic = Head::read(&mut raw, MAGIC_LEN);
    let codec = Codec::of(&magic.bytes);
    let raw = magic.in_front_of(raw);
    if codec == Codec::Plain {
        return Ok(Box::new(raw));
    }
    match Decoder::new(codec, raw)? {
        Some(decoder) => Ok(Box::new(decoder)),
        None => Ok(Box::new(io::empty())),
    }
}

/// The decoded beginning of a file, and its codec.
pub(super) fn decoded_head(file: &mut File, len: usize) -> io::Result<(Codec, Head)> {
    let magic = Head::read(file, MAGIC_LEN);
    let codec = Codec::of(&magic.bytes);
    let mut content = decoded(magic.in_front_of(file))?;
    Ok((codec, Head::read(&mut content, len)))
}
