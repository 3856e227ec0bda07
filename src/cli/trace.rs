//! The answer to `pfsum trace`: reads the logs until all that belongs together is found, and
//! prints the stories.

use anyhow::Result;
use pfsum::Summary;
use pfsum::answer::Question;
use pfsum::answer::trace::{Sought, Told, Trace};
use pfsum::config::{Format, Limit};
use pfsum::words::pseudonym::Pseudonyms;

use super::answer::domain_meant;
use super::ask::Asked;
use super::notice::remark;
use super::output::Output;
use super::plan::Plan;
use super::privacy::Privacy;
use super::spool::Spool;
use super::{ExitStatus, reading};

/// How many messages are told that nobody asked for all of.
const STORIES: Limit = Limit::Top(100);

/// For how long the log is read on behind a period, in seconds: a month, of which
/// `maximal_queue_lifetime` is five days.
const LONGER: i64 = 30 * 86_400;

/// The same plan, but of a longer period: what came in it may end behind it.
fn read_on(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    let period = &mut plan.config.reading.period;
    period.last = period.last.map(|last| last.saturating_add(LONGER));
    plan
}

/// Reads as often as it takes, and prints.
pub(super) fn run(plan: &Plan, asked: &Asked, sought: &Sought, key: &str) -> Result<ExitStatus> {
    let config = &plan.config;
    let limit = asked.limit.unwrap_or(STORIES).of(usize::MAX);
    let filters = asked.filters.clone();
    let trace = Trace::new(sought.clone(), filters, limit, config.counting.use_orig_to);
    let trace = trace.within(config.reading.period);
    let Found { mut told, pseudonyms, is_complete } = search(&read_on(plan), trace)?;
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
    let mut otherwise = format!("nothing found of {key}");
    if let Some(meant) = domain_meant(&key) {
        otherwise = format!("{otherwise}; {meant}");
    }
    let found = asked.is_answered(told.found > 0, &otherwise);
    Ok(ExitStatus::of(is_complete && found))
}

/// What was found.
struct Found {
    told: Told,
    /// The names that stand for those in it, if nobody is to be known.
    pseudonyms: Option<Pseudonyms>,
    /// Whether all could be read.
    is_complete: bool,
}

/// Reads until all that belongs together is found.
fn search(plan: &Plan, mut trace: Trace) -> Result<Found> {
    let privacy = Privacy::of(&plan.showing)?;
    let spool = Spool::of(plan)?;
    let mut is_complete = None;
    loop {
        trace.begin();
        let mut summary = Summary::new(plan.config.clone());
        summary.ask(Some(Question { trace: Some(trace), ..Question::default() }));
        match is_complete {
            None => {
                is_complete = Some(reading::read(plan, spool.as_ref(), &mut summary)?.is_complete);
            }
            Some(_) => reading::read_again(plan, spool.as_ref(), &mut summary)?,
        }
        summary.finish();
        let question = summary.take_question().unwrap_or_default();
        trace = question.trace.unwrap_or_default();
        if trace.is_done() {
            let (told, pseudonyms) = (trace.told(), privacy.pseudonyms(&summary));
            return Ok(Found { told, pseudonyms, is_complete: is_complete.unwrap_or(true) });
        }
    }
}
