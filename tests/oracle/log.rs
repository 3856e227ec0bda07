//! The log of a world: lines of several daemons in the order of time, and their stamps.

use pfsum::syslog::{civil_from_days, days_from_civil};

use crate::world::{Begins, Stamps, World};

/// A line.
#[derive(Clone, Debug)]
struct Line {
    /// True time in milliseconds since 1970.
    at: i64,
    host: &'static str,
    tag: String,
    pid: u32,
    said: String,
}

/// The log, while the world goes on.
pub(crate) struct Log {
    lines: Vec<Line>,
    stamps: Stamps,
    /// When the clock is set, and by how many seconds.
    clock: Option<(i64, i64)>,
}

impl Log {
    /// Nothing written yet; the world ends at `until`.
    pub(crate) fn new(world: &World, until: i64) -> Log {
        let begin = begin(world.setup.begins);
        let clock = world.clock.map(|(part, seconds)| {
            (begin + (until - begin) * i64::from(part) / 1000, i64::from(seconds))
        });
        Log { lines: Vec::new(), stamps: world.setup.stamps, clock }
    }

    /// What the clock on the wall shows, in milliseconds.
    pub(crate) fn wall(&self, at: i64) -> i64 {
        match self.clock {
            Some((when, seconds)) if at >= when => at + seconds * 1000,
            _ => at,
        }
    }

    /// Writes a line.
    pub(crate) fn write(
        &mut self,
        at: i64,
        host: &'static str,
        (tag, pid): (String, u32),
        said: String,
    ) {
        self.lines.push(Line { at, host, tag, pid, said });
    }

    /// When the line behind so many thousandths of all was written.
    pub(crate) fn at(&self, part: u16) -> i64 {
        let mut times: Vec<i64> = self.lines.iter().map(|line| line.at).collect();
        times.sort_unstable();
        times.get(times.len() * usize::from(part) / 1000).copied().unwrap_or(0)
    }

    /// The lines as the logger wrote them, all or those since `begins`, each with its second by the
    /// clock, and the last one.
    pub(crate) fn lines(mut self, begins: Option<i64>) -> (Vec<(i64, String)>, i64) {
        self.lines.sort_by_key(|line| line.at);
        self.lines.retain(|line| begins.is_none_or(|begins| line.at >= begins));
        let last = self.lines.last().map_or(0, |line| line.at);
        let latest = self.wall(last).max(last).div_euclid(1000);
        let second = |line: &Line| self.wall(line.at).div_euclid(1000);
        (self.lines.iter().map(|line| (second(line), self.stamped(line))).collect(), latest)
    }

    fn stamped(&self, line: &Line) -> String {
        let wall = self.wall(line.at);
        let (days, second) =
            (wall.div_euclid(86_400_000), wall.div_euclid(1000).rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        let Line { host, tag, pid, said, .. } = line;
        let milli = wall.rem_euclid(1000);
        let name =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
                [usize::from(month) - 1];
        match self.stamps {
            Stamps::Syslog => format!("{name} {day:2} {time} {host} {tag}[{pid}]: {said}\n"),
            Stamps::Postlogd => format!("{name} {day:02} {time} {host} {tag}[{pid}]: {said}\n"),
            Stamps::Rfc3339 => format!(
                "{year:04}-{month:02}-{day:02}T{time}.{milli:03}000+01:00 {host} {tag}[{pid}]: {said}\n"
            ),
            Stamps::Rfc5424 => format!(
                "<22>1 {year:04}-{month:02}-{day:02}T{time}.{milli:03}+01:00 {host} {tag} {pid} - - {said}\n"
            ),
        }
    }
}

/// When a world begins, by the clock on the wall, in milliseconds since 1970.
pub(crate) fn begin(begins: Begins) -> i64 {
    let (year, month, day, minute) = match begins {
        Begins::Morning => (2026, 11, 3, 8 * 60),
        Begins::Evening => (2026, 11, 3, 24 * 60 - 10),
        Begins::NewYearsEve => (2025, 12, 31, 24 * 60 - 10),
        Begins::LeapDay => (2024, 2, 28, 24 * 60 - 10),
    };
    (days_from_civil(year, month, day).unwrap() * 86_400 + minute * 60) * 1000
}
