//! The life of a message, event by event, until it is removed (`removal.rs`); the table stands in
//! `message.rs`.

use crate::names::Text;
use crate::near::find;
use crate::postfix::QueueId;
use crate::postfix::event::Arrival;

use super::delivery::settle_tried;
use super::message::{Key, Message, Origin, Told, mark, outcome};
use super::session::Process;
use super::{Listener, Start, Telling, Tracker, What};

impl Tracker {
    /// `client=`: a message begins, by SMTP.
    pub(super) fn arrived_by_smtp<L: Listener>(
        &mut self,
        key: Key,
        arrival: &Arrival<'_>,
        pid: u32,
        telling: &mut Telling<'_, L>,
    ) {
        let mut message = self.begin(key, Origin::Smtp, telling);
        message.client = Some(telling.client(arrival.client));
        message.user = arrival.user.map(|user| -> Text { telling.names.texts.intern(user).0 });
        let process: Process = (telling.service.host_number, pid);
        let session = self.session(process, telling.service, telling.at);
        message.tls = session.tls;
        if let Some(judged) = &mut session.judged {
            Self::forestalled(&mut message, judged, telling);
        }
        let before = session.message.replace(key).filter(|before| *before != key);
        if let Some(before) = before {
            self.went_on(process, before, telling);
        }
        self.recognize_hop(key, &mut message, arrival, telling);
        if message.is_open_hop() {
            self.note_brought_after(before, &mut message);
        }
        if message.is(mark::ACTIVE) && !message.is(mark::MAYBE_HOP) {
            Self::settle_start(&mut message, telling);
        }
        self.messages.insert(key, message);
    }

    /// `uid=`: a message begins, by sendmail; or goes on after `postsuper -r`.
    pub(super) fn picked_up<L: Listener>(
        &mut self,
        key: Key,
        sender: &[u8],
        orig_id: Option<QueueId>,
        telling: &mut Telling<'_, L>,
    ) {
        let mut message = self.begin(key, Origin::Local, telling);
        message.sender = message.sender.or_else(|| Some(telling.names.sender(sender)));
        if let Some(orig_id) = orig_id {
            let before = self.messages.remove(&Key { queue_id: orig_id, ..key });
            if let Some(before) = &before {
                self.forget_message_id(Key { queue_id: orig_id, ..key }, before);
            }
            message = match before {
                Some(before) => Message { queue_id: key.queue_id, ..before },
                None => Message { origin: Origin::Earlier, ..message },
            };
            // It will be weighed again: it has one more header.
            message.unset(mark::REQUEUED | mark::ON_HOLD | mark::ACTIVE);
            message.set(mark::PROVEN);
            message.size = None;
        }
        let before = message.parent;
        self.messages.insert(key, message);
        self.may_come_of_pipe(key, before); // if its `message-id=` came first
    }

    /// A new life under a queue ID; if one was still going on, its end is not in the log.
    fn begin<L: Listener>(
        &mut self,
        key: Key,
        origin: Origin,
        telling: &mut Telling<'_, L>,
    ) -> Message {
        if let Some(mut old) = self.messages.remove(&key) {
            match old.origin {
                Origin::Announced => telling.tell_gone(&old),
                _ if old.is(mark::GONE) => return self.begin_again(key, old, origin, telling),
                _ if old.is_overtaken(telling.at) && !old.is(mark::NAMED) => {
                    let parent = old.parent.filter(|_| origin == Origin::Local);
                    return Message { origin, service: telling.service, parent, ..old };
                }
                _ => {
                    old.outcome |= if old.is(mark::ACTIVE) { outcome::LOST } else { 0 };
                    self.ended(key, old, telling);
                }
            }
        }
        self.born += 1;
        Message::new(self.born, key.queue_id, telling.service, telling.at, origin)
    }

    /// A new life so soon after the end of the last that late lines were still waited for.
    #[cold]
    fn begin_again<L: Listener>(
        &mut self,
        key: Key,
        old: Message,
        origin: Origin,
        telling: &mut Telling<'_, L>,
    ) -> Message {
        self.leaving.retain(|(_, leaving)| *leaving != key);
        self.ended(key, old, telling);
        self.born += 1;
        Message::new(self.born, key.queue_id, telling.service, telling.at, origin)
    }

    /// The message under a queue ID; one that began before the log, if it is not known.
    pub(super) fn touch<L: Listener>(
        &mut self,
        key: Key,
        telling: &Telling<'_, L>,
    ) -> &mut Message {
        self.born += 1;
        let (at, service) = (telling.at, telling.service);
        let message = self.messages.entry(key).or_insert_with(|| {
            Message::new(self.born, key.queue_id, service, at, Origin::Announced)
        });
        if message.origin == Origin::Announced {
            (message.origin, message.arrived, message.service) = (Origin::Earlier, at, service);
            message.set(mark::ACTIVE);
        }
        message
    }

    /// Notes something about a message of the queue.
    pub(super) fn mark<L: Listener>(&mut self, key: Key, marks: u32, telling: &Telling<'_, L>) {
        self.touch(key, telling).set(marks | mark::ACTIVE);
    }

