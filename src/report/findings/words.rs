//! The words findings have in common: counts, moments, lengths of time, commands.

use crate::postfix::QueueId;
use crate::report::View;
use crate::report::span::long;
use crate::syslog::Moment;
use crate::words::scale::grouped;

/// `1 line`, `1,234 lines`.
pub(super) fn counted(count: u64, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {several}", grouped(count)) }
}

/// `Monday 16 February 2009, 16:10`.
pub(super) fn when(at: Moment) -> String {
    let second = at.wall.rem_euclid(86_400);
    format!("{}, {:02}:{:02}", long(at.day()), second / 3600, second / 60 % 60)
}

/// `40 minutes`, `5 hours`, `3 days`: a length of time as it is spoken of.
pub(super) fn lasting(seconds: u64) -> String {
    match seconds {
        0..60 => counted(seconds, "second", "seconds"),
        60..7_200 => counted(seconds / 60, "minute", "minutes"),
        7_200..172_800 => counted(seconds / 3_600, "hour", "hours"),
        _ => counted(seconds / 86_400, "day", "days"),
    }
}

/// A command of this program about the same mail, the same logs and the same period.
pub(super) fn pfsum(view: &View<'_>, question: &str) -> String {
    let mut command = format!("pfsum {question}");
    // An option that is given twice means either: what the question names goes first.
    let names = |option: &str| question.split(' ').any(|word| word == option);
    for (option, word) in view.shown.same_mail.iter().filter(|(option, _)| !names(option)) {
        command.extend([" ", option, " ", word]);
    }
    if !view.shown.same_logs.is_empty() {
        command.extend([" ", &view.shown.same_logs]);
    }
    command
}

/// Queue IDs as text.
pub(super) fn listed<'q>(queue_ids: impl IntoIterator<Item = &'q QueueId>) -> Vec<String> {
    queue_ids.into_iter().take(super::NAMED).map(ToString::to_string).collect()
}
