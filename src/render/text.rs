//! Text, by the template `templates/report.txt`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult};

use crate::error::Error;
use crate::report::table::{Cell, Group, Row, Table};
use crate::report::{Body, Report, Section};
use crate::words::scale::{hms, push_count, scaled_count, unpadded_count};

use super::attention;
use super::pattern::Pattern;
use super::template;

/// A built-in template: its name, and what it says.
type Template = (&'static str, &'static str);

pub(super) const NAME: &str = "report.txt";
pub(super) const TEMPLATE: &str = include_str!("../../templates/report.txt");

const REPORT: Template = (NAME, TEMPLATE);
const QUEUE: Template = ("queue.txt", include_str!("../../templates/queue.txt"));

/// Writes the report as text.
pub(super) fn write(report: &Arc<Report>, out: &mut dyn Write) -> Result<(), Error> {
    write_as(REPORT, report, out)
}

/// Writes what is queued as text.
pub(super) fn write_queue(report: &Arc<Report>, out: &mut dyn Write) -> Result<(), Error> {
    write_as(QUEUE, report, out)
}

fn write_as(source: Template, report: &Arc<Report>, out: &mut dyn Write) -> Result<(), Error> {
    let mut tera = Tera::new();
    register(&mut tera, report);
    template::write(tera, source, &context(report), out)
}

/// The key of how the report is to look, which is no part of JSON.
pub(super) const LAYOUT: &str = "layout";

/// What a section's heading needs.
#[derive(Serialize)]
struct Head {
    id: &'static str,
    title: &'static str,
    shown: usize,
    total: usize,
}

/// The report without its rows; those are written by `rows`, `outline` and `messages`.
fn context(report: &Report) -> Context {
    let mut context = Context::new();
    let heads: Vec<Head> = report
        .sections
        .iter()
        .map(|&Section { id, title, shown, total, .. }| Head { id, title, shown, total })
        .collect();
    context.insert("title", &report.title);
    context.insert("period", &report.period);
    context.insert("hosts", &report.hosts);
    context.insert("totals", &report.totals);
    context.insert("smtpd", &report.smtpd);
    context.insert("postscreen", &report.postscreen);
    context.insert("reading", &report.reading);
    context.insert("books", &report.books);
    context.insert("findings", &report.findings);
    context.insert("sections", &heads);
    context.insert(LAYOUT, &report.layout);
    context
}

/// What templates of text can do with values.
pub(super) fn register(tera: &mut Tera, report: &Arc<Report>) {
    tera.register_filter("n", |n: u64, _: Kwargs, _: &State| scaled_count(n));
    tera.register_filter("unpadded", |n: u64, _: Kwargs, _: &State| unpadded_count(n));
    tera.register_filter("hms", |n: u64, _: Kwargs, _: &State| hms(n));
    tera.register_filter("underlined", |title: &str, _: Kwargs, _: &State| {
        format!("{title}\n{}", "-".repeat(title.chars().count()))
    });
    tera.register_filter("per", |sum: u64, with: Kwargs, _: &State| -> TeraResult<u64> {
        let count: u64 = with.must_get("of")?;
        Ok(sum.saturating_add(count / 2).checked_div(count).unwrap_or(0))
    });
    template::add_percent(tera);
    tera.register_filter("columns", |n: u64, with: Kwargs, _: &State| -> TeraResult<String> {
        Ok(format!("{n:width$}", width = with.must_get::<usize>("width")?))
    });
    tera.register_filter("wrapped", |text: &str, with: Kwargs, _: &State| -> TeraResult<String> {
        Ok(wrapped(text, with.must_get::<usize>("indent")?))
    });
    let shared = Arc::clone(report);
    tera.register_function("rows", move |with: Kwargs, _: &State| rows(&shared, &with));
    let shared = Arc::clone(report);
    tera.register_function("outline", move |with: Kwargs, _: &State| outline(&shared, &with));
    let shared = Arc::clone(report);
    tera.register_function("causes", move |with: Kwargs, _: &State| causes(&shared, &with));
    let shared = Arc::clone(report);
    tera.register_function("attention", move |_: Kwargs, _: &State| -> String {
        attention::lines(&shared.findings)
    });
    let shared = Arc::clone(report);
    tera.register_function("nested", move |with: Kwargs, _: &State| nested(&shared, &with));
    let shared = Arc::clone(report);
    tera.register_function("messages", move |with: Kwargs, _: &State| messages(&shared, &with));
}

