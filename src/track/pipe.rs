//! Pipe filters: mail that a program under `pipe(8)` took, and gave back to `sendmail`.
//!
//! No reply names the second queue ID here, and the lines of pipe(8) and of pickup(8) race each
//! other. A message of pickup is a second hop if it has the message-id and the sender of one
//! that went into a pipe, and its first attempt is for a recipient of the hand-off, as it is
//! or as it was before aliases were expanded (`orig_to=`). A mailbox program that redirects
//! mail sends it to another recipient; and what comes back to the same pipe never left it
//! for good: a filter whose mail is filtered again would go round for ever (`FILTER_README`
//! sets `content_filter` for smtpd only).
//!
//! So hand-offs wait until it is known whether mail comes back from the pipe. From one that
//! kept a thousand messages nothing will, and it costs nothing any more.

use crate::names::{Names, Relay};
use crate::postfix::event::Delivery;

use super::hop::PATIENCE;
use super::message::{Key, Message, Origin, Told, mark};
use super::outing::{Outing, Seeker, same_sender};
use super::relay::TRIALS;
use super::{Handover, Listener, Telling, Tracker, What};

impl Tracker {
    /// `status=sent` by a pipe: whether it is open what became of it.
    pub(super) fn hand_to_pipe<L: Listener>(
        &mut self,
        key: Key,
        handover: Handover,
        delivery: &Delivery<'_>,
        telling: &mut Telling<'_, L>,
    ) -> bool {
        let relay = handover.relay;
        if !self.goes_out(key, relay, telling) {
            return false;
        }
        let came_back = self.hops.relays.get(relay.index()).is_some_and(|relay| relay.came_back);
        let Some(message) = self.messages.get(&key) else { return false };
        let outings = &mut self.hops.outings;
        let trace = outings.trace(message.message_id, delivery.recipient);
        let Some(outing) = outings.open.get_mut(&message.number) else { return false };
        outing.handed = telling.at;
        if came_back && message.is(mark::HANDED_ON) {
            telling.tell(Some(message), What::HandedOn(handover));
        } else {
            outing.handovers.push(telling.later(handover.after(message.lead)));
        }
        let number = message.number;
        outings.missing(number, trace);
        if let Some(child) = self.came_before(number, trace, relay, telling.names) {
            self.came_out(number, child, telling);
            self.shows_up(number, trace, telling);
        }
        true
    }

    /// Sees to it that a message that goes into a pipe is looked for, unless nothing can come
    /// back, or nothing could tell.
    fn goes_out<L: Listener>(&mut self, key: Key, relay: Relay, telling: &Telling<'_, L>) -> bool {
        let Some(state) = self.hops.relays.get_mut(relay.index()) else { return false };
        let Some(message) = self.messages.get_mut(&key) else { return false };
        if state.settled || message.message_id == 0 || message.origin == Origin::Local {
            return false;
        }
        if let Some(outing) = self.hops.outings.open.get(&message.number) {
            return outing.relay == relay;
        }
        let family = self.hops.families.of(message);
        self.hops.families.expect_member(family);
        state.trials += usize::from(!state.came_back);
        let outing = Outing {
            first: key,
            service: message.service,
            message_id: message.message_id,
            sender: message.sender,
            relay,
            client: message.client,
            user: message.user,
            arrived: message.arrived,
            lead: message.lead,
            family,
            handed: telling.at,
            ended: None,
            handovers: Vec::with_capacity(1), // most have one recipient
            missing: Vec::with_capacity(1),
            heir: self.hops.heirs.get(&key).copied(),
        };
        self.hops.outings.begin(message.number, outing);
        true
    }

    /// After so many messages of which none came back, a pipe is taken for a mailbox.
    pub(super) fn try_pipe<L: Listener>(&mut self, relay: Relay, telling: &mut Telling<'_, L>) {
        if let Some(state) = self.hops.relays.get_mut(relay.index())
            && state.trials >= TRIALS
            && !(state.came_back || state.settled)
        {
            state.settled = true;
            self.end_outings(|_, outing| outing.relay == relay, telling);
        }
    }

