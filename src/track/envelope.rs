//! Second hops that nothing ties to their first when the log is over: by sender and size.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::Address;
use crate::syslog::Moment;

use super::Tracker;
use super::message::{Key, Message, mark};
use super::relay::{RelayKind, RelayState};

/// Messages that no delivery agent has spoken of, by sender, with the time of their arrival.
type Untried = HashMap<Option<Address>, Vec<(Moment, Key)>, RandomState>;

impl Tracker {
    /// Second hops that no line ties to their first, because the log ends before the
    /// filter's answer: the first one waits for the filter, has the same sender, and is a
    /// little smaller (the second pass adds a header).
    pub(super) fn fold_by_envelope(&mut self) {
        let mut open: Vec<Key> = self
            .messages
            .iter()
            .filter(|(_, m)| m.is_open_hop_of_here())
            .map(|(key, _)| *key)
            .collect();
        open.sort_unstable_by_key(|key| self.messages.get(key).map(|m| (m.arrived, m.queue_id)));
        let untried = self.untried();
        for key in open {
            let Some(mut second) = self.messages.remove(&key) else { continue };
            if let Some(parent) = self
                .bears_message_id_of(&second)
                .or_else(|| self.waits_for_filter(&second, &untried))
            {
                self.link(parent, &mut second);
            }
            self.messages.insert(key, second);
        }
        let mut gone: Vec<_> = self
            .hops
            .departed
            .iter()
            .filter(|(_, departed)| departed.1.is_open_hop_of_here())
            .map(|(queue_id, departed)| (departed.1.arrived, *queue_id))
            .collect();
        gone.sort_unstable();
        for (_, queue_id) in gone {
            let Some(mut departed) = self.hops.departed.remove(&queue_id) else { continue };
            let (_, second) = &mut *departed;
            if let Some(parent) =
                self.bears_message_id_of(second).or_else(|| self.waits_for_filter(second, &untried))
            {
                self.fold_departed(parent, second);
            }
            self.hops.departed.insert(queue_id, departed);
        }
    }

    /// Messages that may be with a filter, by sender, in the order of their arrival; none if no filter
    /// has shown itself in this log. There may be as many as second hops: they are looked for once.
    fn untried(&self) -> Untried {
        let mut untried = Untried::default();
        let filters = |relay: &RelayState| relay.came_back && relay.kind != RelayKind::Elsewhere;
        if !self.hops.relays.iter().any(filters) {
            return untried;
        }
        for (key, first) in &self.messages {
            if is_untried(first) {
                untried.entry(first.sender).or_default().push((first.arrived, *key));
            }
        }
        untried.values_mut().for_each(|of_sender| of_sender.sort_unstable());
        untried
    }

    /// The last of them that went to the filter before `second` came, and fits it.
    fn waits_for_filter(&self, second: &Message, untried: &Untried) -> Option<Key> {
        let fits = |(_, key): &&(Moment, Key)| {
            self.messages.get(key).is_some_and(|first| {
                let sizes = second.size.zip(first.size);
                let grown =
                    sizes.is_none_or(|(second, first)| (first..first + 4096).contains(&second));
                is_untried(first) && grown && first.arrived <= second.arrived
            })
        };
        let last = |of_sender: &Vec<(Moment, Key)>| of_sender.iter().rev().find(fits).copied();
        let found = match second.sender {
            Some(_) => untried.get(&second.sender).and_then(last),
            None => untried.values().filter_map(last).max(),
        };
        found.map(|(_, key)| key)
    }
}

/// Whether a message of the queue is with a filter, as far as the log tells: it was not tried.
fn is_untried(first: &Message) -> bool {
    first.is(mark::ACTIVE)
        && !first.is(mark::TRIED | mark::MAYBE_HOP)
        && first.size.is_some()
        && first.family.is_none()
}
