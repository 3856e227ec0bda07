//! Lines that this version does not understand, or that are none: what they tell is in no number.
//!
//! `sample-logs/hostile.log`: among ordinary mail, lines that are none.

use super::{Finding, Severity, View, pfsum};

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let reading = &view.reading;
    let missed = reading.missed()?; // which also decides the exit status
    let is_such = |service: &str| (service != "unreadable") == missed.are_of_postfix;
    let samples = reading.samples.iter().find(|(service, _)| is_such(service));
    let line = samples.and_then(|(_, lines)| lines.first()).cloned().unwrap_or_default();
    let advice = if missed.are_of_postfix {
        "They come from a newer Postfix, from a program with the same syslog name, or were damaged; \
         --unprocd-file writes them all to a file."
    } else {
        "Something writes in front of them, or into the log beside syslog; --unprocd-file writes \
         them all to a file."
    };
    Some(Finding {
        id: "not_understood",
        severity: Severity::Harm,
        title: format!("{missed}: the numbers are incomplete"),
        detail: format!("Such as: {line}"),
        advice: advice.to_owned(),
        count: missed.lines,
        queue_ids: Vec::new(),
        command: pfsum(view, "--unprocd-file not-understood.log --output /dev/null"),
    })
}
