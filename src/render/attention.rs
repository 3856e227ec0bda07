//! *Needs attention* at the top of the text: at most seven lines, so that a reader sees the
//! rest of the page, too.

use std::fmt::Write as _;

use crate::report::model::Finding;

use super::text::wrap;

/// Lines of the whole.
const LINES: usize = 7;
/// Columns of a line.
const COLUMNS: usize = 80;
/// Columns before a text.
const INDENT: usize = 3;

/// The findings: each its title, and as far as there is room the command that shows more and what
/// was said.
pub(super) fn lines(findings: &[Finding]) -> String {
    // The last line says how many more there are.
    let room = if findings.len() > LINES { LINES - 1 } else { LINES };
    let shown = findings.len().min(room);
    let (each, spare) = (room / shown.max(1), room % shown.max(1));
    let mut out = String::new();
    for (at, finding) in findings.iter().take(shown).enumerate() {
        // The worst get what does not go round.
        told(finding, each + usize::from(at < spare), &mut out);
    }
    if shown < findings.len() {
        let more = findings.len() - shown;
        // Writing to a string cannot fail.
        let _ = writeln!(out, " * and {more} more: --format html and json show them all");
    }
    out
}

/// A finding on so many lines: its title comes first, then the command, then what was said.
fn told(finding: &Finding, lines: usize, out: &mut String) {
    let has_command = lines > 1 && !finding.command.is_empty();
    let room = lines - usize::from(has_command);
    let title = paragraph(" * ", &finding.title, room.max(1));
    let left = room.saturating_sub(title.lines().count());
    out.push_str(&title);
    if left > 0 {
        out.push_str(&paragraph("   ", &said(finding, left), left));
    }
    if has_command {
        // Whole, however long: it is there to be copied.
        out.push_str("   -> ");
        out.push_str(&finding.command);
        out.push('\n');
    }
}

/// What was said, with the messages concerned and the advice as far as so many lines hold them.
fn said(finding: &Finding, lines: usize) -> String {
    let detail = finding.detail.trim_end_matches('.');
    let naming = |queue_ids: &[String]| format!("{detail} ({}).", queue_ids.join(", "));
    let some = (1..=finding.queue_ids.len()).rev().filter_map(|some| finding.queue_ids.get(..some));
    let mut all = some.map(naming).chain([format!("{detail}.")]).peekable();
    let advised = all.peek().map(|whole| format!("{whole} {}", finding.advice));
    let fits = |text: &String| wrap(text, INDENT, INDENT).lines().count() <= lines;
    advised.into_iter().chain(all).find(fits).unwrap_or_else(|| finding.detail.clone())
}

/// A text behind a mark of [`INDENT`] columns, on at most so many lines.
fn paragraph(mark: &str, text: &str, most: usize) -> String {
    let wrapped = format!("{mark}{}", wrap(text, INDENT, INDENT));
    let is_cut = wrapped.lines().count() > most;
    let mut out = String::new();
    for (at, line) in (1..).zip(wrapped.lines().take(most)) {
        let more = if is_cut && at == most { "..." } else { "" };
        out.push_str(&cut(&format!("{line}{more}")));
        out.push('\n');
    }
    out
}

/// A line of at most eighty columns.
fn cut(line: &str) -> String {
    if line.chars().count() <= COLUMNS {
        return line.to_owned();
    }
    let kept: String = line.chars().take(COLUMNS - 3).collect();
    format!("{}...", kept.trim_end())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::report::model::Severity;

    fn finding(title: &str, detail: &str) -> Finding {
        Finding {
            id: "filter_down",
            severity: Severity::Harm,
            title: title.to_owned(),
            detail: detail.to_owned(),
            advice: "See its own log, start it, then `postqueue -f`.".to_owned(),
            count: 42,
            queue_ids: vec!["343FA46523".to_owned(), "1F08646796".to_owned()],
            command: "pfsum count deferrals --by relay,reason mail.log".to_owned(),
        }
    }

    #[test]
    fn a_long_title_stands_on_two_lines_and_messages_are_named_as_far_as_there_is_room() {
        let title =
            "The mailbox server at mailboxes.west.example.org did not answer: 42 messages late";
        let twice = [
            finding(title, "Connection refused to 42 attempts of this host."),
            finding("Late", "Late."),
        ];
        assert_eq!(
            lines(&twice),
            " * The mailbox server at mailboxes.west.example.org did not answer: 42 messages\n   \
             late\n   \
             Connection refused to 42 attempts of this host (343FA46523, 1F08646796).\n   \
             -> pfsum count deferrals --by relay,reason mail.log\n \
             * Late\n   \
             Late (343FA46523, 1F08646796).\n   \
             -> pfsum count deferrals --by relay,reason mail.log\n"
        );
    }

    #[test]
    fn what_is_left_out_is_marked_and_seven_lines_are_enough_for_any_number() {
        let words = "that was said by a server ".repeat(40);
        for number in 1..=12 {
            let findings: Vec<Finding> =
                (0..number).map(|at| finding(&format!("{at} {words}"), &words)).collect();
            let text = lines(&findings);
            let shown: Vec<&str> = text.lines().collect();
            assert_eq!(shown.len(), LINES, "{text}");
            assert!(shown.iter().all(|line| line.chars().count() <= COLUMNS), "{text}");
            let titles = shown.iter().filter(|line| line.starts_with(" * ")).count();
            assert_eq!(titles, number.min(LINES), "{text}");
            let marked = shown.iter().filter(|line| line.ends_with("...")).count();
            let told = if number > LINES { LINES - 1 } else { number };
            assert_eq!(marked, told, "{text}");
        }
    }
}
