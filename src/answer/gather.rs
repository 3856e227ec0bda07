//! Gathering: the facts of a message wait until it is clear whether it is asked about.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::names::{Address, Names};
use crate::postfix::QueueId;
use crate::postfix::event::{Action, Event, Status};
use crate::syslog::Moment;
use crate::track::{Fact, Listener, Message, Tracking, What};

use super::filter::Filters;
use super::group::{Groups, Handle, Known};
use super::judge::Part;
use super::keep::Kept;
use super::pattern::Outcome;

/// Stands between the tracker and the tallies, and lets through what is asked about.
///
/// A fact may be told long before the one that decides, so the facts of a message are kept
/// while it is going on: memory follows the messages in flight, not the log. The tallies
/// behind it count as they always do; the report of one domain is the same fold over fewer
/// facts.
#[derive(Default)]
pub struct Gather {
    filters: Filters,
    /// As the tracker does, which decides by which address a recipient goes.
    tracking: Tracking,
    groups: Groups<Waiting>,
    /// Messages that are over, of which handovers are still to be told.
    over: HashMap<u64, Over, RandomState>,
}

/// What is known of a message that is over.
struct Over {
    /// Kinds of filters that it satisfied; nothing if it is left out.
    kinds: Option<u16>,
    /// Handovers still to be told.
    untold: i32,
}

/// What is known of a message of which it is not clear whether it is asked about.
#[derive(Default)]
struct Waiting {
    /// Kinds of filters satisfied so far.
    kinds: u16,
    /// Whether its message-id is one that is not asked about.
    left_out: bool,
    /// Whether a recipient who is asked about was seen.
    asked: bool,
    /// Those of them who were put off and are not done with, each with the queue ID: what one hop
    /// of a message got rid of may wait in the next.
    late: HashSet<(QueueId, Address), RandomState>,
    /// Those of them who were late when the period ended.
    then: Option<HashSet<(QueueId, Address), RandomState>>,
    /// When one of them was last put off, under each queue ID.
    deferred: HashMap<QueueId, Moment, RandomState>,
    /// Of each number of its messages, how many recipients lines call sent that the tracker has
    /// not told yet: what a relay of this host took may come back.
    untold: HashMap<u64, i32, RandomState>,
    facts: Vec<Kept>,
}

impl Known for Waiting {
    fn merge(&mut self, mut other: Self) {
        self.kinds |= other.kinds;
        self.left_out |= other.left_out;
        self.asked |= other.asked;
        self.late.extend(other.late);
        if let Some(theirs) = other.then {
            self.then.get_or_insert_default().extend(theirs);
        }
        for (queue_id, at) in other.deferred {
            let last = self.deferred.entry(queue_id).or_insert(at);
            *last = at.max(*last);
        }
        for (number, more) in other.untold {
            self.sent(number, more);
        }
        self.facts.append(&mut other.facts);
    }
}

impl Gather {
    /// Lets through what the filters ask about; `use_orig_to` says by which address recipients go.
    #[must_use]
    pub fn new(filters: Filters, use_orig_to: bool) -> Gather {
        let tracking = Tracking { use_orig_to, ..Tracking::default() };
        Gather { filters, tracking, ..Gather::default() }
    }

    /// What is asked about.
    #[must_use]
    pub fn filters(&self) -> &Filters {
        &self.filters
    }

    /// Takes a fact of the tracker; what is asked about goes on to `out`.
    pub fn take<L: Listener>(&mut self, names: &mut Names, fact: &Fact<'_>, out: &mut L) {
        let number = self.groups.whose(fact);
        match (number, fact.what) {
            (Some((number, family)), _) => self.of_message(number, family, names, fact, out),
            // The last hop is gone without a trace.
            (None, What::Ended { family: Some(family), .. }) => {
                let waiting = self.groups.find(Handle::Family(family));
                if let (Some(waiting), Some(kept)) = (waiting, Kept::of(fact, false)) {
                    waiting.facts.push(kept);
                }
            }
            (None, What::Line { .. } | What::Gone | What::Ended { .. } | What::Forestalled(_)) => {}
            (None, what) => {
                let known = what.handover().map_or(Some(0), |h| self.told_late(h.message));
                if known.is_some_and(|known| self.filters.takes_alone(names, fact, known)) {
                    out.hear(names, fact);
                }
            }
        }
        if let Some(waiting) = self.groups.close(fact) {
            self.leave(&waiting, names, out);
            self.remember(&waiting);
        }
    }

