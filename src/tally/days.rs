//! Days and hours with lines of Postfix: what averages divide by, what the heading names, and
//! where the log has holes.

use std::collections::{BTreeMap, BTreeSet};

use crate::period::Period;

const HOUR: i64 = 3_600;

/// The calendar days of a period on which Postfix wrote something, and how much in each hour.
#[derive(Clone, Debug, Default)]
pub struct Days {
    days: BTreeSet<i64>,
    hours: BTreeMap<i64, u64>,
    /// The wall-clock seconds of the hour noted last, its end excluded: lines of one hour
    /// follow each other.
    known: (i64, i64),
    /// Lines of that hour that are not in `hours` yet.
    lines: u64,
}

impl Days {
    /// Notes a line.
    #[inline]
    pub fn note(&mut self, wall: i64, period: &Period) {
        if self.known.0 <= wall && wall < self.known.1 {
            self.lines += 1;
        } else {
            self.another_hour(wall, period);
        }
    }

    #[cold]
    fn another_hour(&mut self, wall: i64, period: &Period) {
        if !period.contains(wall) {
            return;
        }
        self.settle();
        let hour = wall.div_euclid(HOUR);
        self.days.insert(hour.div_euclid(24));
        self.known = (hour * HOUR, (hour + 1) * HOUR);
        self.lines = 1;
    }

    /// Puts the lines of the hour noted last to the others.
    fn settle(&mut self) {
        if self.lines > 0 {
            *self.hours.entry(self.known.0.div_euclid(HOUR)).or_default() += self.lines;
            self.lines = 0;
        }
    }

    /// How many days there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// The first one, counted from 1970-01-01.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        self.days.first().copied()
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        self.days.last().copied()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.days.iter().copied()
    }

    /// The hours with lines, counted from 1970-01-01, and how many lines; in order.
    #[must_use]
    pub fn hours(&self) -> BTreeMap<i64, u64> {
        let mut all = self.clone();
        all.settle();
        all.hours
    }

    /// Adds the days and hours of another.
    pub fn merge(&mut self, other: &Days) {
        self.days.extend(&other.days);
        for (hour, lines) in other.hours() {
            *self.hours.entry(hour).or_default() += lines;
        }
    }
}
