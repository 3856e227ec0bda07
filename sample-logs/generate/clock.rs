//! Civil time: moments in microseconds and the parts of a date that stamps are made of.

/// Microseconds since 1970-01-01 00:00 on the wall clock of the host that writes the log.
pub(crate) type Micros = i64;

pub(crate) const MILLI: Micros = 1_000;
pub(crate) const SECOND: Micros = 1_000_000;
pub(crate) const MINUTE: Micros = 60 * SECOND;
pub(crate) const HOUR: Micros = 60 * MINUTE;
pub(crate) const DAY: Micros = 24 * HOUR;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment taken apart.
#[derive(Clone, Copy)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
    pub(crate) micros: i64,
}

/// Midnight at the beginning of a day (days from civil, by Howard Hinnant's shift of the year to March).
pub(crate) fn midnight(year: i64, month: i64, day: i64) -> Micros {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    days * DAY
}

/// Takes a moment apart.
pub(crate) fn civil(at: Micros) -> Civil {
    let days = at.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let of_day = at.rem_euclid(DAY);
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day: of_year - (153 * shifted + 2) / 5 + 1,
        hour: of_day / HOUR,
        minute: of_day % HOUR / MINUTE,
        second: of_day % MINUTE / SECOND,
        micros: of_day % SECOND,
    }
}

impl Civil {
    /// The month as syslog spells it.
    pub(crate) fn month_name(&self) -> &'static str {
        usize::try_from(self.month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or("Jan")
    }

    /// `Feb  3 10:15:01`: RFC 3164, the day padded with a blank.
    pub(crate) fn bsd(&self) -> String {
        let Self { day, hour, minute, second, .. } = self;
        format!("{} {day:2} {hour:02}:{minute:02}:{second:02}", self.month_name())
    }

    /// `Feb 03 10:15:01`: postlogd(8), the day padded with a zero.
    pub(crate) fn postlogd(&self) -> String {
        let Self { day, hour, minute, second, .. } = self;
        format!("{} {day:02} {hour:02}:{minute:02}:{second:02}", self.month_name())
    }

    /// `2026-02-03T10:15:01.250000`: RFC 3339 without its offset.
    pub(crate) fn iso(&self) -> String {
        let Self { hour, minute, second, micros, .. } = self;
        format!("{}T{hour:02}:{minute:02}:{second:02}.{micros:06}", self.date())
    }

    /// `2026-02-03`.
    pub(crate) fn date(&self) -> String {
        let Self { year, month, day, .. } = self;
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `20260203101501`, as Postfix begins a message-id.
    pub(crate) fn compact(&self) -> String {
        let Self { year, month, day, hour, minute, second, .. } = self;
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
    }
}
