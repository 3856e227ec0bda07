//! In which form a stream holds its lines, told by its beginning.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::archive::Archive;
use super::block::Lines;
use super::export::Export;
use super::journal::{JournalJson, is_json_entry};
use super::reader::Head;
use super::rewrite::{LineByLine, Rewritten};
use super::shape::starts_with_stamp;
use super::wrapper::{Compose, Cri, Nested, Objects, compose, cri, is_object, nested};

/// How many first bytes of the decoded content are looked at.
pub(super) const HEAD: usize = 64 * 1024;

/// What a stream's lines are wrapped in.
///
/// It is a property of a source and not of a line, so that plain logs pay
/// nothing for the wrappers that others have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Syslog lines as they are.
    Lines,
    /// `journalctl -o json`.
    JournalJson,
    /// `journalctl -o export`.
    JournalExport,
    /// JSON objects with the line in a field, docker's `json-file` among them.
    Objects,
    /// Lines of a Kubernetes container runtime.
    Cri,
    /// Lines of `docker compose logs`.
    Compose,
    /// Syslog lines inside syslog lines.
    Nested,
    /// None: it holds files.
    Archive(Archive),
}

impl Form {
    /// Tells the form of content that begins with `head`.
    ///
    /// One line that fits is enough: each form is so unlike a syslog line that
    /// none fits by chance, and other programs' lines may come first.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        if let Some(archive) = Archive::of(head) {
            return Self::Archive(archive);
        }
        if is_export(head) {
            return Self::JournalExport;
        }
        let whole = memchr::memrchr(b'\n', head).map_or(head.len(), |newline| newline + 1);
        let lines = Lines::of(head.get(..whole).unwrap_or_default());
        lines.map(Self::of_line).find(|form| *form != Self::Lines).unwrap_or_else(|| {
            // The first object alone may be longer than what is looked at.
            let begins_entry = head.starts_with(b"{\"")
                && memchr::memmem::find(head, b"\"__REALTIME_TIMESTAMP\"").is_some();
            if begins_entry { Self::JournalJson } else { Self::Lines }
        })
    }

    fn of_line(line: &[u8]) -> Self {
        match line.first() {
            Some(b'{' | 0x1e | b'd') if is_json_entry(line) => Self::JournalJson,
            Some(b'{') if is_object(line) => Self::Objects,
            _ if cri(line).is_some() => Self::Cri,
            _ if nested(line).is_some() => Self::Nested,
            _ if compose(line).is_some_and(starts_with_stamp) => Self::Compose,
            _ => Self::Lines,
        }
    }

    /// The stream as syslog lines. Lines too long to unwrap are counted in
    /// `overlong`.
    pub(super) fn unwrap(
        self,
        inner: Box<dyn Read + Send>,
        overlong: Arc<AtomicU64>,
    ) -> Box<dyn Read + Send> {
        match self {
            Self::Lines => inner,
            Self::JournalExport => Box::new(Rewritten::new(Export::new(inner))),
            Self::JournalJson => by_line(inner, JournalJson, overlong),
            Self::Objects => by_line(inner, Objects::default(), overlong),
            Self::Cri => by_line(inner, Cri::default(), overlong),
            Self::Compose => by_line(inner, Compose, overlong),
            Self::Nested => by_line(inner, Nested, overlong),
            Self::Archive(kind) => Box::new(Head::failed(kind.error()).in_front_of(io::empty())),
        }
    }
}

fn by_line<U: super::rewrite::Unwrap + 'static>(
    inner: Box<dyn Read + Send>,
    unwrap: U,
    overlong: Arc<AtomicU64>,
) -> Box<dyn Read + Send> {
    Box::new(Rewritten::new(LineByLine::new(inner, unwrap, overlong)))
}

/// Whether the head is that of an export: a field line, and the journal's own
/// time among the first entry's fields.
fn is_export(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let name = head.iter().take_while(|b| b.is_ascii_uppercase() || **b == b'_').count();
    if head.get(name) != Some(&b'=') {
        return false;
    }
    head.starts_with(b"__REALTIME_TIMESTAMP=")
        || memchr::memmem::find(head, b"\n__REALTIME_TIMESTAMP=").is_some()
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lines => "lines",
            Self::JournalJson => "journal json",
            Self::JournalExport => "journal export",
            Self::Objects => "json lines",
            Self::Cri => "container lines",
            Self::Compose => "compose lines",
            Self::Nested => "nested syslog",
            Self::Archive(archive) => return archive.fmt(f),
        })
    }
}
