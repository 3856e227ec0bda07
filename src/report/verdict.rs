//! The verdict: the one sentence that a reader in a hurry reads.

use crate::words::scale::grouped;

use super::View;
use super::model::{Finding, Severity, Totals};
use super::span;

/// `Tuesday 17 February 2009 on ns.example.org: 101 messages in, 106 deliveries. 2 messages
/// are still queued.`
pub(super) fn of(view: &View<'_>, totals: &Totals, findings: &[Finding]) -> String {
    let subject = subject(view);
    if view.reading.postfix_lines == 0 {
        return format!("{subject}: no line of Postfix was read.");
    }
    let flow = match (totals.received, totals.delivered) {
        (0, 0) => "no mail came in and none was delivered".to_owned(),
        (received, delivered) => {
            let (messages, deliveries) =
                (plural(received, "message"), plural_of(delivered, "delivery", "deliveries"));
            format!("{messages} in, {deliveries}")
        }
    };
    let stuck = match totals.still_queued {
        0 => "Nothing is left in the queue.".to_owned(),
        1 => "1 message is still queued.".to_owned(),
        several => format!("{} messages are still queued.", grouped(several)),
    };
    let harm = findings.iter().filter(|finding| finding.severity == Severity::Harm).count();
    let rest = match (findings.len(), harm) {
        (0, _) => "",
        (_, 0) => " Something is worth a look.",
        (_, 1) => " One thing needs attention.",
        _ => " Several things need attention.",
    };
    format!("{subject}: {flow}. {stuck}{rest}")
}

/// Which days or hours of which hosts.
fn subject(view: &View<'_>) -> String {
    let days = span::told(view, span::long, "to").unwrap_or_else(|| "The log".to_owned());
    match view.hosts.as_slice() {
        [] => days,
        [host] => format!("{days} on {host}"),
        [first, second] => format!("{days} on {first} and {second}"),
        hosts => format!("{days} on {} hosts", hosts.len()),
    }
}

fn plural(count: u64, one: &str) -> String {
    plural_of(count, one, &format!("{one}s"))
}

fn plural_of(count: u64, one: &str, several: &str) -> String {
    match count {
        0 => format!("no {several}"),
        1 => format!("1 {one}"),
        _ => format!("{} {several}", grouped(count)),
    }
}
