//! Content filters on other hosts, in containers or at other addresses than this host's.
//!
//! Nothing tells beforehand that a relay elsewhere gives mail back, and what it takes is told as
//! delivered at once: most relays are foreign servers. A filter answers when it has given the mail
//! back, so the second hop is there by then. It names its first (XFORWARD), or it came in with the
//! message-id of one that is queued and waits ([`mark::ELSEWHERE`]); it is taken for the second
//! hop when the reply names its queue ID. A foreign server does not name one that came in here
//! with the same message-id while it took the mail. What a list or a forward sends back, and what
//! a server sends once for each recipient, nobody names: it was received.

use crate::names::{Client, Names, Relay};
use crate::postfix::event::Delivery;
use crate::postfix::{QueueId, queued_as};

use super::message::{Key, Message, Origin, Told, mark, outcome};
use super::relay::{RelayKind, is_at};
use super::{Handover, Listener, Telling, Tracker, What};

/// Through more hops no message is followed back.
const MOST_HOPS: u32 = 8;

/// What is known of the message-id that a message comes in with.
#[derive(Default)]
pub(super) struct Seen {
    /// The first hop that is still there.
    first: Option<Key>,
    /// Who brought it.
    client: Option<Client>,
    /// Whether a hop is queued, so that a relay may have it.
    queued: bool,
}

impl Message {
    /// It came from elsewhere, with a message-id that was seen: it may be a hop if a relay may have
    /// the first one. A client that brings a message twice is none.
    pub(super) fn may_come_from_elsewhere(&mut self, seen: &Seen) {
        if seen.queued && seen.client != self.client {
            self.set(mark::MAYBE_HOP | mark::ELSEWHERE);
            self.parent = seen.first;
        }
    }
}

impl Tracker {
    /// A message comes in that has the message-id of one before: a relay may have given that back.
    pub(super) fn seen_again(&mut self, before: Key) -> Seen {
        let mut seen = Seen::default();
        let mut next = self.messages.get_mut(&before).map(|message| {
            message.set(mark::SEEN_AGAIN);
            before
        });
        // It may be itself one of several that a relay gave back, or be on its way through two.
        for _ in 0..MOST_HOPS {
            let message = next.and_then(|key| self.messages.get(&key));
            let (Some(key), Some(message)) = (next, message) else { break };
            seen.queued |= message.is_queued();
            (seen.first, seen.client) = (Some(key), message.own_client());
            next = message.parent;
        }
        seen
    }

    /// `status=sent` by a relay elsewhere: whether the message goes on, or was swallowed.
    pub(super) fn hand_elsewhere<L: Listener>(
        &mut self,
        key: Key,
        handover: Handover,
        delivery: &Delivery<'_>,
        telling: &mut Telling<'_, L>,
    ) -> bool {
        let second = queued_as(delivery.text);
        if let Some(second) = second.filter(|second| self.is_hop_of(*second, key)) {
            self.found_elsewhere(handover.relay);
            return self.hand_over_as(key, second, handover, telling);
        }
        if self.came_from(handover.relay, key, telling.names) {
            self.found_elsewhere(handover.relay);
            self.came_back(handover.relay, telling);
            telling.tell(self.messages.get(&key), What::HandedOn(handover));
            return true;
        }
        let state = self.hops.relays.get(handover.relay.index());
        let is_filter = state.is_some_and(|state| state.came_back);
        // Of a filter that names what it gives back only what it kept has no name.
        if is_filter
            && second.is_none()
            && let Some(message) = self.messages.get_mut(&key)
        {
            message.outcome |= outcome::DISCARDED;
            telling.tell(Some(message), What::Swallowed(handover));
            return true;
        }
        false
    }

    /// Whether a queue ID is that of a message which came in after `first` and may be its next hop.
    fn is_hop_of(&mut self, second: QueueId, first: Key) -> bool {
        let Some(before) = self.messages.get(&first) else { return false };
        let child = self.find(second, first).and_then(|child| self.messages.get(&child));
        let departed = || self.hops.departed.get(&second).map(|departed| &departed.1);
        let Some(child) = child.or_else(departed) else { return false };
        let same_id = child.message_id == before.message_id && before.message_id != 0;
        let is_hop = child.origin == Origin::Smtp
            && child.is(mark::MAYBE_HOP)
            && child.number > before.number
            && (child.parent == Some(first) || same_id && child.told == Told::Waiting);
        if is_hop
            && child.told == Told::Waiting
            && let Some(client) = child.own_client()
        {
            self.hops.filters.insert(client);
        }
        is_hop
    }

    /// Whether what named a message by XFORWARD came from the address of a relay.
    fn came_from(&self, relay: Relay, key: Key, names: &Names) -> bool {
        let more = self.messages.get(&key).and_then(|message| message.more.as_ref());
        let from = more.and_then(|more| more.back_from);
        from.is_some_and(|client| is_at(client, relay, names))
    }

    /// A relay elsewhere is a filter.
    fn found_elsewhere(&mut self, relay: Relay) {
        if let Some(state) = self.hops.relays.get_mut(relay.index())
            && state.kind == RelayKind::Remote
        {
            state.kind = RelayKind::Elsewhere;
        }
    }
}
