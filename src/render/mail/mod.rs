//! The report as a mail: a subject, and HTML as mail programs understand it, by the template
//! `templates/mail.html`. The message around them makes `letter.rs`; `cli` sends it.

pub mod letter;
mod part;

use serde::Serialize;
use tera::{Context, Tera};

use crate::error::Error;
use crate::report::Report;
use crate::report::model::{Finding, Queued, Severity};

use super::html::shape;
use super::template::{self, Noting};
use part::Part;

const NAME: &str = "mail.html";
const TEMPLATE: &str = include_str!("../../../templates/mail.html");

/// Bytes of HTML at most: Gmail cuts a message at 102 kB.
pub const MOST: usize = 96_000;
/// Rows of a table, the fewer the larger the whole would be.
const ROWS: [usize; 4] = [10, 5, 3, 1];
/// Characters of a title or a sentence with text of the log in it.
const SENTENCE: usize = 300;

/// Writes the report as HTML for mail programs, always shorter than [`MOST`]. What has no
/// room is counted: it is in the attached page, or in the report.
///
/// # Errors
///
/// When the template is wrong.
pub fn html(report: &Report<'_>, attached: bool) -> Result<String, Error> {
    let mut tera = Tera::new();
    tera.register_filter("grouped", |n: u64, _: tera::Kwargs, _: &tera::State| shape::grouped(n));
    tera.register_filter("bytes", |n: u64, _: tera::Kwargs, _: &tera::State| shape::bytes(n));
    tera.add_raw_template(NAME, TEMPLATE).map_err(|error| template::failed(NAME, &error))?;
    let mut parts = usize::MAX;
    let mut rows = ROWS.into_iter();
    let mut most = rows.next().unwrap_or(1);
    loop {
        let context = context(report, most, parts, attached);
        let mut html = Vec::new();
        let mut out = Noting::new(&mut html);
        let rendered = tera.render_to(NAME, &context, &mut out);
        out.outcome(NAME, rendered)?;
        if html.len() <= MOST || parts == 0 {
            return Ok(String::from_utf8_lossy(&html).into_owned());
        }
        match rows.next() {
            Some(fewer) => most = fewer,
            None => parts = 0,
        }
    }
}

fn context(report: &Report<'_>, rows: usize, parts: usize, attached: bool) -> Context {
    let mut context = Context::new();
    context.insert("title", &cut(&report.title));
    context.insert("verdict", &cut(&report.verdict));
    context.insert("generator", &report.generator);
    context.insert("totals", &report.totals);
    context.insert("findings", &findings(report));
    context.insert("more_findings", &report.findings.len().saturating_sub(FINDINGS));
    context.insert("reading", &Read::of(report));
    context.insert("hours", &part::hours(report));
    context.insert("hours_heading", shape::hours_heading(report));
    let stuck: Vec<Stuck> = report.queue.iter().take(rows).map(Stuck::of).collect();
    context.insert("more_stuck", &report.queued.saturating_sub(stuck.len()));
    context.insert("stuck", &stuck);
    let parts: Vec<Part> = part::all(report, rows).into_iter().take(parts).collect();
    context.insert("parts", &parts);
    context.insert("attached", &attached);
    context
}

/// Findings that are told in full.
const FINDINGS: usize = 7;

/// A finding, cut to what a mail has room for.
#[derive(Serialize)]
struct Told<'r> {
    harm: bool,
    title: String,
    detail: String,
    advice: &'r str,
    queue_ids: Vec<&'r str>,
    command: &'r str,
}

fn findings<'r>(report: &'r Report<'r>) -> Vec<Told<'r>> {
    // A command that is cut does something else.
    let whole = |command: &&str| command.chars().count() <= SENTENCE;
    let told = |finding: &'r Finding| Told {
        harm: finding.severity == Severity::Harm,
        title: cut(&finding.title),
        detail: cut(&finding.detail),
        advice: &finding.advice,
        queue_ids: finding.queue_ids.iter().take(5).map(String::as_str).collect(),
        command: Some(finding.command.as_str()).filter(whole).unwrap_or_default(),
    };
    report.findings.iter().take(FINDINGS).map(told).collect()
}

