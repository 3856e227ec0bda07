//! The clock and the zone of this computer: the present of a report is asked here, and nowhere else.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Local, NaiveDateTime, Offset};
use pfsum::Zone;

/// Gives the present local time.
pub(crate) fn now() -> NaiveDateTime {
    Local::now().naive_local()
}

/// Gives the zone that `TZ`, or else the system, sets.
pub(crate) fn local_zone() -> Zone {
    Zone::custom(|utc| {
        DateTime::from_timestamp(utc, 0)
            .map_or(0, |time| time.with_timezone(&Local).offset().fix().local_minus_utc())
    })
}

/// How recently a log was written that is still being written.
const JUST_NOW: Duration = Duration::from_secs(120);

/// Tells whether a file that was last written then may be written right now:
/// by this computer's clock, whatever time the report takes for the present.
pub(crate) fn is_just_now(written: SystemTime) -> bool {
    let now = SystemTime::now();
    // The clock of a file server may be ahead.
    let apart = now.duration_since(written).or_else(|_| written.duration_since(now));
    apart.is_ok_and(|apart| apart <= JUST_NOW)
}

/// Gives the wall-clock time of a file's stamp, in seconds since 1970.
pub(crate) fn wall(time: SystemTime, zone: &Zone) -> Option<i64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    Some(zone.wall(i64::try_from(since.as_secs()).ok()?))
}

/// Writes wall-clock seconds as `2026-11-22 03:14:07`.
pub(crate) fn shown(wall: i64) -> String {
    DateTime::from_timestamp(wall, 0)
        .map_or_else(|| "-".to_owned(), |time| time.format("%Y-%m-%d %H:%M:%S").to_string())
}
