//! The answer to `pfsum queue`: reads the logs, joins the queue as it is now, and prints both.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use pfsum::config::{Format, Limit, Reading};
use pfsum::input::STDIN;
use pfsum::listing::{self, Listed};
use pfsum::report::waiting::{Beside, Times};
use pfsum::syslog::Moment;
use pfsum::{Summary, error};

use super::ask::Asked;
use super::notice::{say, say_why};
use super::output::Output;
use super::plan::{Inputs, Plan};
use super::privacy::Privacy;
use super::{ExitStatus, reading, stdin, system_log};

/// How many messages a text shows that nobody asked for all of.
const ROWS: Limit = Limit::Top(100);

/// Reads, joins and writes. `named` is the listing that the user named.
pub(super) fn run(plan: &Plan, asked: &Asked, named: Option<&Path>) -> Result<ExitStatus> {
    let privacy = Privacy::of(&plan.showing)?;
    let mut listing = named.map(|path| read(plan, path)).transpose()?;
    let mut summary = Summary::new(plan.config.clone());
    summary.ask(asked.question(&plan.config.counting));
    let outcome = reading::read(plan, None, &mut summary);
    summary.finish();
    let here = plan.inputs == Inputs::Usual && !summary.sources.iter().any(|s| s.name == STDIN);
    let mut now = None;
    // The queue of this host, as it is now, says nothing of another's log, or of last week.
    if listing.is_none() && here && plan.config.reading.period.is_unbounded() {
        listing = present();
        now = listing.is_some().then(|| moment(&plan.config.reading));
    }
    let mut is_sound = match (&outcome, &listing) {
        (Ok(outcome), _) => outcome.is_complete,
        (Err(error), Some(_)) => {
            say_why(error);
            false
        }
        (Err(_), None) => return outcome.map(|_| ExitStatus::Done),
    };
    if let Some((_, wrong @ 1..)) = listing {
        say(&format!("entries of the queue listing that were not understood: {wrong}"));
        is_sound = false;
    }
    let is_known = listing.is_some() || summary.reading.postfix_lines > 0;
    let is_text = plan.config.reporting.format == Format::Text;
    let mut report = summary.queue_report(Beside {
        listing: listing.map(|(listed, _)| listed),
        now,
        times: if here { times() } else { Times::default() },
        rows: asked.top.unwrap_or(if is_text { ROWS } else { Limit::All }),
        asks: None,
    });
    if let Some(pseudonyms) = privacy.pseudonyms(&summary) {
        report.anonymize(&pseudonyms);
    }
    let is_empty = report.queue.is_empty();
    let mut output = Output::open(plan.output.as_deref())?;
    match is_text {
        true if is_empty => {}
        true => pfsum::render::queue(&report, &mut output)?,
        false => pfsum::render::render(&report, Format::Json, &mut output)?,
    }
    output.finish()?;
    let nothing = if is_known { "nothing is queued" } else { "what is queued is not known" };
    Ok(ExitStatus::of(is_sound & asked.is_answered(!is_empty, nothing)))
}

/// Reads the listing that the user named, `-` for standard input.
pub(super) fn read(plan: &Plan, path: &Path) -> Result<(Vec<Listed>, usize)> {
    let mut bytes = Vec::new();
    let name = if stdin::is_meant_by(path) {
        if matches!(&plan.inputs, Inputs::Named(logs) if logs.contains(&PathBuf::from("-"))) {
            bail!("--queue and LOG cannot both be standard input");
        }
        io::stdin().lock().read_to_end(&mut bytes).context("standard input")?;
        STDIN.to_owned()
    } else {
        bytes = fs::read(path).with_context(|| error::shown(path))?;
        error::shown(path)
    };
    let listing = listing::parse(&String::from_utf8_lossy(&bytes));
    match listing {
        (listed, 1..) if listed.is_empty() => {
            bail!("{name}: neither what `postqueue -j` prints nor what mailq prints")
        }
        listing => Ok(listing),
    }
}

/// The queue of this host, where there is one and postqueue(1) lists it for us; before
/// Postfix 3.1 it had no `-j`.
fn present() -> Option<(Vec<Listed>, usize)> {
    let program = system_log::program("postqueue")?;
    for form in ["-j", "-p"] {
        let mut command = Command::new(&program);
        command.arg(form).stdin(Stdio::null()).stderr(Stdio::null());
        if let Some(said) = command.output().ok().filter(|said| said.status.success()) {
            return Some(listing::parse(&String::from_utf8_lossy(&said.stdout)));
        }
    }
    say("postqueue does not list the queue for this user; this is what the log tells");
    None
}

/// The present.
fn moment(reading: &Reading) -> Moment {
    let (utc, _) = reading.zone.candidates(reading.now);
    let offset = i32::try_from(reading.now - utc).unwrap_or(0);
    Moment { wall: reading.now, offset, ..Moment::default() }
}

/// What postconf(1) of this host says of its times.
fn times() -> Times {
    let usual = Times::default();
    let of =
        |name: &str, usual| system_log::setting(name).and_then(|s| seconds(&s)).unwrap_or(usual);
    Times {
        backoff: (
            of("minimal_backoff_time", usual.backoff.0),
            of("maximal_backoff_time", usual.backoff.1),
        ),
        lifetime: (
            of("maximal_queue_lifetime", usual.lifetime.0),
            of("bounce_queue_lifetime", usual.lifetime.1),
        ),
    }
}

/// A time of postconf(5): a number and `s`, `m`, `h`, `d` or `w`. Without a unit, one of
/// backoff is of seconds; Postfix prints a unit with each.
fn seconds(value: &str) -> Option<i64> {
    let (at, last) = value.char_indices().last()?;
    let unit = match last {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return value.parse().ok(),
    };
    value.get(..at)?.parse::<i64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_have_units() {
        assert_eq!(seconds("300s"), Some(300));
        assert_eq!(seconds("5d"), Some(432_000));
        assert_eq!(seconds("4000"), Some(4_000));
        assert_eq!(seconds("${queue_run_delay}"), None);
    }
}
