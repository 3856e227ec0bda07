//! The report: reads the logs, says what is wrong with them, and writes it.

use std::process::Command;
use std::sync::Arc;

use anyhow::Result;
use pfsum::Summary;

use super::alert::Alert;
use super::ask::Asked;
use super::notice::say;
use super::output::Output;
use super::plan::{Plan, Task};
use super::{ExitStatus, list_inputs, reading};

/// Reads, counts and writes.
pub(super) fn run(plan: &Plan, asked: &Asked) -> Result<ExitStatus> {
    let mut summary = Summary::new(plan.config.clone());
    summary.question = asked.question().map(Box::new);
    let outcome = reading::read(plan, &mut summary)?;
    let mut sound = outcome.is_complete;
    if plan.task == Task::ListInputs {
        let mut output = Output::open(plan.output.as_deref())?;
        list_inputs::write(&outcome, &summary, &mut output)?;
        output.finish()?;
        return Ok(ExitStatus::of(sound));
    }
    summary.finish();
    let mut report = summary.report();
    asked.name(&mut report.title);
    if plan.config.reporting.mailq {
        match Command::new("mailq").output() {
            Ok(said) => report.append_mailq(&said.stdout),
            Err(cause) => {
                say(&format!("mailq: {cause}"));
                sound = false;
            }
        }
    }
    if report.reading.is_doubtful() {
        let (missed, of) = (report.reading.not_understood, report.reading.postfix_lines);
        say(&format!("{missed} of {of} lines of Postfix were not understood"));
        sound = false;
    }
    let report = Arc::new(report);
    let mut output = Output::open(plan.output.as_deref())?;
    pfsum::render::render(&report, plan.config.reporting.format, &mut output)?;
    output.finish()?;
    let alarmed = Alert::any_holds(&plan.alerts, &report, &summary);
    // The process ends here: what was counted need not be taken apart piece by piece.
    std::mem::forget(summary);
    Ok(if alarmed { ExitStatus::Alert } else { ExitStatus::of(sound) })
}
