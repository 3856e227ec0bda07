//! Why: attempts put off, recipients given up and refusals, by root cause.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::names::{Address, Domain, Names, Relay, Text};
use crate::postfix::event::{Delivery, Verdict};
use crate::postfix::{Program, QueueId};
use crate::track::message::Origin;
use crate::track::{Fact, Message};
use crate::words::cause::{self, Cause};
use crate::words::deferral::deferral;
use crate::words::reject;

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
    /// The words, without addresses.
    pub reason: Text,
}

/// What is counted of a kind.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    /// Attempts put off, or recipients given up.
    pub times: u64,
    /// The greatest age of a message at such an attempt, in milliseconds.
    pub oldest: u64,
    /// The first few messages.
    pub examples: Vec<QueueId>,
}

/// Troubles by kind, with the messages and recipients that met them.
#[derive(Default)]
pub struct Troubles {
    places: HashMap<Kind, u32, RandomState>,
    entries: Vec<(Kind, Trouble)>,
    /// Kinds and messages that met; messages by their number, since queue IDs come again.
    messages: HashSet<(u32, u64), RandomState>,
    recipients: HashSet<(u32, Address), RandomState>,
    /// The greatest number of a message so far.
    last: u64,
}

/// How many messages are named as examples.
const EXAMPLES: usize = 3;

impl Troubles {
    fn add(&mut self, kind: Kind, message: &Message, recipient: Address, delay: u64, times: u64) {
        let place = self.place(kind);
        let new = self.messages.insert((place, message.number));
        self.recipients.insert((place, recipient));
        self.last = self.last.max(message.number);
        let Some((_, trouble)) = self.entries.get_mut(place as usize) else { return };
        trouble.times += times;
        trouble.oldest = trouble.oldest.max(delay);
        if new && trouble.examples.len() < EXAMPLES {
            trouble.examples.push(message.queue_id);
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

    /// Adds another part's troubles, whose messages are others than those met so far.
    pub fn merge(&mut self, other: &Troubles) {
        let mut places = Vec::with_capacity(other.entries.len());
        for (kind, theirs) in &other.entries {
            let place = self.place(*kind);
            places.push(place);
            let Some((_, mine)) = self.entries.get_mut(place as usize) else { continue };
            mine.times += theirs.times;
            mine.oldest = mine.oldest.max(theirs.oldest);
            let room = EXAMPLES.saturating_sub(mine.examples.len());
            mine.examples.extend(theirs.examples.iter().take(room));
        }
        let here = |place: u32| places.get(place as usize).copied();
        let before = self.last;
        let messages = other.messages.iter().map(|&(at, number)| (here(at), before + number));
        self.messages.extend(messages.filter_map(|(place, number)| Some((place?, number))));
        let recipients = other.recipients.iter().map(|&(at, recipient)| (here(at), recipient));
        self.recipients.extend(recipients.filter_map(|(place, who)| Some((place?, who))));
        self.last += other.last;
    }

    /// All kinds, in the order in which they were met first.
    #[must_use]
    pub fn entries(&self) -> &[(Kind, Trouble)] {
        &self.entries
    }

    /// How many messages and recipients met the troubles of each group, where `group` sorts
    /// kinds into groups by number: a message that met two kinds of a group counts once.
    pub fn met(
        &self,
        groups: usize,
        group: impl Fn(&Kind) -> Option<usize>,
    ) -> Vec<(usize, usize)> {
        let of = |place: u32| self.entries.get(place as usize).and_then(|(kind, _)| group(kind));
        let mut counts = vec![(0, 0); groups];
        let mut messages: HashSet<(usize, u64), RandomState> = HashSet::default();
        for &(place, number) in &self.messages {
            if let Some(group) = of(place)
                && messages.insert((group, number))
                && let Some(count) = counts.get_mut(group)
            {
                count.0 += 1;
            }
        }
        let mut recipients: HashSet<(usize, Address), RandomState> = HashSet::default();
        for &(place, recipient) in &self.recipients {
            if let Some(group) = of(place)
                && recipients.insert((group, recipient))
                && let Some(count) = counts.get_mut(group)
            {
                count.1 += 1;
            }
        }
        counts
    }
}

/// Refusals of one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// 4xx.
    pub temporary: u64,
    /// 5xx.
    pub permanent: u64,
}

/// What became of mail that was greylisted here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Greylisting {
    /// Refusals.
    pub refusals: u64,
    /// Pairs of sender and recipient that were refused.
    pub pairs: u64,
    /// Of these, the pairs of which mail was delivered later.
    pub came_back: u64,
}

/// All that went wrong, by root cause.
#[derive(Default)]
pub struct Causes {
    /// Attempts put off.
    pub deferrals: Troubles,
    /// Recipients given up.
    pub bounces: Troubles,
    /// Refusals, by cause and rule.
    pub refusals: HashMap<(Cause, Text), Refusals, RandomState>,
    /// Mail that was greylisted here.
    pub greylisting: Greylisting,
    /// Pairs that were greylisted, and whether they came back.
    pairs: HashMap<(Address, Address), bool, RandomState>,
    memo: Memo,
    rules: HashMap<Text, Cause, RandomState>,
    phrase: Vec<u8>,
}

impl Causes {
    /// Nothing yet, in the part of a log that follows another: whoever was greylisted there
    /// may come back here.
    #[must_use]
    pub fn after(before: &Causes) -> Causes {
        let (pairs, rules) = (before.pairs.clone(), before.rules.clone());
        Causes { pairs, rules, ..Causes::default() }
    }