    /// Remembers of a message that is over what its last handovers are judged by.
    fn remember(&mut self, waiting: &Waiting) {
        let kinds = (!waiting.left_out).then_some(waiting.kinds);
        for (&number, &untold) in waiting.untold.iter().filter(|(_, untold)| **untold > 0) {
            self.over.insert(number, Over { kinds, untold });
        }
    }

    /// A handover of a message that is over is told: the kinds of filters which that satisfied;
    /// nothing if it is left out.
    fn told_late(&mut self, number: u64) -> Option<u16> {
        let Some(over) = self.over.get_mut(&number) else { return Some(0) };
        let kinds = over.kinds;
        over.untold -= 1;
        if over.untold <= 0 {
            self.over.remove(&number);
        }
        kinds
    }

    /// The period is over: what is told of those who waited then is told of them as they waited.
    pub fn end_period(&mut self) {
        for waiting in self.groups.iter_mut() {
            waiting.then = Some(waiting.late.clone());
        }
    }

    /// The log is over.
    pub fn finish<L: Listener>(&mut self, names: &mut Names, out: &mut L) {
        let left: Vec<Waiting> = self.groups.drain().collect();
        for waiting in left {
            self.leave(&waiting, names, out);
        }
    }

    fn of_message<L: Listener>(
        &mut self,
        number: u64,
        family: Option<u32>,
        names: &mut Names,
        fact: &Fact<'_>,
        out: &mut L,
    ) {
        let filters = &self.filters;
        let Some(waiting) = self.groups.of(number, family) else { return };
        waiting.note_sent(number, fact);
        // cleanup(8) tells the message-id before anything else of a message counts.
        waiting.left_out |= filters.leaves_out(fact);
        if waiting.left_out {
            return;
        }
        waiting.kinds |= filters.satisfied(names, fact);
        let part = filters.part(names, fact);
        if filters.selects_deliveries() {
            waiting.note(filters, self.tracking, names, fact);
            waiting.asked |= part == Part::Asked || waiting.expires(filters, fact);
        }
        let counts = waiting.counts(filters, part, fact);
        let whole = filters.kinds() & !waiting.kinds == 0;
        let belongs = whole && (waiting.asked || !filters.selects_deliveries());
        if belongs {
            let before = std::mem::take(&mut waiting.facts);
            for kept in &before {
                kept.tell(names, out);
            }
        }
        if !counts {
            return;
        }
        let message = waiting.as_asked(fact);
        let fact = &Fact { message: message.as_ref().or(fact.message), ..*fact };
        let fact = &waiting.first_of_asked(filters, fact);
        if belongs || (whole && part == Part::Refusal) {
            out.hear(names, fact);
        } else if let Some(kept) = Kept::of(fact, part == Part::Refusal) {
            waiting.facts.push(kept);
        }
    }

    /// A message is over; refusals that are asked about count even if nothing else does.
    fn leave<L: Listener>(&self, waiting: &Waiting, names: &mut Names, out: &mut L) {
        let whole = self.filters.kinds() & !waiting.kinds == 0;
        let belongs = whole && (waiting.asked || !self.filters.selects_deliveries());
        for kept in waiting.facts.iter().filter(|_| !waiting.left_out) {
            if belongs || (whole && kept.alone) {
                kept.tell(names, out);
            }
        }
    }
}

impl Waiting {
    /// Whether a fact counts if its message is asked about.
    fn counts(&self, filters: &Filters, part: Part, fact: &Fact<'_>) -> bool {
        match (part, fact.what) {
            (Part::Other, _) => false,
            (Part::Whole, What::Expired { .. }) if filters.selects_deliveries() => {
                self.expires(filters, fact)
            }
            (Part::Whole, What::Queued { still, .. }) if filters.selects_deliveries() => {
                self.waits(filters, fact, still)
            }
            _ => true,
        }
    }

