//! Where the reading of a log stands, seen from the period.

use super::dating::Dating;
use super::stretch::{Place, Stretch};
use crate::Period;
use crate::input::Block;
use crate::syslog::{self, Moment};

/// How many blocks behind the period are enough to believe that nothing of it
/// follows: a clock that ran ahead for a while fills less.
const BLOCKS_BEHIND: u32 = 4;

/// How many lines at an end of a block are looked at in search of a stamp.
const LINES_AT_END: usize = 50;

/// Where the reading stands. It goes with whoever looks at the lines first: with a second thread,
/// that is not the one that counts them.
#[derive(Clone, Debug)]
pub(super) struct Position {
    stretch: Stretch,
    /// Where the last line with a stamp lies; those without are with it.
    place: Place,
    /// Blocks behind the stretch, one after the other.
    behind: u32,
}

/// A block of which no line matters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outside {
    /// Its first and its last stamp.
    pub(super) span: (Moment, Moment),
    /// How many lines it has.
    pub(super) lines: u64,
}

impl Position {
    /// In front of everything.
    pub(super) fn new(period: Period) -> Position {
        let place = if period.is_unbounded() { Place::Period } else { Place::Before };
        Position { stretch: Stretch::around(period), place, behind: 0 }
    }

    /// Another source begins.
    pub(super) fn begin(&mut self) {
        self.behind = 0;
    }

    /// Whether lines may lie outside.
    pub(super) fn is_bounded(&self) -> bool {
        self.stretch.is_bounded()
    }

    /// Where the last line lies.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The last line lies there, as somebody else found who looked at it.
    pub(super) fn set(&mut self, place: Place) {
        self.place = place;
    }

    /// Whether the last line lies in the period, and counts as read.
    pub(super) fn is_in_period(&self) -> bool {
        self.place == Place::Period
    }

    /// Whether a line lies in the stretch: one that does not say when it was written lies with the
    /// one before.
    pub(super) fn is_near(&mut self, at: Option<Moment>) -> bool {
        if let Some(at) = at {
            self.place = self.stretch.place(at.wall);
        }
        matches!(self.place, Place::Margin | Place::Period)
    }

    /// Whether all of a block lies before the stretch, or all of it behind; its
    /// lines are then only counted. The first and the last stamp decide: lines
    /// come in the order of time, give or take less than the margin.
    pub(super) fn pass_over(&mut self, dating: &mut Dating, block: &Block) -> Option<Outside> {
        if !self.is_bounded() {
            return None;
        }
        let outside = self.outside(dating, block);
        let is_behind = outside.is_some() && self.place == Place::Behind;
        self.behind = if is_behind { self.behind + 1 } else { 0 };
        outside
    }

    fn outside(&mut self, dating: &mut Dating, block: &Block) -> Option<Outside> {
        let mut then = dating.clone();
        let mut time = |line: &[u8]| -> Option<Moment> {
            let line = syslog::parse(line)?;
            then.resolve(line.stamp())
        };
        let first = block.lines().take(LINES_AT_END).find_map(&mut time)?;
        let mut from_end = block.as_bytes().rsplit(|&b| b == b'\n').take(LINES_AT_END);
        let last = from_end.find_map(&mut time)?;
        if last.wall < first.wall {
            return None; // a clock went backwards: what is between may be of any time
        }
        let place = self.stretch.place(first.wall);
        if place != self.stretch.place(last.wall) || !matches!(place, Place::Before | Place::Behind)
        {
            return None;
        }
        let newlines = memchr::memchr_iter(b'\n', block.as_bytes()).count() as u64;
        let lines = newlines + u64::from(block.unterminated_tail().is_some());
        (*dating, self.place) = (then, place);
        Some(Outside { span: (first, last), lines })
    }

    /// Whether nothing that follows in a source can matter, because so much lies behind the
    /// stretch.
    pub(super) fn is_past(&self) -> bool {
        self.behind >= BLOCKS_BEHIND
    }
}
