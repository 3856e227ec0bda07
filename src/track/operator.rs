//! What an operator does to a whole queue: `postsuper -d ALL` writes how many messages it was, and
//! not which.

use crate::postfix::event::Deed;

use super::message::{Key, Message, mark};
use super::session::Process;
use super::{Listener, Telling, Tracker};

/// A run of postsuper(1).
#[derive(Default)]
pub(super) struct Run {
    process: Process,
    /// How many messages it named.
    named: u64,
}

impl Tracker {
    /// A line of postsuper names a message.
    pub(super) fn operator_names(&mut self, process: Process) {
        let Run { process: known, named } = self.run;
        self.run = Run { process, named: if known == process { named + 1 } else { 1 } };
    }

    /// The total of a run. If the run named no message, it was about all of a queue: which ones is
    /// known if they are as many as the log shows there.
    pub(super) fn operated<L: Listener>(
        &mut self,
        process: Process,
        deed: Deed,
        messages: u64,
        telling: &mut Telling<'_, L>,
    ) {
        if self.run.process == process && self.run.named > 0 {
            return;
        }
        for key in self.all_of_a_queue(telling.service.instance_number, deed, messages) {
            match deed {
                Deed::Deleted => self.removed(key, true, telling),
                Deed::Held => self.mark(key, mark::ON_HOLD, telling),
                Deed::Released => self.released(key),
            }
        }
    }

    /// `released from hold`.
    pub(super) fn released(&mut self, key: Key) {
        if let Some(message) = self.messages.get_mut(&key) {
            message.unset(mark::ON_HOLD);
            message.set(mark::ACTIVE);
        }
    }

    /// The messages that something was done to, in order; none if it is not known which.
    fn all_of_a_queue(&self, instance: u32, deed: Deed, messages: u64) -> Vec<Key> {
        let names: Vec<u32> =
            self.services.other_names(instance).chain(std::iter::once(instance)).collect();
        let mut queued: Vec<(Key, &Message)> = self
            .messages
            .iter()
            .filter(|(key, message)| names.contains(&key.instance) && message.is_queued())
            .map(|(key, message)| (*key, message))
            .collect();
        queued.sort_unstable_by_key(|(key, _)| *key);
        let those = |which: &dyn Fn(&Message) -> bool| -> Vec<Key> {
            let all = queued.iter().filter(|(_, message)| which(message));
            all.map(|(key, _)| *key).collect()
        };
        let fits = |keys: &Vec<Key>| keys.len() as u64 == messages;
        let held = those(&Message::is_on_hold);
        let mut fitting = match deed {
            Deed::Held => vec![those(&|message| !message.is_on_hold())],
            Deed::Released => vec![held],
            // Of all queues, or `-d ALL hold`, `-d ALL deferred`.
            Deed::Deleted => match those(&|_| true) {
                all if fits(&all) => vec![all],
                _ => {
                    let deferred = |m: &Message| m.deferred.is_some() && !m.is_on_hold();
                    vec![held, those(&deferred)]
                }
            },
        };
        fitting.retain(fits);
        if fitting.len() == 1 { fitting.remove(0) } else { Vec::new() }
    }
}
