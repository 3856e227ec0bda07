//! The tables by hour and by day, and the JSON in which a truth is told.

use std::collections::BTreeMap;

use super::clock::{DAY, HOUR, Micros, civil};

/// A column of the tables; `Deferred` counts deferrals, as in the report.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    Received,
    Delivered,
    Deferred,
    Bounced,
    Rejected,
}

/// Counts by column.
type Row = [i64; 5];

/// What happened, by hour of the day and by day.
#[derive(Default)]
pub(crate) struct Tables {
    hours: [Row; 24],
    days: BTreeMap<Micros, Row>,
}

impl Tables {
    /// Counts one thing at a moment.
    pub(crate) fn count(&mut self, at: Micros, column: Column) {
        let hour = usize::try_from(at.rem_euclid(DAY) / HOUR).unwrap_or(0);
        let day = self.days.entry(at.div_euclid(DAY) * DAY).or_default();
        for row in [self.hours.get_mut(hour), Some(day)].into_iter().flatten() {
            if let Some(cell) = row.get_mut(column as usize) {
                *cell += 1;
            }
        }
    }

    /// The members `totals` and, for the whole truth, `hours` and `days`.
    pub(crate) fn json(&self, indent: &str, keys: &[(&str, i64)], whole: bool) -> String {
        let keys = keys.iter().map(|(key, value)| format!("\"{key}\": {value}"));
        let totals = format!("{indent}\"totals\": {{\n{}\n{indent}}}", listed(indent, keys));
        if !whole {
            return totals;
        }
        let hours = (0..24).zip(&self.hours);
        let hours = hours.map(|(hour, row)| format!("{{ \"hour\": {hour}, {} }}", cells(row)));
        let days = self.days.iter();
        let days = days.map(|(day, row)| {
            format!("{{ \"date\": \"{}\", {} }}", civil(*day).date(), cells(row))
        });
        format!(
            "{totals},\n{indent}\"hours\": [\n{}\n{indent}],\n{indent}\"days\": [\n{}\n{indent}]",
            listed(indent, hours),
            listed(indent, days)
        )
    }
}

fn listed(indent: &str, items: impl Iterator<Item = String>) -> String {
    items.map(|item| format!("{indent}  {item}")).collect::<Vec<_>>().join(",\n")
}

fn cells(row: &Row) -> String {
    let [received, delivered, deferred, bounced, rejected] = row;
    format!(
        "\"received\": {received}, \"delivered\": {delivered}, \"deferred\": {deferred}, \
         \"bounced\": {bounced}, \"rejected\": {rejected}"
    )
}
