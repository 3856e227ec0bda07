//! The answer to `pfsum queue`: reads the logs, joins the queue as it is now, and prints both.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use pfsum::config::Format;
use pfsum::listing::{self, Listed};
use pfsum::report::waiting::{Beside, DEFAULT_BACKOFF, DEFAULT_LIFETIME};
use pfsum::{Summary, error};

use super::notice::say;
use super::output::Output;
use super::plan::{Inputs, Plan};
use super::{ExitStatus, reading, system_log};

/// Reads, joins and writes. `named` is the listing that the user named.
pub(super) fn run(plan: &Plan, named: Option<&Path>) -> Result<ExitStatus> {
    let listing = match named {
        Some(path) => Some(read(path)?),
        // The queue of this host says nothing about the log of another.
        None if plan.inputs == Inputs::Usual => present(),
        None => None,
    };
    let listing = listing.map(|text| listing::parse(&text));
    let mut summary = Summary::new(plan.config.clone());
    let outcome = reading::read(plan, &mut summary)?;
    summary.finish();
    let mut is_sound = outcome.is_complete;
    if let Some((_, wrong @ 1..)) = listing {
        say(&format!("entries of the queue listing that were not understood: {wrong}"));
        is_sound = false;
    }
    let beside = beside(listing.map(|(listed, _)| listed), plan.inputs == Inputs::Usual);
    let report = Arc::new(summary.queue_report(&beside));
    let mut output = Output::open(plan.output.as_deref())?;
    match plan.config.reporting.format {
        Format::Json => pfsum::render::render(&report, Format::Json, &mut output)?,
        Format::Text => pfsum::render::queue(&report, &mut output)?,
        _ => bail!("queue: --format accepts text and json"),
    }
    output.finish()?;
    Ok(ExitStatus::of(is_sound))
}

/// The listing that the user named, `-` for standard input.
fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    if path == "-" {
        io::stdin().lock().read_to_end(&mut bytes).context("standard input")?;
    } else {
        bytes = fs::read(path).with_context(|| error::shown(path))?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The queue of this host, where there is one and postqueue(1) lists it for us.
fn present() -> Option<String> {
    let mut command = Command::new(system_log::program("postqueue")?);
    let said = command.arg("-j").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    if !said.status.success() {
        say("postqueue -j does not list the queue for this user; this is what the log tells");
        return None;
    }
    Some(String::from_utf8_lossy(&said.stdout).into_owned())
}

/// What is known beside the log; on the mail host itself postconf(1) knows the times.
fn beside(listing: Option<Vec<Listed>>, here: bool) -> Beside {
    let asked =
        |name: &str| if here { system_log::setting(name).and_then(|s| seconds(&s)) } else { None };
    let of = |[first, second]: [&str; 2], usual: (i64, i64)| {
        (asked(first).unwrap_or(usual.0), asked(second).unwrap_or(usual.1))
    };
    Beside {
        listing,
        backoff: of(["minimal_backoff_time", "maximal_backoff_time"], DEFAULT_BACKOFF),
        lifetime: of(["maximal_queue_lifetime", "bounce_queue_lifetime"], DEFAULT_LIFETIME),
    }
}

/// A time of postconf(5): a number and `s`, `m`, `h`, `d` or `w`.
fn seconds(value: &str) -> Option<i64> {
    let (number, unit) = match value.char_indices().last()? {
        (at, 's') => (value.get(..at)?, 1),
        (at, 'm') => (value.get(..at)?, 60),
        (at, 'h') => (value.get(..at)?, 3_600),
        (at, 'd') => (value.get(..at)?, 86_400),
        (at, 'w') => (value.get(..at)?, 604_800),
        _ => (value, 1),
    };
    number.parse::<i64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_have_units() {
        assert_eq!(seconds("300s"), Some(300));
        assert_eq!(seconds("5d"), Some(432_000));
        assert_eq!(seconds("${queue_run_delay}"), None);
    }
}
