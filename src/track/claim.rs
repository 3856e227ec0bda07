//! Claims: hand-offs of which the second hop has not been seen, or has not said who sent it.

use hashbrown::hash_map::Entry;

use crate::names::{Client, Relay, Text};
use crate::postfix::QueueId;
use crate::syslog::Moment;

use super::hop::{Hops, tell_folded};
use super::message::{Key, Later, Message, Told, mark, outcome};
use super::message_id::{may_be_longer, may_be_same};
use super::relay::TRIALS;
use super::{Handover, Listener, Telling, Tracker, What};

/// A hand-off under a queue ID that has not been seen, or of a message that came in with the
/// message-id and whose sender is still to come.
pub(super) struct Claim {
    parent: Key,
    /// Who came in with the message-id; `None` if the reply named the queue ID.
    child: Option<Key>,
    family: u32,
    client: Option<Client>,
    user: Option<Text>,
    arrived: Moment,
    lead: u64,
    since: i64,
    pub(super) handovers: Vec<Later>,
}

impl Hops {
    /// Takes the claim to a queue ID: that of a reply, or that to a message which is known.
    pub(super) fn take_claim(&mut self, queue_id: QueueId, child: Option<Key>) -> Option<Claim> {
        match self.claims.entry(queue_id) {
            Entry::Occupied(entry) if entry.get().child == child => Some(entry.remove()),
            _ => None,
        }
    }
}

impl Tracker {
    /// Claims a second hop that may yet come, or the message that may be it.
    pub(super) fn claim<L: Listener>(
        &mut self,
        key: Key,
        second: QueueId,
        child: Option<Key>,
        handover: Handover,
        telling: &Telling<'_, L>,
    ) {
        let Some(first) = self.messages.get_mut(&key) else { return };
        let item = telling.later(handover);
        if let Some(claim) = self.hops.claims.get_mut(&second) {
            claim.handovers.push(item);
            return;
        }
        let family = self.hops.families.of(first);
        let claim = Claim {
            parent: key,
            child,
            family,
            client: first.client,
            user: first.user,
            arrived: first.arrived,
            lead: first.lead,
            since: telling.at.utc(),
            handovers: vec![item],
        };
        self.hops.families.expect_member(family);
        self.hops.claims.insert(second, claim);
    }

    /// The hand-off's line came before the second hop was known for it.
    pub(super) fn claimed_before<L: Listener>(
        &mut self,
        message: &mut Message,
        claim: Claim,
        telling: &mut Telling<'_, L>,
    ) {
        self.adopt(message, claim.parent, claim.family, claim.arrived, claim.lead);
        if let Some(own) = message.family {
            self.hops.families.join(claim.family, own);
            self.hops.families.leave(claim.family, 0, None);
        }
        message.family = Some(claim.family); // the claim held its place
        message.client = claim.client.or(message.client);
        message.user = claim.user.or(message.user);
        for later in claim.handovers {
            let Handover { relay, message, .. } = later.handover;
            self.came_back(relay, telling);
            if claim.child.is_none() {
                self.names_what_it_gives_back(relay);
            } else if let Some(first) = self.messages.get_mut(&claim.parent)
                && first.number == message
            {
                first.set(mark::HANDED_ON);
            }
            telling.tell_later(&later, self.still(claim.parent, message), What::HandedOn);
        }
        tell_folded(message, telling);
    }

    /// A message that is claimed because it came in with the message-id says who sent it, or is
    /// over.
    pub(super) fn settle_claim<L: Listener>(
        &mut self,
        key: Key,
        message: &mut Message,
        telling: &mut Telling<'_, L>,
    ) {
        if let Some(claim) = self.hops.take_claim(key.queue_id, Some(key)) {
            self.decide(claim, message, telling);
        }
    }

