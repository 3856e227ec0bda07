//! What pipe filters leave open: at the end of a message's life, after ten minutes, and at the end
//! of the log.

use super::message::{Key, Message, mark, outcome};
use super::outing::Outing;
use super::{Handover, Listener, Telling, Tracker, What};

impl Tracker {
    /// The life of a message of pickup ends, or the log does, and it is open whether it came out
    /// of a pipe.
    pub(super) fn ends_after_pipe<L: Listener>(&mut self, key: Key, telling: &mut Telling<'_, L>) {
        let Some(message) = self.messages.get(&key).filter(|message| message.may_be_of_pipe())
        else {
            return;
        };
        let out = self.hops.outings.of_message_id(message.message_id);
        let out = out.filter(|number| {
            let relay = self.hops.outings.open.get(number).map(|outing| outing.relay);
            !message.is(mark::TRIED) && relay.is_some_and(|relay| self.likely_filters(relay))
        });
        let child = (key, message.number);
        match out.filter(|number| self.is_child_of(message, *number, telling.names)) {
            // No attempt says more than the message-id and the sender do.
            Some(number) => self.came_out(number, child, telling),
            None if self.first_is_there(key, telling.names) => {}
            None => self.came_by_itself(key),
        }
    }

    /// A message of pickup came from outside.
    pub(super) fn came_by_itself(&mut self, key: Key) {
        if let Some(message) = self.messages.get_mut(&key) {
            self.hops.outings.found(message);
            message.unset(mark::MAYBE_HOP);
            message.parent = None;
        }
    }

    /// The log is over: ties the second hops whose hand-off it shows, and those whose first is
    /// still with a filter.
    pub(super) fn fold_after_pipe<L: Listener>(&mut self, telling: &mut Telling<'_, L>) {
        let open = self.messages.iter().filter(|(_, message)| message.may_be_of_pipe());
        let mut open: Vec<Key> = open.map(|(key, _)| *key).collect();
        open.sort_unstable();
        let filters = |tracker: &Tracker| {
            tracker.hops.relays.iter().any(|relay| relay.trials > 0 && relay.came_back)
        };
        for key in open {
            self.ends_after_pipe(key, telling);
            let Some(child) = self.messages.get(&key).filter(|child| child.may_be_of_pipe()) else {
                continue;
            };
            let first = child
                .parent
                .filter(|first| self.messages.get(first).is_some_and(Message::is_queued_untried));
            if let Some(first) = first.filter(|_| filters(self))
                && let Some(mut child) = self.messages.remove(&key)
            {
                self.hops.outings.found(&mut child);
                self.link(first, &mut child);
                self.messages.insert(key, child);
            }
            self.came_by_itself(key);
        }
    }

    /// Nothing more comes out of a filter that took mail so long ago, unless it waits for its
    /// first attempt. What a pipe took that has not shown to be a filter waits for `TRIALS`.
    pub(super) fn give_up_outings<L: Listener>(
        &mut self,
        before: i64,
        telling: &mut Telling<'_, L>,
    ) {
        if self.hops.outings.open.is_empty() {
            return;
        }
        self.end_outings(
            |tracker, outing| {
                let state = tracker.hops.relays.get(outing.relay.index());
                let heir = outing.heir.and_then(|heir| tracker.messages.get(&heir));
                let untried = |heir: &Message| heir.may_be_of_pipe() && !heir.is(mark::TRIED);
                outing.handed.utc() < before
                    && state.is_some_and(|state| state.came_back)
                    && !heir.is_some_and(untried)
            },
            telling,
        );
    }

    /// Ends some outings, in the order of their messages.
    pub(super) fn end_outings<L: Listener>(
        &mut self,
        which: impl Fn(&Tracker, &Outing) -> bool,
        telling: &mut Telling<'_, L>,
    ) {
        let open = self.hops.outings.open.iter().filter(|(_, outing)| which(self, outing));
        let mut over: Vec<u64> = open.map(|(number, _)| *number).collect();
        over.sort_unstable();
        for number in over {
            self.end_outing(number, telling);
        }
    }

    /// What did not come back a filter swallowed; any other pipe delivered it.
    pub(super) fn end_outing<L: Listener>(&mut self, number: u64, telling: &mut Telling<'_, L>) {
        let Some(outing) = self.hops.outings.end(number) else { return };
        let state = self.hops.relays.get(outing.relay.index());
        let (meaning, outcomes): (fn(Handover) -> What<'static>, u8) =
            if state.is_some_and(|state| state.came_back) {
                (What::Swallowed, outcome::DISCARDED)
            } else {
                (What::Delivered, outcome::DELIVERED)
            };
        for later in &outing.handovers {
            telling.tell_later(later, self.still(outing.first, number), meaning);
        }
        let outcomes = if outing.handovers.is_empty() { 0 } else { outcomes };
        let whole = self.hops.families.leave(outing.family, outcomes, None);
        if let Some((Some((start, began)), outcomes)) = whole {
            let (at, fate) = (outing.ended.unwrap_or(outing.handed), outcome::fate(outcomes));
            let family = Some(outing.family);
            telling.tell_of(at, outing.service, None, What::Ended { began, start, fate, family });
        }
    }

    /// Messages of pickup that no hand-off claimed in time came from outside.
    pub(super) fn depart_after_pipe<L: Listener>(
        &mut self,
        before: i64,
        telling: &mut Telling<'_, L>,
    ) {
        while let Some(&(since, number)) = self.hops.outings.departures.front() {
            if since >= before {
                return;
            }
            self.hops.outings.departures.pop_front();
            if let Some(mut gone) = self.hops.outings.gone.remove(&number) {
                let (_, message) = &mut *gone;
                message.unset(mark::MAYBE_HOP);
                message.parent = None;
                self.conclude(message, telling);
            }
        }
    }
}
