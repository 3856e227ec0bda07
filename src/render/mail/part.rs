//! The tables of a mail: of each section the columns and rows that are most useful.

use serde::Serialize;

use crate::report::model::{Body, Report, Section, Traffic};
use crate::report::table::{Cell, Group, Place, Table, Unit};

use crate::render::html::{chart, shape};

/// Characters of a cell.
const CELL: usize = 90;

/// A table of the mail.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    heading: &'static str,
    /// Titles of the columns of numbers.
    numbers: Vec<&'static str>,
    /// Title of what they are about.
    of: &'static str,
    rows: Vec<Row>,
    /// Rows that are not here.
    more: usize,
}

#[derive(Debug, Default, Serialize)]
struct Row {
    numbers: Vec<String>,
    /// How long the bar of the first number is, in percent of the longest.
    bar: u64,
    text: String,
    /// What stands in front of it in bold, or nothing.
    lead: String,
    /// A sentence below it, or nothing.
    note: String,
}

/// Which columns of a section a mail shows: numbers, what is in front, the text, a sentence.
struct Choice {
    id: &'static str,
    heading: &'static str,
    numbers: &'static [(&'static str, &'static str)],
    lead: &'static str,
    text: &'static str,
    of: &'static str,
    note: &'static str,
}

const fn choice(
    id: &'static str,
    heading: &'static str,
    numbers: &'static [(&'static str, &'static str)],
    of: &'static str,
    [lead, text, note]: [&'static str; 3],
) -> Choice {
    Choice { id, heading, numbers, lead, text, of, note }
}

/// In the order of the mail.
const CHOICES: [Choice; 18] = [
    choice("panics", "Panics", &[("count", "times")], "what", ["", "text", ""]),
    choice("fatals", "Fatal errors", &[("count", "times")], "what", ["", "text", ""]),
    choice("errors", "Errors", &[("count", "times")], "what", ["", "text", ""]),
    choice(
        "deferral_causes",
        "Why mail was deferred",
        &[("attempts", "attempts"), ("messages", "messages")],
        "cause",
        ["", "title", "advice"],
    ),
    choice(
        "deferral_reasons",
        "Where it was deferred",
        &[("attempts", "attempts")],
        "destination: reason",
        ["destination", "reason", ""],
    ),
    choice(
        "bounce_causes",
        "Why mail was given up",
        &[("count", "recipients")],
        "status: reason",
        ["dsn", "reason", ""],
    ),
    choice("expired", "Expired", &[("count", "messages")], "relay", ["", "text", ""]),
    choice(
        "reject_causes",
        "Why clients were refused",
        &[("count", "refused")],
        "cause: rule or list",
        ["title", "rule", ""],
    ),
    choice("greylisting", "Greylisting", &[("count", "")], "", ["", "what", ""]),
    choice("warnings", "Warnings", &[("count", "times")], "service: warning", ["", "text", ""]),
    choice(
        "sender_domains",
        "Domains that sent",
        &[("count", "messages"), ("bytes", "size")],
        "domain",
        ["", "domain", ""],
    ),
    choice(
        "recipient_domains",
        "Domains that received",
        &[("count", "recipients"), ("deferrals", "deferrals")],
        "domain",
        ["", "domain", ""],
    ),
    choice("senders", "Senders", &[("count", "messages")], "address", ["", "address", ""]),
    choice("recipients", "Recipients", &[("count", "deliveries")], "address", ["", "address", ""]),
    choice(
        "delays",
        "Delays",
        &[("p50", "half within"), ("p95", "95 % within")],
        "destination",
        ["", "destination", ""],
    ),
    choice(
        "sign_in_failures",
        "Failed sign-ins",
        &[("count", "failures")],
        "network: user",
        ["network", "user", ""],
    ),
    choice(
        "users",
        "Signed-in users",
        &[("messages", "messages"), ("recipients", "recipients")],
        "user",
        ["", "user", ""],
    ),
    choice("blocklists", "Blocklists", &[("count", "times")], "list", ["", "list", ""]),
];

/// The tables that have something to say, of at most so many rows.
pub(super) fn all(report: &Report<'_>, most: usize) -> Vec<Part> {
    let section = |choice: &Choice| {
        let section = report.sections.iter().find(|section| section.id == choice.id)?;
        let part = part(section, choice, most);
        (!part.rows.is_empty()).then_some(part)
    };
    CHOICES.iter().filter_map(section).collect()
}

fn part(section: &Section<'_>, choice: &Choice, most: usize) -> Part {
    let mut rows = match &section.body {
        Body::Table(table) => of_table(table, choice, most),
        Body::Outline(outline) => {
            let mut lines = Vec::new();
            for group in &outline.groups {
                of_group(group, "", &mut lines);
            }
            lines.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
            lines.truncate(most);
            lines
        }
        Body::Lines(_) => Vec::new(),
    };
    let longest = rows.iter().map(|(count, _)| *count).max().unwrap_or(0);
    for (count, row) in &mut rows {
        row.bar = chart::share(*count, longest);
    }
    Part {
        heading: choice.heading,
        numbers: choice.numbers.iter().map(|(_, title)| *title).collect(),
        of: choice.of,
        more: section.total.saturating_sub(rows.len()),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    }
}

/// Rows, each with its first number.
fn of_table(table: &Table<'_>, choice: &Choice, most: usize) -> Vec<(u64, Row)> {
    let places: Vec<(Place, Unit)> = choice
        .numbers
        .iter()
        .filter_map(|(id, _)| {
            let column = table.columns().iter().find(|column| column.id == *id)?;
            Some((table.place(id)?, column.unit))
        })
        .collect();
    let [lead, text, note] = [choice.lead, choice.text, choice.note].map(|id| table.place(id));
    let of = |row: &crate::report::table::Row<'_>, place: Option<Place>| {
        place.map_or_else(String::new, |place| row.cell(place).text().shown().into_owned())
    };
    let rows = table.rows().take(most).map(|row| {
        let first = places.first().map_or(0, |(place, _)| row.cell(*place).number());
        let numbers = places.iter().map(|(place, unit)| number(row.cell(*place), *unit));
        let shown = Row {
            numbers: numbers.collect(),
            bar: 0,
            text: cut(&of(&row, text)),
            lead: cut(&of(&row, lead)),
            note: of(&row, note),
        };
        (first, shown)
    });
    rows.collect()
}

