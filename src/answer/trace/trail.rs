//! The trail: the queue IDs to which what is looked for leads, and whose lines are needed.
//!
//! A line names other queue IDs: the one before or behind a content filter, that of a forward,
//! that of a notice. They are followed both ways, in as many passes as bring new ones; what is
//! kept is a queue ID of 24 bytes, not a message. That too many are followed does no harm: the
//! tracker says what belongs together.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use crate::near::find;
use crate::postfix::event::{Delivery, Event, Status};
use crate::postfix::{Heard, QueueId, forwarded_as, queued_as};

use super::sought::Sought;

/// How many relays may show themselves as filters.
const FILTERS: usize = 16;

/// What was found so far.
#[derive(Default)]
pub(super) struct Trail {
    queue_ids: HashSet<QueueId, RandomState>,
    /// Hashes of message-ids: hops that no other line ties bear the same.
    message_ids: HashSet<u64, RandomState>,
    /// Clients of the messages: their sessions tell of TLS, and of rules before the queue ID.
    clients: HashSet<Box<[u8]>, RandomState>,
    /// Relays of this host of which one way there and back is followed, so that it is known
    /// which of them are content filters.
    filters: HashSet<Box<[u8]>, RandomState>,
    /// Whether what is looked for was met at all.
    found: bool,
    grew: bool,
}

impl Trail {
    /// Whether this pass brought anything new; the next one begins.
    pub(super) fn has_grown(&mut self) -> bool {
        std::mem::take(&mut self.grew)
    }

    /// Whether anything was found.
    pub(super) fn is_cold(&self) -> bool {
        !self.found
    }

    /// Looks at a line.
    pub(super) fn follow(&mut self, sought: &Sought, heard: Heard<'_, '_>) {
        let Some(event) = heard.event else { return };
        let found = sought.is_in(heard.queue_id, event);
        let Some(queue_id) = heard.queue_id else {
            self.found |= found && matches!(event, Event::Verdict(_));
            return;
        };
        self.found |= found;
        let related = related(event);
        let hash = match event {
            Event::MessageId(id) => Some(self.message_ids.hasher().hash_one(id)),
            _ => None,
        };
        let known = |id: &QueueId| self.queue_ids.contains(id);
        let leads = found
            || known(&queue_id)
            || related.iter().any(known)
            || hash.is_some_and(|hash| self.message_ids.contains(&hash));
        if !leads && (related.is_none() || !self.shows_a_filter(event)) {
            return;
        }
        for queue_id in related.into_iter().chain([queue_id]) {
            self.grew |= self.queue_ids.insert(queue_id);
        }
        if !leads {
            return;
        }
        if let Some(hash) = hash {
            self.grew |= self.message_ids.insert(hash);
        }
        if let Event::Client(arrival) = event
            && !self.clients.contains(arrival.client)
        {
            self.clients.insert(arrival.client.into());
        }
    }

    /// Whether mail came back from a relay that did not show itself before.
    fn shows_a_filter(&mut self, event: &Event<'_>) -> bool {
        let Event::Delivery(delivery) = event else { return false };
        self.filters.len() < FILTERS
            && !self.filters.contains(delivery.relay)
            && forwarded_as(delivery.text).is_none()
            && self.filters.insert(delivery.relay.into())
    }

    /// Whether the tracker has to see a line.
    pub(super) fn needs(&self, sought: &Sought, heard: Heard<'_, '_>) -> bool {
        let Some(event) = heard.event else { return false };
        if let Some(queue_id) = &heard.queue_id {
            return self.queue_ids.contains(queue_id);
        }
        match event {
            Event::Connect { client }
            | Event::Disconnect { client, .. }
            | Event::Lost { client, .. }
            | Event::Secured { inbound: true, peer: client, .. } => self.clients.contains(*client),
            Event::Verdict(verdict) => {
                sought.is_in_verdict(verdict) || self.clients.contains(verdict.client)
            }
            Event::ProxyAccept { queued_as: Some(queue_id) } => self.queue_ids.contains(queue_id),
            _ => false,
        }
    }
}

/// The queue ID that a line names beside its own.
fn related(event: &Event<'_>) -> Option<QueueId> {
    match event {
        Event::Client(arrival) => arrival.orig_queue_id,
        Event::Pickup { orig_id, .. } => *orig_id,
        Event::Notification { queue_id, .. } => Some(*queue_id),
        Event::Delivery(delivery) if delivery.status == Status::Sent => {
            forwarded_as(delivery.text).or_else(|| handed_on(delivery))
        }
        _ => None,
    }
}

/// The queue ID behind a relay of this host; those of other hosts are not in this log, or bear
/// the same message-id.
fn handed_on(delivery: &Delivery<'_>) -> Option<QueueId> {
    let inward = [&b"[127."[..], b"[::1]", b"[private/", b"[/"];
    let inside = inward.iter().any(|inside| find(delivery.relay, inside).is_some());
    if inside { queued_as(delivery.text) } else { None }
}
