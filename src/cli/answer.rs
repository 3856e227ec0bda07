//! The answers to `count`, `trace` and `queue`.

use anyhow::Result;
use pfsum::Summary;
use pfsum::answer::count::{Count, Form};
use pfsum::answer::{Breakdown, Measure};

use super::ExitStatus;
use super::args::Args;
use super::ask::{Asked, Command};
use super::output::Output;
use super::plan::Plan;
use super::report::{complain, feed};
use super::value::Format;

/// Reads, and answers what is asked.
pub(super) fn run(plan: &Plan, asked: &Asked, args: &Args) -> Result<ExitStatus> {
    match &asked.command {
        Command::Count(measures) => count(plan, asked, measures, args.output.format),
        _ => anyhow::bail!("{} is not there yet", asked.command.word()),
    }
}

fn count(plan: &Plan, asked: &Asked, measures: &[Measure], format: Format) -> Result<ExitStatus> {
    let config = &plan.config;
    let mut summary = Summary::new(config.clone());
    let mut question = asked.question();
    if !asked.keys.is_empty() {
        let (period, keys) = (config.reading.period, asked.keys.clone());
        let measures = measures.to_vec();
        question.breakdown =
            Some(Breakdown::new(measures, keys, period, &config.counting, &config.reporting));
    }
    let plain = asked.keys.is_empty() && asked.filters.is_empty();
    summary.question = (!plain).then(|| Box::new(question));
    let sound = feed(&mut summary, plan);
    summary.finish();
    let report = summary.report();
    let breakdown = summary.question.as_ref().and_then(|question| question.breakdown.as_ref());
    let answer = Count {
        measures,
        totals: measures.iter().map(|measure| measure.total(&report, &summary.tallies)).collect(),
        keys: &asked.keys,
        rows: breakdown.map(Breakdown::rows).unwrap_or_default(),
    };
    let form = match format {
        Format::Json => Form::Json,
        Format::Csv => Form::Csv,
        Format::Text | Format::Html => Form::Text,
    };
    let mut output = Output::open(plan.output.as_deref())?;
    answer.write(form, asked.top.of(usize::MAX), &mut output)?;
    output.finish()?;
    let found = found(!answer.is_nothing(), asked);
    std::mem::forget(summary);
    Ok(if sound { found } else { ExitStatus::Incomplete })
}

/// Says that nothing was found, if so, and whether that is a failure.
fn found(anything: bool, asked: &Asked) -> ExitStatus {
    if anything {
        return ExitStatus::Done;
    }
    let whose = if asked.typed.is_empty() {
        String::new()
    } else {
        format!(" ({})", asked.typed.join("; "))
    };
    complain(&format!("nothing found{whose}"));
    if asked.require_match { ExitStatus::Incomplete } else { ExitStatus::Done }
}
