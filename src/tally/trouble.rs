//! Troubles: what went wrong, by kind, and how many messages and recipients met it.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::names::{Address, Domain, Relay, Text};
use crate::postfix::QueueId;
use crate::track::Message;
use crate::words::cause::Cause;

use super::met::Met;
use super::waiting::Waiting;

/// What troubles of one cause are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Under {
    /// The domain mail could not be brought to.
    Domain(Domain),
    /// The relay, where the domain has no part in it: a filter, a transport of this host.
    Relay(Relay),
    /// A host that the text names, or an enhanced status code.
    Text(Text),
}

/// Troubles that are one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// The root cause.
    pub cause: Cause,
    /// Destination of deferrals, enhanced status of bounces.
    pub under: Under,
    /// The words, without addresses and serials.
    pub reason: Text,
}

/// What is counted of a kind.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    /// Attempts put off, or recipients given up.
    pub times: u64,
    /// Messages that met it.
    pub messages: u64,
    /// The greatest age of a message at such an attempt, in milliseconds.
    pub oldest: u64,
    /// The first few messages.
    pub examples: Vec<QueueId>,
}

impl Trouble {
    /// Names a message, if there are not enough of them. Queue IDs come again, and say no more then.
    fn name(&mut self, queue_id: QueueId) {
        if self.examples.len() < EXAMPLES && !self.examples.contains(&queue_id) {
            self.examples.push(queue_id);
        }
    }
}

/// Troubles by kind, with the messages and recipients that met them.
#[derive(Default)]
pub struct Troubles {
    places: HashMap<Kind, u32, RandomState>,
    entries: Vec<(Kind, Trouble)>,
    recipients: HashSet<(u32, Address), RandomState>,
    /// Those that are still to be put to them.
    waiting: Waiting<(u32, Address)>,
    /// Messages by cause: one that met two kinds of a cause counts once.
    of_cause: BTreeMap<Cause, u64>,
    /// Messages by cause and destination.
    at_destination: HashMap<(Cause, Under), u64, RandomState>,
    /// What messages that are still in the queue met so far, by their number, since queue IDs
    /// come again.
    met: HashMap<u64, Met, RandomState>,
}

/// How many messages are named as examples.
const EXAMPLES: usize = 3;

/// How many kinds are told apart. Replies may differ each time in more than serials; what is beyond
/// is counted by cause and destination alone.
const KINDS: usize = 20_000;

impl Troubles {
    /// Whether there are as many kinds as are told apart.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.entries.len() >= KINDS
    }

    /// Adds what a message met.
    pub fn add(
        &mut self,
        kind: Kind,
        message: &Message,
        recipient: Address,
        delay: u64,
        times: u64,
    ) {
        let place = self.place(kind);
        if self.waiting.put((place, recipient)) {
            self.settle();
        }
        let new = self.meet(place, kind, message.number);
        let Some((_, trouble)) = self.entries.get_mut(place as usize) else { return };
        trouble.times += times;
        trouble.messages += u64::from(new);
        trouble.oldest = trouble.oldest.max(delay);
        if new {
            trouble.name(message.queue_id);
        }
    }

    /// Puts what waits where it belongs; what was counted can be read then.
    #[inline(never)] // many at once, with nothing between them
    pub fn settle(&mut self) {
        self.recipients.extend(self.waiting.drain());
    }

    /// Notes that a message met a kind; says whether for the first time.
    fn meet(&mut self, place: u32, kind: Kind, message: u64) -> bool {
        let Some(news) = self.met.entry(message).or_default().add(place, kind, &self.entries)
        else {
            return false;
        };
        *self.of_cause.entry(kind.cause).or_default() += u64::from(news.cause);
        let at = (kind.cause, kind.under);
        *self.at_destination.entry(at).or_default() += u64::from(news.destination);
        true
    }

    /// A message left the queue: it will meet nothing more.
    pub fn left(&mut self, message: u64) {
        if !self.met.is_empty() {
            self.met.remove(&message);
        }
    }

    /// The place of a kind among the entries.
    fn place(&mut self, kind: Kind) -> u32 {
        let next = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(kind).or_insert(next);
        if place == next {
            self.entries.push((kind, Trouble::default()));
        }
        place
    }

    /// Adds another part's troubles, which are settled; its messages are others than those met so
    /// far.
    pub fn merge(&mut self, other: &Troubles) {
        let mut places = Vec::with_capacity(other.entries.len());
        for (kind, theirs) in &other.entries {
            let place = self.place(*kind);
            places.push(place);
            let Some((_, mine)) = self.entries.get_mut(place as usize) else { continue };
            mine.times += theirs.times;
            mine.messages += theirs.messages;
            mine.oldest = mine.oldest.max(theirs.oldest);
            theirs.examples.iter().for_each(|queue_id| mine.name(*queue_id));
        }
        let here = |place: u32| places.get(place as usize).copied();
        let recipients = other.recipients.iter().map(|&(at, recipient)| (here(at), recipient));
        self.recipients.extend(recipients.filter_map(|(place, who)| Some((place?, who))));
        for (cause, messages) in &other.of_cause {
            *self.of_cause.entry(*cause).or_default() += messages;
        }
        for (at, messages) in &other.at_destination {
            *self.at_destination.entry(*at).or_default() += messages;
        }
    }

    /// All kinds, in the order in which they were met first.
    #[must_use]
    pub fn entries(&self) -> &[(Kind, Trouble)] {
        &self.entries
    }

    /// How many messages met a cause.
    #[must_use]
    pub fn messages_of(&self, cause: Cause) -> u64 {
        self.of_cause.get(&cause).copied().unwrap_or(0)
    }

    /// How many messages met a cause at a destination.
    #[must_use]
    pub fn messages_at(&self, cause: Cause, under: Under) -> u64 {
        self.at_destination.get(&(cause, under)).copied().unwrap_or(0)
    }

    /// How many recipients met the troubles of each group, where `group` sorts kinds into
    /// groups by number: a recipient that met two kinds of a group counts once.
    pub fn recipients(&self, groups: usize, group: impl Fn(&Kind) -> Option<usize>) -> Vec<u64> {
        self.waiting.is_over();
        let group_of: Vec<Option<usize>> =
            self.entries.iter().map(|(kind, _)| group(kind)).collect();
        let mut counts = vec![0; groups];
        let mut seen: HashSet<(usize, Address), RandomState> = HashSet::default();
        for &(place, recipient) in &self.recipients {
            if let Some(group) = group_of.get(place as usize).copied().flatten()
                && seen.insert((group, recipient))
                && let Some(count) = counts.get_mut(group)
            {
                *count += 1;
            }
        }
        counts
    }
}
