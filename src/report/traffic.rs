//! Traffic by day and by hour, of messages and of connections.

use crate::syslog::iso_day;
use crate::tally::board::Visits;
use crate::tally::traffic;

use super::View;
use super::domains::durations;
use super::model::{Body, Day, Hour, Section, Traffic};
use super::table::{Column, Table, Unit};

impl From<&traffic::Traffic> for Traffic {
    fn from(counted: &traffic::Traffic) -> Traffic {
        Traffic {
            received: counted.received,
            delivered: counted.delivered,
            deferred: counted.deferrals,
            bounced: counted.bounced,
            rejected: counted.rejected,
        }
    }
}

impl Traffic {
    fn numbers(&self) -> [u64; 5] {
        [self.received, self.delivered, self.deferred, self.bounced, self.rejected]
    }
}

/// Sums by hour of the day.
pub(super) fn hours(view: &View<'_>) -> Vec<Hour> {
    let hours = (0..).zip(&view.tallies.course.hours);
    hours.map(|(hour, counted)| Hour { hour, traffic: counted.into() }).collect()
}

/// Sums by day; a day without traffic is there if Postfix said something on it.
pub(super) fn days(view: &View<'_>) -> Vec<Day> {
    let counted = &view.tallies.course.days;
    let mut days: Vec<i64> = view.days.iter().chain(counted.keys().copied()).collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter()
        .map(|day| {
            let traffic = counted.get(&day).map(Traffic::from).unwrap_or_default();
            Day { date: iso_day(day), traffic }
        })
        .collect()
}

macro_rules! columns {
    ($id:literal, $unit:expr) => {
        &[
            Column { id: $id, title: $id, unit: $unit },
            Column { id: "received", title: "received", unit: Unit::Count },
            Column { id: "delivered", title: "delivered", unit: Unit::Count },
            Column { id: "deferred", title: "deferred", unit: Unit::Count },
            Column { id: "bounced", title: "bounced", unit: Unit::Count },
            Column { id: "rejected", title: "rejected", unit: Unit::Count },
        ]
    };
}

/// *Per-Day Traffic Summary*.
pub(super) fn per_day(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = columns!("date", Unit::Date);
    let mut table = Table::new(COLUMNS);
    for Day { date, traffic } in days(view) {
        if view.shown.zero_fill || traffic != Traffic::default() {
            table.push(&[date.as_bytes()], &traffic.numbers());
        }
    }
    section("per_day", "Per-Day Traffic Summary", table)
}

/// *Per-Hour Traffic Summary*, or of several days the *Daily Average*.
pub(super) fn per_hour(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = columns!("hour", Unit::Hour);
    let days = view.days.len() as u64;
    let mut table = Table::new(COLUMNS);
    for Hour { hour, traffic } in hours(view) {
        let numbers = traffic.numbers().map(|sum| average(sum, days));
        table.push(&[format!("{hour:02}").as_bytes()], &numbers);
    }
    let title =
        if days > 1 { "Per-Hour Traffic Daily Average" } else { "Per-Hour Traffic Summary" };
    section("per_hour", title, table)
}

/// *Per-Day SMTPD Connection Summary*.
pub(super) fn smtpd_per_day(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "date", title: "date", unit: Unit::Date },
        Column { id: "count", title: "connections", unit: Unit::Count },
        Column { id: "total", title: "time conn.", unit: Unit::Seconds },
        Column { id: "average", title: "avg./conn.", unit: Unit::Seconds },
        Column { id: "longest", title: "max. time", unit: Unit::Seconds },
    ];
    let mut table = Table::new(COLUMNS);
    for (day, visits) in &view.tallies.connections.days {
        table.push(&[iso_day(*day).as_bytes()], &durations(visits));
    }
    section("smtpd_per_day", "Per-Day SMTPD Connection Summary", table)
}

/// *Per-Hour SMTPD Connection Summary*, or of several days the *Daily Average*.
pub(super) fn smtpd_per_hour(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "hour", title: "hour", unit: Unit::Hour },
        Column { id: "count", title: "connections", unit: Unit::Count },
        Column { id: "total", title: "time conn.", unit: Unit::Seconds },
        Column { id: "average", title: "avg./conn.", unit: Unit::Seconds },
        Column { id: "longest", title: "max. time", unit: Unit::Seconds },
    ];
    let days = view.days.len() as u64;
    let mut table = Table::new(COLUMNS);
    for (hour, visits) in (0..24u8).zip(&view.tallies.connections.hours) {
        if visits.connections == 0 {
            continue;
        }
        let [_, _, mean, longest] = durations(visits);
        let daily = Visits {
            connections: average(visits.connections, days),
            seconds: average(visits.seconds, days),
            ..*visits
        };
        let [count, total, ..] = durations(&daily);
        table.push(&[format!("{hour:02}").as_bytes()], &[count, total, mean, longest]);
    }
    let title = match days {
        0 | 1 => "Per-Hour SMTPD Connection Summary",
        _ => "Per-Hour SMTPD Connection Daily Average",
    };
    section("smtpd_per_hour", title, table)
}

/// A daily average, rounded half up.
fn average(sum: u64, days: u64) -> u64 {
    if days > 1 { (sum * 2 + days) / (days * 2) } else { sum }
}

fn section(id: &'static str, title: &'static str, table: Table<'static>) -> Section<'static> {
    let total = table.len();
    Section { id, title, shown: total, total, body: Body::Table(table) }
}
