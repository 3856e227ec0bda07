//! Delivery attempts: what each says of its recipient, and of the message.

use crate::names::{Address, Relay, Text};
use crate::postfix::Program;
use crate::postfix::event::{Delivery, Status};
use crate::postfix::{forwarded_as, is_saved};

use super::message::{Key, Message, Origin, mark, outcome};
use super::{Handover, Listener, Telling, Tracker, What};

/// An attempt, with what the log says of its two ends.
struct Attempt<'d> {
    key: Key,
    recipient: Address,
    relay: Relay,
    /// Whether mail may come back from the relay.
    inward: bool,
    /// Whether nobody gets what was sent.
    thrown_away: bool,
    /// As how many attempts it counts, if it is put off: as none before the period.
    counted: u32,
    delivery: &'d Delivery<'d>,
}

impl Tracker {
    /// `to= … status=`.
    pub(super) fn attempted<L: Listener>(
        &mut self,
        key: Key,
        program: Program,
        delivery: &Delivery<'_>,
        telling: &mut Telling<'_, L>,
    ) {
        let attempt = self.attempt(key, program, delivery, telling);
        let Attempt { recipient, relay, .. } = attempt;
        let message = self.touch(key, telling);
        // cleanup refuses mail of `sendmail` by returning it: that never gets to the queue manager.
        let returned = message.is(mark::REFUSED) && !message.is(mark::ACTIVE);
        message.set(if returned || program == Program::Cleanup {
            mark::PROVEN
        } else {
            mark::ACTIVE
        });
        if let Status::Probed { deliverable } = delivery.status {
            message.set(mark::PROBE);
            telling.tell(Some(message), What::Probed { deliverable });
            return;
        }
        // The first attempt proves that this is mail, not a probe; and whether it came out of the
        // pipe filter that a message went into: then it has the same recipient.
        let first = !message.is(mark::TRIED);
        message.set(mark::TRIED);
        let message = if message.is(mark::MAYBE_HOP) && message.origin == Origin::Local {
            self.tried_after_pipe(key, relay, first, delivery, telling);
            let Some(message) = self.messages.get_mut(&key) else { return };
            message
        } else {
            message
        };
        if first {
            settle_tried(message, telling);
        }
        if let Some(level) = delivery.tls {
            telling.tell(Some(message), What::RelaySecured { relay, level });
        }
        match delivery.status {
            Status::Sent => self.sent(&attempt, telling),
            Status::Deferred { .. } => put_off(message, &attempt, telling),
            Status::Bounced => {
                message.outcome |= outcome::BOUNCED;
                done_with(message, recipient);
                telling.tell(Some(message), What::Bounced { recipient, relay, delivery });
            }
            Status::Probed { .. } => {}
        }
    }

    /// `status=deferred (bounce failed)`.
    pub(super) fn put_off_as_a_whole<L: Listener>(
        &mut self,
        key: Key,
        text: &[u8],
        telling: &mut Telling<'_, L>,
    ) {
        let message = self.touch(key, telling);
        let since = message.since();
        let previous = message.deferred.replace(telling.at);
        message.age = u64::try_from(telling.at.utc() - since).unwrap_or(0).saturating_mul(1000);
        message.deferrals = message.deferrals.saturating_add(telling.times);
        message.more().put_off = Some(text.into());
        telling.tell(Some(message), What::PutOff { previous });
    }

