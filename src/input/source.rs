//! One source of lines: a file, a pipe, or standard input, and what its
//! beginning and end say of it.

use std::fs::{File, Metadata};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

use super::block::Lines;
use super::codec::Codec;
use super::form::{Form, HEAD};
use super::reader::{Reader, decoded_head};
use super::rotation::{self, Family};
use crate::error::Error;

/// Gives the time of the first of these lines that has one, in seconds that can
/// be compared, or `None`. The lines may come from the end of a file, the last
/// one first; those behind the first stamp are there because they may say which
/// year it lacks. The second argument is when the file was last written.
pub type StampOf<'a> =
    &'a dyn Fn(&mut dyn Iterator<Item = &[u8]>, Option<SystemTime>) -> Option<i64>;

/// The name that standard input has in messages and lists.
pub const STDIN: &str = "standard input";

/// How much of the decoded beginning is kept, to notice the same log twice.
const BEGINNING: usize = 1024;

/// Something to read, with what is known before it is read.
pub struct Source {
    pub(super) path: PathBuf,
    pub(super) codec: Codec,
    pub(super) form: Form,
    pub(super) mtime: Option<SystemTime>,
    pub(super) size: Option<u64>,
    pub(super) first_stamp: Option<i64>,
    pub(super) beginning: Vec<u8>,
    pub(super) family: Option<Family>,
    pub(super) rotated: bool,
    pub(super) identity: Option<(u64, u64)>,
    content: Content,
}

/// Where the bytes are.
enum Content {
    /// A file kept open, so that a rotation between finding and reading cannot
    /// put another one in its place.
    File(File),
    /// A stream: it can be looked at only by reading it.
    Stream(Box<Reader>),
    /// Already handed out.
    Taken,
}

/// At how many places of a file stamps are looked at to see whether they go back.
const PLACES: u64 = 16;

