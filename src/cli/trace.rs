//! The answer to `pfsum trace`: reads the logs until all that belongs together is found, and
//! prints the stories.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pfsum::Summary;
use pfsum::answer::Question;
use pfsum::answer::trace::{Sought, Trace};
use pfsum::config::{Format, Limit};
use pfsum::error::shown;

use super::ask::Asked;
use super::notice::remark;
use super::output::Output;
use super::plan::{Inputs, Plan};
use super::privacy::Privacy;
use super::stdin::{Stdin, is_meant_by};
use super::{ExitStatus, reading};

/// How many messages are told that nobody asked for all of.
const STORIES: Limit = Limit::Top(100);

/// Reads as often as it takes, and prints.
pub(super) fn run(plan: &Plan, asked: &Asked, sought: &Sought, key: &str) -> Result<ExitStatus> {
    let privacy = Privacy::of(&plan.showing)?;
    let (plan, _spool) = rereadable(plan)?;
    let config = &plan.config;
    let limit = asked.limit.unwrap_or(STORIES).of(usize::MAX);
    let filters = asked.filters.clone();
    let mut trace = Trace::new(sought.clone(), filters, limit, config.counting.use_orig_to);
    let mut is_complete = None;
    let pseudonyms = loop {
        trace.begin();
        let mut summary = Summary::new(config.clone());
        summary.question = Some(Box::new(Question { trace: Some(trace), ..Question::default() }));
        match is_complete {
            None => is_complete = Some(reading::read(&plan, &mut summary)?.is_complete),
            Some(_) => reading::read_again(&plan, &mut summary)?,
        }
        summary.finish();
        let question = summary.question.take().unwrap_or_default();
        trace = question.trace.unwrap_or_default();
        if trace.is_done() {
            break privacy.pseudonyms(&summary);
        }
    };
    let mut told = trace.told();
    let mut key = key.to_owned();
    if let Some(pseudonyms) = &pseudonyms {
        told.anonymize(pseudonyms);
        key = pseudonyms.text(&key);
    }
    let mut output = Output::open(plan.output.as_deref())?;
    match config.reporting.format {
        Format::Json => told.write_json(&key, &mut output)?,
        _ => told.write(&mut output)?,
    }
    output.finish()?;
    if told.found > told.entries.len() && !told.entries.is_empty() {
        let (shown, found) = (told.entries.len(), told.found);
        remark(&format!("the newest {shown} of {found}; --limit all tells all"), false);
    }
    let found = asked.is_answered(told.found > 0, &format!("nothing found of {key}"));
    Ok(ExitStatus::of(is_complete.unwrap_or(true) && found))
}

/// A copy of standard input, which goes with the run.
struct Spool {
    path: PathBuf,
}

impl Drop for Spool {
    fn drop(&mut self) {
        // Nothing can be done about a file that does not go.
        let _ = fs::remove_file(&self.path);
    }
}

/// A plan whose sources can be read more than once: standard input is copied to a file that
/// nobody else can read.
fn rereadable(plan: &Plan) -> Result<(Plan, Option<Spool>)> {
    let stdin = match &plan.inputs {
        Inputs::Usual => Stdin::if_any(),
        Inputs::Named(paths) if paths.iter().any(|path| is_meant_by(path)) => Some(Stdin::named()?),
        Inputs::Named(_) | Inputs::Journal => None,
    };
    let Some(mut stdin) = stdin else { return Ok((plan.clone(), None)) };
    let path = std::env::temp_dir().join(format!("pfsum-{}.log", std::process::id()));
    let spool = Spool { path };
    let mut file = create(&spool.path).with_context(|| shown(&spool.path))?;
    io::copy(&mut stdin.stream, &mut file).context("standard input")?;
    if let Some(written) = stdin.written {
        file.set_modified(written)?;
    }
    let replaced =
        |path: &PathBuf| if is_meant_by(path) { spool.path.clone() } else { path.clone() };
    let inputs = match &plan.inputs {
        Inputs::Named(paths) => Inputs::Named(paths.iter().map(replaced).collect()),
        _ => Inputs::Named(vec![spool.path.clone()]),
    };
    Ok((Plan { inputs, ..plan.clone() }, Some(spool)))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