    /// A message of pickup has a message-id that was seen before: it may have come out of a pipe.
    pub(super) fn may_come_of_pipe(&mut self, key: Key, before: Option<Key>) {
        let Some(message) = self.messages.get(&key) else { return };
        let message_id = message.message_id;
        if message_id == 0 || message.told != Told::Waiting || message.is(mark::MAYBE_HOP) {
            return;
        }
        let first = before.map(|before| self.went_before(before));
        let first = first.filter(|first| {
            self.messages.get(first).is_some_and(|first| first.origin != Origin::Local)
        });
        if let Some(first) = first {
            self.hops.inherit(first, key);
        }
        let out = self.hops.outings.of_message_id(message_id);
        let out = out.and_then(|number| self.hops.outings.open.get_mut(&number));
        let out = out.map(|outing| {
            outing.heir = Some(key);
            outing.first
        });
        let Some(first) = first.or(out) else { return };
        if let Some(message) = self.messages.get_mut(&key) {
            message.parent = Some(first);
            message.set(mark::MAYBE_HOP);
        }
    }

    /// The message that went into the pipe, where `key` is one of several that came back.
    fn went_before(&self, key: Key) -> Key {
        let hop = self.messages.get(&key);
        let hop = hop.filter(|hop| hop.origin == Origin::Local && hop.is(mark::MAYBE_HOP));
        hop.and_then(|hop| hop.parent).unwrap_or(key)
    }

    /// An attempt of a message of pickup that may have come out of a pipe, or did.
    pub(super) fn tried_after_pipe<L: Listener>(
        &mut self,
        key: Key,
        relay: Relay,
        first: bool,
        delivery: &Delivery<'_>,
        telling: &mut Telling<'_, L>,
    ) {
        let Some(message) = self.messages.get(&key) else { return };
        let trace = |recipient| self.hops.outings.trace(message.message_id, recipient);
        let traces = [Some(delivery.recipient), delivery.orig_to].map(|to| to.map(trace));
        let child = (key, message.number);
        if first && message.told == Told::Waiting {
            let mut out = traces.iter().flatten().filter_map(|at| self.hops.outings.of_trace(*at));
            let out = out.find(|number| {
                let outing = self.hops.outings.open.get(number);
                outing.is_some_and(|outing| outing.relay != relay)
                    && self.is_child_of(message, *number, telling.names)
            });
            match out {
                Some(number) => self.came_out(number, child, telling),
                None => self.seek(key, traces, relay, telling.names),
            }
        }
        if self.messages.get(&key).is_some_and(|message| message.told == Told::Never) {
            // One attempt is for one recipient: the alias may be another's address.
            let mut out = traces.into_iter().flatten();
            let out = out.find_map(|at| Some((self.hops.outings.of_trace(at)?, at)));
            if let Some((number, trace)) = out {
                self.shows_up(number, trace, telling);
            }
        }
    }

    /// Waits for the hand-off, if there may be one.
    fn seek(&mut self, key: Key, traces: [Option<u64>; 2], relay: Relay, names: &Names) {
        let waits = self.first_is_there(key, names);
        let Some(message) = self.messages.get_mut(&key) else { return };
        if !waits {
            message.unset(mark::MAYBE_HOP);
            message.parent = None;
            return;
        }
        let seeker = Seeker { key, number: message.number, relay: Some(relay) };
        for (trace, is_alias) in traces.into_iter().zip([false, true]) {
            if let Some(trace) = trace {
                message.more().seeks.push(trace);
                self.hops.outings.seek(trace, seeker, is_alias);
            }
        }
    }

    /// Whether the message that a second hop may have come from can still be handed over.
    pub(super) fn first_is_there(&self, key: Key, names: &Names) -> bool {
        let child = self.messages.get(&key);
        let first = child.and_then(|child| self.messages.get(&child.parent?));
        child.zip(first).is_some_and(|(child, first)| {
            first.number < child.number
                && first.origin != Origin::Local
                && first.service.host_number == child.service.host_number
                && same_sender(first.sender, child.sender, names)
        })
    }

