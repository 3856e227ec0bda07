//! Outings: what pipes took, until it is clear what came back of it.

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Address, Client, Names, Relay, Text};
use crate::syslog::Moment;

use super::message::{Key, Later, Message};
use super::service::Service;

/// A message that went into a pipe.
pub(super) struct Outing {
    /// Under which queue ID it went.
    pub(super) first: Key,
    pub(super) service: Service,
    pub(super) message_id: u64,
    pub(super) sender: Option<Address>,
    pub(super) relay: Relay,
    pub(super) client: Option<Client>,
    pub(super) user: Option<Text>,
    pub(super) arrived: Moment,
    pub(super) lead: u64,
    /// The family of its hops, of which this is one: nothing ends before this does.
    pub(super) family: u32,
    /// When the last of its recipients was handed over.
    pub(super) handed: Moment,
    /// When the last queue ID of the family ended that did.
    pub(super) ended: Option<Moment>,
    /// Hand-offs of which is not known whether they came back.
    pub(super) handovers: Vec<Later>,
    /// The traces of recipients that have not shown up again.
    pub(super) missing: Vec<u64>,
    /// The latest message of pickup with its message-id.
    pub(super) heir: Option<Key>,
}

/// A message of pickup whose hand-off has not been seen.
#[derive(Clone, Copy)]
pub(super) struct Seeker {
    pub(super) key: Key,
    pub(super) number: u64,
    /// The relay of its own first attempt, if there was one.
    pub(super) relay: Option<Relay>,
}

/// All outings.
#[derive(Default)]
pub(super) struct Outings {
    hasher: RandomState,
    /// By the number of the message. A table has room for more than it holds, and a thousand may
    /// wait, so what is large is not in it.
    pub(super) open: HashMap<u64, Box<Outing>, RandomState>,
    /// The latest with a message-id, by its hash.
    by_message_id: HashMap<u64, u64, RandomState>,
    /// Those with a message-id and recipient, by their trace: the same mail may be sent twice.
    by_trace: HashMap<u64, Vec<u64>, RandomState>,
    seekers: HashMap<u64, Vec<Seeker>, RandomState>,
    /// Messages of pickup that ended and may have come out of a pipe, by number, and when.
    pub(super) gone: HashMap<u64, Box<(Key, Message)>, RandomState>,
    pub(super) departures: VecDeque<(i64, u64)>,
}

impl Outings {
    /// What a message and one of its recipients go by. Case is no difference: flags of pipe(8)
    /// fold it (`flags=hu`).
    pub(super) fn trace(&self, message_id: u64, recipient: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u64(message_id);
        for byte in recipient {
            hasher.write_u8(byte.to_ascii_lowercase());
        }
        hasher.finish()
    }

    /// Begins an outing.
    pub(super) fn begin(&mut self, message: u64, outing: Outing) {
        self.by_message_id.insert(outing.message_id, message);
        self.open.insert(message, Box::new(outing));
    }

    /// A recipient goes out.
    pub(super) fn missing(&mut self, message: u64, trace: u64) {
        if let Some(outing) = self.open.get_mut(&message) {
            self.by_trace.entry(trace).or_default().push(message);
            outing.missing.push(trace);
        }
    }

    /// The latest outing of a message-id.
    pub(super) fn of_message_id(&self, message_id: u64) -> Option<u64> {
        if self.open.is_empty() { None } else { self.by_message_id.get(&message_id).copied() }
    }

    /// The latest outing of a message-id and recipient.
    pub(super) fn of_trace(&self, trace: u64) -> Option<u64> {
        self.by_trace.get(&trace)?.last().copied()
    }

    /// A recipient showed up again; tells whether all did that went out with it.
    pub(super) fn showed_up(&mut self, message: u64, trace: u64) -> bool {
        let Some(outing) = self.open.get_mut(&message) else { return false };
        outing.missing.retain(|missing| *missing != trace);
        take(&mut self.by_trace, trace, |out| *out == message);
        outing.missing.is_empty() && outing.handovers.is_empty()
    }

    /// Ends an outing.
    pub(super) fn end(&mut self, message: u64) -> Option<Box<Outing>> {
        let outing = self.open.remove(&message)?;
        for trace in &outing.missing {
            take(&mut self.by_trace, *trace, |out| *out == message);
        }
        if self.by_message_id.get(&outing.message_id) == Some(&message) {
            self.by_message_id.remove(&outing.message_id);
        }
        Some(outing)
    }

    /// A queue ID ended: what went out, or what came back.
    pub(super) fn note_end(&mut self, message: &Message, at: Moment) {
        let latest = self.by_message_id.get(&message.message_id).copied();
        for number in [Some(message.number), latest].into_iter().flatten() {
            if let Some(outing) = self.open.get_mut(&number)
                && message.family == Some(outing.family)
            {
                outing.ended = outing.ended.max(Some(at));
            }
        }
    }

    /// A message of pickup looks for the hand-off of a recipient. Who only has it for its alias
    /// stands behind who has it for its recipient.
    pub(super) fn seek(&mut self, trace: u64, seeker: Seeker, is_alias: bool) {
        let seekers = self.seekers.entry(trace).or_default();
        seekers.insert(if is_alias { 0 } else { seekers.len() }, seeker);
    }

    /// Who looks for the hand-off of a recipient to a relay.
    pub(super) fn sought_by(&self, trace: u64, relay: Relay) -> Option<Seeker> {
        let seekers = self.seekers.get(&trace)?;
        seekers.iter().rev().find(|seeker| seeker.relay != Some(relay)).copied()
    }

    /// A message of pickup is over, and still looks for a hand-off.
    pub(super) fn depart(&mut self, key: Key, mut message: Message, at: i64) {
        if message.more().seeks.is_empty() {
            // Nobody was tried: any recipient will do.
            let trace = self.trace(message.message_id, b"");
            message.more().seeks.push(trace);
            self.seek(trace, Seeker { key, number: message.number, relay: None }, false);
        }
        self.departures.push_back((at, message.number));
        self.gone.insert(message.number, Box::new((key, message)));
    }

    /// A message of pickup does not look any more.
    pub(super) fn found(&mut self, message: &mut Message) {
        let Some(more) = &mut message.more else { return };
        for trace in std::mem::take(&mut more.seeks) {
            take(&mut self.seekers, trace, |seeker| seeker.number == message.number);
        }
    }
}

/// Takes what is meant from those with a trace.
fn take<T>(map: &mut HashMap<u64, Vec<T>, RandomState>, trace: u64, is_meant: impl Fn(&T) -> bool) {
    if let Some(list) = map.get_mut(&trace) {
        list.retain(|one| !is_meant(one));
        if list.is_empty() {
            map.remove(&trace);
        }
    }
}

/// Whether the sender of what came back is that of what went out. `sendmail -f` gets what
/// pipe(8) makes of `${sender}`, and that is `MAILER-DAEMON` for the null sender unless
/// `null_sender=` says otherwise.
pub(super) fn same_sender(out: Option<Address>, back: Option<Address>, names: &Names) -> bool {
    if out == back {
        return true;
    }
    let text = |address: Option<Address>| address.map(|address| names.addresses.text(address));
    let (Some(b""), Some(back)) = (text(out), text(back)) else { return false };
    let local = back.split(|byte| *byte == b'@').next().unwrap_or_default();
    local.eq_ignore_ascii_case(b"MAILER-DAEMON")
}
