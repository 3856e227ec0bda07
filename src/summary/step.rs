//! What the lines of a block say, made out before anything is followed or counted.

use super::account::widen;
use super::dating::{Dating, When};
use super::hole::{has_nuls, is_parted, parts, without_nuls};
use super::line::again;
use super::position::{Outside, Position};
use super::stretch::Place;
use crate::input::Block;
use crate::names::{Caller, Calls};
use crate::postfix::{self, Entry};
use crate::syslog::{self, Line, Moment};
use crate::track::Tracking;

/// What lines say, in their order.
#[allow(clippy::large_enum_variant)] // most are the large one
pub(super) enum Step<'b> {
    /// A line of Postfix.
    Postfix { line: &'b [u8], when: When, entry: Entry<'b> },
    /// Lines of other programs, and how many more syslog left out because they were equal.
    Others { lines: u64, repeated: u64 },
    /// NULs in place of the end of the line before: what comes next has no number of its own.
    Cut,
    /// A line that is about other lines, or no syslog line.
    Odd { line: &'b [u8], when: When, parsed: Option<Line<'b>> },
    /// With a period: what comes next lies there.
    Turn(Place),
    /// Lines that lie outside.
    Outside { lines: u64 },
    /// All of the block, of which no line matters.
    PassedOver(Outside),
}

/// What the lines of a block say, and the names that following them will ask for.
#[derive(Default)]
pub(super) struct Steps<'b> {
    pub(super) list: Vec<Step<'b>>,
    pub(super) calls: Calls<'b>,
    /// With a period, the least and the greatest stamp.
    pub(super) seen: Option<(Moment, Moment)>,
}

impl Steps<'_> {
    /// Counts lines of programs that do not matter.
    fn others(&mut self, lines: u64, repeated: u64) {
        if let Some(Step::Others { lines: before, repeated: again }) = self.list.last_mut() {
            (*before, *again) = (*before + lines, *again + repeated);
        } else {
            self.list.push(Step::Others { lines, repeated });
        }
    }

    /// Counts a line that lies outside.
    fn outside(&mut self) {
        if let Some(Step::Outside { lines }) = self.list.last_mut() {
            *lines += 1;
        } else {
            self.list.push(Step::Outside { lines: 1 });
        }
    }

    /// Room for steps, without those it had: laid out anew for each block, it cost 3 % of the time.
    pub(super) fn emptied(self) -> Steps<'static> {
        let list = self.list.into_iter().map_while(|_| None).collect(); // where they were
        Steps { list, calls: self.calls.emptied(), seen: None }
    }
}

/// What makes steps of lines, and remembers of those before what it needs for that.
pub(super) struct Stepping {
    pub(super) parser: syslog::Parser,
    pub(super) said: postfix::Parser,
    pub(super) dating: Dating,
    pub(super) position: Position,
    pub(super) tracking: Tracking,
    pub(super) caller: Caller,
}

impl Stepping {
    /// What the lines of a block say.
    pub(super) fn steps<'b>(&mut self, block: &'b Block, mut steps: Steps<'b>) -> Steps<'b> {
        self.dating.find_year(block.lines());
        if let Some(outside) = self.position.pass_over(&mut self.dating, block) {
            steps.list.extend([Step::Turn(self.position.place()), Step::PassedOver(outside)]);
            return steps;
        }
        let may_be_parted = has_nuls(block.as_bytes());
        for line in block.lines() {
            if may_be_parted && is_parted(line) {
                self.parted(line, &mut steps);
            } else {
                self.line(line, &mut steps);
            }
        }
        steps
    }

    #[inline(always)] // once a line
    fn line<'b>(&mut self, line: &'b [u8], steps: &mut Steps<'b>) {
        match self.parser.usual(line) {
            Some(record) if !self.position.is_bounded() => {
                let step = self.record(&record, None, line);
                self.add(step, steps);
            }
            Some(record) => self.dated_line(&record, line, steps),
            None => {
                let parsed = self.parser.any(without_nuls(line));
                self.any_line(parsed, line, steps);
            }
        }
    }

    /// A line like most, where some lie outside of the period.
    #[inline(never)] // so that the way without a period is straight
    fn dated_line<'b>(
        &mut self,
        record: &syslog::Record<'b>,
        line: &'b [u8],
        steps: &mut Steps<'b>,
    ) {
        let when = self.dating.when(record.stamp);
        if self.is_near(when.moment(), steps) {
            let step = self.record(record, Some(when), line);
            self.add(step, steps);
        }
    }

    /// A line in which a crash left NULs, and another line behind them.
    #[cold]
    fn parted<'b>(&mut self, line: &'b [u8], steps: &mut Steps<'b>) {
        for (nth, part) in parts(line).enumerate() {
            if nth > 0 {
                steps.list.push(Step::Cut);
            }
            let parsed = self.parser.any(part);
            self.any_line(parsed, part, steps);
        }
    }

    /// A line that is not like most.
    #[inline(never)] // so that the usual way is straight
    fn any_line<'b>(&mut self, parsed: Option<Line<'b>>, line: &'b [u8], steps: &mut Steps<'b>) {
        let bounded = self.position.is_bounded();
        let when = bounded.then(|| self.dating.when_line(parsed.as_ref()));
        if when.is_some_and(|when| !self.is_near(when.moment(), steps)) {
            return;
        }
        let step = match parsed {
            Some(Line::Record(record)) => self.record(&record, when, line),
            _ => {
                let when = when.unwrap_or_else(|| self.dating.when_repeated(parsed.as_ref()));
                Step::Odd { line, when, parsed }
            }
        };
        self.add(step, steps);
    }

    /// Whether a line that was written then lies in the stretch; it is counted if it does not.
    /// Says where it lies if the one before lay elsewhere.
    fn is_near(&mut self, at: Option<Moment>, steps: &mut Steps<'_>) -> bool {
        if let Some(at) = at {
            widen(&mut steps.seen, at);
        }
        let before = self.position.place();
        let is_near = self.position.is_near(at);
        if self.position.place() != before {
            steps.list.push(Step::Turn(self.position.place()));
        }
        if !is_near {
            steps.outside();
        }
        is_near
    }

    /// What a program wrote, and when, if that was made out already.
    #[inline(always)] // once a line
    fn record<'b>(
        &mut self,
        record: &syslog::Record<'b>,
        when: Option<When>,
        line: &'b [u8],
    ) -> Step<'b> {
        match self.said.tag(record) {
            Some(tag) => Step::Postfix {
                line,
                when: when.unwrap_or_else(|| self.dating.when(record.stamp)),
                entry: postfix::said(tag, record),
            },
            None => Step::Others { lines: 1, repeated: again(record.times) },
        }
    }

    #[inline(always)] // once a line
    fn add<'b>(&self, step: Step<'b>, steps: &mut Steps<'b>) {
        if let Step::Others { lines, repeated } = step {
            return steps.others(lines, repeated);
        }
        if let Step::Postfix { entry: Entry { event: Some(event), .. }, .. } = &step
            && let Some(asked) = self.tracking.asked(event)
        {
            self.caller.call(&mut steps.calls, steps.list.len(), asked);
        }
        steps.list.push(step);
    }
}
