//! Lines that this version does not understand: what they tell is in no number.
//!
//! `sample-logs/hostile.log`: among ordinary mail, lines that are none.

use super::{Finding, Severity, View, counted, pfsum};

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let reading = &view.reading;
    // More than one in fifty, which also decides the exit status: a new release of Postfix
    // changes a line or two, and their numbers are small.
    reading.is_doubtful().then(|| {
        let samples = reading.samples.iter().find(|(service, _)| *service != "unreadable");
        let line = samples.and_then(|(_, lines)| lines.first()).cloned().unwrap_or_default();
        Finding {
            id: "not_understood",
            severity: Severity::Harm,
            title: format!(
                "{} of {} of Postfix were not understood: the numbers are incomplete",
                reading.not_understood,
                counted(reading.postfix_lines, "line", "lines"),
            ),
            detail: format!("Such as: {line}"),
            advice: "They come from a newer Postfix, from a program with the same syslog name, \
                     or were damaged; --unprocd-file writes them all to a file."
                .to_owned(),
            count: reading.not_understood,
            queue_ids: Vec::new(),
            command: pfsum(view, "--unprocd-file not-understood.log --output /dev/null"),
        }
    })
}
