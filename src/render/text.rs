//! Text, by the template `templates/report.txt`.
//!
//! The template places headings and numbers. What it asks for below a heading does not pass the
//! template engine, which would hold the longest list three times: a mark stands in its place,
//! and the rows are written where it comes out.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver};

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult};

use crate::error::Error;
use crate::report::{Report, Section};
use crate::words::scale::{hms, scaled_count, unpadded_count};

use super::rows::{self, Wanted};
use super::{attention, template};

/// A built-in template: its name, and what it says.
type Template = (&'static str, &'static str);

pub(super) const NAME: &str = "report.txt";
pub(super) const TEMPLATE: &str = include_str!("../../templates/report.txt");

const REPORT: Template = (NAME, TEMPLATE);
const QUEUE: Template = ("queue.txt", include_str!("../../templates/queue.txt"));

/// Writes the report as text.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
    write_as(REPORT, report, out)
}

/// Writes what is queued as text.
pub(super) fn write_queue(report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
    write_as(QUEUE, report, out)
}

fn write_as(source: Template, report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let (ask, asked) = mpsc::channel();
    let mut tera = Tera::new();
    register(&mut tera, attention::lines(&report.findings), move |wanted| {
        // It is heard as long as the template runs.
        let _ = ask.send(wanted);
        Ok(MARK.to_string())
    });
    let mut filling = Filling { out, report, asked, failure: None };
    let rendered = template::write(tera, source, &context(report), &mut filling);
    filling.failure.map_or(rendered, Err)
}

/// What stands for rows in what comes out of the template: no text of a report has it.
const MARK: char = '\0';

/// A writer that puts rows in place of marks, in the order in which they were asked for.
struct Filling<'w> {
    out: &'w mut dyn Write,
    report: &'w Report<'w>,
    asked: Receiver<Wanted>,
    failure: Option<Error>,
}

impl Filling<'_> {
    fn fill(&mut self) -> io::Result<()> {
        let Ok(wanted) = self.asked.try_recv() else { return Ok(()) };
        wanted.write(self.report, self.out).map_err(|failure| {
            self.failure = Some(failure);
            io::ErrorKind::Other.into()
        })
    }
}

impl Write for Filling<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut between = bytes.split(|byte| char::from(*byte) == MARK);
        self.out.write_all(between.next().unwrap_or_default())?;
        for text in between {
            self.fill()?;
            self.out.write_all(text)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
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
fn context(report: &Report<'_>) -> Context {
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

/// What templates of text can do with values. `answer` is what stands for the rows that one
/// asks for, `attention` what needs attention.
pub(super) fn register(
    tera: &mut Tera,
    attention: String,
    answer: impl Fn(Wanted) -> TeraResult<String> + Clone + Send + Sync + 'static,
) {
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
    tera.register_function("attention", move |_: Kwargs, _: &State| attention.clone());
    for (name, read) in rows::FUNCTIONS {
        let answer = answer.clone();
        tera.register_function(name, move |with: Kwargs, _: &State| answer(read(&with)?));
    }
}

/// Text in lines of at most eighty columns, all but the first indented.
fn wrapped(text: &str, indent: usize) -> String {
    wrap(text, 0, indent)
}

/// As `wrapped`, of text that stands behind `indent` columns.
pub(super) fn wrapped_behind(text: &str, indent: usize) -> String {
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
