//! The time zone of the reader: how far a wall clock stands from UTC.

use std::fmt;
use std::sync::Arc;

/// Gives the offset east of UTC, in seconds, that is in force at a UTC time
/// (seconds since 1970).
pub type OffsetAt = dyn Fn(i64) -> i32 + Send + Sync;

/// The rule by which a wall clock follows UTC.
///
/// The library never reads the environment, so whoever knows the zone (the
/// command line, from `TZ` and `/etc/localtime`) hands the rule in.
///
/// Times are seconds since 1970: *UTC* ones are those of the epoch, *wall* ones
/// are what a clock on the wall shows, read as if it were UTC.
#[derive(Clone, Default)]
pub enum Zone {
    /// The wall clock shows UTC.
    #[default]
    Utc,
    /// The wall clock is always this many seconds ahead of UTC.
    Fixed(i32),
    /// The offset changes with the time, as with summer time.
    Custom(Arc<OffsetAt>),
}

impl Zone {
    /// Makes a zone of a rule that gives the offset in force at a UTC time.
    pub fn custom(offset_at: impl Fn(i64) -> i32 + Send + Sync + 'static) -> Self {
        Self::Custom(Arc::new(offset_at))
    }

    /// Gives the offset east of UTC, in seconds, in force at the UTC time.
    ///
    /// A custom rule may be slow: ask once an hour or a day of log, not once a
    /// line.
    #[must_use]
    pub fn offset(&self, utc: i64) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Fixed(seconds) => *seconds,
            Self::Custom(offset_at) => offset_at(utc),
        }
    }

    /// Gives what the wall clock shows at the UTC time.
    #[must_use]
    pub fn wall(&self, utc: i64) -> i64 {
        utc.saturating_add(i64::from(self.offset(utc)))
    }

    /// Gives the earliest and the latest UTC time at which the wall clock may
    /// have shown this.
    ///
    /// They differ in the hour that comes twice when summer time ends, and in
    /// the hour that never comes when it begins; there they are the readings
    /// with the new and with the old offset.
    #[must_use]
    pub fn candidates(&self, wall: i64) -> (i64, i64) {
        const DAY: i64 = 86_400;
        let [before, after] = [wall.saturating_sub(DAY), wall.saturating_add(DAY)]
            .map(|near| wall.saturating_sub(i64::from(self.offset(near))));
        match (self.wall(before) == wall, self.wall(after) == wall) {
            (true, false) => (before, before),
            (false, true) => (after, after),
            _ => (before.min(after), before.max(after)),
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utc => f.write_str("Utc"),
            Self::Fixed(seconds) => f.debug_tuple("Fixed").field(seconds).finish(),
            Self::Custom(_) => f.write_str("Custom(…)"),
        }
    }
}

/// Two custom rules are equal when they are the same rule: what a function does
/// cannot be compared.
impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Utc, Self::Utc) => true,
            (Self::Fixed(a), Self::Fixed(b)) => a == b,
            (Self::Custom(a), Self::Custom(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for Zone {}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-10-26T01:00:00Z, when Central Europe goes back from +02:00 to +01:00.
    const AUTUMN: i64 = 1_761_440_400;
    /// 2026-03-29T01:00:00Z, when Central Europe goes on from +01:00 to +02:00.
    const SPRING: i64 = 1_774_746_000;

    fn central_europe() -> Zone {
        Zone::custom(|utc| if (AUTUMN..SPRING).contains(&utc) { 3600 } else { 7200 })
    }

    #[test]
    fn a_wall_clock_far_from_a_change_has_one_reading() {
        let zone = central_europe();
        let noon = AUTUMN + 86_400 * 30;
        assert_eq!(zone.candidates(noon + 3600), (noon, noon));
        for utc in [AUTUMN - 3 * 3600, AUTUMN + 3 * 3600, SPRING - 3 * 3600, SPRING + 3 * 3600] {
            assert_eq!(zone.candidates(zone.wall(utc)), (utc, utc));
        }
    }

    #[test]
    fn the_hour_that_comes_twice_has_two_readings() {
        let zone = central_europe();
        // 02:30 local: 00:30Z by summer time, 01:30Z by winter time.
        assert_eq!(zone.wall(AUTUMN - 1800), zone.wall(AUTUMN + 1800));
        assert_eq!(zone.candidates(zone.wall(AUTUMN + 1800)), (AUTUMN - 1800, AUTUMN + 1800));
    }

    #[test]
    fn the_hour_that_never_comes_lies_between_its_two_readings() {
        let zone = central_europe();
        // 02:30 local does not exist.
        let wall = SPRING + 3600 + 1800;
        assert_eq!(zone.candidates(wall), (SPRING - 1800, SPRING + 1800));
    }

    #[test]
    fn a_fixed_zone_is_ahead_by_its_offset() {
        assert_eq!(Zone::Fixed(-18_000).wall(0), -18_000);
        assert_eq!(Zone::Fixed(-18_000).candidates(0), (18_000, 18_000));
        assert_eq!(Zone::Utc.candidates(5), (5, 5));
    }
}
