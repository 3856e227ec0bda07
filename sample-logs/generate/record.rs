//! The delivery record: one line per recipient and attempt, the same from every delivery agent.

use super::clock::{MILLI, Micros, SECOND};
use super::postfix::{Attempt, Outcome};

/// The delivery record, the same from every delivery agent.
pub(crate) fn delivery(id: &str, delay: Micros, delays: [Micros; 4], attempt: &Attempt) -> String {
    let Attempt { to, orig_to, relay, conn_use, tls, dsn, outcome, reason, .. } = attempt;
    let orig_to = if orig_to.is_empty() { String::new() } else { format!(", orig_to=<{orig_to}>") };
    let conn_use = if *conn_use > 1 { format!(", conn_use={conn_use}") } else { String::new() };
    let tls = if tls.is_empty() { String::new() } else { format!(", tls={tls}") };
    let delay = seconds(delay);
    let delays = delays.map(seconds).join("/");
    let status = match outcome {
        Outcome::Sent
        | Outcome::HandedOver
        | Outcome::Swallowed
        | Outcome::Discarded
        | Outcome::Forwarded => "sent",
        Outcome::Deferred | Outcome::Untried => "deferred",
        Outcome::Bounced => "bounced",
        Outcome::Softened => "SOFTBOUNCE",
        Outcome::Deliverable => "deliverable",
        Outcome::Undeliverable => "undeliverable",
    };
    format!(
        "{id}: to=<{to}>{orig_to}, relay={relay}{conn_use}, delay={delay}, delays={delays}{tls}, \
         dsn={dsn}, status={status} ({reason})"
    )
}

/// Seconds as Postfix prints them: two digits, at most two decimals, whole from ten up.
pub(crate) fn seconds(delay: Micros) -> String {
    let trimmed = |text: String| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    if delay >= 10 * SECOND - 50 * MILLI {
        return ((delay + SECOND / 2) / SECOND).to_string();
    }
    if delay >= SECOND - 5 * MILLI {
        let tenths = (delay + 50 * MILLI) / (100 * MILLI);
        return trimmed(format!("{}.{}", tenths / 10, tenths % 10));
    }
    let hundredths = (delay + 5 * MILLI) / (10 * MILLI);
    trimmed(format!("0.{hundredths:02}"))
}
