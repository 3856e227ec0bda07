//! One self-contained page, by the template `templates/report.html`.
//!
//! The report becomes chapters of tables here, short enough for a page; everything in them
//! is a value, escaped where it is put into the template.

mod ages;
mod causes;
mod chapters;
pub(super) mod chart;
mod outline;
pub(super) mod shape;
mod table;

use std::io::Write;

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera};

use crate::error::Error;
use crate::report::Report;
use crate::report::model::Traffic;

use super::template;
use chapters::Chapter;
use chart::Strip;
use table::Shown;

pub(super) const NAME: &str = "report.html";
pub(super) const TEMPLATE: &str = include_str!("../../../templates/report.html");

/// Writes the report as a page.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut tera = Tera::new();
    register(&mut tera);
    template::write(tera, (NAME, TEMPLATE), &context(report), out)
}

fn context(report: &Report<'_>) -> Context {
    let mut context = Context::new();
    context.insert("title", &report.title);
    context.insert("verdict", &report.verdict);
    context.insert("generator", &report.generator);
    context.insert("period", &report.period);
    context.insert("totals", &report.totals);
    context.insert("findings", &report.findings);
    context.insert("reading", &report.reading);
    context.insert("books", &report.books);
    context.insert(PAGE, &page(report));
    context
}

/// What templates of pages can do with values.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("grouped", |n: u64, _: Kwargs, _: &State| shape::grouped(n));
    tera.register_filter("bytes", |n: u64, _: Kwargs, _: &State| shape::bytes(n));
    template::add_percent(tera);
}

/// The key of what no report has.
pub(super) const PAGE: &str = "page";

/// What the page makes of a report, beside its values.
#[derive(Serialize)]
pub(super) struct Page {
    folds: bool,
    course: Vec<Course>,
    stuck: table::Queue,
    chapters: Vec<Chapter>,
}

pub(super) fn page(report: &Report<'_>) -> Page {
    Page {
        folds: report.folds,
        course: course(report),
        stuck: table::queue(&report.queue, report.queued),
        chapters: chapters::of(report),
    }
}

/// Columns that can each have a label.
const FEW: usize = 7;

/// A chart of the hours or of the days, and the same numbers.
#[derive(Debug, Serialize)]
struct Course {
    id: &'static str,
    heading: &'static str,
    strips: Vec<Strip>,
    /// Whether each column has its label.
    few: bool,
    /// What stands below the columns, from left to right.
    axis: Vec<String>,
    numbers: Option<Shown>,
}

/// The days if there are several, and the hours; a chart without traffic is left out.
fn course(report: &Report<'_>) -> Vec<Course> {
    let mut courses = Vec::new();
    let hours: Vec<(String, Traffic)> =
        report.hours.iter().map(|hour| (shape::hour(hour.hour.into()), hour.traffic)).collect();
    if report.days.len() > 1 {
        let days: Vec<(String, Traffic)> =
            report.days.iter().map(|day| (day.date.clone(), day.traffic)).collect();
        let axis = dates(&days);
        courses.push(drawn("days", "Day by day", "day", &days, axis));
    }
    let axis = [0, 6, 12, 18, 24].map(|hour| format!("{hour:02}:00")).to_vec();
    courses.push(drawn("hours", shape::hours_heading(report), "hour", &hours, axis));
    courses.retain(|course| !course.strips.is_empty());
    courses
}

/// The dates below the columns: all of a week, else the first, the middle and the last.
fn dates(days: &[(String, Traffic)]) -> Vec<String> {
    let few = days.len() <= FEW;
    let places = [0, days.len() / 2, days.len().saturating_sub(1)];
    let chosen = days.iter().enumerate().filter(|(at, _)| few || places.contains(at));
    chosen.map(|(_, (date, _))| date.clone()).collect()
}

/// Name, unit and value of what a strip shows.
type Series = (&'static str, &'static str, fn(&Traffic) -> u64);

fn drawn(
    id: &'static str,
    heading: &'static str,
    unit: &'static str,
    columns: &[(String, Traffic)],
    axis: Vec<String>,
) -> Course {
    let series: [Series; 5] = [
        ("Received", "messages", |traffic| traffic.received),
        ("Delivered", "recipients", |traffic| traffic.delivered),
        ("Deferred", "attempts", |traffic| traffic.deferred),
        ("Bounced", "recipients", |traffic| traffic.bounced),
        ("Rejected", "refusals", |traffic| traffic.rejected),
    ];
    let all = columns.iter().flat_map(|(_, traffic)| series.map(|(.., value)| value(traffic)));
    let top = all.max().unwrap_or(0);
    let strips = series.into_iter().filter_map(|(name, of, value)| {
        let columns: Vec<(String, u64)> =
            columns.iter().map(|(at, traffic)| (at.clone(), value(traffic))).collect();
        chart::strip(name, of, &columns, top)
    });
    let strips = strips.collect();
    Course {
        id,
        heading,
        strips,
        few: columns.len() <= FEW,
        axis,
        numbers: Some(table::course(unit, columns)),
    }
}
