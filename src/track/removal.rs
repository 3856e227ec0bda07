//! How a message leaves its queue: removed, given up, thrown away, or never mail at all.

use hashbrown::hash_map::Entry;

use crate::syslog::Moment;

use super::message::{Key, Told, mark, outcome};
use super::{Listener, Telling, Tracker, What};

/// For how long lines of a removed message may come late, in seconds.
pub(super) const LINGER: i64 = 2;

/// So far ahead was the clock that a message was removed by, in seconds, if it is no clock of
/// another zone: who waited until then would keep all that is removed meanwhile.
const AHEAD: i64 = 86_400;

/// Whether late lines of a message that was removed then are not waited for any more.
#[inline(always)] // once a line
pub(super) fn is_over(removed: Moment, now: i64) -> bool {
    let since = now.wrapping_sub(removed.utc());
    since.wrapping_add(AHEAD).cast_unsigned() > (AHEAD + LINGER).cast_unsigned()
}

impl Tracker {
    /// `removed (canceled)`: it never became mail (3.10).
    pub(super) fn canceled<L: Listener>(&mut self, key: Key, telling: &mut Telling<'_, L>) {
        let message = self.messages.remove(&key);
        telling.tell(message.as_ref(), What::Canceled);
        if let Some(mut message) = message {
            if message.told == Told::Waiting {
                self.hops.outings.found(&mut message);
                self.forget_message_id(key, &message);
                telling.tell_gone(&message);
            } else {
                // cleanup returned it itself: it was mail.
                self.ended(key, message, telling);
            }
        }
    }

    /// `removed (discarded)`: accepted, and thrown away (3.10).
    pub(super) fn dropped<L: Listener>(&mut self, key: Key, telling: &mut Telling<'_, L>) {
        if let Some(mut message) = self.messages.remove(&key) {
            message.set(mark::PROVEN | mark::DISCARD);
            message.outcome |= outcome::DISCARDED;
            self.ended(key, message, telling);
        }
    }

    /// `removed`: the queue file is gone. Delivery agents and the queue manager race to the
    /// log, so a line of the message may still follow.
    pub(super) fn removed<L: Listener>(
        &mut self,
        key: Key,
        by_operator: bool,
        telling: &mut Telling<'_, L>,
    ) {
        self.queue_manager_seen |= !by_operator;
        let message = self.touch(key, telling);
        if by_operator {
            message.outcome |= outcome::DELETED;
            message.set(mark::PROVEN);
        }
        message.set(mark::ACTIVE | mark::GONE);
        message.unset(mark::ON_HOLD);
        self.leaving.push_back((telling.at, key));
    }

    /// cleanup throws it away, and reads on to its end: its `message-id=` may be still to come.
    pub(super) fn thrown_away(&mut self, key: Key, at: Moment) {
        if let Some(message) = self.messages.get_mut(&key)
            && message.is_accepted()
            && !message.is(mark::ACTIVE)
        {
            let left_queue = if message.is_queued() { mark::ACTIVE } else { 0 }; // it was on hold
            message.outcome |= outcome::DISCARDED;
            message.set(mark::GONE | left_queue);
            self.leaving.push_back((at, key));
        }
    }

    /// Ends the messages that were removed so long ago that no late line is waited for any more.
    /// `now` is counted in seconds of UTC.
    pub(super) fn let_go<L: Listener>(&mut self, now: i64, telling: &mut Telling<'_, L>) {
        while let Some(&(at, key)) = self.leaving.front() {
            if !is_over(at, now) {
                return;
            }
            self.leaving.pop_front();
            self.end_if_gone(key, at, telling);
        }
    }

    /// Ends a message whose queue file is gone.
    fn end_if_gone<L: Listener>(&mut self, key: Key, at: Moment, telling: &mut Telling<'_, L>) {
        // If it is not gone, its queue ID was used again.
        if let Entry::Occupied(entry) = self.messages.entry(key)
            && entry.get().is(mark::GONE)
        {
            let message = entry.remove();
            let now = std::mem::replace(&mut telling.at, at);
            self.ended(key, message, telling);
            telling.at = now;
        }
    }

    /// `status=expired`: the queue manager gives it up; `removed` follows.
    pub(super) fn expired<L: Listener>(
        &mut self,
        key: Key,
        forced: bool,
        telling: &mut Telling<'_, L>,
    ) {
        self.queue_manager_seen = true;
        let message = self.touch(key, telling);
        message.outcome |= outcome::EXPIRED;
        telling.tell(Some(message), What::Expired { forced });
    }

    /// The client left during a transaction that has a queue ID (3.10 says which).
    pub(super) fn cut(&mut self, key: Key, stage: &[u8]) {
        // Behind the end of the message the answer was given: the client only left without `QUIT`.
        if stage == b"END-OF-MESSAGE" {
            return;
        }
        if let Some(message) = self.messages.get_mut(&key)
            && !message.is(mark::ACTIVE | mark::PROVEN)
        {
            message.set(mark::CUT);
        }
    }
}
