//! A question: who listens beside the tallies, and what reaches them.

use crate::names::Names;
use crate::postfix::Heard;
use crate::tally::Tallies;
use crate::track::{Fact, Listener};

use super::breakdown::Breakdown;
use super::gather::Gather;
use super::trace::Trace;

/// What is asked of a log beside its report.
#[derive(Default)]
pub struct Question {
    /// Lets through what is asked about; all, if there is none.
    pub gather: Option<Gather>,
    /// Numbers by keys.
    pub breakdown: Option<Breakdown>,
    /// What became of messages; then nothing else is told.
    pub trace: Option<Trace>,
}

impl Question {
    /// Whether the tracker has to see an entry.
    pub fn needs(&mut self, heard: Heard<'_, '_>) -> bool {
        self.trace.as_mut().is_none_or(|trace| trace.needs(heard))
    }

    /// Hears a fact of the tracker; the tallies hear it if it is asked about.
    pub fn hear(&mut self, names: &mut Names, fact: &Fact<'_>, tallies: &mut Tallies) {
        let Question { gather, breakdown, trace } = self;
        if let Some(trace) = trace {
            return trace.hear(names, fact);
        }
        let mut behind = Behind { breakdown, tallies };
        match gather {
            Some(gather) => gather.take(names, fact, &mut behind),
            None => behind.hear(names, fact),
        }
    }

    /// The period is over.
    pub fn end_period(&mut self) {
        if let Some(gather) = &mut self.gather {
            gather.end_period();
        }
    }

    /// The log is over.
    pub fn finish(&mut self, names: &mut Names, tallies: &mut Tallies) {
        let Question { gather, breakdown, trace } = self;
        if let Some(trace) = trace {
            trace.finish();
        }
        if let Some(gather) = gather {
            gather.finish(names, &mut Behind { breakdown, tallies });
        }
    }
}

/// Who hears what is asked about.
struct Behind<'a> {
    breakdown: &'a mut Option<Breakdown>,
    tallies: &'a mut Tallies,
}

impl Listener for Behind<'_> {
    fn hear(&mut self, names: &mut Names, fact: &Fact<'_>) {
        if let Some(breakdown) = self.breakdown {
            breakdown.hear(names, fact);
        }
        self.tallies.hear(names, fact);
    }
}

/// The tallies, and a question beside them, as one listener.
pub struct Beside<'a> {
    /// What is asked.
    pub question: &'a mut Question,
    /// What counts.
    pub tallies: &'a mut Tallies,
}

impl Listener for Beside<'_> {
    const EVERY_LINE: bool = true;

    fn hear(&mut self, names: &mut Names, fact: &Fact<'_>) {
        self.question.hear(names, fact, self.tallies);
    }
}
