//! *Delays*: how long deliveries took by destination, and which part of the way dominates.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::tally::board::Reached;
use crate::tally::delays::Delays;

use super::folding::Folding;
use super::model::Section;
use super::sections::page;
use super::table::{Column, Table, Unit};
use super::why::micros;
use super::{View, rank};

const COLUMNS: &[Column] = &[
    Column { id: "count", title: "delivered", unit: Unit::Count },
    Column { id: "p50", title: "half within", unit: Unit::Seconds },
    Column { id: "p95", title: "95 % within", unit: Unit::Seconds },
    Column { id: "p99", title: "99 % within", unit: Unit::Seconds },
    Column { id: "longest", title: "longest", unit: Unit::Seconds },
    Column { id: "before", title: "before the queue manager", unit: Unit::Seconds },
    Column { id: "queue", title: "in the queue manager", unit: Unit::Seconds },
    Column { id: "connection", title: "connecting", unit: Unit::Seconds },
    Column { id: "transmission", title: "transmitting", unit: Unit::Seconds },
    Column { id: "destination", title: "destination", unit: Unit::Text },
    Column { id: "dominant", title: "mostly", unit: Unit::Text },
];

/// The four parts of a delay, as they are named where they dominate.
const PARTS: [&str; 4] = ["before the queue manager", "in the queue", "connecting", "transmitting"];

/// How many destinations a page of text shows.
const ROWS: usize = 20;

/// All destinations together, then each, the one with the most deliveries first.
pub(super) fn section(view: &View<'_>, folding: &Folding) -> Section<'static> {
    let mut all = Delays::default();
    let mut sums: BTreeMap<&[u8], Delays> = BTreeMap::new();
    for (domain, Reached { delays, .. }) in view.tallies.recipient_domains.iter() {
        if delays.count == 0 {
            continue; // mail to it was only put off
        }
        let destination = folding.domain(view.names.domains.text(domain));
        sums.entry(destination).or_default().merge(delays);
        all.merge(delays);
    }
    let mut rows: Vec<(&[u8], &Delays)> = sums.iter().map(|(name, sum)| (*name, sum)).collect();
    let mut table = Table::new(COLUMNS);
    if rows.len() > 1 {
        push(&mut table, b"(all)", &all);
    }
    let total = rows.len() + usize::from(rows.len() > 1);
    let shown = page(view, view.shown.detail.host, ROWS).of(rows.len());
    rank::first_by_key(&mut rows, shown, |(name, delays)| (Reverse(delays.count), *name));
    for (name, delays) in rows {
        push(&mut table, name, delays);
    }
    Section::of("delays", "Delays", total, table)
}

fn push(table: &mut Table, name: &[u8], delays: &Delays) {
    let [before, queue, connection, transmission] =
        delays.parts.map(|sum| micros(sum).checked_div(delays.count).unwrap_or(0));
    let times = [50, 95, 99].map(|percent| micros(delays.percentile(percent)));
    let [p50, p95, p99] = times;
    let numbers = [
        delays.count,
        p50,
        p95,
        p99,
        micros(delays.longest),
        before,
        queue,
        connection,
        transmission,
    ];
    table.push(&[name, dominant(delays).as_bytes()], &numbers);
}

/// The part that took the most of the time, with its share.
fn dominant(delays: &Delays) -> String {
    let whole: u64 = delays.parts.iter().sum();
    let greatest = PARTS.iter().zip(delays.parts).max_by_key(|(_, part)| *part);
    match greatest {
        Some((name, part)) if whole > 0 => {
            format!("{name} ({} %)", u128::from(part) * 100 / u128::from(whole))
        }
        _ => String::new(),
    }
}
