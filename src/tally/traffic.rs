//! Traffic: the numbers that are told for each hour and each day.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::syslog::Moment;

/// What happened in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages received.
    pub received: u64,
    /// Recipients delivered.
    pub delivered: u64,
    /// Attempts put off.
    pub deferrals: u64,
    /// Recipients bounced.
    pub bounced: u64,
    /// Refusals.
    pub rejected: u64,
}

impl AddAssign for Traffic {
    fn add_assign(&mut self, other: Traffic) {
        self.received += other.received;
        self.delivered += other.delivered;
        self.deferrals += other.deferrals;
        self.bounced += other.bounced;
        self.rejected += other.rejected;
    }
}

/// Traffic by hour of the day and by day.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// By hour of the day, all days together.
    pub hours: [Traffic; 24],
    /// By day since 1970.
    pub days: BTreeMap<i64, Traffic>,
    /// The day that was counted last, and its traffic: lines of one day follow each other.
    current: (i64, Traffic),
}

impl Course {
    /// Counts something that happened at `at`.
    pub fn count(&mut self, at: Moment, what: impl Fn(&mut Traffic)) {
        if let Some(hour) = self.hours.get_mut(at.hour()) {
            what(hour);
        }
        let day = at.day();
        if self.current.0 != day {
            self.close();
            self.current.0 = day;
        }
        what(&mut self.current.1);
    }

    /// Books the current day.
    pub fn close(&mut self) {
        let (day, traffic) = std::mem::take(&mut self.current);
        if traffic != Traffic::default() {
            *self.days.entry(day).or_default() += traffic;
        }
    }

    /// Adds another's traffic, which is closed.
    pub fn merge(&mut self, other: &Course) {
        for (mine, theirs) in self.hours.iter_mut().zip(&other.hours) {
            *mine += *theirs;
        }
        for (day, traffic) in &other.days {
            *self.days.entry(*day).or_default() += *traffic;
        }
    }
}