    /// What is claimed is the second hop unless it has another sender or the same length, never
    /// became mail, or was named by the reply to another hand-off.
    fn decide<L: Listener>(
        &mut self,
        claim: Claim,
        message: &mut Message,
        telling: &mut Telling<'_, L>,
    ) {
        let first = claim.handovers.first().map(|later| later.handover);
        let (sender, size) = first.map_or((None, None), |first| (first.sender, first.size));
        let open = message.told == Told::Waiting;
        let mail = message.is_accepted() || !message.is(mark::REFUSED | mark::CUT);
        let fits = may_be_same(message.sender, sender) && may_be_longer(size, message.size);
        if open && mail && fits {
            return self.claimed_before(message, claim, telling);
        }
        if open {
            message.parent = None;
        }
        self.disown(claim, telling);
    }

    /// What came in was not what had been handed on: the relay kept that.
    fn disown<L: Listener>(&mut self, claim: Claim, telling: &mut Telling<'_, L>) {
        let mut outcomes = 0;
        for later in claim.handovers {
            let later = Later { handover: later.handover.after(claim.lead), ..later };
            let Handover { relay, message, .. } = later.handover;
            let Some(state) = self.hops.relays.get_mut(relay.index()) else { continue };
            if state.came_back || state.settled {
                let (meaning, became): (fn(Handover) -> What<'static>, u8) = if state.came_back {
                    (What::Swallowed, outcome::DISCARDED)
                } else {
                    (What::Delivered, outcome::DELIVERED)
                };
                outcomes |= became;
                telling.tell_later(&later, self.still(claim.parent, message), meaning);
            } else {
                outcomes |= outcome::DELIVERED;
                self.keep_waiting(relay, later, telling);
            }
        }
        self.leave_claim(claim.family, outcomes, telling);
    }

    /// Whether a hand-off is a delivery shows when mail comes back from the relay, or none of so
    /// many does.
    pub(super) fn keep_waiting<L: Listener>(
        &mut self,
        relay: Relay,
        later: Later,
        telling: &mut Telling<'_, L>,
    ) {
        let Some(state) = self.hops.relays.get_mut(relay.index()) else { return };
        state.waiting.push(later);
        if state.waiting.len() >= TRIALS {
            state.settled = true;
            self.settle_relay(relay, telling);
        }
    }

    /// Hand-offs under queue IDs that this log does not have.
    pub(super) fn give_up_claims<L: Listener>(
        &mut self,
        before: i64,
        telling: &mut Telling<'_, L>,
    ) {
        let mut over: Vec<_> =
            self.hops.claims.iter().filter(|(_, c)| c.since < before).map(|(id, _)| *id).collect();
        over.sort_unstable();
        for queue_id in over {
            if let Some(claim) = self.hops.claims.remove(&queue_id) {
                self.give_up_claim(claim, telling);
            }
        }
    }

    /// The filter's relay gives mail back, so it went on and its second hop is not in the log; any
    /// other relay delivered it. Of what came in with the message-id nobody says the sender any
    /// more.
    fn give_up_claim<L: Listener>(&mut self, claim: Claim, telling: &mut Telling<'_, L>) {
        if let Some(key) = claim.child {
            let Some(mut child) = self.messages.remove(&key) else {
                return self.disown(claim, telling);
            };
            self.decide(claim, &mut child, telling);
            self.messages.insert(key, child);
            return;
        }
        let mut outcomes = outcome::DELIVERED;
        for later in claim.handovers {
            let Handover { relay, message, .. } = later.handover;
            let filter = self.hops.relays.get(relay.index()).is_some_and(|relay| relay.came_back);
            let meaning = if filter { What::HandedOn } else { What::Delivered };
            if filter {
                outcomes = outcome::LOST;
            }
            telling.tell_later(&later, self.still(claim.parent, message), meaning);
        }
        self.leave_claim(claim.family, outcomes, telling);
    }

    /// The place that a claim held in the family of a message is empty.
    fn leave_claim<L: Listener>(
        &mut self,
        family: u32,
        outcomes: u8,
        telling: &mut Telling<'_, L>,
    ) {
        if let Some((Some((start, began)), outcomes)) =
            self.hops.families.leave(family, outcomes, None)
        {
            let fate = outcome::fate(outcomes);
            telling.tell(None, What::Ended { began, start, fate, family: Some(family) });
        }
    }
}
