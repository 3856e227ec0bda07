//! Days with lines of Postfix: what averages divide by, and the heading names.

use std::collections::BTreeSet;

use crate::period::Period;

/// The calendar days of a period on which Postfix wrote something.
#[derive(Clone, Debug, Default)]
pub struct Days {
    days: BTreeSet<i64>,
    /// The wall-clock seconds of the day noted last, its end excluded: lines of one day
    /// follow each other.
    known: (i64, i64),
}

impl Days {
    /// Notes a line.
    pub fn note(&mut self, wall: i64, period: &Period) {
        if self.known.0 <= wall && wall < self.known.1 || !period.contains(wall) {
            return;
        }
        let day = wall.div_euclid(86_400);
        self.days.insert(day);
        self.known = (day * 86_400, (day + 1) * 86_400);
    }

    /// How many there are.
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

    /// Adds the days of another.
    pub fn merge(&mut self, other: &Days) {
        self.days.extend(&other.days);
    }
}
