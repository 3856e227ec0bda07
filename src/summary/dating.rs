//! When the lines of a source were written.

use super::account::{asked_days, told_day};
use crate::config;
use crate::syslog::{Calendar, Line, Moment, Stamp};

/// The calendar, and what is known of the source that is read.
#[derive(Clone)]
pub(super) struct Dating {
    calendar: Calendar,
    /// The year that the user gave.
    year: Option<i32>,
    /// When the source was last written, in wall-clock seconds.
    written: i64,
    /// A day that its lines are near to, counted from 1970-01-01.
    near: Option<i64>,
    /// Whether no line of it was looked at.
    fresh: bool,
}

/// When a line was written.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// It does not say, or what it says is of no consequence.
    Unsaid,
    /// At this moment.
    At(Moment),
    /// Its date does not exist.
    Never,
}

impl When {
    /// The moment, if there is one.
    pub(super) fn moment(self) -> Option<Moment> {
        match self {
            When::At(at) => Some(at),
            When::Unsaid | When::Never => None,
        }
    }
}

impl Dating {
    /// No source yet.
    pub(super) fn new(reading: &config::Reading) -> Dating {
        let asked = asked_days(reading.period);
        let calendar = Calendar::new(reading.zone.clone(), reading.now, reading.year, asked);
        Dating { calendar, year: reading.year, written: 0, near: None, fresh: false }
    }

    /// Begins a source, last written then, with lines near that day.
    pub(super) fn begin(&mut self, written: i64, near: Option<i64>) {
        (self.written, self.near, self.fresh) = (written, near, true);
        self.calendar.begin(written, None);
    }

    /// Looks for a hint at the year in the first lines of a source.
    pub(super) fn find_year<'l>(&mut self, lines: impl Iterator<Item = &'l [u8]>) {
        // A year that the user gave needs none.
        if std::mem::take(&mut self.fresh) && self.year.is_none() {
            let hint = told_day(lines, self.written, &self.calendar);
            self.calendar.begin(self.written, hint.or(self.near));
        }
    }

    /// Whether a 29 February of the source was found too late for the lines before it.
    pub(super) fn is_torn(&self) -> bool {
        self.calendar.is_torn()
    }

    /// When the lines before this one came again, if it says that they did.
    pub(super) fn when_repeated(&mut self, line: Option<&Line<'_>>) -> When {
        match line {
            Some(Line::Repeated { stamp, .. }) => self.when(*stamp),
            _ => When::Unsaid,
        }
    }

    /// When any line was written.
    pub(super) fn when_line(&mut self, line: Option<&Line<'_>>) -> When {
        line.map_or(When::Unsaid, |line| self.when(line.stamp()))
    }

    /// When a line with this stamp was written. It is asked once for a line: a second time
    /// confirms a stamp that is far from those before, as a second line does.
    #[inline(always)] // once a line
    pub(super) fn when(&mut self, stamp: Stamp) -> When {
        self.resolve(stamp).map_or(When::Never, When::At)
    }

    /// The moment that a stamp means, if its date exists.
    #[inline(always)] // once a line
    pub(super) fn resolve(&mut self, stamp: Stamp) -> Option<Moment> {
        self.calendar.resolve(stamp)
    }
}
