//! Hops: one message under several queue IDs, through a content filter or from one host or
//! instance of the log to another.
//!
//! The proofs, the best first: `orig_queue_id=` (XFORWARD, Postfix 2.8), `queued as` in the
//! reply to the hand-off, and, where both are missing, the same message-id and sender while
//! the first hop is still waiting. A filter elsewhere has to bring one of the first two
//! (`elsewhere.rs`). A hand-off's line may come before or after the lines of
//! the second hop, and after its end; so a message whose client is of this log is not
//! counted as received until it is clear that nobody claims it (`claim.rs`).

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};

use crate::names::{Address, Client};
use crate::postfix::event::{Arrival, Delivery};
use crate::postfix::{QueueId, queued_as};
use crate::syslog::Moment;

use super::claim::Claim;
use super::family::Families;
use super::key::Abroad;
use super::message::{Key, Later, Message, Told, mark, outcome};
use super::outing::Outings;
use super::relay::{Place, RelayKind, RelayState};
use super::{Handover, Listener, Telling, Tracker, What};

/// For how long, in seconds of log time, a hand-off and its second hop look for each other.
pub(super) const PATIENCE: i64 = 600;

/// What is known of hops.
#[derive(Default)]
pub(super) struct Hops {
    hasher: RandomState,
    /// The latest message with a message-id, by its hash.
    pub(super) by_message_id: HashMap<u64, Key, RandomState>,
    /// Who may be the second hop of a message, because it came in with its message-id. The
    /// latest with a message-id may be another by then: what an alias makes of the second hop.
    pub(super) heirs: HashMap<Key, Key, RandomState>,
    /// Hand-offs whose second hop has not been seen.
    pub(super) claims: HashMap<QueueId, Claim, RandomState>,
    /// Possible second hops that are gone, and may still be claimed.
    pub(super) departed: HashMap<QueueId, Box<(Key, Message)>, RandomState>,
    pub(super) departures: VecDeque<(i64, QueueId)>,
    pub(super) relays: Vec<RelayState>,
    /// Clients elsewhere that gave mail back.
    pub(super) filters: HashSet<Client, RandomState>,
    pub(super) families: Families,
    pub(super) outings: Outings,
}

impl Hops {
    pub(super) fn hasher(&self) -> &RandomState {
        &self.hasher
    }

    /// Forgets that a message has a message-id, unless a later one has it by now.
    pub(super) fn forget(&mut self, message_id: u64, key: Key) {
        if message_id != 0
            && let Entry::Occupied(entry) = self.by_message_id.entry(message_id)
            && *entry.get() == key
        {
            entry.remove();
        }
        if !self.heirs.is_empty() {
            self.heirs.remove(&key);
        }
    }

    /// Notes that `heir` came in with the message-id of `first`; returns who did before.
    pub(super) fn inherit(&mut self, first: Key, heir: Key) -> Option<Key> {
        self.heirs.insert(first, heir)
    }

    /// Hand-offs that wait came before the line which says the size of their message.
    #[cold]
    pub(super) fn sized(&mut self, message: u64, size: u64, sender: Option<Address>) {
        let relays = self.relays.iter_mut().flat_map(|relay| &mut relay.waiting);
        let claims = self.claims.values_mut().flat_map(|claim| &mut claim.handovers);
        let outing = self.outings.open.get_mut(&message);
        let outing = outing.into_iter().flat_map(|outing| {
            outing.sender = outing.sender.or(sender);
            &mut outing.handovers
        });
        for Later { handover, .. } in relays.chain(claims).chain(outing) {
            if handover.message == message && handover.size.is_none() {
                (handover.size, handover.sender) = (Some(size), sender);
            }
        }
    }
}

