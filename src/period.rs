//! The period a report is about.

const DAY: i64 = 86_400;

/// A stretch of wall-clock time, both ends included; open where an end is
/// `None`.
///
/// Its seconds are those of [`Zone`](crate::Zone)'s wall clock: seconds since
/// 1970 as the clock on the wall shows them, because a report is about local
/// calendar days, whatever their offset from UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first second; `None` is since ever.
    pub first: Option<i64>,
    /// The last second; `None` is for ever.
    pub last: Option<i64>,
}

impl Period {
    /// All of time.
    pub const ALWAYS: Self = Self { first: None, last: None };

    /// Covers the time from one second to another, both included.
    #[must_use]
    pub const fn new(first: i64, last: i64) -> Self {
        Self { first: Some(first), last: Some(last) }
    }

    /// Covers whole days, both included, numbered from 1970-01-01 as day 0.
    #[must_use]
    pub const fn days(first: i64, last: i64) -> Self {
        Self::new(first.saturating_mul(DAY), last.saturating_mul(DAY).saturating_add(DAY - 1))
    }

    /// Tells whether the wall-clock second lies in the period.
    #[must_use]
    pub fn contains(&self, wall: i64) -> bool {
        self.first.is_none_or(|first| first <= wall) && self.last.is_none_or(|last| wall <= last)
    }

    /// Tells whether nothing is left out.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        *self == Self::ALWAYS
    }

    /// Gives the number of the first day it touches, 1970-01-01 being day 0.
    #[must_use]
    pub fn first_day(&self) -> Option<i64> {
        self.first.map(|second| second.div_euclid(DAY))
    }

    /// Gives the number of the last day it touches, 1970-01-01 being day 0.
    #[must_use]
    pub fn last_day(&self) -> Option<i64> {
        self.last.map(|second| second.div_euclid(DAY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_belong_to_it() {
        let day = Period::days(1, 1);
        for (wall, inside) in [(86_399, false), (86_400, true), (172_799, true), (172_800, false)] {
            assert_eq!(day.contains(wall), inside, "{wall}");
        }
    }

    #[test]
    fn an_open_end_leaves_nothing_out() {
        assert!(Period::ALWAYS.contains(i64::MIN) && Period::ALWAYS.contains(i64::MAX));
        let since = Period { first: Some(10), last: None };
        assert!(!since.contains(9) && since.contains(10) && since.contains(i64::MAX));
        assert_eq!((since.first_day(), since.last_day()), (Some(0), None));
    }

    #[test]
    fn part_of_a_day_counts_as_that_day() {
        let night = Period::new(-3600, 3599);
        assert_eq!((night.first_day(), night.last_day()), (Some(-1), Some(0)));
    }
}
