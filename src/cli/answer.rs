//! The answer to `count`: reads the logs, and prints numbers.

use anyhow::Result;
use pfsum::Summary;
use pfsum::answer::count::{Count, Form};
use pfsum::answer::pattern::AddressPattern;
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

/// How to name all of a domain, if a word without `@` looks like one.
pub(super) fn domain_meant(word: &str) -> Option<String> {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let (_, last) = word.rsplit_once('.')?;
    let fits = word.split('.').all(is_label) && !last.chars().all(|c| c.is_ascii_digit());
    fits.then(|| format!("all mail of a domain is named @{word}"))
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
        let mut said = otherwise.to_owned();
        if !self.typed.is_empty() {
            said = format!("{said} ({})", self.typed.join("; "));
        }
        let filters = self.filters.from.iter().chain(&self.filters.to);
        let meant = filters.filter_map(|pattern| match pattern {
            AddressPattern::Whole(word) => str::from_utf8(word).ok().and_then(domain_meant),
            _ => None,
        });
        say(&[said].into_iter().chain(meant).collect::<Vec<_>>().join("; "));
        !self.require_match
    }
}
