//! Message-ids: what ties the hops of a message where nothing better does.

use std::hash::BuildHasher;

use crate::names::{Address, Client, Names, Relay, Text};

use super::hop::tell_folded;
use super::message::{Key, Message, Origin, Told, mark};
use super::relay::is_at;
use super::{Listener, Telling, Tracker};

impl Tracker {
    /// Notes a message-id; returns its hash and who had it before.
    pub(super) fn note_message_id(&mut self, key: Key, id: &[u8]) -> (u64, Option<Key>) {
        if !self.tracking.fold || id.len() < 4 {
            return (0, None); // `<>` is nobody's
        }
        let hash = self.hops.hasher().hash_one(id) | 1;
        (hash, self.hops.by_message_id.insert(hash, key))
    }

    /// The message that went to the filter, where `key` is one of several that came back: a
    /// filter may split a message by recipients.
    pub(super) fn first_hop(&self, key: Key) -> Key {
        let hop = self.messages.get(&key);
        let hop = hop.filter(|hop| hop.is_open_hop() && !hop.is(mark::ELSEWHERE));
        hop.and_then(|hop| hop.parent).unwrap_or(key)
    }

    /// Notes what the client of a possible second hop brought before it in the same session. If
    /// both have one message-id the client brings it twice, as Mailman does with the members of a
    /// list; a filter does so with the parts of a message, of which the first is a hop as well.
    pub(super) fn note_brought_after(&self, before: Option<Key>, message: &mut Message) {
        let is_first =
            |before: &Key| self.messages.get(before).is_some_and(|before| before.parent.is_none());
        if let Some(before) = before.filter(is_first) {
            message.more().brought_after = Some(before);
        }
    }

    /// A message has the message-id of one before, and may be another hop of it.
    pub(super) fn follows(&mut self, key: Key, origin: Origin, before: Option<Key>) {
        let first = before.map(|before| self.first_hop(before));
        match origin {
            Origin::Local => self.may_come_of_pipe(key, first),
            Origin::Smtp => {
                let seen = before.map(|before| self.seen_again(before)).unwrap_or_default();
                let Some(message) = self.messages.get_mut(&key) else { return };
                if message.is(mark::MAYBE_HOP) && !message.is(mark::ELSEWHERE) {
                    let brought_after = message.more.as_ref().and_then(|more| more.brought_after);
                    if first.is_some() && first == brought_after {
                        return;
                    }
                    message.parent = first;
                    if let Some(first) = first {
                        self.may_be_part(first, key);
                    }
                } else {
                    message.may_come_from_elsewhere(&seen);
                }
            }
            Origin::Internal => {
                if let Some(message) = self.messages.get_mut(&key) {
                    message.parent = first; // the line of pickup may be still to come
                }
            }
            Origin::Earlier | Origin::Announced => {}
        }
    }

    /// A message came in that may be the second hop of `first`, or one of several.
    fn may_be_part(&mut self, first: Key, key: Key) {
        let Some(elder) = self.hops.inherit(first, key).filter(|elder| *elder != key) else {
            return;
        };
        if let Some(message) = self.messages.get_mut(&key) {
            message.more().elder = Some(elder);
        }
        if let Some(first) = self.messages.get_mut(&first) {
            first.set(mark::SPLIT);
        }
    }

    /// Of what a filter split the reply names one part at most: folds the others, which came in
    /// before it as well.
    pub(super) fn fold_parts<L: Listener>(&mut self, key: Key, telling: &mut Telling<'_, L>) {
        let first = self.messages.get_mut(&key);
        let Some(first) = first.filter(|first| first.is(mark::SPLIT) && first.is(mark::HANDED_ON))
        else {
            return;
        };
        first.unset(mark::SPLIT);
        let sender = first.sender;
        let (mut next, mut last) = (self.heir_of(key), u64::MAX);
        while let Some(part) = next.take() {
            let (mut gone, mut lives) = (None, self.messages.remove(&part));
            if lives.is_none() {
                gone = self.hops.departed.remove(&part.queue_id);
            }
            if let Some(child) = &mut lives {
                next = child.elder(&mut last);
                if child.is_part_of(key, sender) {
                    self.link(key, child);
                    tell_folded(child, telling);
                }
            } else if let Some((_, child)) = gone.as_deref_mut().filter(|gone| gone.0 == part) {
                next = child.elder(&mut last);
                if child.is_part_of(key, sender) {
                    self.fold_departed(key, child);
                    tell_folded(child, telling);
                }
            }
            self.messages.extend(lives.map(|child| (part, child)));
            self.hops.departed.extend(gone.map(|child| (part.queue_id, child)));
        }
    }

    /// Who came in last with the message-id of this message.
    pub(super) fn heir_of(&self, key: Key) -> Option<Key> {
        self.hops.heirs.get(&key).copied()
    }

    pub(super) fn forget_message_id(&mut self, key: Key, message: &Message) {
        self.hops.forget(message.message_id, key);
        // A filter that splits the first hop may still be giving back the rest.
        if message.told == Told::Waiting
            && let Some(first) = message.parent
            && self.messages.get(&first).is_some_and(|first| {
                first.message_id == message.message_id && first.is_queued_untried()
            })
        {
            self.hops.by_message_id.entry(message.message_id).or_insert(first);
        }
    }

