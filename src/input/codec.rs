//! Which compression a stream has, told by its first bytes.

use std::fmt;
use std::path::Path;

/// How many first bytes are enough to tell every codec.
pub(super) const MAGIC_LEN: usize = 6;

/// A compression a log may come in.
///
/// Content decides and not the name: a log that a rotation script renamed, and
/// standard input, which has no name, are told alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// No compression.
    Plain,
    /// RFC 1952, one member or several.
    Gzip,
    /// RFC 8878, frames and skippable frames.
    Zstd,
    /// The `.xz` format, one stream or several.
    Xz,
    /// bzip2, one stream or several.
    Bzip2,
}

impl Codec {
    /// Tells the codec of a stream that begins with `head`.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            // The second pattern is a skippable frame, which tools put in front
            // of the first frame to hold an index.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            _ => Self::Plain,
        }
    }

    /// Tells which codec a file's name promises.
    ///
    #[must_use]
    pub fn promised_by(path: &Path) -> Self {
        match path.extension().map(std::ffi::OsStr::as_encoded_bytes) {
            Some(b"gz") => Self::Gzip,
            Some(b"zst") => Self::Zstd,
            Some(b"xz") => Self::Xz,
            Some(b"bz2") => Self::Bzip2,
            _ => Self::Plain,
        }
    }

    /// Whether all of `bytes` could be the beginning of this codec's first bytes.
    fn may_begin(self, bytes: &[u8]) -> bool {
        let magic: &[u8] = match self {
            Self::Plain => return false,
            Self::Gzip => &[0x1f, 0x8b],
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
            Self::Xz => &[0xfd, b'7', b'z', b'X', b'Z', 0],
            Self::Bzip2 => b"BZh",
        };
        magic.starts_with(bytes)
    }

    /// The codec that the name promises when all of the content, `bytes`, ends
    /// before the first bytes of that codec do: an empty `.gz`, a `.xz` of three
    /// bytes. An empty log under another name is no damage.
    pub(super) fn cut_before_its_magic(path: &Path, bytes: &[u8]) -> Option<Self> {
        let promised = Self::promised_by(path);
        let cut = Self::of(bytes) == Self::Plain && promised.may_begin(bytes);
        cut.then_some(promised)
    }

    /// The codec's name as its own tools spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