    /// Notes which of the recipients asked about are still waiting for their mail. What a
    /// line says of a delivery is known before the tracker is sure what it was.
    fn note(&mut self, filters: &Filters, tracking: Tracking, names: &mut Names, fact: &Fact<'_>) {
        let Some(queue_id) = fact.message.map(|message| message.queue_id) else { return };
        match fact.what {
            What::Deferred { recipient, delivery, .. } if filters.waits(names, fact) => {
                // What it waits for is what was said last.
                if filters.takes_failure(names, fact, delivery.text) {
                    self.late.insert((queue_id, recipient));
                } else {
                    self.late.remove(&(queue_id, recipient));
                }
            }
            // The only recipient that is known of what was never tried.
            What::Verdict(verdict)
                if verdict.action == Action::Hold && filters.part(names, fact) == Part::Asked =>
            {
                let held = verdict.recipient.unwrap_or_default();
                self.late.insert((queue_id, names.recipient(held)));
            }
            What::Bounced { recipient, .. } => {
                self.late.remove(&(queue_id, recipient));
            }
            What::Line { event: Event::Delivery(delivery), .. }
                if delivery.status == Status::Sent =>
            {
                let recipient = names.recipient(tracking.recipient(delivery));
                self.late.remove(&(queue_id, recipient));
                let relay = names.relays.intern(delivery.relay).0;
                self.asked |= filters.takes(Outcome::Sent)
                    && !filters.selects_failures()
                    && filters.takes_delivery(names, recipient, relay);
            }
            _ => {}
        }
    }

    /// Notes which handovers are still to be told.
    fn note_sent(&mut self, number: u64, fact: &Fact<'_>) {
        match fact.what {
            What::Line { event: Event::Delivery(delivery), .. }
                if delivery.status == Status::Sent =>
            {
                self.sent(number, 1);
            }
            what => what.handover().into_iter().for_each(|h| self.sent(h.message, -1)),
        }
    }

    fn sent(&mut self, number: u64, more: i32) {
        *self.untold.entry(number).or_default() += more;
    }

    /// A deferral as it is for those who are asked about: theirs may be the first of a message
    /// that was put off before.
    fn first_of_asked<'f>(&mut self, filters: &Filters, fact: &Fact<'f>) -> Fact<'f> {
        let (What::Deferred { recipient, relay, delivery, .. }, Some(message)) =
            (fact.what, fact.message)
        else {
            return *fact;
        };
        if !filters.selects_deliveries() {
            return *fact;
        }
        let previous = self.deferred.insert(message.queue_id, fact.at);
        Fact { what: What::Deferred { recipient, relay, previous, delivery }, ..*fact }
    }

    /// A message that waits or expired as it is for those who are asked about.
    fn as_asked(&self, fact: &Fact<'_>) -> Option<Message> {
        let late = match fact.what {
            What::Queued { .. } => self.then.as_ref().unwrap_or(&self.late),
            What::Expired { .. } => &self.late,
            _ => return None,
        };
        let message = fact.message.filter(|_| !late.is_empty())?;
        Some(message.with_stuck(|recipient| late.contains(&(message.queue_id, recipient))))
    }

    /// Whether a recipient asked about waited in the end, in a way that is asked about. Of what left
    /// the queue within the period it does not matter: that is no number of those who wait.
    fn waits(&self, filters: &Filters, fact: &Fact<'_>, still: bool) -> bool {
        let late = match &self.then {
            Some(then) => then,
            None if still => &self.late,
            None => return true,
        };
        let is_on_hold = fact.message.is_some_and(Message::is_on_hold);
        let is_asked =
            filters.takes(Outcome::Deferred) || filters.takes(Outcome::Held) && is_on_hold;
        is_asked && !late.is_empty()
    }

    /// Whether a message expired while a recipient asked about was waiting, and that is asked about.
    fn expires(&self, filters: &Filters, fact: &Fact<'_>) -> bool {
        let expired = matches!(fact.what, What::Expired { .. }) && !self.late.is_empty();
        expired && filters.takes(Outcome::Expired)
    }
}
