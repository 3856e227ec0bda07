//! Which sources a period needs, and why the others are left alone.

use std::fmt;

use super::set::Sources;
use super::source::{Source, StampOf};

/// Why a source is read or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may hold lines of the period.
    Read,
    /// Its first line is behind the period.
    BeginsAfter,
    /// Its last line, or the first line of the file that followed it, is
    /// before the period.
    EndsBefore,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::BeginsAfter => "skipped: begins after the period",
            Self::EndsBefore => "skipped: ends before the period",
        })
    }
}

/// What is decided about one source of [`Sources::list`], at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Whether it is read.
    pub verdict: Verdict,
    /// The time of its first line, if known.
    pub first_stamp: Option<i64>,
    /// The time of its last line, if it can be known without reading it all.
    pub last_stamp: Option<i64>,
    /// Whether it is known not to be in the order of time; looked for with a period.
    pub goes_back: bool,
}

impl Sources {
    /// Decides about each source, in the order of [`Sources::list`]. `period`
    /// is its first second and the first second behind it, with whatever
    /// margin the caller needs on both sides.
    ///
    /// A source is skipped only when its stamps prove that it cannot matter:
    /// what is not known is read.
    #[must_use]
    pub fn select(&self, period: Option<(i64, i64)>, stamp_of: StampOf<'_>) -> Vec<Choice> {
        let choose = |(at, source): (usize, &Source)| {
            let last_stamp = source.last_stamp(stamp_of);
            let verdict = match period {
                None => Verdict::Read,
                // Somebody may have put a newer log in front of an older one.
                Some((_, to))
                    if source.first_stamp.is_some_and(|first| first >= to)
                        && last_stamp.is_none_or(|last| last >= to) =>
                {
                    Verdict::BeginsAfter
                }
                Some((from, to))
                    if source.first_stamp.is_some_and(|first| (from..to).contains(&first)) =>
                {
                    Verdict::Read
                }
                Some((from, _)) => {
                    // A clock that went backwards proves nothing.
                    let forward = |last: &i64| source.first_stamp.is_none_or(|it| it <= *last);
                    let ends = match last_stamp {
                        Some(last) => Some(last).filter(forward),
                        None => self.followed_at(at),
                    };
                    if ends.is_some_and(|ends| ends < from) {
                        Verdict::EndsBefore
                    } else {
                        Verdict::Read
                    }
                }
            };
            let goes_back = period.is_some() && source.goes_back(stamp_of);
            Choice { verdict, first_stamp: source.first_stamp, last_stamp, goes_back }
        };
        self.list.iter().enumerate().map(choose).collect()
    }

    /// When the next file of the same rotation begins. Files of other logs say
    /// nothing: two hosts write at the same time.
    pub(super) fn followed_at(&self, at: usize) -> Option<i64> {
        let this = self.list.get(at)?;
        // Without a stamp its own place in the order is a guess.
        this.first_stamp?;
        let family = this.family.as_ref()?;
        self.list
            .iter()
            .skip(at + 1)
            .filter(|next| next.family.as_ref() == Some(family))
            .find_map(|next| next.first_stamp)
    }
}