    /// Names the ends of an attempt.
    fn attempt<'d, L: Listener>(
        &mut self,
        key: Key,
        program: Program,
        delivery: &'d Delivery<'d>,
        telling: &mut Telling<'_, L>,
    ) -> Attempt<'d> {
        let recipient = telling.recipient(self.tracking.recipient(delivery));
        let relay = telling.names.relays.intern(delivery.relay).0;
        if !self.knows_relay(relay) {
            self.look_at_relay(relay, delivery.relay, program);
        }
        let thrown_away = program == Program::Discard && !self.tracking.discard_delivers
            || delivery.text == DOUBLE_BOUNCE;
        Attempt {
            key,
            recipient,
            relay,
            inward: self.is_inward_relay(relay),
            thrown_away,
            counted: if telling.at.wall < self.tracking.since { 0 } else { telling.times },
            delivery,
        }
    }

    /// `status=sent`: delivered, forwarded, handed on or thrown away.
    fn sent<L: Listener>(&mut self, attempt: &Attempt<'_>, telling: &mut Telling<'_, L>) {
        let &Attempt { key, recipient, relay, inward, thrown_away, delivery, .. } = attempt;
        let Some(message) = self.messages.get_mut(&key) else { return };
        let handover = handover(message, recipient, relay, delivery, telling);
        done_with(message, recipient);
        if let Some(queue_id) = forwarded_as(delivery.text) {
            message.outcome |= outcome::DELIVERED;
            telling.tell(Some(message), What::Forwarded(handover));
            self.announce(Key { queue_id, ..key }, telling);
        } else if thrown_away {
            message.outcome |= outcome::DISCARDED;
            telling.tell(Some(message), What::ThrownAway(handover));
        } else if !inward && !message.is(mark::SEEN_AGAIN) || is_saved(delivery.text) {
            delivered(message, handover, telling);
        } else {
            let split = message.is(mark::SPLIT);
            if !self.hand_on(key, handover, delivery, telling)
                && let Some(message) = self.messages.get_mut(&key)
            {
                delivered(message, handover, telling);
            }
            if split {
                self.fold_parts(key, telling);
            }
        }
    }
}

/// Tells how a message began of which an attempt is known. Where the attempt's line came before
/// that of the queue manager, the size and the sender are still to come.
pub(super) fn settle_tried<L: Listener>(message: &mut Message, telling: &mut Telling<'_, L>) {
    let sized = message.size.is_some() || !message.is(mark::ACTIVE);
    let certain = match message.origin {
        Origin::Earlier | Origin::Announced => false,
        Origin::Internal => message.is(mark::NAMED | mark::OWN_ID),
        Origin::Smtp | Origin::Local => true,
    };
    if sized && certain && !message.is(mark::MAYBE_HOP) {
        Tracker::settle_start(message, telling);
    }
}

/// A recipient handed over, as this line says it.
fn handover<L: Listener>(
    message: &Message,
    recipient: Address,
    relay: Relay,
    delivery: &Delivery<'_>,
    telling: &mut Telling<'_, L>,
) -> Handover {
    Handover {
        message: message.number,
        client: message.client,
        recipient,
        relay,
        size: message.size,
        delay: delivery.delay,
        delays: delivery.delays.unwrap_or_default(),
        sender: message.sender,
        user: message.user,
        tls: delivery.tls.map(|level| -> Text { telling.names.texts.intern(level).0 }),
        queue_id: message.queue_id,
    }
}

/// A recipient is done with for good; the size may still have to come.
fn delivered<L: Listener>(message: &mut Message, handover: Handover, telling: &mut Telling<'_, L>) {
    message.outcome |= outcome::DELIVERED;
    if message.size.is_none() {
        message.more().unsized_handovers.push(telling.later(handover));
        return;
    }
    telling.tell(Some(message), What::Delivered(handover.after(message.lead)));
}

/// What qmgr writes when a double bounce cannot be returned either: nobody got it.
const DOUBLE_BOUNCE: &[u8] = b"undeliverable postmaster notification discarded";

/// `status=deferred`.
fn put_off<L: Listener>(
    message: &mut Message,
    attempt: &Attempt<'_>,
    telling: &mut Telling<'_, L>,
) {
    let &Attempt { recipient, relay, counted: times, delivery, .. } = attempt;
    let previous = message.deferred.replace(telling.at);
    // Forced expiry of a message on hold writes such a line though nothing was tried.
    if delivery.text == b"message is administratively expired" {
        message.deferred = previous;
        return;
    }
    message.age = delivery.delay;
    message.deferrals = message.deferrals.saturating_add(times);
    message.more().stuck.put_off(recipient, relay, delivery.text, telling.at, times);
    telling.tell(Some(message), What::Deferred { recipient, relay, previous, delivery });
}

fn done_with(message: &mut Message, recipient: Address) {
    if let Some(more) = &mut message.more {
        more.stuck.done(recipient);
    }
}
