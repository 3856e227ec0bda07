//! Sources that share lines: a log and a copied part of it, or `mail.warn` beside `mail.log`.

use std::path::PathBuf;

use memchr::memmem::Finder;

use super::ahead;
use super::block::Lines;
use super::form::{Form, HEAD};
use super::select::{Choice, Verdict};
use super::set::Sources;
use super::source::{Source, StampOf};

/// Gives the host that wrote a line, or `None` for one that is never counted.
pub type HostOf<'a> = &'a dyn for<'l> Fn(&'l [u8]) -> Option<&'l [u8]>;

/// A source with lines that another one has, too: they are counted twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The one that begins later.
    pub path: PathBuf,
    /// The other one.
    pub with: PathBuf,
}

/// How far behind a moment a line of that moment may stand, in seconds.
const LATE: i64 = 3_600;

/// How much of a source is looked at together.
const PIECE: usize = 1 << 20;

impl Sources {
    /// Finds those that share lines, of the ones that are read.
    ///
    /// Only two that overlap in time, and name one host at their beginnings, are compared: a line
    /// of one, from the time of both, is looked for in the other. Standard input, wrapped lines,
    /// and what is compressed and of no rotation are not looked at for it.
    #[must_use]
    pub fn shared(
        &self,
        choices: &[Choice],
        stamp_of: StampOf<'_>,
        host_of: HostOf<'_>,
    ) -> Vec<Shared> {
        let asked = Asked { stamp_of, host_of };
        let all = self.list.iter().zip(choices).enumerate();
        let read: Vec<(usize, (&Source, &Choice))> =
            all.filter(|(_, (_, choice))| choice.verdict == Verdict::Read).collect();
        let mut shared = Vec::new();
        for (place, (_, (later, _))) in read.iter().enumerate() {
            let Some(begins) = later.first_stamp else { continue };
            let mut earlier = read.iter().take(place).filter(|(at, (earlier, choice))| {
                let known = choice.last_stamp.or_else(|| self.followed_at(*at));
                earlier.first_stamp.is_some() && known.is_some_and(|ends| ends > begins)
            });
            let with = earlier.find(|(_, (earlier, _))| asked.share(earlier, later));
            if let Some((_, (with, _))) = with {
                shared.push(Shared { path: later.path.clone(), with: with.path.clone() });
            }
        }
        shared
    }
}

/// What the caller tells of lines.
struct Asked<'a> {
    stamp_of: StampOf<'a>,
    host_of: HostOf<'a>,
}

impl Asked<'_> {
    /// Whether one of two sources has the first line of the other that lies in the time of both.
    fn share(&self, earlier: &Source, later: &Source) -> bool {
        let Some((first, moment)) = self.begins(later) else { return false };
        let host = (self.host_of)(&first);
        let is_of_host = |head: Vec<u8>| Lines::of(&head).any(|line| (self.host_of)(line) == host);
        if host.is_none() || !head(earlier).is_some_and(is_of_host) {
            return false;
        }
        match self.search(earlier, &first, moment) {
            Search::Found => true,
            // A part of a log may begin before it, and have only a few of its lines.
            Search::Line(line) => matches!(self.search(later, &line, moment), Search::Found),
            Search::Nothing => false,
        }
    }

    /// Looks for a line of that moment.
    fn search(&self, source: &Source, wanted: &[u8], moment: i64) -> Search {
        let finder = Finder::new(wanted);
        let mut first = None;
        let Some(mut pieces) = Pieces::of(source) else { return Search::Nothing };
        while let Some(piece) = pieces.next() {
            if has_line(piece, &finder) {
                return Search::Found;
            }
            let lines: Vec<&[u8]> = Lines::of(piece).collect();
            let stamp = |from: usize| {
                let lines = lines.get(from..).unwrap_or_default();
                (self.stamp_of)(&mut lines.iter().copied(), source.mtime)
            };
            if stamp(0).is_some_and(|at| at > moment.saturating_add(LATE)) {
                break;
            }
            let last = (self.stamp_of)(&mut lines.iter().rev().copied(), source.mtime);
            if first.is_none() && last.is_some_and(|last| last >= moment) {
                let places: Vec<usize> = (0..lines.len()).collect();
                let from = places.partition_point(|at| stamp(*at).is_some_and(|at| at < moment));
                let mut behind = lines.into_iter().skip(from);
                first = behind.find(|line| (self.host_of)(line).is_some()).map(<[u8]>::to_vec);
            }
        }
        first.map_or(Search::Nothing, Search::Line)
    }

    /// The first line of a source that counts, and when it was written.
    fn begins(&self, source: &Source) -> Option<(Vec<u8>, i64)> {
        let head = head(source)?;
        let mut lines = Lines::of(&head).skip_while(|line| (self.host_of)(line).is_none());
        let first = lines.next()?;
        let at = (self.stamp_of)(&mut std::iter::once(first).chain(lines), source.mtime)?;
        Some((first.to_vec(), at))
    }
}

/// What a search came to.
enum Search {
    /// The line is there.
    Found,
    /// It is not; this is the first one of that moment or later.
    Line(Vec<u8>),
    /// Neither.
    Nothing,
}

/// The first lines of a source.
fn head(source: &Source) -> Option<Vec<u8>> {
    let mut pieces = Pieces::of(source)?;
    let piece = pieces.next()?;
    Some(piece.get(..HEAD).unwrap_or(piece).to_vec())
}

/// Whether a text is a whole line of a piece.
fn has_line(piece: &[u8], line: &Finder<'_>) -> bool {
    line.find_iter(piece).any(|at| {
        let end = at + line.needle().len();
        let begins = at.checked_sub(1).is_none_or(|before| piece.get(before) == Some(&b'\n'));
        begins && piece.get(end).is_none_or(|behind| matches!(behind, b'\n' | b'\r'))
    })
}

/// The decoded content of a source in pieces of whole lines.
struct Pieces<'s> {
    content: Box<dyn std::io::Read + 's>,
    buffer: Vec<u8>,
    /// How much of the buffer was given out.
    given: usize,
    is_over: bool,
}

impl<'s> Pieces<'s> {
    fn of(source: &'s Source) -> Option<Pieces<'s>> {
        let content = source.content().ok().filter(|_| source.form == Form::Lines)?;
        Some(Pieces { content, buffer: Vec::new(), given: 0, is_over: false })
    }

    /// The next piece; a line that is longer than it comes in parts.
    fn next(&mut self) -> Option<&[u8]> {
        if self.is_over {
            return None;
        }
        self.buffer.drain(..self.given);
        let kept = self.buffer.len();
        self.buffer.resize(kept.max(PIECE / 2) + PIECE / 2, 0);
        let (read, failure) = ahead::fill(&mut self.content, self.buffer.get_mut(kept..)?);
        self.buffer.truncate(kept + read);
        self.is_over = failure.is_some() || read == 0;
        let newline = memchr::memrchr(b'\n', &self.buffer).filter(|_| !self.is_over);
        self.given = newline.map_or(self.buffer.len(), |at| at + 1);
        self.buffer.get(..self.given).filter(|piece| !piece.is_empty())
    }
}
