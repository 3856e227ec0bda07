//! How old queued mail is: recipients or messages by domain and age, as qshape(1) shows them.

use std::collections::BTreeMap;

use crate::config::Limit;

use super::model::Section;
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

/// What is queued, by domain and age.
#[derive(Default)]
pub(super) struct Matrix {
    sum: Ages,
    domains: BTreeMap<String, Ages>,
}

/// All of a domain, and those of each age.
type Ages = [u64; 1 + AGES.len() + 1];

impl Matrix {
    /// Adds a recipient or message of a domain.
    pub(super) fn add(&mut self, domain: &str, age_seconds: i64) {
        let minutes = age_seconds / 60;
        let column = AGES.iter().position(|age| minutes < *age).unwrap_or(AGES.len()) + 1;
        for counts in [&mut self.sum, self.domains.entry(domain.to_owned()).or_default()] {
            for at in [0, column] {
                if let Some(count) = counts.get_mut(at) {
                    *count += 1;
                }
            }
        }
    }

    /// A row for all, and one for each domain, the greatest first.
    pub(super) fn section(
        self,
        (id, title): (&'static str, &'static str),
        limit: Limit,
    ) -> Section<'static> {
        let mut rows: Vec<_> = self.domains.into_iter().collect();
        rows.sort_by(|(a, of_a), (b, of_b)| of_b.first().cmp(&of_a.first()).then(a.cmp(b)));
        let mut table = Table::new(COLUMNS);
        let total = if rows.is_empty() { 0 } else { rows.len() + 1 };
        if total > 0 {
            table.push(&[b"TOTAL"], &self.sum);
        }
        for (domain, counts) in rows.iter().take(limit.of(rows.len())) {
            table.push(&[domain.as_bytes()], counts);
        }
        Section::of(id, title, total, table)
    }
}

/// What stands behind the `@`; of a bare name, all.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or(address)
}
