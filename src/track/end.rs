//! Ends: of a message's life, of what never ends by itself, and of the log.

use std::collections::VecDeque;

use hashbrown::HashMap;

use crate::names::Known;
use crate::syslog::Moment;

use super::hop::{Hops, PATIENCE, tell_folded};
use super::judged::tell_awaited;
use super::message::{Key, Message, Origin, Told, mark, outcome};
use super::{Listener, Telling, Tracker, What};

/// Transactions that came to nothing say so only since 3.10; after so many seconds without
/// a word a message that never became active is given up.
const ABANDONED: i64 = 86_400;

/// A message in the queue is heard of at each retry; `maximal_queue_lifetime` is five days.
/// One that was silent for so long was lost to the log.
const SILENT: i64 = 30 * 86_400;

impl Tracker {
    /// A message's life came to its end.
    pub(super) fn ended<L: Listener>(
        &mut self,
        key: Key,
        mut message: Message,
        telling: &mut Telling<'_, L>,
    ) {
        if message.origin == Origin::Local && message.is(mark::MAYBE_HOP) {
            self.messages.insert(key, message);
            self.ends_after_pipe(key, telling);
            let Some(settled) = self.messages.remove(&key) else { return };
            message = settled;
        }
        if !self.hops.outings.open.is_empty() {
            self.hops.outings.note_end(&message, telling.at);
        }
        if message.is(mark::PART) {
            self.settle_claim(key, &mut message, telling);
        }
        self.forget_message_id(key, &message);
        flush_unsized(&mut message, telling);
        tell_awaited(&mut message, telling);
        if message.is(mark::ACTIVE) || message.is_queued() {
            self.tell_queued(&message, false, telling);
        }
        if message.may_be_of_pipe() && message.is_accepted() {
            message.more().ended = Some(telling.at);
            self.hops.outings.depart(key, message, telling.at.utc());
            return;
        }
        let claimable =
            message.is(mark::MAYBE_HOP) && message.origin == Origin::Smtp && message.is_accepted();
        if claimable && !message.is(mark::HOP_TOLD) {
            if message.told != Told::Waiting {
                self.conclude(&mut message, telling);
            }
            message.more().ended = Some(telling.at);
            self.hops.departures.push_back((telling.at.utc(), key.queue_id));
            let departed = Box::new((key, message));
            if let Some(mut other) = self.hops.departed.insert(key.queue_id, departed) {
                self.conclude_departed(&mut other.1, telling);
            }
            return;
        }
        self.conclude(&mut message, telling);
    }

    /// Tells that a message left the queue, or is `still` there; how it was when the period ended,
    /// if that is over.
    #[inline] // once a message
    fn tell_queued<L: Listener>(
        &mut self,
        message: &Message,
        still: bool,
        telling: &mut Telling<'_, L>,
    ) {
        let is_over = !self.outlived.is_empty();
        let then = is_over.then(|| self.outlived.remove(&message.number)).flatten();
        let message = then.as_ref().unwrap_or(message);
        let queued = What::Queued { began: message.arrived, still };
        telling.tell_of(telling.at, message.service, Some(message), queued);
    }

    /// Tells how a message began, if that is still open, and what became of it.
    pub(super) fn conclude<L: Listener>(
        &mut self,
        message: &mut Message,
        telling: &mut Telling<'_, L>,
    ) {
        self.hops.outings.found(message);
        if message.told == Told::Never && message.parent.is_some() {
            tell_folded(message, telling); // no reply named it
        }
        let never_mail = message.origin == Origin::Internal && !message.is_accepted();
        if !never_mail {
            Self::settle_start(message, telling);
        }
        let start = match message.told {
            Told::Yes(start) => Some((start, message.arrived)),
            _ => None,
        };
        let whole = match message.family {
            Some(family) => self.hops.families.leave(family, message.outcome, start),
            None => Some((start, message.outcome)),
        };
        if let Some((Some((start, began)), outcomes)) = whole {
            let fate = outcome::fate(outcomes);
            let ended = message.more.as_ref().and_then(|more| more.ended);
            telling.tell_of(
                ended.unwrap_or(telling.at),
                message.service,
                Some(message),
                What::Ended { began, start, fate, family: message.family },
            );
        } else {
            telling.tell_gone(message);
        }
    }

    fn conclude_departed<L: Listener>(
        &mut self,
        message: &mut Message,
        telling: &mut Telling<'_, L>,
    ) {
        if message.told != Told::Waiting {
            telling.tell_gone(message);
            return;
        }
        if let Some(parent) = self.bears_message_id_of(message) {
            self.fold_departed(parent, message);
            telling.tell_gone(message);
            return;
        }
        message.unset(mark::MAYBE_HOP);
        self.conclude(message, telling);
    }

    /// Gives up what will not come any more. What is waited for some minutes had until the last
    /// line, before this one: if the clock jumped between them, it had no time to come.
    pub(super) fn sweep<L: Listener>(&mut self, telling: &mut Telling<'_, L>) {
        let (now, first) = (telling.at.utc(), self.swept == 0);
        self.swept = now;
        if first {
            return;
        }
        let in_time = self.last_line - PATIENCE;
        self.give_up_claims(in_time, telling);
        self.depart(in_time, telling);
        self.depart_after_pipe(in_time, telling);
        self.give_up_outings(in_time, telling);
        self.close_sessions(now - ABANDONED, telling);
        let mut over: Vec<Key> = self
            .messages
            .iter()
            .filter(|(_, message)| {
                let before = match () {
                    () if message.is_queued() => now - SILENT,
                    () if message.is(mark::REFUSED | mark::CUT) => in_time,
                    () => now - ABANDONED,
                };
                message.deferred.unwrap_or(message.arrived).utc() < before
            })
            .map(|(key, _)| *key)
            .collect();
        over.sort_unstable();
        for key in over {
            if let Some(mut message) = self.messages.remove(&key) {
                message.outcome |= outcome::LOST;
                self.settle_unproven(&mut message, telling);
                self.ended(key, message, telling);
            }
        }
    }

