//! Why: attempts put off, recipients given up and refusals, by root cause.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Address, Names, Relay, Text};
use crate::postfix::Program;
use crate::postfix::event::{Delivery, Verdict};
use crate::syslog::Moment;
use crate::track::message::Origin;
use crate::track::{Fact, Message};
use crate::words::cause::{self, Cause};
use crate::words::deferral::deferral;
use crate::words::host::Peer;
use crate::words::{reject, serial};

use super::trouble::{Kind, Troubles, Under};

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
    /// Pairs that were greylisted, and when first, in seconds of UTC; [`CAME_BACK`] for those
    /// of which mail was delivered.
    pairs: HashMap<(Address, Address), i64, RandomState>,
    memo: Memo,
    /// The rule and the cause of the words of refusals.
    rules: HashMap<Text, (Text, Cause), RandomState>,
    phrase: Vec<u8>,
}

/// No delivery is later.
const CAME_BACK: i64 = i64::MAX;

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
        self.pairs.extend(other.pairs.iter().map(|(pair, since)| (*pair, *since)));
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
        let known = self.memo.of(names, delivery.text, self.deferrals.is_full());
        let cause = of_message(known.cause, message, names);
        let has_relay = names.relays.text(relay) != b"none";
        let under = match (cause, known.host) {
            (Cause::Filter, Some(host)) => Under::Text(host),
            (Cause::Filter | Cause::Local, _) if has_relay => Under::Relay(relay),
            _ => Under::Domain(names.domain_of(recipient)),
        };
        let kind = Kind { cause, under, reason: known.reason };
        let times = u64::from(fact.times);
        self.deferrals.add(kind, message, recipient, fact.age(delivery), times);
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
        let known = self.memo.of(names, delivery.text, self.bounces.is_full());
        let cause = of_message(known.cause, message, names);
        let under = Under::Text(names.texts.intern(delivery.dsn).0);
        let kind = Kind { cause, under, reason: known.reason };
        self.bounces.add(kind, message, recipient, fact.age(delivery), u64::from(fact.times));
    }

    /// A command or a message was refused; returns the words.
    pub fn refused(&mut self, names: &mut Names, fact: &Fact<'_>, verdict: &Verdict<'_>) -> Text {
        let of_checks = fact.service.program == Program::Cleanup;
        if of_checks {
            reject::reason(b"", verdict.words(), &mut self.phrase);
        } else {
            reject::reason(verdict.stage, verdict.text, &mut self.phrase);
        }
        let words = names.texts.intern_stranger(&self.phrase);
        let (rule, cause) = match of_postscreen(fact.service.program, verdict) {
            Some(cause) => (words, cause),
            None => self.rule(names, words, fact, verdict),
        };
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
                self.greylisted(names, sender, recipient, fact.at);
            }
        }
        words
    }

    /// The rule that the words of a refusal name, and its cause.
    fn rule(
        &mut self,
        names: &mut Names,
        words: Text,
        fact: &Fact<'_>,
        verdict: &Verdict<'_>,
    ) -> (Text, Cause) {
        // Words that are not kept have one name, and many rules.
        let is_kept = !names.texts.is_full() || names.texts.text(words) == self.phrase;
        if let (Some(known), true) = (self.rules.get(&words), is_kept) {
            return *known;
        }
        let cause = of_refusal(fact.service.program, verdict);
        let mut starred = Vec::new();
        serial::starred_refusal(&self.phrase, &mut starred);
        let is_rule = is_kept && starred == self.phrase;
        let rule = if is_rule { words } else { names.texts.intern_stranger(&starred) };
        if is_kept {
            self.rules.insert(words, (rule, cause));
        }
        (rule, cause)
    }

    fn greylisted(&mut self, names: &mut Names, sender: &[u8], recipient: &[u8], at: Moment) {
        let sender = names.stranger(|names| names.sender(sender));
        let recipient = names.stranger(|names| names.recipient(recipient));
        if let (Some(sender), Some(recipient)) = (sender, recipient) {
            self.pairs.entry((sender, recipient)).or_insert_with(|| {
                self.greylisting.pairs += 1;
                at.utc()
            });
        }
    }

    /// Counts what waits, so that it can be read; and gives back what only counting needs.
    pub fn settle(&mut self) {
        self.deferrals.settle();
        self.bounces.settle();
        self.memo = Memo::default();
    }

    /// A message left the queue: it will meet nothing more.
    pub fn left(&mut self, message: u64) {
        self.deferrals.left(message);
        self.bounces.left(message);
    }

    /// A recipient got mail: perhaps mail that was greylisted before. Of a delivery that was not
    /// certain at first one may hear later than of what happened since.
    pub fn delivered(&mut self, at: Moment, sender: Option<Address>, recipient: Address) {
        if self.pairs.is_empty() {
            return;
        }
        if let Some(sender) = sender
            && let Some(since) = self.pairs.get_mut(&(sender, recipient))
            && *since <= at.utc()
        {
            *since = CAME_BACK;
            self.greylisting.came_back += 1;
        }
    }
}

