//! *Blocklists*: which lists name the clients of postscreen(8), and which of them alone.

use std::cmp::Reverse;

use super::View;
use super::model::Section;
use super::table::{Column, Table, Unit};

/// The lists, the one that named the most clients first.
pub(super) fn section(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "count", title: "times", unit: Unit::Count },
        Column { id: "clients", title: "clients", unit: Unit::Count },
        Column { id: "alone", title: "no other list", unit: Unit::Count },
        Column { id: "list", title: "list", unit: Unit::Text },
    ];
    let lists = &view.tallies.lists;
    let named = lists.clients().into_iter().chain(std::iter::repeat((0, 0)));
    let mut rows: Vec<_> = lists
        .zones
        .iter()
        .zip(named)
        .map(|((zone, count), named)| (named, *count, view.names.texts.text(*zone)))
        .collect();
    rows.sort_by_key(|((clients, _), count, zone)| (Reverse((*clients, *count)), *zone));
    let mut table = Table::new(COLUMNS);
    for ((clients, alone), count, zone) in &rows {
        table.push(&[zone], &[*count, *clients, *alone]);
    }
    Section::of("blocklists", "Blocklists", rows.len(), table)
}