fn number(cell: Cell<'_>, unit: Unit) -> String {
    match (cell, unit) {
        (Cell::Text(text), _) => text.shown().into_owned(),
        (Cell::Number(bytes), Unit::Bytes) => shape::bytes(bytes),
        (Cell::Number(micros), Unit::Seconds) => shape::span(micros),
        (Cell::Number(count), _) => shape::grouped(count),
    }
}

/// Lines below headings, each with its last heading in front.
fn of_group(group: &Group<'_>, above: &str, lines: &mut Vec<(u64, Row)>) {
    let lead = if group.name.is_empty() { above } else { &group.name };
    for inner in &group.groups {
        of_group(inner, lead, lines);
    }
    let (Some(count), Some(text)) = (group.rows.place("count"), group.rows.place("text")) else {
        return;
    };
    for row in group.rows.rows() {
        if let (Cell::Number(count), Cell::Text(text)) = (row.cell(count), row.cell(text)) {
            let numbers = vec![shape::grouped(count)];
            let (text, lead) = (cut(&text.shown()), cut(lead));
            lines.push((count, Row { numbers, text, lead, ..Row::default() }));
        }
    }
}

fn cut(text: &str) -> String {
    shape::cut(text, CELL).unwrap_or_else(|| text.to_owned())
}

/// A series of the hours of the day, as bars of cells.
#[derive(Debug, Serialize)]
pub(super) struct Strip {
    name: &'static str,
    colour: &'static str,
    sum: u64,
    peak: u64,
    peak_at: String,
    /// How high the bar of each hour is, in pixels.
    bars: Vec<u64>,
}

/// Pixels of the highest bar.
const HEIGHT: u64 = 36;

/// What happened hour by hour; a series of zeros is left out.
pub(super) fn hours(report: &Report<'_>) -> Vec<Strip> {
    type Series = (&'static str, &'static str, fn(&Traffic) -> u64);
    let series: [Series; 5] = [
        ("Received", "#5b93ad", |traffic| traffic.received),
        ("Delivered", "#5b93ad", |traffic| traffic.delivered),
        ("Deferred", "#b98a3a", |traffic| traffic.deferred),
        ("Bounced", "#b98a3a", |traffic| traffic.bounced),
        ("Rejected", "#8d8f92", |traffic| traffic.rejected),
    ];
    let strips = series.into_iter().filter_map(|(name, colour, value)| {
        let values: Vec<u64> = report.hours.iter().map(|hour| value(&hour.traffic)).collect();
        let peak = values.iter().copied().max().filter(|peak| *peak > 0)?;
        let at = values.iter().position(|value| *value == peak).unwrap_or(0);
        let height = |value: u64| match value {
            0 => 0,
            value => (value.saturating_mul(HEIGHT) / peak).max(1),
        };
        Some(Strip {
            name,
            colour,
            sum: values.iter().sum(),
            peak,
            peak_at: shape::hour(at as u64),
            bars: values.into_iter().map(height).collect(),
        })
    });
    strips.collect()
}
