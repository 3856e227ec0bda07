//! Merging: tallies of the parts of a log become those of the whole, by addition.
//!
//! The parts share their names (one [`Names`](crate::names::Names), handed from part to part),
//! and each is counted [after](Tallies::after) the one before it, from which it learns who was
//! greylisted and which networks failed to sign in. No message or connection lies across a
//! cut: one that does is two, one that is still queued and one that began before the log. What
//! one part shows of a relay, another does not know: a filter has to give some mail back in
//! each, before it swallows any.
//!
//! Only the tests merge so far: they hold it right for the hosts of a fleet, whose tallies are to be
//! kept and added up.

use std::ops::AddAssign;

use super::cause::Causes;
use super::sign_ins::SignIns;
use super::{Connections, Tallies, Totals};

impl Tallies {
    /// Nothing yet, in the part of a log that follows another.
    #[must_use]
    pub fn after(before: &Tallies) -> Tallies {
        Tallies {
            causes: Causes::after(&before.causes),
            sign_ins: SignIns::after(&before.sign_ins),
            ..Tallies::new(before.period, before.counting.clone())
        }
    }

    /// Adds what was counted of the part that follows.
    pub fn merge(&mut self, other: &Tallies) {
        self.totals += other.totals;
        self.course.merge(&other.course);
        self.ledger.merge(&other.ledger);
        self.senders.merge(&other.senders);
        self.null_clients.merge(&other.null_clients);
        self.null_local += other.null_local;
        self.recipients.merge(&other.recipients);
        self.recipient_domains.merge(&other.recipient_domains);
        self.connections.merge(&other.connections);
        self.screened += other.screened;
        self.screened_addresses.merge(&other.screened_addresses);
        self.auth_failures += other.auth_failures;
        self.details.merge(&other.details);
        self.causes.merge(&other.causes);
        self.sign_ins.merge(&other.sign_ins);
        self.pace.merge(&other.pace);
        self.lists.merge(&other.lists);
        self.no_size.extend(&other.no_size);
        self.messages.extend_from_slice(&other.messages);
        if let Some(queued) = &other.queued {
            self.queued.get_or_insert_default().extend_from_slice(queued);
        }
    }
}

impl AddAssign for Totals {
    /// Every field, by name: one that is new cannot be forgotten.
    fn add_assign(&mut self, other: Totals) {
        let mine = std::mem::take(self);
        *self = Totals {
            received: mine.received + other.received,
            delivered: mine.delivered + other.delivered,
            forwarded: mine.forwarded + other.forwarded,
            deferred: mine.deferred + other.deferred,
            deferrals: mine.deferrals + other.deferrals,
            bounced: mine.bounced + other.bounced,
            expired: mine.expired + other.expired,
            canceled: mine.canceled + other.canceled,
            rejected_temporary: mine.rejected_temporary + other.rejected_temporary,
            rejected_permanent: mine.rejected_permanent + other.rejected_permanent,
            reject_warnings: mine.reject_warnings + other.reject_warnings,
            held: mine.held + other.held,
            discarded: mine.discarded + other.discarded,
            discarded_by_transport: mine.discarded_by_transport + other.discarded_by_transport,
            swallowed_by_filter: mine.swallowed_by_filter + other.swallowed_by_filter,
            handed_on: mine.handed_on + other.handed_on,
            generated: mine.generated + other.generated,
            probes: mine.probes + other.probes,
            bytes_received: mine.bytes_received + other.bytes_received,
            bytes_delivered: mine.bytes_delivered + other.bytes_delivered,
            hops_folded: mine.hops_folded + other.hops_folded,
            still_queued: mine.still_queued + other.still_queued,
        };
    }
}

impl Connections {
    /// Adds another's connections.
    pub fn merge(&mut self, other: &Connections) {
        self.all += other.all;
        for (mine, theirs) in self.hours.iter_mut().zip(&other.hours) {
            *mine += *theirs;
        }
        for (day, visits) in &other.days {
            *self.days.entry(*day).or_default() += *visits;
        }
        self.clients.merge(&other.clients);
    }
}
