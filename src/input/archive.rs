//! Archives: files that hold files. Their logs are read when they have been taken out, because
//! nothing says in which order they were written.

use std::fmt;
use std::io;

/// A kind of archive, told by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Archive {
    /// POSIX ustar, pax, or GNU tar.
    Tar,
    /// PKZIP.
    Zip,
}

impl Archive {
    /// The archive that begins with `head`, if it is one.
    pub(super) fn of(head: &[u8]) -> Option<Archive> {
        if head.starts_with(b"PK\x03\x04") {
            return Some(Archive::Zip);
        }
        // The field `magic` of the first file's header (pax(1)). NULs stand in front of it and no
        // newline, so that whoever writes the word into a log does not keep it from being read.
        let (before, magic) = head.split_at_checked(257)?;
        let is_header = before.contains(&0) && !before.contains(&b'\n');
        (is_header && magic.starts_with(b"ustar")).then_some(Archive::Tar)
    }

    /// That it cannot be read as a log. It travels inside an [`io::Error`], as what is wrong with
    /// compressed content does.
    pub(super) fn error(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }
}

impl fmt::Display for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tar => "tar archive",
            Self::Zip => "zip archive",
        })
    }
}

impl std::error::Error for Archive {}