impl Source {
    /// Looks at a file or pipe.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or is no log.
    pub fn of_path(path: &Path, stamp_of: StampOf<'_>) -> Result<Self, Error> {
        let failed = |cause| Error::Open { path: path.to_owned(), cause };
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            let reader = Reader::open(path)?;
            return Ok(Self::of_reader(path, reader, stamp_of));
        }
        let mut file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        let mtime = metadata.modified().ok();
        // A head that cannot be read is an error again, and then a message,
        // when the file is read.
        let (codec, head) = match decoded_head(&mut file, HEAD) {
            Ok((codec, head)) => match Codec::cut_before_its_magic(path, &head.bytes) {
                Some(promised) => (promised, Vec::new()),
                None => (codec, head.bytes),
            },
            Err(_) => (Codec::Plain, Vec::new()),
        };
        let form = Form::of(&head);
        let (family, rotated) = rotation::family(path).unzip();
        Ok(Self {
            first_stamp: first_stamp(&unwrapped(form, &head), mtime, stamp_of),
            beginning: head.get(..BEGINNING).unwrap_or(&head).to_vec(),
            path: path.to_owned(),
            codec,
            form,
            mtime,
            size: Some(metadata.len()),
            family,
            rotated: rotated.unwrap_or(false),
            identity: identity(&metadata),
            content: Content::File(file),
        })
    }

    /// Whether it is an older part of a log that grows, as its name tells.
    #[must_use]
    pub fn was_rotated_from(&self, log: &Source) -> bool {
        self.rotated && !log.rotated && self.family == log.family
    }

    /// Looks at a stream, standard input or another.
    #[must_use]
    pub fn of_reader(label: &Path, mut reader: Reader, stamp_of: StampOf<'_>) -> Self {
        let first_stamp = first_stamp(reader.look(), None, stamp_of);
        Self {
            path: label.to_owned(),
            codec: reader.codec(),
            form: Form::Lines,
            mtime: None,
            size: None,
            first_stamp,
            beginning: Vec::new(),
            family: None,
            rotated: false,
            identity: None,
            content: Content::Stream(Box::new(reader)),
        }
    }

    /// Opens the source for reading. A stream can be read once; a file that was opened before is
    /// opened by its name.
    ///
    /// # Errors
    ///
    /// When the file can no longer be read, or the stream was.
    pub fn open(&mut self) -> Result<Reader, Error> {
        match std::mem::replace(&mut self.content, Content::Taken) {
            Content::Stream(reader) => Ok(*reader),
            Content::Taken => Reader::open(&self.path),
            Content::File(mut file) => {
                file.seek(SeekFrom::Start(0))
                    .map_err(|cause| Error::Open { path: self.path.clone(), cause })?;
                Reader::of_file(&self.path, file)
            }
        }
    }

    /// The path as it was named or found; [`STDIN`] for standard input.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path fit for a line of text.
    #[must_use]
    pub fn label(&self) -> String {
        crate::error::shown(&self.path)
    }

    /// Whether it is this file, by whatever name.
    #[must_use]
    pub fn is(&self, file: &Metadata) -> bool {
        self.identity.is_some() && self.identity == identity(file)
    }

    /// The compression that was found.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// What the lines are wrapped in, told by the first 64 KiB. Of a stream it
    /// is not known: its lines are unwrapped when they can be looked at.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// When the file was last written.
    #[must_use]
    pub fn mtime(&self) -> Option<SystemTime> {
        self.mtime
    }

    /// The file's size as stored, in bytes, when it was found.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The time of the first line that has one, among the first 64 KiB.
    #[must_use]
    pub fn first_stamp(&self) -> Option<i64> {
        self.first_stamp
    }

    /// Whether a program may be writing the file: a plain file under the name
    /// that a log has before it is rotated. Its last line counts only with its
    /// newline.
    #[must_use]
    pub fn may_grow(&self) -> bool {
        self.size.is_some() && self.codec == Codec::Plain && !self.rotated
    }

    /// The time of the last line that has one, among the last 64 KiB; `None`
    /// for what must be decoded or waited for to know its end.
    #[must_use]
    pub fn last_stamp(&self, stamp_of: StampOf<'_>) -> Option<i64> {
        let content = self.piece(self.size?.saturating_sub(HEAD as u64))?;
        let lines: Vec<&[u8]> = Lines::of(&content).collect();
        stamp_of(&mut lines.into_iter().rev(), self.mtime)
    }

    /// Whether its stamps go back by more than an hour, as where the logs of two hosts stand one
    /// behind the other: looked for at sixteen places, as far as nothing need be decoded for that.
    #[must_use]
    pub fn goes_back(&self, stamp_of: StampOf<'_>) -> bool {
        let step = self.size.unwrap_or(0) / PLACES;
        if step < HEAD as u64 {
            return false; // all of it is read
        }
        let mut latest = i64::MIN;
        (0..PLACES).any(|place| {
            let content = self.piece(step * place).unwrap_or_default();
            let Some(at) = stamp_of(&mut Lines::of(&content), self.mtime) else { return false };
            let goes_back = at < latest.saturating_sub(3_600);
            latest = latest.max(at);
            goes_back
        })
    }

    /// The whole lines of the 64 KiB from a byte on; none of what must be decoded or waited for.
    fn piece(&self, start: u64) -> Option<Vec<u8>> {
        let Content::File(file) = &self.content else { return None };
        if self.codec != Codec::Plain || self.form == Form::JournalExport {
            return None;
        }
        let mut file = file;
        file.seek(SeekFrom::Start(start)).ok()?;
        let mut piece = Vec::new();
        file.take(HEAD as u64).read_to_end(&mut piece).ok()?;
        // The first line is likely cut, and so may be the last one.
        let begin = if start > 0 { memchr::memchr(b'\n', &piece)? + 1 } else { 0 };
        let end = memchr::memrchr(b'\n', &piece).map_or(piece.len(), |newline| newline + 1);
        Some(unwrapped(self.form, piece.get(begin..end)?))
    }

    /// All of the decoded content, from its beginning.
    pub(super) fn content(&self) -> io::Result<Box<dyn Read + '_>> {
        match &self.content {
            Content::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(0))?;
                super::reader::decoded(file)
            }
            Content::Stream(_) | Content::Taken => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Lets go of the open file; it is opened again by name when it is read.
    pub(super) fn close(&mut self) {
        if matches!(self.content, Content::File(_)) {
            self.content = Content::Taken;
        }
    }
}

/// The lines of a piece of content, as far as the piece has them whole.
fn unwrapped(form: Form, piece: &[u8]) -> Vec<u8> {
    if form == Form::Lines {
        return piece.to_vec();
    }
    let piece = Box::new(Cursor::new(piece.to_vec()));
    let mut lines = Vec::new();
    // Where the piece ends in the middle of a record, the lines before count.
    let _ = form.unwrap(piece, Arc::new(AtomicU64::new(0))).read_to_end(&mut lines);
    lines
}

fn first_stamp(lines: &[u8], mtime: Option<SystemTime>, stamp_of: StampOf<'_>) -> Option<i64> {
    stamp_of(&mut Lines::of(lines), mtime)
}

/// Device and number of a file: what makes two names one file.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such number")]
pub(super) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_metadata: &Metadata) -> Option<(u64, u64)> {
    None
}
