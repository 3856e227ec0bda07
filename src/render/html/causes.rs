//! Why mail was deferred: each root cause with what can be done, below it its destinations
//! and reasons.

use serde::Serialize;

use crate::report::model::{Body, Report};
use crate::report::table::{Column, Row, Table};

use super::shape;
use super::table::{self, Shown};

/// A root cause.
#[derive(Debug, Serialize)]
pub(super) struct Cause {
    title: String,
    advice: String,
    attempts: u64,
    messages: u64,
    recipients: u64,
    oldest: String,
    places: Shown,
}

/// Columns of the table below a cause.
const COLUMNS: [&str; 5] = ["attempts", "destination", "reason", "oldest", "queue_ids"];

/// The causes, the most frequent first.
pub(super) fn of(report: &Report<'_>) -> Vec<Cause> {
    let table = |id: &str| {
        report.sections.iter().find(|section| section.id == id).and_then(|section| {
            if let Body::Table(table) = &section.body { Some(table) } else { None }
        })
    };
    let (Some(causes), Some(reasons)) = (table("deferral_causes"), table("deferral_reasons"))
    else {
        return Vec::new();
    };
    let columns: Vec<&Column> = COLUMNS
        .iter()
        .filter_map(|id| reasons.columns().iter().find(|column| column.id == *id))
        .collect();
    causes.rows().map(|cause| of_cause(&cause, causes, reasons, &columns)).collect()
}

fn of_cause(row: &Row<'_>, causes: &Table<'_>, reasons: &Table<'_>, columns: &[&Column]) -> Cause {
    let id = text(row, causes, "cause");
    let below = |row: &Row<'_>| text(row, reasons, "cause") == id;
    let total = reasons.rows().filter(below).count();
    Cause {
        title: text(row, causes, "title"),
        advice: text(row, causes, "advice"),
        attempts: number(row, causes, "attempts"),
        messages: number(row, causes, "messages"),
        recipients: number(row, causes, "recipients"),
        oldest: shape::span(number(row, causes, "oldest")),
        places: table::rows(reasons, columns, below, total),
    }
}

fn text(row: &Row<'_>, table: &Table<'_>, id: &str) -> String {
    table.place(id).map_or_else(String::new, |at| row.cell(at).text().shown().into_owned())
}

fn number(row: &Row<'_>, table: &Table<'_>, id: &str) -> u64 {
    table.place(id).map_or(0, |at| row.cell(at).number())
}
