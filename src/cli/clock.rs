//! The clock and the zone of this computer: read here, and nowhere else.

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
