//! The answer to `count`: reads the logs, and prints numbers.

use anyhow::Result;
use pfsum::Summary;
use pfsum::answer::count::{Count, Form};
use pfsum::answer::{Breakdown, Measure};

use super::ask::Asked;
use super::notice::say;
use super::output::Output;
use super::plan::Plan;
use super::privacy::{Privacy, hide_rows};
use super::value::Format;
use super::{ExitStatus, reading};

/// Reads, and prints how much of each measure there is.
pub(super) fn count(
    plan: &Plan,
    asked: &Asked,
    measures: &[Measure],
    format: Format,
) -> Result<ExitStatus> {
    let privacy = Privacy::of(&plan.showing)?;
    let config = &plan.config;
    let mut summary = Summary::new(config.clone());
    let mut question = asked.question(&config.counting);
    if !asked.keys.is_empty() {
        let (period, keys) = (config.reading.period, asked.keys.clone());
        let breakdown =
            Breakdown::new(measures.to_vec(), keys, period, &config.counting, &config.reporting);
        question.get_or_insert_default().breakdown = Some(breakdown);
    }
    summary.ask(question);
    let outcome = reading::read(plan, None, &mut summary)?;
    summary.finish();
    let report = summary.report();
    let totals = measures.iter().map(|measure| measure.total(&report, &summary.tallies)).collect();
    drop(report);
    let breakdown = summary.asked().and_then(|question| question.breakdown.as_ref());
    let mut rows = breakdown.map(Breakdown::rows).unwrap_or_default();
    if let Some(pseudonyms) = privacy.pseudonyms(&summary) {
        hide_rows(&mut rows, &asked.keys, &pseudonyms);
    }
    let answer = Count { measures, totals, keys: &asked.keys, rows };
    if let Some(turned_away @ 1..) = breakdown.map(Breakdown::turned_away) {
        say(&format!("counted as (others), too many different ones: {turned_away}"));
    }
    let form = match format {
        Format::Json => Form::Json,
        Format::Csv => Form::Csv,
        Format::Text | Format::Html | Format::Prometheus => Form::Text,
    };
    let mut output = Output::open(plan.output.as_deref())?;
    answer.write(form, asked.top.unwrap_or_default().of(usize::MAX), &mut output)?;
    output.finish()?;
    let is_complete =
        outcome.is_complete && (asked.is_answered(!answer.is_nothing(), "nothing found"));
    std::mem::forget(summary);
    Ok(ExitStatus::of(is_complete))
}

impl Asked {
    /// Whether some messages are meant, and not all.
    pub(super) fn selects(&self) -> bool {
        !self.typed.is_empty()
    }

    /// Says so if nothing was found; false if that is a failure.
    pub(super) fn is_answered(&self, found: bool, otherwise: &str) -> bool {
        if found {
            return true;
        }
        match self.typed.as_slice() {
            [] => say(otherwise),
            typed => say(&format!("{otherwise} ({})", typed.join("; "))),
        }
        !self.require_match
    }
}
