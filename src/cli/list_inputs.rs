//! What is read and why: one row a source.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use pfsum::Summary;
use pfsum::input::{Choice, Source, Verdict};
use pfsum::summary::Account;
use pfsum::words::scale::grouped;

use super::clock::shown as stamp;
use super::output::Output;
use super::plan::Plan;
use super::reading::{self, Outcome};
use super::{ExitStatus, queue};

const HEADINGS: [&str; 8] =
    ["file", "codec", "form", "first stamp", "last stamp", "bytes", "lines in period", ""];

/// Reads, and writes what was read; a listing of the queue is named as `listing`.
pub(super) fn run(plan: &Plan, listing: Option<&Path>) -> Result<ExitStatus> {
    // What is on standard input may be that, and no log.
    listing.map(|path| queue::read(plan, path)).transpose()?;
    let mut summary = Summary::new(plan.config.clone());
    let outcome = reading::read(plan, None, &mut summary)?;
    let mut output = Output::open(plan.output.as_deref())?;
    write(&outcome, &summary, &mut output)?;
    output.finish()?;
    Ok(ExitStatus::of(outcome.is_complete))
}

/// Writes the table, after everything was read.
fn write(outcome: &Outcome, summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    let mut accounts = summary.sources.iter().peekable();
    for (source, choice) in outcome.sources.list.iter().zip(&outcome.choices) {
        let is_read = choice.verdict == Verdict::Read;
        // A source that could not be opened has no account.
        let account = accounts.next_if(|account| is_read && account.name == source.label());
        let is_broken = outcome.broken.contains(&source.label());
        rows.push(row(source, choice, account, is_broken));
    }
    let mut widths = [0; HEADINGS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in &rows {
        let mut line = String::new();
        for (column, (width, cell)) in widths.iter().zip(row).enumerate() {
            let is_number = matches!(column, 5 | 6);
            // Writing to a String cannot fail.
            let _ = if is_number {
                write!(line, "{cell:>width$}  ")
            } else {
                write!(line, "{cell:<width$}  ")
            };
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    for repeated in &outcome.sources.repeated {
        let [path, of] = [&repeated.path, &repeated.of].map(|path| pfsum::error::shown(path));
        writeln!(out, "{path}  skipped: its lines are in {of}")?;
    }
    for error in &outcome.unopened {
        writeln!(out, "not read: {error}")?;
    }
    Ok(())
}

fn row(
    source: &Source,
    choice: &Choice,
    account: Option<&Account>,
    is_broken: bool,
) -> [String; HEADINGS.len()] {
    let span = account.and_then(|account| account.span);
    let first = choice.first_stamp.or(span.map(|(first, _)| first.wall));
    let left_early = account.is_some_and(|account| account.left_early);
    let seen = span.map(|(_, last)| last.wall).filter(|_| !left_early);
    let last = choice.last_stamp.or(seen);
    let verdict = match account {
        None if is_broken => "could not be read".to_owned(),
        Some(_) if is_broken => "read up to what is wrong with it".to_owned(),
        Some(_) if left_early => "read up to the end of the period".to_owned(),
        _ => choice.verdict.to_string(),
    };
    [
        source.label(),
        source.codec().to_string(),
        source.form().to_string(),
        first.map_or_else(dash, stamp),
        last.map_or_else(dash, stamp),
        source.size().map_or_else(dash, grouped),
        account.map_or_else(dash, |account| grouped(account.in_period)),
        verdict,
    ]
}

fn dash() -> String {
    "-".to_owned()
}
