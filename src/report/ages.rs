//! How old queued mail is: recipients or messages by domain and age, as qshape(1) shows them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::config::Limit;

use super::model::{Queued, Section};
use super::queue::UNNAMED;
use super::table::{Column, Table, Unit};

/// The ages that the columns reach to, in minutes, as in qshape(1).
const AGES: [i64; 9] = [5, 10, 20, 40, 80, 160, 320, 640, 1280];

const COLUMNS: &[Column] = &[
    Column { id: "total", title: "T", unit: Unit::Count },
    Column { id: "to_5", title: "5", unit: Unit::Count },
    Column { id: "to_10", title: "10", unit: Unit::Count },
    Column { id: "to_20", title: "20", unit: Unit::Count },
    Column { id: "to_40", title: "40", unit: Unit::Count },
    Column { id: "to_80", title: "80", unit: Unit::Count },
    Column { id: "to_160", title: "160", unit: Unit::Count },
    Column { id: "to_320", title: "320", unit: Unit::Count },
    Column { id: "to_640", title: "640", unit: Unit::Count },
    Column { id: "to_1280", title: "1280", unit: Unit::Count },
    Column { id: "beyond", title: "1280+", unit: Unit::Count },
    Column { id: "domain", title: "domain", unit: Unit::Text },
];

/// A row for all, and one for each domain, the greatest first. `domains` gives those that a
/// message counts for, each time it counts.
pub(super) fn matrix<'q>(
    queue: &'q [Queued],
    (id, title): (&'static str, &'static str),
    limit: Limit,
    domains: impl Fn(&'q Queued) -> Vec<&'q str>,
) -> Section<'static> {
    let mut rows: BTreeMap<&str, [u64; 11]> = BTreeMap::new();
    let mut sum = [0; 11];
    for queued in queue {
        let minutes = queued.age_seconds / 60;
        let column = AGES.iter().position(|age| minutes < *age).unwrap_or(AGES.len()) + 1;
        for domain in domains(queued) {
            for counts in [&mut sum, rows.entry(domain).or_default()] {
                for at in [0, column] {
                    if let Some(count) = counts.get_mut(at) {
                        *count += 1;
                    }
                }
            }
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(domain, counts)| (Reverse(counts.first().copied()), *domain));
    let mut table = Table::new(COLUMNS);
    let total = if rows.is_empty() { 0 } else { rows.len() + 1 };
    if total > 0 {
        table.push(&[b"TOTAL"], &sum);
    }
    for (domain, counts) in rows.iter().take(limit.of(rows.len())) {
        table.push(&[domain.as_bytes()], counts);
    }
    Section::of(id, title, total, table)
}

/// The domains of the recipients that are left.
pub(super) fn to(queued: &Queued) -> Vec<&str> {
    match queued.recipients.as_slice() {
        [] => vec![UNNAMED],
        some => some.iter().map(|address| domain(address)).collect(),
    }
}

/// The domain of the sender.
pub(super) fn from(queued: &Queued) -> Vec<&str> {
    vec![match queued.sender.as_deref() {
        None => UNNAMED,
        Some("") => "<>",
        Some(sender) => domain(sender),
    }]
}

/// What stands behind the `@`; of a bare name, all.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or(address)
}