impl Tracker {
    /// A message arrives by SMTP: is it a message of this log, on its second hop?
    pub(super) fn recognize_hop<L: Listener>(
        &mut self,
        key: Key,
        message: &mut Message,
        arrival: &Arrival<'_>,
        telling: &mut Telling<'_, L>,
    ) {
        if !self.tracking.fold {
            return;
        }
        let place = self.place_of(arrival.client);
        if place == Place::Elsewhere && arrival.orig_queue_id.is_none() {
            return;
        }
        message.set(match place {
            Place::Here => mark::MAYBE_HOP,
            Place::Namesake => mark::MAYBE_HOP | mark::NAMESAKE,
            Place::Elsewhere => mark::MAYBE_HOP | mark::ELSEWHERE,
        });
        if let Some(claim) = self.hops.take_claim(key.queue_id, None) {
            self.claimed_before(message, claim, telling);
        } else if let Some(first) = arrival.orig_queue_id {
            match self.find(first, key) {
                Some(parent) => {
                    message.set(mark::NAMES_FIRST);
                    self.link(parent, message);
                }
                // The first hop began before the log, and waits for the filter's answer.
                None if place != Place::Elsewhere => message.told = Told::Never,
                None => {}
            }
        }
    }

    /// The message under a queue ID: of the same instance, else of any.
    pub(super) fn find(&self, queue_id: QueueId, like: Key) -> Option<Key> {
        let same = Key { queue_id, ..like };
        if same != like && self.messages.contains_key(&same) {
            return Some(same);
        }
        Abroad::find(&self.messages, self.services.instances(), same)
    }

    /// Makes a message another hop of one that is known.
    pub(super) fn link(&mut self, parent: Key, child: &mut Message) {
        let Some(first) = self.messages.get_mut(&parent) else { return };
        first.set(mark::HANDED_ON);
        if child.is(mark::NAMES_FIRST) {
            first.set(mark::XFORWARDED | mark::SEEN_AGAIN);
            if child.is(mark::ELSEWHERE) {
                first.more().back_from = child.client;
            }
        }
        let family = self.hops.families.of(first);
        let (arrived, lead) = (first.arrived, first.lead);
        child.client = first.lends_client(child.client);
        child.user = first.user.or(child.user);
        self.adopt(child, parent, family, arrived, lead);
        match child.family {
            None => {
                child.family = Some(family);
                self.hops.families.expect_member(family);
            }
            Some(own) => {
                self.hops.families.join(family, own);
                child.family = Some(family);
            }
        }
    }

    pub(super) fn adopt(
        &mut self,
        child: &mut Message,
        parent: Key,
        family: u32,
        arrived: Moment,
        lead: u64,
    ) {
        let family = self.hops.families.root(family);
        debug_assert!(self.hops.families.is_open(family) || child.family.is_some());
        child.parent = Some(parent);
        if child.told == Told::Waiting {
            child.told = Told::Never;
        }
        child.lead = lead + child.arrived.seconds_since(arrived) * 1000;
    }

    /// A message of before, unless it is gone: its queue ID may be another's by now.
    pub(super) fn still(&self, key: Key, number: u64) -> Option<&Message> {
        self.messages.get(&key).filter(|message| message.number == number)
    }

    /// `status=sent`: whether the message goes on under another queue ID of this log.
    pub(super) fn hand_on<L: Listener>(
        &mut self,
        key: Key,
        handover: Handover,
        delivery: &Delivery<'_>,
        telling: &mut Telling<'_, L>,
    ) -> bool {
        let Some(state) = self.hops.relays.get(handover.relay.index()) else { return false };
        match state.kind {
            RelayKind::Pipe => {
                let waits = self.hand_to_pipe(key, handover, delivery, telling);
                self.try_pipe(handover.relay, telling);
                return waits;
            }
            RelayKind::Inward => {}
            _ => return self.hand_elsewhere(key, handover, delivery, telling),
        }
        match queued_as(delivery.text) {
            Some(second) => self.hand_over_as(key, second, handover, telling),
            None => self.hand_in(key, handover, telling),
        }
    }

