//! Recipients that were put off, each with its attempts.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Address, Relay};
use crate::syslog::Moment;

/// A recipient that was put off.
#[derive(Clone, Debug)]
pub struct Stuck {
    /// Who.
    pub recipient: Address,
    /// The relay of the last attempt.
    pub relay: Relay,
    /// How many attempts were put off.
    pub attempts: u32,
    /// When the first one was.
    pub first: Moment,
    /// When the last one was.
    pub last: Moment,
    /// Why the last one was; raw text.
    pub reason: Vec<u8>,
    /// Whether the recipient is done with by now.
    pub done: bool,
    /// Why the first one was, if another reason followed.
    before: Option<Box<[u8]>>,
}

impl Stuck {
    /// Why the first attempt was put off; raw text.
    #[must_use]
    pub fn first_reason(&self) -> &[u8] {
        self.before.as_deref().unwrap_or(&self.reason)
    }

    fn again(&mut self, relay: Relay, reason: &[u8], at: Moment, times: u32) {
        self.attempts = self.attempts.saturating_add(times);
        (self.last, self.relay, self.done) = (at, relay, false);
        if self.reason == reason {
            return;
        }
        if self.before.is_none() {
            self.before = Some(self.reason.as_slice().into());
        }
        self.reason.clear();
        self.reason.extend_from_slice(reason);
    }
}

/// The recipients of a message that were put off.
#[derive(Clone, Debug, Default)]
pub(super) struct Recipients {
    /// In the order of their first deferral.
    list: Vec<Stuck>,
    /// Where each of them stands in it, if there are more than a [`FEW`].
    places: Option<Box<HashMap<Address, u32, RandomState>>>,
}

/// So many are found as quickly one after the other.
const FEW: usize = 16;

impl Recipients {
    /// Notes an attempt that was put off.
    pub(super) fn put_off(
        &mut self,
        recipient: Address,
        relay: Relay,
        reason: &[u8],
        at: Moment,
        times: u32,
    ) {
        if let Some(known) = self.find(recipient) {
            return known.again(relay, reason, at, times);
        }
        self.list.push(Stuck {
            recipient,
            relay,
            attempts: times,
            first: at,
            last: at,
            reason: reason.into(),
            done: false,
            before: None,
        });
        if self.list.len() > FEW {
            self.note_places();
        }
    }

    /// A recipient is done with.
    pub(super) fn done(&mut self, recipient: Address) {
        if let Some(known) = self.find(recipient) {
            known.done = true;
        }
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Stuck> {
        self.list.iter()
    }

    /// Leaves out all but these.
    pub(super) fn keep(&mut self, whose: impl Fn(Address) -> bool) {
        self.list.retain(|stuck| whose(stuck.recipient));
        if self.places.take().is_some() {
            self.note_places();
        }
    }

    fn find(&mut self, recipient: Address) -> Option<&mut Stuck> {
        match &self.places {
            None => self.list.iter_mut().find(|stuck| stuck.recipient == recipient),
            Some(places) => self.list.get_mut(*places.get(&recipient)? as usize),
        }
    }

    /// Notes where those stand of whom that is not noted yet.
    #[cold]
    fn note_places(&mut self) {
        let places = self.places.get_or_insert_default();
        for (place, stuck) in self.list.iter().enumerate().skip(places.len()) {
            places.insert(stuck.recipient, u32::try_from(place).unwrap_or(u32::MAX));
        }
    }
}