/// Text in lines of at most eighty columns, all but the first indented.
fn wrapped(text: &str, indent: usize) -> String {
    wrap(text, 0, indent)
}

/// As `wrapped`, of text that stands behind `indent` columns.
fn wrapped_behind(text: &str, indent: usize) -> String {
    wrap(text, indent, indent)
}

pub(super) fn wrap(text: &str, start: usize, indent: usize) -> String {
    let (mut out, mut column) = (String::new(), start);
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > indent && column + 1 + width > 80 {
            out.push('\n');
            out += &" ".repeat(indent);
            column = indent;
        } else if !out.is_empty() {
            out.push(' ');
            column += 1;
        }
        out += word;
        column += width;
    }
    out
}

/// `rows(id, as)`: the rows of a table or the lines of a text, each by the pattern `as`.
fn rows(report: &Report, with: &Kwargs) -> TeraResult<String> {
    let pattern = with.get::<&str>("as")?.unwrap_or_default();
    let short = with.get::<bool>("short")?.unwrap_or(false);
    match body(report, with)? {
        Body::Table(table) => {
            let pattern =
                Pattern::parse(pattern, table, report.layout.iso).map_err(tera::Error::message)?;
            let mut out = String::with_capacity(table.len() * 48);
            for row in table.rows() {
                if short {
                    pattern.write_short(&row, &mut out);
                } else {
                    pattern.write(&row, &mut out);
                }
            }
            Ok(out)
        }
        Body::Lines(lines) => Ok(lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()),
        Body::Outline(_) => Err(tera::Error::message("this section is an outline")),
    }
}

/// `causes(as, each)`: each root cause by the pattern `as`, below it its destinations and
/// reasons by `each`, and what can be done about it.
fn causes(report: &Report, with: &Kwargs) -> TeraResult<String> {
    let nesting = Nesting {
        of: "deferral_causes",
        below: "deferral_reasons",
        by: "cause",
        lead: None,
        tail: Some("advice"),
    };
    nesting.write(report, with)
}

/// `nested(of, below, by, as, each, lead)`: each row of the table `of` by the pattern `as`, then
/// its column `lead`, if one is named, and below it the rows of the table `below` that say the
/// same in the column `by`, by `each`.
fn nested(report: &Report, with: &Kwargs) -> TeraResult<String> {
    let nesting = Nesting {
        of: with.must_get("of")?,
        below: with.must_get("below")?,
        by: with.must_get("by")?,
        lead: with.get("lead")?,
        tail: None,
    };
    nesting.write(report, with)
}

/// Two tables, of which the rows of one stand below those of the other.
struct Nesting<'w> {
    of: &'w str,
    below: &'w str,
    by: &'w str,
    lead: Option<&'w str>,
    tail: Option<&'w str>,
}

impl Nesting<'_> {
    fn write(&self, report: &Report, with: &Kwargs) -> TeraResult<String> {
        let (outer, inner) = (table(report, self.of)?, table(report, self.below)?);
        let read = |text, table| {
            Pattern::parse(text, table, report.layout.iso).map_err(tera::Error::message)
        };
        let of = read(with.must_get::<&str>("as")?, outer)?;
        let each = read(with.must_get::<&str>("each")?, inner)?;
        let mut below: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
        for row in inner.rows() {
            below.entry(text(&row, inner, self.by)).or_default().push(row);
        }
        let mut out = String::new();
        for row in outer.rows() {
            of.write(&row, &mut out);
            if let Some(lead) = self.lead {
                out.push_str("  ");
                out.push_str(&wrapped_behind(text(&row, outer, lead), 2));
                out.push('\n');
            }
            let rows = below.get(text(&row, outer, self.by)).map(Vec::as_slice);
            rows.unwrap_or_default().iter().for_each(|row| each.write(row, &mut out));
            if let Some(tail) = self.tail {
                out.push_str("      -> ");
                out.push_str(&wrapped_behind(text(&row, outer, tail), 9));
                out.push('\n');
            }
        }
        Ok(out)
    }
}

