//! Pipe filters: mail that a program under `pipe(8)` took, and gave back to `sendmail`.
//!
//! No reply names the second queue ID here. The same message-id and sender while the first
//! hop waits make it likely; the same recipient of the first attempt proves it, because a
//! mailbox program that redirects mail sends it to another one.

use hashbrown::hash_map::Entry;

use crate::names::Address;

use super::message::{Key, Later, Origin, Told, mark};
use super::{Handover, Listener, Telling, Tracker, What};

impl Tracker {
    /// `status=sent` by a pipe.
    pub(super) fn hand_to_pipe<L: Listener>(
        &mut self,
        key: Key,
        handover: Handover,
        telling: &mut Telling<'_, L>,
    ) -> bool {
        let Some(child_key) = self.came_out_of_pipe(key) else { return false };
        let Some(child) = self.messages.get_mut(&child_key) else { return false };
        let more = child.more();
        more.of_parent.push(telling.later(handover));
        if let Some(recipient) = more.first_recipient {
            self.settle_pipe(child_key, Some(recipient), telling);
        }
        true
    }

    /// The message that may have come out of the pipe that this one went into.
    fn came_out_of_pipe(&self, key: Key) -> Option<Key> {
        let child_key = self.heir_of(key)?;
        let child = self.messages.get(&child_key)?;
        let open =
            child.parent == Some(key) && child.told == Told::Waiting && child.is(mark::MAYBE_HOP);
        (open && child.origin == Origin::Local && child_key != key).then_some(child_key)
    }

    /// Decides whether a message came out of a pipe filter, once its first recipient and
    /// the hand-off's are known, or it ends without either.
    pub(super) fn settle_pipe<L: Listener>(
        &mut self,
        key: Key,
        recipient: Option<Address>,
        telling: &mut Telling<'_, L>,
    ) {
        let Entry::Occupied(mut entry) = self.messages.entry(key) else { return };
        if !entry.get().may_be_of_pipe() {
            return;
        }
        let more = entry.get_mut().more();
        more.first_recipient = recipient.or(more.first_recipient);
        if recipient.is_some() && more.of_parent.is_empty() {
            return; // the hand-off's line is still to come
        }
        let handovers = std::mem::take(&mut more.of_parent);
        let same = !handovers.is_empty()
            && recipient.is_none_or(|recipient| {
                handovers.iter().any(|later| later.handover.recipient == recipient)
            });
        let mut message = entry.remove();
        let parent = message.parent;
        if let (true, Some(parent)) = (same, parent) {
            self.link(parent, &mut message);
            super::hop::tell_folded(&mut message, telling);
        } else {
            message.unset(mark::MAYBE_HOP);
            message.parent = None;
            Self::settle_start(&mut message, telling);
        }
        self.tell_of_parent(parent, same, &handovers, telling);
        self.messages.insert(key, message);
    }

    fn tell_of_parent<L: Listener>(
        &mut self,
        parent: Option<Key>,
        same: bool,
        handovers: &[Later],
        telling: &mut Telling<'_, L>,
    ) {
        let meaning = if same { What::HandedOn } else { What::Delivered };
        for later in handovers {
            let first = parent.and_then(|parent| self.still(parent, later.handover.message));
            telling.tell_later(later, first, meaning);
        }
    }
}
