//! What stands below the headings of a text: the rows of tables, outlines and messages, as the
//! functions of its template ask for them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use tera::{Kwargs, TeraResult};

use crate::error::Error;
use crate::report::table::{Group, Row, Table};
use crate::report::{Body, Report, together};

use super::pattern::{Counted, Pattern};
use super::text::{NAME, wrapped_behind};

/// What a function of the template asks for.
pub(super) enum Wanted {
    /// `rows(id, as, short)`: the rows of a table or the lines of a text, each by the pattern
    /// `as`; if they are `short`, up to the last number that is not zero.
    Rows { id: String, pattern: String, short: bool },
    /// `outline(id, indent)`: headings and counted lines, `indent` blanks before the first ones.
    Outline { id: String, indent: usize },
    /// `nested(...)` and `causes(...)`.
    Nested(Nesting),
    /// `messages(id)`: each message with its recipients below it, and an empty line.
    Messages { id: String },
}

/// How what a function is given is understood.
type Read = fn(&Kwargs) -> TeraResult<Wanted>;

/// The functions, by their names.
pub(super) const FUNCTIONS: [(&str, Read); 5] = [
    ("rows", |with| {
        let pattern = with.get("as")?.unwrap_or_default();
        let short = with.get("short")?.unwrap_or(false);
        Ok(Wanted::Rows { id: with.must_get("id")?, pattern, short })
    }),
    ("outline", |with| {
        let indent = with.get("indent")?.unwrap_or(2);
        Ok(Wanted::Outline { id: with.must_get("id")?, indent })
    }),
    ("causes", |with| Nesting::of_causes(with).map(Wanted::Nested)),
    ("nested", |with| Nesting::read(with).map(Wanted::Nested)),
    ("messages", |with| Ok(Wanted::Messages { id: with.must_get("id")? })),
];

/// What is wrong with a template.
type Wrong = String;

impl Wanted {
    /// What is asked for, as text.
    pub(super) fn text(&self, report: &Report<'_>) -> TeraResult<String> {
        let mut out = Vec::new();
        match self.write(report, &mut out) {
            Err(Error::Template { said, .. }) => Err(tera::Error::message(said)),
            Err(error) => Err(tera::Error::message(error.to_string())),
            Ok(()) => String::from_utf8(out).map_err(tera::Error::message),
        }
    }

    /// Writes what is asked for.
    pub(super) fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
        let mut lines = Lines { ready: Vec::with_capacity(Lines::ROOM), out, failure: Ok(()) };
        let wrong = match self {
            Wanted::Rows { id, pattern, short } => rows(report, id, pattern, *short, &mut lines),
            Wanted::Outline { id, indent } => outline(report, id, *indent, &mut lines),
            Wanted::Nested(nesting) => nesting.write(report, &mut lines),
            Wanted::Messages { id } => messages(report, id, &mut lines),
        };
        wrong.map_err(|said| Error::Template { name: NAME.to_owned(), said })?;
        lines.hand_over();
        lines.failure.map_err(Error::Write)
    }
}

/// Lines on their way out.
struct Lines<'w> {
    ready: Vec<u8>,
    out: &'w mut dyn Write,
    failure: std::io::Result<()>,
}

impl Lines<'_> {
    /// Bytes that are handed over together: as many as a buffered writer holds, so that it does
    /// not copy them.
    const MANY: usize = 64 * 1024;
    /// Room for these and for the line that makes them so many.
    const ROOM: usize = Self::MANY + 1024;

    /// A line is whole.
    fn end(&mut self) {
        if self.ready.len() >= Self::MANY {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        if self.failure.is_ok() {
            self.failure = self.out.write_all(&self.ready);
        }
        self.ready.clear();
    }

    fn push(&mut self, text: &str) {
        self.ready.extend_from_slice(text.as_bytes());
    }
}

