//! The stretch of time whose lines matter: the period, and a margin on both
//! sides of it.

use crate::Period;

/// How far outside the period lines still matter, in seconds.
///
/// What arrives at 23:59 is accepted before midnight, and proven delivered
/// after it. Lines farther away say nothing of the period that its own lines do
/// not say again: the queue manager tells sender and size with every attempt.
pub const MARGIN: i64 = 3600;

/// Where a second lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the margin.
    #[default]
    Before,
    /// In the margin: known, but not counted as read.
    Margin,
    /// In the period.
    Period,
    /// Behind the margin.
    Behind,
}

/// The period, and what is kept beside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    period: Period,
    /// Asked for each line.
    bounded: bool,
}

impl Stretch {
    pub(super) fn around(period: Period) -> Self {
        Self { period, bounded: !period.is_unbounded() }
    }

    /// Whether anything can lie outside.
    pub(super) fn is_bounded(&self) -> bool {
        self.bounded
    }

    /// Where the wall-clock second lies.
    pub(super) fn place(&self, wall: i64) -> Place {
        let Period { first, last } = self.period;
        if first.is_some_and(|first| wall < first.saturating_sub(MARGIN)) {
            Place::Before
        } else if last.is_some_and(|last| wall > last.saturating_add(MARGIN)) {
            Place::Behind
        } else if self.period.contains(wall) {
            Place::Period
        } else {
            Place::Margin
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_on_each_side_is_margin_and_no_second_more() {
        let stretch = Stretch::around(Period::days(1, 1));
        for (wall, place) in [
            (82_799, Place::Before),
            (82_800, Place::Margin),
            (86_399, Place::Margin),
            (86_400, Place::Period),
            (172_799, Place::Period),
            (172_800, Place::Margin),
            (176_399, Place::Margin),
            (176_400, Place::Behind),
        ] {
            assert_eq!(stretch.place(wall), place, "{wall}");
        }
    }

    #[test]
    fn an_open_end_has_no_outside() {
        let since = Stretch::around(Period { first: Some(0), last: None });
        assert_eq!(since.place(i64::MAX), Place::Period);
        assert!(since.is_bounded() && !Stretch::around(Period::ALWAYS).is_bounded());
    }
}
