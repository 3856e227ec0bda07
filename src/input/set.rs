//! All the sources of a report: found, in the order of their own time, each
//! line once.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::ahead;
use super::codec::Codec;
use super::rotation;
use super::source::{STDIN, Source, StampOf, identity};
use crate::error::Error;

/// How many files stay open between finding and reading; the rest are opened
/// again by name, because systems allow 1,024 open files, often 256.
const MAX_OPEN: usize = 128;

/// How often folders are listed again when a rotation happens meanwhile.
const MAX_LISTINGS: usize = 3;

/// What the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// `-`
    Stdin,
    /// A file or folder.
    Path(PathBuf),
}

/// What is on standard input.
pub struct Stream {
    /// Its bytes.
    pub bytes: Box<dyn Read + Send>,
    /// What is known of it, if it is a file: another name may be given to the same.
    pub file: Option<Metadata>,
}

/// The sources of a report, and what was left out of them.
#[derive(Default)]
pub struct Sources {
    /// In the order in which they are to be read: by first stamp, whatever the
    /// order of the arguments, because what happened to a message is told from
    /// the order of its lines.
    pub list: Vec<Source>,
    /// Logs that another one already holds, under the name of that one.
    pub repeated: Vec<Repeated>,
    /// What could not be looked at; the others are read all the same.
    pub errors: Vec<Error>,
}

/// A log that is left out because all its lines are in another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The log that is left out.
    pub path: PathBuf,
    /// The one that is read in its place.
    pub of: PathBuf,
}

impl Sources {
    /// Finds what the user named, with `with_rotated` also the rotated
    /// siblings of each named log.
    ///
    /// Nothing is an error here that concerns only one of the names: it is
    /// kept in [`Sources::errors`].
    #[must_use]
    pub fn find(
        named: &[Named],
        with_rotated: bool,
        stdin: Option<Stream>,
        stamp_of: StampOf<'_>,
    ) -> Self {
        let mut sources = Self::default();
        let paths: Vec<&Path> = named
            .iter()
            .filter_map(|named| match named {
                Named::Path(path) => Some(path.as_path()),
                Named::Stdin => None,
            })
            .collect();
        for path in &paths {
            sources.add_named(path, with_rotated, stamp_of);
        }
        // A rotation between listing and opening moves files on under our
        // hands; what we hold open stays ours, and what is new is added.
        for _ in 0..MAX_LISTINGS {
            let before = sources.list.len();
            for path in &paths {
                sources.add_found(path, with_rotated, stamp_of);
            }
            if sources.list.len() == before {
                break;
            }
        }
        if let Some(stdin) = stdin.filter(|_| named.contains(&Named::Stdin)) {
            sources.add_stdin(stdin, stamp_of);
        }
        sources.order();
        sources.leave_out_repeated();
        sources
    }

    /// Adds standard input, unless it is a file that is read under its name.
    fn add_stdin(&mut self, stdin: Stream, stamp_of: StampOf<'_>) {
        let path = Path::new(STDIN);
        let file = stdin.file.as_ref().and_then(identity);
        if let Some(known) = self.list.iter().find(|known| file.is_some() && known.identity == file)
        {
            let of = known.path.clone();
            self.repeated.push(Repeated { path: path.to_owned(), of });
            return;
        }
        match super::Reader::from_stream(path, stdin.bytes) {
            Ok(reader) => {
                let mut source = Source::of_reader(path, reader, stamp_of);
                source.identity = file;
                self.list.push(source);
            }
            Err(error) => self.errors.push(error),
        }
    }

    /// Adds one name of the user's; says so when there is nothing behind it.
    fn add_named(&mut self, path: &Path, with_rotated: bool, stamp_of: StampOf<'_>) {
        if path.is_dir() {
            let before = self.errors.len();
            let found = self.add_found(path, with_rotated, stamp_of);
            if found == 0 && self.errors.len() == before {
                let said = "no mail logs in this directory (looked for mail.log, maillog and their rotated files)";
                self.errors.push(Error::NotALog { path: path.to_owned(), said: said.to_owned() });
            }
            return;
        }
        let rotated = if with_rotated { self.add_found(path, true, stamp_of) } else { 0 };
        // Between a rotation and the next line there may be no log, only its
        // siblings.
        if rotated == 0 || path.exists() {
            self.add(path, true, stamp_of);
        }
    }

    /// Adds the logs of a folder, or the siblings of a log; gives back how
    /// many there are.
    fn add_found(&mut self, path: &Path, with_rotated: bool, stamp_of: StampOf<'_>) -> usize {
        let found = if path.is_dir() {
            rotation::mail_logs(path)
        } else if with_rotated {
            rotation::siblings(path)
        } else {
            return 0;
        };
        match found {
            Ok(found) => {
                for path in &found {
                    self.add(path, false, stamp_of);
                }
                found.len()
            }
            // A named file in a folder that cannot be listed is read alone.
            Err(cause) => {
                let known = |error: &Error| matches!(error, Error::Open { path: known, .. } if known == path);
                if path.is_dir() && !self.errors.iter().any(known) {
                    self.errors.push(Error::Open { path: path.to_owned(), cause });
                }
                0
            }
        }
    }