fn rows(
    report: &Report<'_>,
    id: &str,
    pattern: &str,
    short: bool,
    out: &mut Lines<'_>,
) -> Result<(), Wrong> {
    match body(report, id)? {
        Body::Table(table) => {
            let pattern = Pattern::parse(pattern, table, report.layout.iso)?;
            if let (false, Some(counted)) = (short, pattern.counted()) {
                write_counted(table, &counted, out);
                return Ok(());
            }
            for row in table.rows() {
                if short {
                    pattern.write_short(&row, &mut out.ready);
                } else {
                    pattern.write(&row, &mut out.ready);
                }
                out.end();
            }
        }
        Body::Lines(lines) => {
            for line in lines {
                out.push(line);
                out.push("\n");
                out.end();
            }
        }
        Body::Outline(_) => return Err("this section is an outline".to_owned()),
    }
    Ok(())
}

/// Two tables, of which the rows of one stand below those of the other.
pub(super) struct Nesting {
    of: String,
    below: String,
    by: String,
    pattern: String,
    each: String,
    lead: Option<String>,
    tail: Option<&'static str>,
}

impl Nesting {
    /// `nested(of, below, by, as, each, lead)`: each row of the table `of` by the pattern `as`,
    /// then its column `lead`, if one is named, and below it the rows of the table `below` that
    /// say the same in the column `by`, by `each`.
    fn read(with: &Kwargs) -> TeraResult<Nesting> {
        Ok(Nesting {
            of: with.must_get("of")?,
            below: with.must_get("below")?,
            by: with.must_get("by")?,
            pattern: with.must_get("as")?,
            each: with.must_get("each")?,
            lead: with.get("lead")?,
            tail: None,
        })
    }

    /// `causes(as, each)`: each root cause by the pattern `as`, below it its destinations and
    /// reasons by `each`, and what can be done about it.
    fn of_causes(with: &Kwargs) -> TeraResult<Nesting> {
        Ok(Nesting {
            of: "deferral_causes".to_owned(),
            below: "deferral_reasons".to_owned(),
            by: "cause".to_owned(),
            pattern: with.must_get("as")?,
            each: with.must_get("each")?,
            lead: None,
            tail: Some("advice"),
        })
    }

    fn write(&self, report: &Report<'_>, out: &mut Lines<'_>) -> Result<(), Wrong> {
        let (outer, inner) = (table(report, &self.of)?, table(report, &self.below)?);
        let of = Pattern::parse(&self.pattern, outer, report.layout.iso)?;
        let each = Pattern::parse(&self.each, inner, report.layout.iso)?;
        let mut below: BTreeMap<Cow<'_, str>, Vec<Row<'_>>> = BTreeMap::new();
        for row in inner.rows() {
            below.entry(text(&row, inner, &self.by)).or_default().push(row);
        }
        for row in outer.rows() {
            of.write(&row, &mut out.ready);
            if let Some(lead) = &self.lead {
                out.push("  ");
                out.push(&wrapped_behind(&text(&row, outer, lead), 2));
                out.push("\n");
            }
            let rows = below.get(&text(&row, outer, &self.by)).map(Vec::as_slice);
            let rows = rows.unwrap_or_default();
            for row in rows {
                each.write(row, &mut out.ready);
            }
            if let Some(tail) = self.tail {
                out.push(&left_out(&row, outer, rows, inner).unwrap_or_default());
                out.push("      -> ");
                out.push(&wrapped_behind(&text(&row, outer, tail), 9));
                out.push("\n");
            }
            out.end();
        }
        Ok(())
    }
}