    /// What came out of a pipe before this recipient's hand-off was logged, and was tried or
    /// thrown away.
    fn came_before(
        &self,
        number: u64,
        trace: u64,
        relay: Relay,
        names: &Names,
    ) -> Option<(Key, u64)> {
        let outings = &self.hops.outings;
        let any = outings.trace(outings.open.get(&number)?.message_id, b"");
        let any = Some(any).filter(|_| self.likely_filters(relay));
        let seeker = outings.sought_by(trace, relay);
        let seeker = seeker.or_else(|| outings.sought_by(any?, relay));
        let Seeker { key, number: child, .. } = seeker?;
        let gone = || outings.gone.get(&child).map(|gone| &gone.1);
        let message = self.still(key, child).or_else(gone)?;
        self.is_child_of(message, number, names).then_some((key, child))
    }

    /// Whether a pipe may be taken for a filter where no attempt proves it: not if it kept mail, and
    /// gave none back. What lies in a mailbox must not count as swallowed for what one redirects.
    pub(super) fn likely_filters(&self, relay: Relay) -> bool {
        let state = self.hops.relays.get(relay.index());
        state.is_some_and(|state| state.came_back || state.trials == 1)
    }

    /// Whether a message of pickup, whose recipient fits, came out of a pipe.
    pub(super) fn is_child_of(&self, child: &Message, number: u64, names: &Names) -> bool {
        let Some(outing) = self.hops.outings.open.get(&number) else { return false };
        let soon = child.arrived.utc() - outing.handed.utc() <= PATIENCE;
        let state = self.hops.relays.get(outing.relay.index());
        child.may_be_of_pipe()
            && number < child.number
            && outing.service.host_number == child.service.host_number
            && (soon || state.is_some_and(|state| state.came_back))
            && same_sender(outing.sender, child.sender, names)
    }

    /// A message came out of a pipe: what went in went on.
    pub(super) fn came_out<L: Listener>(
        &mut self,
        number: u64,
        (key, child): (Key, u64),
        telling: &mut Telling<'_, L>,
    ) {
        let Some(outing) = self.hops.outings.open.get_mut(&number) else { return };
        let (first, relay) = (outing.first, outing.relay);
        let handovers = std::mem::take(&mut outing.handovers);
        if let Some(state) = self.hops.relays.get_mut(relay.index()) {
            state.came_back = true;
        }
        if let Some(first) = self.messages.get_mut(&first).filter(|first| first.number == number) {
            first.set(mark::HANDED_ON);
        }
        if self.still(key, child).is_some()
            && let Some(mut message) = self.messages.remove(&key)
        {
            self.join_outing(number, &mut message, true);
            super::hop::tell_folded(&mut message, telling);
            self.messages.insert(key, message);
        } else if let Some(mut gone) = self.hops.outings.gone.remove(&child) {
            let (_, message) = &mut *gone;
            self.join_outing(number, message, false);
            super::hop::tell_folded(message, telling);
            telling.tell_gone(message);
        }
        for later in &handovers {
            telling.tell_later(later, self.still(first, number), What::HandedOn);
        }
    }

    /// Makes a message another hop of one that went into a pipe, and may be gone.
    fn join_outing(&mut self, number: u64, child: &mut Message, lives: bool) {
        self.hops.outings.found(child);
        let Some(outing) = self.hops.outings.open.get_mut(&number) else { return };
        let families = &mut self.hops.families;
        let family = families.root(outing.family);
        child.parent = Some(outing.first);
        child.told = Told::Never;
        child.client = outing.client.or(child.client);
        child.user = outing.user.or(child.user);
        child.lead = outing.lead + child.arrived.seconds_since(outing.arrived) * 1000;
        match child.family {
            Some(own) => families.join(family, own),
            None if lives => families.expect_member(family),
            None => {}
        }
        if !lives {
            families.add_outcome(family, child.outcome);
        }
        child.family = Some(family);
    }

    /// A recipient of a hand-off was tried on the second hop.
    fn shows_up<L: Listener>(&mut self, number: u64, trace: u64, telling: &mut Telling<'_, L>) {
        if self.hops.outings.showed_up(number, trace) {
            self.end_outing(number, telling);
        }
    }
}
