//! One table of the report as CSV, its numbers raw.

use std::io::Write;

use serde::Serialize;
use serde_json::Value;

use crate::error::Error;
use crate::report::table::{Cell, Group, Table, Unit, seconds};
use crate::report::{Body, Report, SECTIONS};
use crate::words::csv;

/// Tables that are keys of the report and no sections.
const KEYS: [&str; 7] = ["totals", "hours", "days", "books", "reading", "findings", "queue"];

/// The names of all tables.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    KEYS.into_iter().chain(SECTIONS)
}

/// The table of a name, hyphens or underscores.
#[must_use]
pub fn named(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    names().find(|known| *known == name)
}

/// Writes a table with a row of headings; of a table without rows these alone.
///
/// # Errors
///
/// When the report has no such table, or `out` cannot be written to.
pub fn write(report: &Report<'_>, name: &str, out: &mut dyn Write) -> Result<(), Error> {
    let mut rows = match name {
        "totals" => pairs(&report.totals),
        "books" => pairs(&report.books),
        "reading" => pairs(&report.reading),
        "hours" => records(HOUR, &report.hours),
        "days" => records(DAY, &report.days),
        "findings" => records(FINDING, &report.findings),
        "queue" => records(QUEUED, &report.queue),
        _ => section(report, name)?,
    };
    rows.write(out).map_err(Error::Write)
}

const HOUR: &[&str] = &["hour", "received", "delivered", "deferred", "bounced", "rejected"];
const DAY: &[&str] = &["date", "received", "delivered", "deferred", "bounced", "rejected"];
const FINDING: &[&str] =
    &["id", "severity", "title", "detail", "advice", "count", "queue_ids", "command"];
const QUEUED: &[&str] = &[
    "queue_id",
    "host",
    "arrival",
    "age_seconds",
    "attempts",
    "sender",
    "recipients",
    "last_reason",
    "cause",
];

/// Rows that are ready to be written.
#[derive(Default)]
struct Rows(String);

impl Rows {
    fn headed<S: AsRef<str>>(titles: &[S]) -> Rows {
        Rows(csv::row(titles))
    }

    fn push(&mut self, cells: &[String]) {
        self.0.push_str(&csv::row(cells));
    }

    fn write(&mut self, out: &mut dyn Write) -> std::io::Result<()> {
        out.write_all(self.0.as_bytes())
    }
}

/// A row for each number of an object.
fn pairs(object: &impl Serialize) -> Rows {
    let mut rows = Rows::headed(&["what", "count"]);
    if let Ok(Value::Object(keys)) = serde_json::to_value(object) {
        let numbers = keys.iter().filter(|(_, value)| value.is_number() || value.is_boolean());
        numbers.for_each(|(key, value)| rows.push(&[key.clone(), value.to_string()]));
    }
    rows
}

/// A row for each object, with these of its keys.
fn records(keys: &[&str], objects: &[impl Serialize]) -> Rows {
    let mut rows = Rows::headed(keys);
    for object in objects {
        let value = serde_json::to_value(object).unwrap_or_default();
        let cells: Vec<String> =
            keys.iter().map(|key| value.get(key).map(plain).unwrap_or_default()).collect();
        rows.push(&cells);
    }
    rows
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => csv::cell(text).into_owned(),
        Value::Array(list) => {
            let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            csv::cell(&texts.join(" ")).into_owned()
        }
        other => other.to_string(),
    }
}

fn section(report: &Report<'_>, name: &str) -> Result<Rows, Error> {
    let section = report.sections.iter().find(|section| section.id == name);
    let said = "the options given leave it out of the report";
    let section = section.ok_or(Error::NoTable { name: name.to_owned(), said })?;
    Ok(match &section.body {
        Body::Table(table) => of_table(table),
        Body::Outline(outline) => {
            let mut rows = Rows::headed(&["heading", "subheading", "count", "text"]);
            outline.groups.iter().for_each(|group| of_group(group, &mut Vec::new(), &mut rows));
            rows
        }
        Body::Lines(lines) => {
            let mut rows = Rows::headed(&["line"]);
            for line in lines {
                rows.push(&[csv::cell(line).into_owned()]);
            }
            rows
        }
    })
}

fn of_table(table: &Table<'_>) -> Rows {
    let titles: Vec<&str> = table.columns().iter().map(|column| column.id).collect();
    let mut rows = Rows::headed(&titles);
    let places: Vec<_> =
        table.columns().iter().map(|column| (table.place(column.id), column.unit)).collect();
    for row in table.rows() {
        let cells: Vec<String> = places
            .iter()
            .map(|(place, unit)| match (place.map(|place| row.cell(place)), unit) {
                (Some(Cell::Text(text)), _) => csv::cell(&text.shown()).into_owned(),
                (Some(Cell::Number(micros)), Unit::Seconds) => seconds(micros).to_string(),
                (Some(Cell::Number(number)), _) => number.to_string(),
                (None, _) => String::new(),
            })
            .collect();
        rows.push(&cells);
    }
    rows
}

/// The lines below a heading, each with the headings above it.
fn of_group<'g>(group: &'g Group<'g>, above: &mut Vec<&'g str>, rows: &mut Rows) {
    above.push(&group.name);
    for inner in &group.groups {
        of_group(inner, above, rows);
    }
    if let (Some(count), Some(text)) = (group.rows.place("count"), group.rows.place("text")) {
        let heading =
            |level: usize| csv::cell(above.get(level).copied().unwrap_or("")).into_owned();
        for row in group.rows.rows() {
            if let (Cell::Number(count), Cell::Text(text)) = (row.cell(count), row.cell(text)) {
                let text = csv::cell(&text.shown()).into_owned();
                rows.push(&[heading(0), heading(1), count.to_string(), text]);
            }
        }
    }
    above.pop();
}
