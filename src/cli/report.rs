//! The report: reads the logs, says what is wrong with them, and writes it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use anyhow::Result;
use pfsum::input::Reader;
use pfsum::summary::Reading;
use pfsum::{Summary, Zone};

use super::ExitStatus;
use super::ask::Asked;
use super::output::Output;
use super::plan::{Inputs, Plan};

/// What stands for standard input among paths.
const STDIN: &str = "-";

/// Reads, counts and writes.
pub(super) fn run(plan: &Plan, asked: &Asked) -> Result<ExitStatus> {
    let mut summary = Summary::new(plan.config.clone());
    if !asked.filters.is_empty() {
        summary.question = Some(Box::new(asked.question()));
    }
    let mut sound = feed(&mut summary, plan);
    summary.finish();
    let mut report = summary.report();
    asked.name(&mut report.title);
    if plan.config.reporting.mailq {
        match Command::new("mailq").output() {
            Ok(said) => report.append_mailq(&said.stdout),
            Err(cause) => {
                complain(&format!("mailq: {cause}"));
                sound = false;
            }
        }
    }
    if report.reading.is_doubtful() {
        let (missed, of) = (report.reading.not_understood, report.reading.postfix_lines);
        complain(&format!("{missed} of {of} lines of Postfix were not understood"));
        sound = false;
    }
    let report = Arc::new(report);
    let mut output = Output::open(plan.output.as_deref())?;
    pfsum::render::render(&report, plan.config.reporting.format, &mut output)?;
    output.finish()?;
    // The process ends here: what was counted need not be taken apart piece by piece.
    std::mem::forget(summary);
    Ok(if sound { ExitStatus::Done } else { ExitStatus::Incomplete })
}

/// Reads all sources; false if something was wrong with one of them.
pub(super) fn feed(summary: &mut Summary, plan: &Plan) -> bool {
    let mut sound = true;
    for path in paths(&plan.inputs) {
        sound &= read(summary, &path, plan);
    }
    sound
}

fn paths(inputs: &Inputs) -> Vec<PathBuf> {
    match inputs {
        Inputs::Named(paths) => paths.clone(),
        Inputs::Usual | Inputs::Journal => vec![STDIN.into()],
    }
}

/// Reads one source; false if it could not be read to its end, or has nothing of Postfix.
fn read(summary: &mut Summary, path: &Path, plan: &Plan) -> bool {
    let before = summary.reading;
    let opened = if path == STDIN {
        Reader::from_stream(Path::new("standard input"), Box::new(io::stdin()))
    } else {
        Reader::open(path)
    };
    let said = opened.and_then(|mut reader| summary.read(&mut reader, written(path, plan)));
    if let Err(error) = said {
        complain(&error.to_string());
        return false;
    }
    let Reading { lines, postfix_lines, .. } = summary.reading;
    if postfix_lines == before.postfix_lines {
        let name = if path == STDIN { "standard input".into() } else { pfsum::error::shown(path) };
        complain(&format!("{name}: no Postfix line in {} lines", grouped(lines - before.lines)));
        return false;
    }
    true
}

/// When a file was last written, in wall-clock seconds: no line of it is younger.
fn written(path: &Path, plan: &Plan) -> i64 {
    let zone: &Zone = &plan.config.reading.zone;
    let modified = std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let seconds = since.and_then(|since| i64::try_from(since.as_secs()).ok());
    seconds.map_or(plan.config.reading.now, |utc| zone.wall(utc))
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub(super) fn complain(what: &str) {
    // Nobody can be told that nobody can be told.
    let _ = writeln!(io::stderr(), "pfsum: {what}");
}