    /// Adds what was counted of the part that follows.
    pub fn merge(&mut self, other: &Causes) {
        self.deferrals.merge(&other.deferrals);
        self.bounces.merge(&other.bounces);
        for (rule, theirs) in &other.refusals {
            let mine = self.refusals.entry(*rule).or_default();
            mine.temporary += theirs.temporary;
            mine.permanent += theirs.permanent;
        }
        self.greylisting.refusals += other.greylisting.refusals;
        self.greylisting.pairs += other.greylisting.pairs;
        self.greylisting.came_back += other.greylisting.came_back;
        self.pairs.extend(other.pairs.iter().map(|(pair, came_back)| (*pair, *came_back)));
        self.rules.extend(other.rules.iter().map(|(rule, cause)| (*rule, *cause)));
    }

    /// An attempt was put off.
    pub fn deferred(
        &mut self,
        names: &mut Names,
        fact: &Fact<'_>,
        recipient: Address,
        relay: Relay,
        delivery: &Delivery<'_>,
    ) {
        let Some(message) = fact.message else { return };
        let known = self.memo.of(names, delivery.text);
        let cause = of_message(known.cause, message, names);
        let has_relay = names.relays.text(relay) != b"none";
        let under = match (cause, known.host) {
            (Cause::Filter, Some(host)) => Under::Text(host),
            (Cause::Filter | Cause::Local, _) if has_relay => Under::Relay(relay),
            _ => Under::Domain(names.domain_of(recipient)),
        };
        let kind = Kind { cause, under, reason: known.reason };
        let times = u64::from(fact.times);
        self.deferrals.add(kind, message, recipient, delivery.delay, times);
    }

    /// A recipient was given up.
    pub fn bounced(
        &mut self,
        names: &mut Names,
        fact: &Fact<'_>,
        recipient: Address,
        delivery: &Delivery<'_>,
    ) {
        let Some(message) = fact.message else { return };
        let known = self.memo.of(names, delivery.text);
        let cause = of_message(known.cause, message, names);
        let under = Under::Text(names.texts.intern(delivery.dsn).0);
        let kind = Kind { cause, under, reason: known.reason };
        self.bounces.add(kind, message, recipient, delivery.delay, u64::from(fact.times));
    }

    /// A command or a message was refused; returns the rule that did.
    pub fn refused(&mut self, names: &mut Names, fact: &Fact<'_>, verdict: &Verdict<'_>) -> Text {
        let of_checks = fact.service.program == Program::Cleanup;
        if of_checks {
            let rule = if verdict.reply.is_empty() { verdict.text } else { verdict.reply };
            reject::reason(b"", rule, &mut self.phrase);
        } else {
            reject::reason(verdict.stage, verdict.text, &mut self.phrase);
        }
        let rule = names.texts.intern(&self.phrase).0;
        // A header or body check refuses what the administrator does not want.
        let checked = of_checks && matches!(verdict.stage, b"header" | b"body");
        let tell = || if checked { Cause::Blocked } else { Cause::of(verdict.text) };
        let cause = *self.rules.entry(rule).or_insert_with(tell);
        let times = u64::from(fact.times);
        let refusals = self.refusals.entry((cause, rule)).or_default();
        if verdict.temporary {
            refusals.temporary += times;
        } else {
            refusals.permanent += times;
        }
        if cause == Cause::Greylisted && verdict.temporary {
            self.greylisting.refusals += times;
            if let (Some(sender), Some(recipient)) = (verdict.sender, verdict.recipient) {
                let pair = (names.sender(sender), names.recipient(recipient));
                self.pairs.entry(pair).or_insert_with(|| {
                    self.greylisting.pairs += 1;
                    false
                });
            }
        }
        rule
    }

    /// A recipient got mail: perhaps mail that was greylisted before.
    pub fn delivered(&mut self, sender: Option<Address>, recipient: Address) {
        if self.pairs.is_empty() {
            return;
        }
        if let Some(sender) = sender
            && let Some(came_back) = self.pairs.get_mut(&(sender, recipient))
        {
            self.greylisting.came_back += u64::from(!std::mem::replace(came_back, true));
        }
    }
}

/// The cause that a message is listed under: what was made here for the null sender is a
/// notice, and its trouble is that there is nobody to return it to.
#[must_use]
pub fn of_message(cause: Cause, message: &Message, names: &Names) -> Cause {
    let null = message.sender.is_some_and(|sender| names.addresses.text(sender).is_empty());
    if null && message.origin != Origin::Smtp { cause.of_notice() } else { cause }
}

/// What a text tells.
#[derive(Clone, Copy)]
struct Known {
    cause: Cause,
    /// The words, without host and addresses.
    reason: Text,
    /// The host that the text names.
    host: Option<Text>,
}

/// Texts that were seen before, by their hash: in a storm thousands are equal but for the
/// addresses in them.
#[derive(Default)]
struct Memo {
    known: HashMap<u64, Known, RandomState>,
    hasher: RandomState,
    text: Vec<u8>,
    phrase: Vec<u8>,
}

/// How many texts are remembered: replies that bear a number of their own never come again.
const REMEMBERED: usize = 1 << 14;

impl Memo {
    fn of(&mut self, names: &mut Names, text: &[u8]) -> Known {
        cause::without_addresses(text, &mut self.text);
        let hash = self.hasher.hash_one(self.text.as_slice());
        if let Some(known) = self.known.get(&hash) {
            return *known;
        }
        let deferral = deferral(&self.text);
        let host = deferral.host.map(|host| names.texts.intern(host.fqdn()).0);
        deferral.reason(usize::MAX, &mut self.phrase);
        let reason = names.texts.intern(self.phrase.trim_ascii()).0;
        let known = Known { cause: Cause::of(text), reason, host };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(hash, known);
        known
    }
}