    /// Possible second hops that nobody claimed in time were received from outside.
    fn depart<L: Listener>(&mut self, before: i64, telling: &mut Telling<'_, L>) {
        while let Some(&(since, queue_id)) = self.hops.departures.front() {
            if since >= before {
                return;
            }
            self.hops.departures.pop_front();
            if let Some(mut departed) = self.hops.departed.remove(&queue_id) {
                self.conclude_departed(&mut departed.1, telling);
            }
        }
    }

    /// A log without a queue manager's lines cannot prove more than `client=`.
    fn settle_unproven<L: Listener>(
        &mut self,
        message: &mut Message,
        telling: &mut Telling<'_, L>,
    ) {
        let arrived = matches!(message.origin, Origin::Smtp | Origin::Local);
        if !self.queue_manager_seen && arrived && !message.is(mark::REFUSED | mark::CUT) {
            message.set(mark::PROVEN);
            message.outcome |= outcome::UNFINISHED;
            Self::settle_start(message, telling);
        }
    }

    /// The log is over: tells what was waiting, and what is still going on.
    pub fn finish<L: Listener>(
        &mut self,
        at: Moment,
        names: &mut crate::names::Names,
        out: &mut L,
    ) {
        let Some(&service) = self.services.all().first() else { return };
        let mut telling = Telling { at, service, times: 1, known: Known::Nothing, names, out };
        let telling = &mut telling;
        self.let_go(i64::MAX, telling);
        self.close_sessions(i64::MAX, telling);
        self.give_up_claims(i64::MAX, telling);
        self.fold_by_envelope();
        self.fold_after_pipe(telling);
        self.end_outings(|_, _| true, telling);
        for relay in 0..self.hops.relays.len() {
            self.settle_relay(crate::names::Name::at(relay), telling);
        }
        self.depart(i64::MAX, telling);
        self.depart_after_pipe(i64::MAX, telling);
        let mut keys: Vec<Key> = self.messages.keys().copied().collect();
        keys.sort_unstable();
        for key in keys {
            self.last_word(key, telling);
        }
        self.give_back();
    }

    /// Gives back what only following needs: nothing follows, and the report needs as much. What it
    /// tells of are the queue and the services.
    fn give_back(&mut self) {
        self.hops = Hops::default();
        self.sessions = HashMap::default();
        self.visitors = HashMap::default();
        self.leaving = VecDeque::new();
        self.outlived = HashMap::default();
        if self.messages.len() < self.messages.capacity() / 4 {
            self.messages.shrink_to_fit();
        }
    }

    /// What the end of the log finds of a message. It stays, for the list of what is queued.
    fn last_word<L: Listener>(&mut self, key: Key, telling: &mut Telling<'_, L>) {
        let Some(mut message) = self.messages.remove(&key) else { return };
        if message.origin != Origin::Announced {
            flush_unsized(&mut message, telling);
            self.settle_unproven(&mut message, telling);
            tell_awaited(&mut message, telling);
            let discarded = message.is(mark::DISCARD) && message.is_accepted();
            if message.is_queued() {
                self.tell_queued(&message, true, telling);
            }
            message.outcome |= match () {
                () if message.is_queued() => outcome::QUEUED,
                () if discarded => outcome::DISCARDED,
                () if message.outcome != 0 => 0,
                () => outcome::UNFINISHED,
            };
            let made_here = message.origin == Origin::Internal
                && message.is(mark::NAMED | mark::OWN_ID)
                && !message.is(mark::REFUSED);
            if made_here && !is_probe(&message, telling.names) {
                Self::settle_start(&mut message, telling);
            } else if message.told == Told::Waiting
                && (message.origin == Origin::Internal && !message.is_accepted()
                    || is_probe(&message, telling.names))
            {
                message.told = Told::Never;
            }
            self.conclude(&mut message, telling);
        }
        self.messages.insert(key, message);
    }
}

/// An address probe that was not answered yet looks like a notice, but for its sender, to which
/// `address_verify_sender_ttl` adds the time.
fn is_probe(message: &Message, names: &crate::names::Names) -> bool {
    let sender = message.sender.map(|sender| names.addresses.text(sender));
    message.is(mark::PROBE)
        || (!message.is(mark::NAMED | mark::TRIED)
            && message.origin == Origin::Internal
            && sender.is_some_and(|sender| sender.starts_with(b"double-bounce")))
}

/// Handovers of a message whose size never came.
fn flush_unsized<L: Listener>(message: &mut Message, telling: &mut Telling<'_, L>) {
    let Some(more) = &mut message.more else { return };
    for later in std::mem::take(&mut more.unsized_handovers) {
        telling.tell_later(&later, Some(message), |handover| {
            What::Delivered(handover.after(message.lead))
        });
    }
}