/// What is said of the rows of a root cause that are not shown: its row counts them, and the
/// attempts of all.
fn left_out(
    cause: &Row<'_>,
    causes: &Table<'_>,
    shown: &[Row<'_>],
    table: &Table<'_>,
) -> Option<String> {
    let number = |row: &Row<'_>, table: &Table<'_>, id| Some(row.cell(table.place(id)?).number());
    let reasons = number(cause, causes, "reasons")?;
    let rows = shown.len() as u64;
    let attempts: u64 = shown.iter().filter_map(|row| number(row, table, "attempts")).sum();
    let left = number(cause, causes, "attempts")?.saturating_sub(attempts);
    let said = format!("      (top {rows} of {reasons}; attempts of the others: {left})\n");
    (rows < reasons).then_some(said)
}

/// The table of a section.
fn table<'r>(report: &'r Report<'r>, id: &str) -> Result<&'r Table<'r>, Wrong> {
    match body(report, id) {
        Ok(Body::Table(table)) => Ok(table),
        _ => Err(format!("there is no table `{id}`")),
    }
}

/// What a row says in a column of text.
fn text<'r>(row: &Row<'r>, table: &Table<'r>, id: &str) -> Cow<'r, str> {
    table.place(id).map_or(Cow::Borrowed(""), |at| row.cell(at).text().shown())
}

fn outline(report: &Report<'_>, id: &str, indent: usize, out: &mut Lines<'_>) -> Result<(), Wrong> {
    let Body::Outline(outline) = body(report, id)? else {
        return Err("this section is no outline".to_owned());
    };
    outline.groups.iter().for_each(|group| write_group(group, indent, out));
    Ok(())
}

fn write_group(group: &Group<'_>, indent: usize, out: &mut Lines<'_>) {
    if group.name.is_empty() && group.groups.is_empty() {
        return write_lines(&group.rows, indent, out);
    }
    out.push(&" ".repeat(indent));
    out.push(&group.name);
    if group.groups.is_empty() {
        let Group { count, shown, total, .. } = group;
        // Writing to memory cannot fail.
        let _ = if shown < total {
            write!(out.ready, " (top {shown} of {total}, {count} in all)")
        } else {
            write!(out.ready, " ({count})")
        };
    }
    out.push("\n");
    for group in &group.groups {
        write_group(group, indent + 2, out);
    }
    write_lines(&group.rows, indent + 2, out);
}

fn write_lines(table: &Table<'_>, indent: usize, out: &mut Lines<'_>) {
    let (Some(count), Some(text)) = (table.place("count"), table.place("text")) else { return };
    let blanks = " ".repeat(indent);
    write_counted(table, &Counted { before: &blanks, count, between: "  ", text }, out);
}

/// Writes rows of a count and a text.
fn write_counted(table: &Table<'_>, counted: &Counted<'_>, out: &mut Lines<'_>) {
    together::each(table.rows().map(|row| counted.cells(&row)), |(count, text)| {
        counted.write(count, text, &mut out.ready);
        out.end();
    });
}

fn messages(report: &Report<'_>, id: &str, out: &mut Lines<'_>) -> Result<(), Wrong> {
    let Body::Table(table) = body(report, id)? else {
        return Err("this section is no table".to_owned());
    };
    let places = (table.place("queue_id"), table.place("sender"), table.place("recipient"));
    let (Some(queue_id), Some(sender), Some(recipient)) = places else {
        return Err("this section is not of messages".to_owned());
    };
    let mut before = None;
    for row in table.rows() {
        let cell = |place| row.cell(place).text();
        let (message, recipient) = ((cell(queue_id), cell(sender)), cell(recipient));
        if before != Some(message) {
            out.push(if before.is_some() { "\n " } else { " " });
            message.0.write(&mut out.ready);
            out.push("  ");
            message.1.write(&mut out.ready);
            out.push("\n");
            before = Some(message);
        }
        if !recipient.is_empty() {
            out.push("   ");
            recipient.write(&mut out.ready);
            out.push("\n");
        }
        out.end();
    }
    out.push(if before.is_some() { "\n" } else { "" });
    Ok(())
}

fn body<'r>(report: &'r Report<'r>, id: &str) -> Result<&'r Body<'r>, Wrong> {
    let section = report.sections.iter().find(|section| section.id == id);
    section.map(|section| &section.body).ok_or_else(|| format!("no section `{id}`"))
}
