//! What we say: tallies become a report, made of plain values and printable text.
//!
//! Here is decided which sections there are, in which order their rows stand and how many
//! are shown; how they look is decided in `render` and its templates.

mod addresses;
mod ages;
mod anonymize;
mod delays;
mod domains;
mod findings;
mod folding;
mod lines;
mod lists;
pub mod missed;
pub mod model;
mod outlines;
mod owned;
mod queue;
mod rank;
mod sections;
mod sign_ins;
mod span;
pub mod table;
pub(crate) mod together;
mod totals;
mod traffic;
mod verdict;
pub mod waiting;
mod why;

pub use findings::names as finding_names;
pub use model::{Body, Layout, Report, Section};
pub use sections::NAMES as SECTIONS;
pub use table::{Cell, Column, Group, Outline, Place, Row, Said, Table, Unit};

use crate::config::Reporting;
use crate::names::Names;
use crate::syslog::Moment;
use crate::tally::Tallies;
use crate::tally::days::Days;
use crate::track::Message;
use crate::words::clean;
use domains::Domains;
use folding::Folding;

/// Version of the report's structure.
pub const SCHEMA: u32 = 1;

/// How many rows of a long list a page holds.
pub const PAGE: usize = 300;

/// Everything a report is made of.
pub struct View<'a> {
    /// Every distinct text.
    pub names: &'a Names,
    /// What was counted.
    pub tallies: &'a Tallies,
    /// Days with lines of Postfix.
    pub days: &'a Days,
    /// What was read.
    pub reading: model::Reading,
    /// The hosts that wrote, in order of appearance.
    pub hosts: Vec<String>,
    /// Messages in the queue at the end.
    pub queued: Vec<&'a Message>,
    /// The end: of the period, if that is over, or the last line of Postfix.
    pub last: Moment,
    /// The present, in wall-clock seconds since 1970.
    pub now: i64,
    /// Whether the hops of a message are one message.
    pub folds: bool,
    /// Whether reasons were kept whole.
    pub whole_reasons: bool,
    /// Whether messages were kept one by one.
    pub each_message: bool,
    /// What is to be shown.
    pub shown: Reporting,
    /// How many threads may work.
    pub threads: usize,
}

impl View<'_> {
    /// Whether the period is over, or else the log before it.
    fn is_over(&self) -> bool {
        self.tallies.period().last == Some(self.last.wall)
    }
}

/// Makes the report.
#[must_use]
pub fn build(view: View<'_>) -> Report<'_> {
    let (queue, queued) = (queue::messages(&view), view.queued.len());
    let report = with_sections(view, sections::all);
    Report { queue, queued, ..report }
}

/// A report with these sections, and nothing of the queue beside them.
fn with_sections<'v>(
    view: View<'v>,
    sections: impl FnOnce(&View<'v>, &Domains, &mut Folding) -> Vec<Section<'v>>,
) -> Report<'v> {
    let mut folding = Folding::new(view.shown.whole_domains);
    let domains = Domains::gather(&view, &mut folding);
    let sections = sections(&view, &domains, &mut folding);
    let span = span::of(&view);
    let totals = totals::totals(&view, &domains);
    let smtpd = totals::smtpd(&view, &mut folding);
    folding.finish();
    let findings = if view.shown.classic { Vec::new() } else { findings::all(&view) };
    Report {
        schema: SCHEMA,
        generator: model::Generator {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        title: span::title(&view),
        verdict: verdict::of(&view, &totals, &findings),
        period: span,
        totals,
        hours: traffic::hours(&view),
        days: traffic::days(&view),
        smtpd,
        postscreen: totals::postscreen(&view),
        books: totals::books(&view),
        findings,
        queue: Vec::new(),
        queued: 0,
        sections,
        folds: view.folds,
        layout: layout(&view.shown),
        hosts: view.hosts,
        reading: view.reading,
    }
}

fn layout(shown: &Reporting) -> Layout {
    Layout {
        classic: shown.classic,
        quiet: shown.quiet,
        iso: shown.iso_dates,
        zero_fill: shown.zero_fill,
        smtpd: shown.smtpd_stats,
        postscreen: shown.pscrn_stats,
        section: shown.section.clone(),
    }
}

impl Report<'_> {
    /// Appends what mailq(1) printed.
    pub fn append_mailq(&mut self, output: &[u8]) {
        let text = output.strip_suffix(b"\n").unwrap_or(output);
        let lines: Vec<String> = match text {
            b"" => Vec::new(),
            _ => text.split(|byte| *byte == b'\n').map(printable).collect(),
        };
        self.sections.push(Section {
            id: "mailq",
            title: "Current Mail Queue",
            shown: lines.len(),
            total: lines.len(),
            body: Body::Lines(lines),
        });
    }
}

/// Log text as the report shows it.
pub(crate) fn printable(text: &[u8]) -> String {
    let mut out = String::new();
    clean::printable(text, &mut out);
    out
}
