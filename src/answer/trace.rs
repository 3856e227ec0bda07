//! A trace: the dated story of each message that is looked for.
//!
//! The log is read more than once. The first pass finds the queue IDs to which what is looked
//! for leads, and their relatives (`trail`); in the next ones the tracker sees the lines of
//! these only, so that a trace of one message costs the memory of one, however long the log.
//! What the tracker tells is kept message by message (`tale`), and told in the end (`story`).

mod anonymize;
mod family;
mod json;
mod sought;
pub mod story;
mod tale;
mod trail;
mod write;

use std::collections::VecDeque;

use crate::names::Names;
use crate::period::Period;
use crate::postfix::Heard;
use crate::postfix::event::{Action, Verdict};
use crate::syslog::Moment;
use crate::track::{Fact, Tracking, What};

use super::filter::Filters;
use super::group::{Groups, Handle};
use super::judge::Part;

pub use sought::Sought;
pub use story::Told;

use tale::Tale;
use trail::Trail;

/// In how many passes relatives are followed.
const PASSES: u32 = 8;

/// Looks for messages, and keeps what became of them.
#[derive(Default)]
pub struct Trace {
    sought: Sought,
    filters: Filters,
    /// How many messages are to be told.
    limit: usize,
    /// When they were on their way.
    period: Period,
    tracking: Tracking,
    trail: Trail,
    pass: u32,
    open: Groups<Tale>,
    done: Vec<Tale>,
    refusals: VecDeque<Refusal>,
    /// Messages and refusals that are too old to be told.
    passed_over: usize,
}

/// Refusals of the same, before there was a queue ID.
pub(crate) struct Refusal {
    first: Moment,
    last: Moment,
    times: u64,
    action: Action,
    stage: Vec<u8>,
    client: Vec<u8>,
    sender: Option<Vec<u8>>,
    recipient: Option<Vec<u8>>,
    text: Vec<u8>,
}

impl Trace {
    /// Looks for what is sought, as far as the filters let it through; of what is found the
    /// newest `limit` are kept.
    #[must_use]
    pub fn new(sought: Sought, filters: Filters, limit: usize, use_orig_to: bool) -> Trace {
        let tracking = Tracking { use_orig_to, ..Tracking::default() };
        Trace { sought, filters, limit, tracking, ..Trace::default() }
    }

    /// Looks only for what was on its way in a period. The log has to be read behind it: what came
    /// then ends later.
    #[must_use]
    pub fn within(self, period: Period) -> Trace {
        Trace { period, ..self }
    }

    /// Begins a pass over the log.
    pub fn begin(&mut self) {
        self.pass += 1;
        self.trail.has_grown();
        (self.open, self.done) = (Groups::default(), Vec::new());
        self.refusals.clear();
        self.passed_over = 0;
    }

    /// Whether another pass would tell no more.
    #[must_use]
    pub fn is_done(&mut self) -> bool {
        let has_grown = self.trail.has_grown();
        match self.pass {
            1 => self.trail.is_cold(),
            pass => !has_grown || pass >= PASSES,
        }
    }

    /// Looks at a line; whether the tracker has to see it.
    pub fn needs(&mut self, heard: Heard<'_, '_>) -> bool {
        self.trail.follow(&self.sought, heard);
        self.pass > 1 && self.trail.needs(&self.sought, heard)
    }

    /// Hears a fact of the tracker.
    pub fn hear(&mut self, names: &mut Names, fact: &Fact<'_>) {
        match (self.open.whose(fact), fact.what) {
            (Some((number, family)), _) => self.of_message(number, family, names, fact),
            (None, What::Ended { family: Some(family), .. }) => {
                if let Some(tale) = self.open.find(Handle::Family(family)) {
                    tale.take(names, fact, self.tracking);
                }
            }
            (None, What::Verdict(verdict) | What::Forestalled(verdict)) => {
                self.refused(names, fact, verdict);
            }
            (None, _) => {}
        }
        if let Some(tale) = self.open.close(fact) {
            self.keep(tale);
        }
    }

    fn of_message(&mut self, number: u64, family: Option<u32>, names: &mut Names, fact: &Fact<'_>) {
        let Some(tale) = self.open.of(number, family) else { return };
        if let What::Line { queue_id, event } = fact.what {
            tale.found |= self.sought.is_in(Some(queue_id), event);
        }
        if !self.filters.is_empty() {
            tale.kinds |= self.filters.satisfied(names, fact);
            let part = self.filters.part(names, fact);
            tale.asked |= matches!(part, Part::Asked | Part::Refusal);
        }
        tale.take(names, fact, self.tracking);
    }

    /// A rule decided before there was a queue ID.
    fn refused(&mut self, names: &Names, fact: &Fact<'_>, verdict: &Verdict<'_>) {
        let fact = &Fact { what: What::Verdict(verdict), ..*fact };
        let asked = self.filters.is_empty() || self.filters.takes_alone(names, fact, 0);
        let asked = asked && self.period.contains(fact.at.wall);
        if !asked || !self.sought.is_in_verdict(verdict) {
            return;
        }
        let (sender, recipient) = (verdict.sender, verdict.recipient);
        let same = |known: &&mut Refusal| {
            known.action == verdict.action
                && known.stage == verdict.stage
                && known.client == verdict.client
                && known.sender.as_deref() == sender
                && known.recipient.as_deref() == recipient
        };
        // Who was told to come again comes again soon.
        if let Some(known) = self.refusals.iter_mut().rev().take(64).find(same) {
            known.last = fact.at;
            known.times += u64::from(fact.times);
            known.text = verdict.text.to_vec();
            return;
        }
        self.refusals.push_back(Refusal {
            first: fact.at,
            last: fact.at,
            times: u64::from(fact.times),
            action: verdict.action,
            stage: verdict.stage.to_vec(),
            client: verdict.client.to_vec(),
            sender: sender.map(<[u8]>::to_vec),
            recipient: recipient.map(<[u8]>::to_vec),
            text: verdict.text.to_vec(),
        });
        if self.refusals.len() > self.limit {
            self.refusals.pop_front();
            self.passed_over += 1;
        }
    }

    /// The log is over.
    pub fn finish(&mut self) {
        let left: Vec<Tale> = self.open.drain().collect();
        for tale in left {
            self.keep(tale);
        }
    }

    /// Keeps the tale of a message that is over; of too many only the newest.
    fn keep(&mut self, mut tale: Tale) {
        let whole = self.filters.kinds() & !tale.kinds == 0;
        tale.found &= whole && (tale.asked || !self.filters.selects_deliveries());
        tale.found &= tale.lives_in(self.period);
        self.done.push(tale);
        // Relatives are needed, too: the limit is of what is told in the end.
        let most = self.limit.saturating_mul(4).saturating_add(1000);
        if self.done.len() > most {
            self.done.sort_by_key(Tale::began);
            let old = self.done.drain(..most / 2);
            self.passed_over += old.filter(|tale| tale.found).count();
        }
    }

    /// What was found.
    #[must_use]
    pub fn told(&self) -> Told {
        family::tell(&self.done, &self.refusals, self.limit, self.passed_over)
    }
}
