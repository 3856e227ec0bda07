//! What reaches over the bounds of the period: connections, and the lives of messages.

use super::Tallies;
use super::board::Visits;
use crate::names::Client;
use crate::period::Period;
use crate::syslog::Moment;
use crate::track::{Fact, Fate, Start};

impl Tallies {
    /// A connection belongs to the period if one of its ends does.
    pub(super) fn session(
        &mut self,
        at: Moment,
        client: Client,
        began: Moment,
        seconds: Option<u64>,
    ) {
        if !self.period.contains(at.wall) && !self.period.contains(began.wall) {
            return;
        }
        let Some(seconds) = seconds else { return };
        let when = if self.period.contains(at.wall) { at } else { began };
        let visit = Visits::one(seconds);
        self.connections.all += visit;
        if let Some(hour) = self.connections.hours.get_mut(when.hour()) {
            *hour += visit;
        }
        *self.connections.days.entry(when.day()).or_default() += visit;
        self.connections.clients.count(client, visit);
    }

    /// Books the end of a message, seen from the period: one that ended after it was still
    /// queued, one that began before it began before. The other beginnings are booked where
    /// they are told.
    pub(super) fn book(&mut self, at: Moment, began: Moment, fate: Fate) {
        let Period { first, last } = self.period;
        let at = at.max(began); // the clock may have been set back meanwhile
        if last.is_some_and(|last| began.wall > last) || first.is_some_and(|first| at.wall < first)
        {
            return;
        }
        if first.is_some_and(|first| began.wall < first) {
            self.ledger.begin(Start::Before);
        }
        let goes_on = last.is_some_and(|last| at.wall > last) && fate != Fate::Unfinished;
        self.ledger.end(if goes_on { Fate::StillQueued } else { fate });
    }

    /// Counts a queue ID that is in the queue at the end of the period, or of the log.
    pub(super) fn queued(&mut self, fact: &Fact<'_>, began: Moment, still: bool) {
        let Period { first, last } = self.period;
        let at = fact.at.max(began);
        let outlives = last.is_some_and(|last| at.wall > last);
        let outside = last.is_some_and(|last| began.wall > last)
            || first.is_some_and(|first| at.wall < first);
        if outside || !(still || outlives) {
            return;
        }
        self.totals.still_queued += 1;
        if let Some(queued) = &mut self.queued {
            queued.extend(fact.message.cloned());
        }
    }
}
