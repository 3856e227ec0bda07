//! The report: reads the logs, says what is wrong with them, and writes it.

use std::process::Command;

use anyhow::Result;
use pfsum::Summary;
use pfsum::config::{Format, Reporting};
use pfsum::error::said;
use pfsum::render::mail;

use super::alert::Alert;
use super::ask::Asked;
use super::notice::say;
use super::output::Output;
use super::plan::Plan;
use super::privacy::Privacy;
use super::show::Show;
use super::{ExitStatus, reading, same};

/// Reads, counts and writes.
pub(super) fn run(plan: &Plan, asked: &Asked) -> Result<ExitStatus> {
    let show = Show::new(plan)?;
    let privacy = Privacy::of(&plan.showing)?;
    let mut summary = Summary::new(plan.config.clone());
    summary.ask(asked.question(&plan.config.counting));
    let outcome = reading::read(plan, None, &mut summary)?;
    let sound = outcome.is_complete;
    summary.finish();
    let status = tell(plan, asked, &show, &privacy, &summary, sound)?;
    // The process ends here: what was counted need not be taken apart piece by piece.
    std::mem::forget(summary);
    Ok(status)
}

/// Makes the report and writes or sends it. `sound`: nothing was wrong so far.
fn tell(
    plan: &Plan,
    asked: &Asked,
    show: &Show,
    privacy: &Privacy,
    summary: &Summary,
    mut sound: bool,
) -> Result<ExitStatus> {
    let queue = plan.config.reporting.mailq.then(mailq);
    sound &= !matches!(queue, Some(None));
    let pseudonyms = privacy.pseudonyms(summary);
    let same_logs = same::as_read(&plan.config.reporting.same_logs, &plan.inputs, summary);
    let reporting = Reporting { same_logs, ..plan.config.reporting.clone() };
    let make = |format| {
        let reporting = Reporting { format, ..reporting.clone() };
        let mut report = summary.report_as(&reporting);
        asked.name(&mut report.title);
        if let Some(Some(said)) = &queue {
            report.append_mailq(said);
        }
        if let Some(pseudonyms) = &pseudonyms {
            report.anonymize(pseudonyms);
        }
        report
    };
    let report = make(show.format());
    if asked.selects() {
        let found = !report.totals.is_nothing() || report.smtpd.connections > 0;
        sound &= asked.is_answered(found, "nothing found");
    }
    let alarmed = Alert::any_holds(&plan.alerts, &report, summary);
    let quiet = sound && !alarmed && mail::is_quiet(&report);
    match &plan.mail {
        _ if plan.only_if_attention && quiet => {}
        Some(mail) => {
            let hides = plan.showing.hides();
            mail.send(&report, &make(Format::Html), &plan.config.reading, hides)?;
        }
        None => {
            let mut output = Output::open(plan.output.as_deref())?;
            show.write(report, &mut output)?;
            output.finish()?;
        }
    }
    Ok(if alarmed { ExitStatus::Alert } else { ExitStatus::of(sound) })
}

/// What mailq(1) prints; says so if it cannot be run, or fails.
fn mailq() -> Option<Vec<u8>> {
    let run = Command::new("mailq").output();
    let run = run.inspect_err(|cause| say(&format!("mailq: {}", said(cause)))).ok()?;
    if run.status.success() {
        return Some(run.stdout);
    }
    let said = String::from_utf8_lossy(&run.stderr);
    let said = said.lines().last().unwrap_or_default();
    say(format!("mailq: {} {said}", run.status).trim_end());
    None
}