    /// A hand-off whose reply names the second hop.
    pub(super) fn hand_over_as<L: Listener>(
        &mut self,
        key: Key,
        second: QueueId,
        handover: Handover,
        telling: &mut Telling<'_, L>,
    ) -> bool {
        let child = self
            .find(second, key)
            .filter(|child| self.messages.get(child).is_some_and(|m| m.is(mark::MAYBE_HOP)));
        if let Some(child_key) = child
            && let Some(mut child) = self.messages.remove(&child_key)
        {
            let open = child.told == Told::Waiting; // with the message-id of the first, perhaps
            // One that has come from another message does not come from this one as well.
            if open || child.family.is_none() || child.parent.is_none() {
                self.link(key, &mut child);
            }
            self.fold(key, &mut child, handover, mark::ANSWERED, telling);
            if child.is(mark::PART) {
                self.settle_claim(child_key, &mut child, telling);
            }
            self.messages.insert(child_key, child);
        } else if let Some(mut departed) = self.hops.departed.remove(&second) {
            let (_, child) = &mut *departed;
            self.fold_departed(key, child);
            self.fold(key, child, handover, mark::ANSWERED, telling);
            self.hops.departed.insert(second, departed);
        } else {
            self.claim(key, second, None, handover, telling);
        }
        true
    }

    /// The second hop is known: it is told, and what it says of the first is marked there.
    fn fold<L: Listener>(
        &mut self,
        key: Key,
        child: &mut Message,
        handover: Handover,
        marks: u32,
        telling: &mut Telling<'_, L>,
    ) {
        self.came_back(handover.relay, telling);
        if marks & mark::ANSWERED != 0 {
            self.names_what_it_gives_back(handover.relay);
        }
        let first = self.messages.get_mut(&key).map(|first| {
            first.set(marks);
            &*first
        });
        telling.tell(first, What::HandedOn(handover));
        tell_folded(child, telling);
    }

    /// The second hop is gone already; what became of it becomes of the first.
    pub(super) fn fold_departed(&mut self, parent: Key, child: &mut Message) {
        if child.told == Told::Waiting
            && let Some(first) = self.messages.get_mut(&parent)
        {
            let family = self.hops.families.of(first);
            self.hops.families.add_outcome(family, child.outcome);
            child.told = Told::Never;
            child.parent = Some(parent);
            child.family = child.family.or(Some(family));
        }
    }

    /// A hand-off to this host whose reply names nothing: a delivery, unless the relay is a
    /// filter.
    fn hand_in<L: Listener>(
        &mut self,
        key: Key,
        handover: Handover,
        telling: &mut Telling<'_, L>,
    ) -> bool {
        let names_hops = self.names_hops(handover.relay);
        let child = self.open_hop_of(key, handover.relay, telling.names);
        if let Some(child_key) = child.filter(|_| !names_hops)
            && let Some(mut child) = self.messages.remove(&child_key)
        {
            if child.sender.is_none() {
                child.set(mark::PART);
                self.messages.insert(child_key, child);
                self.claim(key, child_key.queue_id, Some(child_key), handover, telling);
                return true;
            }
            self.link(key, &mut child);
            self.fold(key, &mut child, handover, 0, telling);
            self.messages.insert(child_key, child);
            return true;
        }
        let Some(message) = self.messages.get_mut(&key) else { return false };
        if message.is(mark::HANDED_ON) && !message.is(mark::ANSWERED) && !names_hops {
            let by_xforward = message.is(mark::XFORWARDED);
            telling.tell(Some(message), What::HandedOn(handover));
            if by_xforward {
                self.came_back_by_xforward(handover.relay, telling);
            }
            return true;
        }
        let Some(state) = self.hops.relays.get_mut(handover.relay.index()) else { return false };
        if state.came_back {
            message.outcome |= outcome::DISCARDED;
            telling.tell(Some(message), What::Swallowed(handover));
            return true;
        }
        if state.settled {
            return false;
        }
        message.outcome |= outcome::DELIVERED;
        let later = telling.later(handover.after(message.lead));
        self.keep_waiting(handover.relay, later, telling);
        true
    }
}

pub(super) fn tell_folded<L: Listener>(child: &mut Message, telling: &mut Telling<'_, L>) {
    if !child.is(mark::HOP_TOLD) {
        child.set(mark::HOP_TOLD);
        telling.tell_of(child.arrived, child.service, Some(child), What::HopFolded);
    }
}
