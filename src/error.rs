//! What can go wrong outside the log: files, pipes, templates, output.

use std::io;
use std::path::{Path, PathBuf};

/// A failure that has a place, worded to follow `pfsum: `.
///
/// One of these never stops a run over several files: what was read before it
/// counts, and the caller goes on with the next file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be opened at all.
    #[error("{}: {}", shown(.path), said(.cause))]
    Open {
        /// The file as the user named it.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The file could be opened, but reading stopped before its end.
    #[error("{}: {}", shown(.path), said(.cause))]
    Read {
        /// The file as the user named it.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The compressed content is cut or damaged.
    #[error("{}: {said}", shown(.path))]
    Decompress {
        /// The file as the user named it.
        path: PathBuf,
        /// The codec and its complaint: `gzip: unexpected end of file`.
        said: String,
    },
    /// The path names something that holds no log.
    #[error("{}: {said}", shown(.path))]
    NotALog {
        /// The file or directory as the user named it.
        path: PathBuf,
        /// What it is instead, and what would help.
        said: String,
    },
    /// `journalctl` could not be run, or failed.
    #[error("{}: {said}", shown(.command))]
    Journal {
        /// The program that was started.
        command: PathBuf,
        /// Its own words, or why it could not be started.
        said: String,
    },
    /// A template could not be read or rendered.
    #[error("{name}: {said}")]
    Template {
        /// The template's name or path.
        name: String,
        /// What is wrong with it, and where.
        said: String,
    },
    /// The report has no such table.
    #[error("{name}: {said}")]
    NoTable {
        /// What was asked for.
        name: String,
        /// Why it is not there.
        said: &'static str,
    },
    /// The output could not be written.
    #[error("{}", said(.0))]
    Write(io::Error),
}

/// A path fit for one line of a message.
///
/// File names are bytes that strangers may have chosen: what is not UTF-8 is
/// replaced, and control characters are escaped so that a newline in a name
/// cannot forge a second message.
#[must_use]
pub fn shown(path: &Path) -> String {
    let mut text = String::new();
    for c in path.to_string_lossy().chars() {
        if c.is_control() {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text
}

/// The system's words for an error, in the case the rest of the message has.
#[must_use]
pub fn said(cause: &io::Error) -> String {
    if cause.get_ref().is_some() {
        return cause.to_string();
    }
    let known = match cause.kind() {
        io::ErrorKind::NotFound => "no such file or directory",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::IsADirectory => "is a directory",
        io::ErrorKind::UnexpectedEof => "unexpected end of file",
        _ => {
            // `Input/output error (os error 5)`: the number helps nobody.
            let text = cause.to_string();
            let end = text.find(" (os error").unwrap_or(text.len());
            return text.get(..end).unwrap_or(&text).to_lowercase();
        }
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn a_damaged_file_is_named_before_what_is_wrong_with_it() {
        let error = Error::Decompress {
            path: PathBuf::from("/var/log/mail.log.2.gz"),
            said: "gzip: unexpected end of file".to_owned(),
        };
        assert_eq!(error.to_string(), "/var/log/mail.log.2.gz: gzip: unexpected end of file");
    }

    #[test]
    fn a_name_with_a_newline_stays_on_one_line() {
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(b"a\nb\xff"));
        let error = Error::Open { path, cause: io::Error::from(io::ErrorKind::NotFound) };
        assert_eq!(error.to_string(), "a\\nb\u{fffd}: no such file or directory");
    }
}