    /// A message became active whose message-id another one bears: it may be the same
    /// message. Certain it is only when nothing better says so in time, because redirected
    /// mail bears the message-id on.
    pub(super) fn fold_by_message_id<L: Listener>(
        &mut self,
        key: Key,
        telling: &mut Telling<'_, L>,
    ) {
        let Some(message) = self.messages.get(&key) else { return };
        if message.is(mark::PART) {
            self.settle_part(key, telling);
        }
        let Some(message) = self.messages.get(&key) else { return };
        let gives_back = |client| self.hops.filters.contains(&client);
        if message.is(mark::ELSEWHERE) && !message.client.is_some_and(gives_back) {
            return;
        }
        let (Some(parent), Told::Waiting, Origin::Smtp) =
            (message.parent, message.told, message.origin)
        else {
            return;
        };
        let first = self.messages.get(&parent).filter(|first| {
            let brought_twice = message.is(mark::NAMESAKE) && first.client == message.client;
            first.sender == message.sender
                && !brought_twice
                && may_be_longer(first.size, message.size)
        });
        let first = first.map(|first| {
            let lead = first.lead + message.arrived.seconds_since(first.arrived) * 1000;
            (lead, first.lends_client(message.client), first.user)
        });
        let Some(message) = self.messages.get_mut(&key) else { return };
        match first {
            None => message.parent = None,
            Some(_) if message.is(mark::PART) => {
                if let Some(mut part) = self.messages.remove(&key) {
                    self.link(parent, &mut part);
                    tell_folded(&mut part, telling);
                    self.messages.insert(key, part);
                }
            }
            Some((lead, client, user)) => {
                message.lead = lead;
                message.borrow_origin(client, user);
            }
        }
    }

    /// The message whose message-id `second` bears, if it is still there.
    pub(super) fn bears_message_id_of(&self, second: &Message) -> Option<Key> {
        let here = !second.is(mark::NAMESAKE | mark::ELSEWHERE);
        second.parent.filter(|parent| here && self.messages.contains_key(parent))
    }

    /// One of several that came in with a message-id says who sent it: what waited for that, and those
    /// that came in before it.
    fn settle_part<L: Listener>(&mut self, key: Key, telling: &mut Telling<'_, L>) {
        let Some(mut part) = self.messages.remove(&key) else { return };
        self.settle_claim(key, &mut part, telling);
        let first = part.parent;
        self.messages.insert(key, part);
        if let Some(first) = first {
            self.fold_parts(first, telling);
        }
    }

    /// The second hop that bears the message-id of a first one, and is tied to nothing better.
    pub(super) fn open_hop_of(&self, key: Key, relay: Relay, names: &Names) -> Option<Key> {
        let child_key = self.heir_of(key)?;
        let child = self.messages.get(&child_key)?;
        let first = self.messages.get(&key)?;
        let open = child.parent == Some(key)
            && child.told == Told::Waiting
            && child.origin == Origin::Smtp
            && may_be_same(child.sender, first.sender);
        let from_relay = |client| is_at(client, relay, names);
        let proven = !child.is(mark::NAMESAKE) || child.own_client().is_some_and(from_relay);
        (open && proven && child_key != key).then_some(child_key)
    }
}

/// What a message grows by at least when it comes in again, in bytes: smtpd(8) writes a `Received:`
/// header with the client, itself, the queue ID and the date.
const RECEIVED: u64 = 64;

/// Whether a message of the second size may be one of the first that came back, as far as both are
/// known. A filter may add to it, and take from it; but what is of one length is a copy that a
/// program sent as well, to another recipient as a rule, whose name makes the only difference.
pub(super) fn may_be_longer(first: Option<u64>, second: Option<u64>) -> bool {
    first.zip(second).is_none_or(|(first, second)| first.abs_diff(second) >= RECEIVED)
}

/// Whether two senders may be one, as far as they are known.
pub(super) fn may_be_same(one: Option<Address>, other: Option<Address>) -> bool {
    one.is_none() || other.is_none() || one == other
}

impl Message {
    /// Goes by the client and user of the message that it may be a hop of: its deliveries may be
    /// told before that is clear.
    fn borrow_origin(&mut self, client: Option<Client>, user: Option<Text>) {
        let own = (self.client, self.user);
        self.more().own.get_or_insert(own);
        (self.client, self.user) = (client, user.or(self.user));
    }

    /// The client by which another hop goes that has this one of its own: no client brought what
    /// began on this host, and the filter's is none of it.
    pub(super) fn lends_client(&self, own: Option<Client>) -> Option<Client> {
        match self.origin {
            Origin::Local | Origin::Internal => None,
            _ => self.client.or(own),
        }
    }

    /// Who brought it to its own smtpd.
    pub(super) fn own_client(&self) -> Option<Client> {
        let own = self.more.as_ref().and_then(|more| more.own);
        own.map_or(self.client, |(client, _)| client)
    }

    /// Whether it is one of the parts of a message of this sender that nothing has named. Of one
    /// whose sender is still to come it notes that it may be.
    fn is_part_of(&mut self, first: Key, sender: Option<Address>) -> bool {
        let open = self.is_open_hop_of_here() && self.parent == Some(first);
        if open && self.sender.is_none() {
            self.set(mark::PART);
        }
        open && self.sender == sender && sender.is_some()
    }

    /// The part that came in before it; none if it is not older, because a queue ID was used again.
    fn elder(&self, last: &mut u64) -> Option<Key> {
        let older = std::mem::replace(last, self.number) > self.number;
        self.more.as_ref().and_then(|more| more.elder).filter(|_| older)
    }

    /// Goes by its own client and user again: it is no other's hop.
    pub(super) fn give_origin_back(&mut self) {
        if let Some(own) = self.more.as_mut().and_then(|more| more.own.take()) {
            (self.client, self.user) = own;
        }
    }
}