    /// Adds one file unless it is there already.
    fn add(&mut self, path: &Path, named: bool, stamp_of: StampOf<'_>) {
        let failed_before = |error: &Error| matches!(error, Error::Open { path: known, .. } | Error::NotALog { path: known, .. } if known == path);
        if self.errors.iter().any(failed_before) {
            return;
        }
        match Source::of_path(path, stamp_of) {
            Ok(mut source) => {
                let known = |other: &&Source| {
                    source.identity.is_some() && other.identity == source.identity
                };
                match self.list.iter().find(known) {
                    None => {
                        if self.list.len() >= MAX_OPEN {
                            source.close();
                        }
                        self.list.push(source);
                    }
                    Some(other) if named && other.path != path => self
                        .repeated
                        .push(Repeated { path: path.to_owned(), of: other.path.clone() }),
                    Some(_) => {}
                }
            }
            // A sibling that was rotated away since it was listed is found
            // again under its new name.
            Err(Error::Open { cause, .. }) if !named && cause.kind() == io::ErrorKind::NotFound => {
            }
            Err(error) => self.errors.push(error),
        }
    }

    /// Orders by first stamp; a log without any stands where it was last
    /// written.
    fn order(&mut self) {
        let written = |source: &Source| {
            let since = source.mtime?.duration_since(UNIX_EPOCH).ok()?;
            i64::try_from(since.as_secs()).ok()
        };
        self.list.sort_by_cached_key(|source| {
            let begins = source.first_stamp.or_else(|| written(source));
            (begins, source.mtime, source.path.clone())
        });
    }

    /// Leaves out logs whose content is the beginning of another one's, such
    /// as `mail.log.1.gz` while `mail.log.1` is being compressed.
    fn leave_out_repeated(&mut self) {
        let mut at = 0;
        while at < self.list.len() {
            match self.same_as(at) {
                Some((out, kept)) => {
                    let kept = self.list.get(kept).map(|source| source.path.clone());
                    let source = self.list.remove(out);
                    if let Some(of) = kept {
                        self.repeated.push(Repeated { path: source.path, of });
                    }
                }
                None => at += 1,
            }
        }
    }

    /// Which one of this log and another with the same content is left out,
    /// and which one is kept.
    fn same_as(&self, at: usize) -> Option<(usize, usize)> {
        let this = self.list.get(at)?;
        self.list.iter().enumerate().skip(at + 1).find_map(|(index, other)| {
            if is_begun_copy(other, this) {
                return Some((index, at));
            }
            if is_begun_copy(this, other) {
                return Some((at, index));
            }
            if !begin_alike(this, other) {
                return None;
            }
            match compare(this, other)? {
                Longer::Other => Some((at, index)),
                Longer::Neither if other.codec == Codec::Plain => Some((at, index)),
                Longer::This | Longer::Neither => Some((index, at)),
            }
        })
    }
}

/// Whether `copy` is `original` under its name with a codec's suffix, and so
/// hardly begun that nothing of it can be decoded yet.
fn is_begun_copy(copy: &Source, original: &Source) -> bool {
    let name = copy.path.as_os_str().as_encoded_bytes();
    let suffix = name.strip_prefix(original.path.as_os_str().as_encoded_bytes());
    copy.beginning.is_empty()
        && !original.beginning.is_empty()
        && suffix.is_some_and(|suffix| !suffix.is_empty())
        && Codec::promised_by(&copy.path) != Codec::Plain
}

/// Whether one of two logs could be the beginning of the other.
fn begin_alike(this: &Source, other: &Source) -> bool {
    let (a, b) = (&this.beginning, &other.beginning);
    !a.is_empty() && !b.is_empty() && (a.starts_with(b) || b.starts_with(a))
}

/// Which one of two logs that begin alike has more.
enum Longer {
    This,
    Other,
    Neither,
}

/// Compares the whole content of two logs; `None` when they differ. A log that
/// is damaged counts as ending at the damage: that is how a compressed file
/// looks while it is being written.
fn compare(this: &Source, other: &Source) -> Option<Longer> {
    let (mut this, mut other) = (this.content().ok()?, other.content().ok()?);
    let (mut a, mut b) = (vec![0; 1 << 18], vec![0; 1 << 18]);
    loop {
        let (a_end, a_failure) = ahead::fill(&mut this, &mut a);
        let (b_end, b_failure) = ahead::fill(&mut other, &mut b);
        let end = a_end.min(b_end);
        if a.get(..end) != b.get(..end) {
            return None;
        }
        let a_over = a_failure.is_some() || a_end < a.len();
        let b_over = b_failure.is_some() || b_end < b.len();
        match (a_over, b_over) {
            _ if a_end > b_end => return Some(Longer::This),
            _ if b_end > a_end => return Some(Longer::Other),
            (true, true) => {
                // Of two that give the same, the undamaged one is kept.
                return Some(match (a_failure, b_failure) {
                    (None, Some(_)) => Longer::This,
                    (Some(_), None) => Longer::Other,
                    _ => Longer::Neither,
                });
            }
            (true, false) => return Some(Longer::Other),
            (false, true) => return Some(Longer::This),
            (false, false) => {}
        }
    }
}
