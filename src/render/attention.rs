//! *Needs attention* at the top of the text: at most seven lines, so that a reader sees the
//! rest of the page, too.

use std::fmt::Write as _;

use crate::report::model::Finding;

use super::text::wrap;

/// Lines of the whole.
const LINES: usize = 7;
/// Columns of a line.
const COLUMNS: usize = 80;

/// The findings: each its title, and as far as there is room what was said and the command
/// that shows more.
pub(super) fn lines(findings: &[Finding]) -> String {
    let shown = match findings.len() {
        0..=LINES => findings.len(),
        _ => LINES - 1,
    };
    let (each, spare) = (LINES / shown.max(1), LINES % shown.max(1));
    let mut out = String::new();
    for (at, finding) in findings.iter().take(shown).enumerate() {
        // The worst get what does not go round.
        let each = each + usize::from(at < spare);
        out.push_str(&cut(&format!(" * {}", finding.title)));
        out.push('\n');
        if each > 2 {
            said(finding, each - 2, &mut out);
        }
        if each > 1 && !finding.command.is_empty() {
            // Whole, however long: it is there to be copied.
            out.push_str("   -> ");
            out.push_str(&finding.command);
            out.push('\n');
        }
    }
    if shown < findings.len() {
        let more = findings.len() - shown;
        // Writing to a string cannot fail.
        let _ = writeln!(out, " * and {more} more: --format html and json show them all");
    }
    out
}

/// What was said, the messages concerned, and the advice if all of it fits so many lines.
fn said(finding: &Finding, most: usize, out: &mut String) {
    let detail = finding.detail.trim_end_matches('.');
    let named = match finding.queue_ids.as_slice() {
        [] => format!("{detail}."),
        queue_ids => format!("{detail} ({}).", queue_ids.join(", ")),
    };
    let fits = |text: &str| wrap(text, 3, 3).lines().count() <= most;
    let advised = format!("{named} {}", finding.advice);
    let text = [advised, named].into_iter().find(|text| fits(text));
    let text = text.unwrap_or_else(|| finding.detail.clone());
    for (at, line) in wrap(&text, 3, 3).lines().take(most).enumerate() {
        let indent = if at == 0 { "   " } else { "" };
        out.push_str(&cut(&format!("{indent}{line}")));
        out.push('\n');
    }
}

/// A line of at most eighty columns.
fn cut(line: &str) -> String {
    if line.chars().count() <= COLUMNS {
        return line.to_owned();
    }
    let kept: String = line.chars().take(COLUMNS - 3).collect();
    format!("{}...", kept.trim_end())
}