    /// A notification or a forward names a message that is made here; its own lines may
    /// come before (until 3.10) or after (since 3.11).
    pub(super) fn announce<L: Listener>(&mut self, key: Key, telling: &mut Telling<'_, L>) {
        self.born += 1;
        let (at, service) = (telling.at, telling.service);
        let message = self.messages.entry(key).or_insert_with(|| {
            Message::new(self.born, key.queue_id, service, at, Origin::Announced)
        });
        message.set(mark::NAMED);
        if message.is(mark::TRIED) && !message.is(mark::MAYBE_HOP) {
            Self::settle_start(message, telling);
        }
    }

    /// `message-id=`: the first line of what is made here.
    pub(super) fn message_id<L: Listener>(
        &mut self,
        key: Key,
        id: &[u8],
        telling: &mut Telling<'_, L>,
    ) {
        self.born += 1;
        let (at, service) = (telling.at, telling.service);
        let (hash, before) = self.note_message_id(key, id);
        let before = before.filter(|before| *before != key);
        let message = self.messages.entry(key).or_insert_with(|| {
            Message::new(self.born, key.queue_id, service, at, Origin::Internal)
        });
        let late = !message.is(mark::MESSAGE_ID)
            && (message.origin != Origin::Earlier || message.is_overtaken(at));
        if message.is(mark::GONE) && !late || message.came_to_nothing(at) {
            // Used again for what is made here: no other line begins that.
            if let Some(old) = self.messages.remove(&key) {
                let message = self.begin_again(key, old, Origin::Internal, telling);
                self.messages.insert(key, message);
            }
            return self.message_id(key, id, telling);
        }
        if message.origin == Origin::Announced {
            (message.origin, message.arrived, message.service) = (Origin::Internal, at, service);
        } else if message.origin == Origin::Earlier && late {
            message.origin = Origin::Internal;
        }
        message.set(mark::MESSAGE_ID);
        if message.origin == Origin::Internal && find(id, key.queue_id.as_bytes()).is_some() {
            message.set(mark::OWN_ID);
        }
        let open = message.told == Told::Waiting && message.parent.is_none();
        let origin = message.origin;
        let old = std::mem::replace(&mut message.message_id, hash);
        if old != 0 && old != hash {
            self.hops.forget(old, key);
        }
        if open && (before.is_some() || origin == Origin::Local) {
            self.follows(key, origin, before);
        }
    }

    /// `(queue active)`: the queue manager has it, so it was accepted.
    pub(super) fn active<L: Listener>(
        &mut self,
        key: Key,
        sender: &[u8],
        size: u64,
        telling: &mut Telling<'_, L>,
    ) {
        self.queue_manager_seen = true;
        let message = self.touch(key, telling);
        if message.is(mark::ACTIVE) && message.size.is_some() {
            return; // a retry: nothing new
        }
        message.set(mark::ACTIVE);
        message.size = Some(size);
        message.sender = Some(telling.sender(sender));
        if message.is(mark::ON_HOLD | mark::HELD | mark::DISCARDED) {
            Self::judged_and_active(message, telling);
        }
        tell_unsized(message, telling);
        let tried = message.is(mark::TRIED).then_some((message.number, message.sender));
        let certain = message.origin == Origin::Smtp && !message.is(mark::MAYBE_HOP);
        if certain {
            Self::settle_start(message, telling);
        } else {
            self.fold_by_message_id(key, telling);
        }
        if let Some((number, sender)) = tried
            && let Some(message) = self.messages.get_mut(&key)
        {
            self.hops.sized(number, size, sender);
            settle_tried(message, telling);
        }
    }

    /// Tells how a message began, once that is certain.
    pub(super) fn settle_start<L: Listener>(message: &mut Message, telling: &mut Telling<'_, L>) {
        if message.told != Told::Waiting || message.is(mark::PROBE) {
            return;
        }
        let start = match message.origin {
            Origin::Smtp | Origin::Local if message.is_accepted() => Start::Received,
            Origin::Internal if message.is(mark::NAMED | mark::OWN_ID) => Start::Generated,
            Origin::Internal | Origin::Earlier => Start::Before,
            _ => return,
        };
        message.told = Told::Yes(start);
        message.give_origin_back();
        let what = match start {
            Start::Received => What::Received,
            Start::Generated => What::Generated,
            Start::Before => What::Begun,
        };
        telling.tell_of(message.arrived, message.service, Some(message), what);
    }
}

/// Tells the handovers that waited for the size of a message, and for its sender.
fn tell_unsized<L: Listener>(message: &mut Message, telling: &mut Telling<'_, L>) {
    let Some(more) = &mut message.more else { return };
    for later in std::mem::take(&mut more.unsized_handovers) {
        telling.tell_later(&later, Some(message), |handover| {
            let Message { size, sender, lead, .. } = *message;
            What::Delivered(super::Handover { size, sender, ..handover.after(lead) })
        });
    }
}