/// How well the log was read.
#[derive(Serialize)]
struct Read {
    lines: u64,
    not_understood: u64,
    lost: u64,
    /// What is missing, if it is much.
    missed: Option<String>,
    closes: bool,
}

impl Read {
    fn of(report: &Report<'_>) -> Read {
        Read {
            lines: report.reading.postfix_lines,
            not_understood: report.reading.not_understood,
            lost: report.reading.lost,
            missed: report.reading.missed().map(|missed| missed.to_string()),
            closes: report.books.closes,
        }
    }
}

/// A message in the queue.
#[derive(Serialize)]
struct Stuck {
    queue_id: String,
    age: String,
    attempts: u64,
    /// None where the log does not say; empty for a notice.
    sender: Option<String>,
    recipient: Option<String>,
    others: usize,
    reason: Option<String>,
}

impl Stuck {
    fn of(message: &Queued) -> Stuck {
        let age = u64::try_from(message.age_seconds).unwrap_or(0);
        Stuck {
            queue_id: message.queue_id.clone(),
            age: shape::span(age.saturating_mul(1_000_000)),
            attempts: message.attempts,
            sender: message.sender.as_deref().map(cut),
            recipient: message.recipients.first().map(|recipient| cut(recipient)),
            others: message.recipients.len().saturating_sub(1),
            reason: message.last_reason.as_deref().map(cut),
        }
    }
}

/// Whether nothing needs attention: no finding, and the log was understood.
#[must_use]
pub fn is_quiet(report: &Report<'_>) -> bool {
    report.findings.is_empty()
        && report.reading.missed().is_none()
        && report.reading.postfix_lines > 0
}

/// The subject: host, date, and what a reader in a hurry must know. `pattern` may have
/// `{host}`, `{date}` and `{verdict}` in it.
#[must_use]
pub fn subject(report: &Report<'_>, pattern: Option<&str>) -> String {
    let host = match report.hosts.as_slice() {
        [] => "pfsum".to_owned(),
        [host] => host.clone(),
        [one, two] => format!("{one}, {two}"),
        hosts => format!("{} hosts", hosts.len()),
    };
    let date = match (&report.period.from, &report.period.to) {
        (Some(from), Some(to)) if from != to => format!("{from} to {to}"),
        (Some(day), _) | (None, Some(day)) => day.clone(),
        (None, None) => "no day".to_owned(),
    };
    let verdict = verdict(report);
    let pattern = pattern.unwrap_or("{host} {date}: {verdict}");
    let mut subject = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('{') {
        let (before, field) = rest.split_at(at);
        subject.push_str(before);
        let known = [("{host}", &host), ("{date}", &date), ("{verdict}", &verdict)]
            .into_iter()
            .find_map(|(name, value)| Some((value, field.strip_prefix(name)?)));
        match known {
            Some((value, behind)) => {
                subject.push_str(value);
                rest = behind;
            }
            None => {
                subject.push('{');
                rest = field.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    subject.push_str(rest);
    subject
}

/// `quiet, 101 in, 106 delivered`, or the worst finding.
fn verdict(report: &Report<'_>) -> String {
    if report.reading.postfix_lines == 0 {
        return "no line of Postfix".to_owned();
    }
    if let Some(missed) = report.reading.missed() {
        return format!("incomplete, {} lines not understood", missed.lines);
    }
    match report.findings.as_slice() {
        [] => {
            let (received, delivered) = (report.totals.received, report.totals.delivered);
            let queued = match report.totals.still_queued {
                0 => String::new(),
                queued => format!(", {queued} queued"),
            };
            format!("quiet, {received} in, {delivered} delivered{queued}")
        }
        [one] => one.title.clone(),
        [first, rest @ ..] => format!("{}, and {} more", first.title, rest.len()),
    }
}

/// A text of at most so many characters.
fn cut(text: &str) -> String {
    shape::cut(text, SENTENCE).unwrap_or_else(|| text.to_owned())
}
