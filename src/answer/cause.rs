//! The root cause that a fact tells of, as the report counts it.

use crate::names::Names;
use crate::postfix::event::Action;
use crate::tally::cause::{of_attempt, of_refusal};
use crate::track::{Fact, What};
use crate::words::cause::Cause;

/// The cause of what was put off, given up or refused; nothing went wrong with other facts, or it is
/// not said what.
pub(super) fn of_fact(names: &Names, fact: &Fact<'_>) -> Option<Cause> {
    match fact.what {
        What::Deferred { delivery, .. } | What::Bounced { delivery, .. } => {
            fact.message.map(|message| of_attempt(delivery.text, message, names))
        }
        // That of the recipient that was put off last, as with the other keys.
        What::Queued { .. } | What::Expired { .. } => {
            let message = fact.message?;
            message.last_put_off().map(|stuck| of_attempt(&stuck.reason, message, names))
        }
        What::Verdict(verdict) => matches!(verdict.action, Action::Reject | Action::RejectWarning)
            .then(|| of_refusal(fact.service.program, verdict)),
        What::Unreachable { text, .. } => Some(Cause::of(text)),
        _ => None,
    }
}