/// The table of a section.
fn table<'r>(report: &'r Report, id: &str) -> TeraResult<&'r Table> {
    let section = report.sections.iter().find(|section| section.id == id);
    match section.map(|section| &section.body) {
        Some(Body::Table(table)) => Ok(table),
        _ => Err(tera::Error::message(format!("there is no table `{id}`"))),
    }
}

/// What a row says in a column of text.
fn text<'r>(row: &Row<'r>, table: &Table, id: &str) -> &'r str {
    match table.place(id).map(|at| row.cell(at)) {
        Some(Cell::Text(text)) => text,
        _ => "",
    }
}

/// `outline(id, indent)`: headings and counted lines, `indent` blanks before the first ones.
fn outline(report: &Report, with: &Kwargs) -> TeraResult<String> {
    let indent = with.get::<usize>("indent")?.unwrap_or(2);
    let Body::Outline(outline) = body(report, with)? else {
        return Err(tera::Error::message("this section is no outline"));
    };
    let mut out = String::new();
    for group in &outline.groups {
        write_group(group, indent, &mut out);
    }
    Ok(out)
}

fn write_group(group: &Group, indent: usize, out: &mut String) {
    if group.name.is_empty() && group.groups.is_empty() {
        return write_lines(&group.rows, indent, out);
    }
    let blanks = " ".repeat(indent);
    *out += &blanks;
    *out += &group.name;
    if group.groups.is_empty() {
        let Group { count, shown, total, .. } = group;
        // Writing to a string cannot fail.
        let _ = if shown < total {
            write!(out, " (top {shown} of {total}, {count} in all)")
        } else {
            write!(out, " ({count})")
        };
    }
    out.push('\n');
    for group in &group.groups {
        write_group(group, indent + 2, out);
    }
    write_lines(&group.rows, indent + 2, out);
}

fn write_lines(table: &Table, indent: usize, out: &mut String) {
    let (Some(count), Some(text)) = (table.place("count"), table.place("text")) else { return };
    let blanks = " ".repeat(indent);
    for row in table.rows() {
        if let (Cell::Number(count), Cell::Text(text)) = (row.cell(count), row.cell(text)) {
            *out += &blanks;
            push_count(count, out);
            *out += "  ";
            *out += text;
            out.push('\n');
        }
    }
}

/// `messages(id)`: each message with its recipients below it, and an empty line.
fn messages(report: &Report, with: &Kwargs) -> TeraResult<String> {
    let Body::Table(table) = body(report, with)? else {
        return Err(tera::Error::message("this section is no table"));
    };
    let places = (table.place("queue_id"), table.place("sender"), table.place("recipient"));
    let (Some(queue_id), Some(sender), Some(recipient)) = places else {
        return Err(tera::Error::message("this section is not of messages"));
    };
    let mut out = String::new();
    let mut before = None;
    for row in table.rows() {
        let cell = |place| match row.cell(place) {
            Cell::Text(text) => text,
            Cell::Number(_) => "",
        };
        let (message, recipient) = ((cell(queue_id), cell(sender)), cell(recipient));
        if before != Some(message) {
            out.push_str(if before.is_some() { "\n" } else { "" });
            let _ = writeln!(out, " {}  {}", message.0, message.1);
            before = Some(message);
        }
        if !recipient.is_empty() {
            let _ = writeln!(out, "   {recipient}");
        }
    }
    out.push_str(if before.is_some() { "\n" } else { "" });
    Ok(out)
}

fn body<'r>(report: &'r Report, with: &Kwargs) -> TeraResult<&'r Body> {
    let id = with.must_get::<&str>("id")?;
    let section = report.sections.iter().find(|section| section.id == id);
    let section = section.ok_or_else(|| tera::Error::message(format!("no section `{id}`")))?;
    Ok(&section.body)
}