/// The cause of a refusal.
#[must_use]
pub fn of_refusal(program: Program, verdict: &Verdict<'_>) -> Cause {
    // A header or body check refuses what the administrator does not want.
    let is_check = program == Program::Cleanup && matches!(verdict.stage, b"header" | b"body");
    let known = of_postscreen(program, verdict).or(is_check.then_some(Cause::Blocked));
    known.unwrap_or_else(|| Cause::of(verdict.text))
}

/// What postscreen(8) means by words that are those of a host in trouble. Who passed the tests behind
/// the greeting cannot be handed to smtpd(8) any more, and is let in when he comes back; who is on the
/// denylist is not.
///
/// ```text
/// NOQUEUE: reject: RCPT from [203.0.113.9]:51544: 450 4.3.2 Service currently unavailable; from=<…
/// NOQUEUE: reject: RCPT from [203.0.113.9]:51544: 550 5.3.2 Service currently unavailable; from=<…
/// ```
fn of_postscreen(program: Program, verdict: &Verdict<'_>) -> Option<Cause> {
    let is_meant = program == Program::Postscreen
        && verdict.text.ends_with(b".3.2 Service currently unavailable");
    is_meant.then_some(if verdict.temporary { Cause::Greylisted } else { Cause::Blocked })
}

/// The cause of an attempt that was put off, or of a recipient given up.
#[must_use]
pub fn of_attempt(text: &[u8], message: &Message, names: &Names) -> Cause {
    let (mut bare, mut starred) = (Vec::new(), Vec::new());
    cause::without_addresses(text, &mut bare);
    serial::starred(&bare, &mut starred);
    of_message(Cause::of(&starred), message, names)
}

/// The cause that a message is listed under: what was made here for the null sender is a
/// notice, and its trouble is that there is nobody to return it to.
#[must_use]
pub fn of_message(cause: Cause, message: &Message, names: &Names) -> Cause {
    let null = message.sender.is_some_and(|sender| names.is_null(sender));
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
/// addresses and serials in them.
#[derive(Default)]
struct Memo {
    known: HashMap<u64, Known, RandomState>,
    hasher: RandomState,
    text: Vec<u8>,
    phrase: Vec<u8>,
}

/// How many texts are remembered: some differ each time in what nobody takes for a serial.
const REMEMBERED: usize = 1 << 14;

impl Memo {
    /// What a text tells; no new reason is kept of it if there are as many as can be.
    fn of(&mut self, names: &mut Names, text: &[u8], full: bool) -> Known {
        cause::without_addresses(text, &mut self.phrase);
        if let Some(known) = self.known.get(&self.hasher.hash_one(self.phrase.as_slice())) {
            return *known;
        }
        serial::starred(&self.phrase, &mut self.text);
        let hash = self.hasher.hash_one(self.text.as_slice());
        if let Some(known) = self.known.get(&hash) {
            return *known;
        }
        let deferral = deferral(&self.text);
        let host = deferral.host.map(|host| names.texts.intern_stranger(Peer::parse(host).fqdn()));
        deferral.reason(usize::MAX, &mut self.phrase);
        let phrase = self.phrase.trim_ascii();
        let reason = match names.texts.find(phrase) {
            Some(known) => known,
            None if full => names.texts.others(),
            None => names.texts.intern_stranger(phrase),
        };
        let known = Known { cause: Cause::of(&self.text), reason, host };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(hash, known);
        known
    }
}
