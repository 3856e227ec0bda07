//! Parsing ahead: while lines are followed and counted, in their order, another thread makes
//! out what the next ones say, which has no memory and takes about half of the time.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::Summary;
use super::dating::{Dating, When};
use super::hole::{has_nuls, is_parted, parts, without_nuls};
use crate::error::Error;
use crate::input::{Block, Reader, Tail};
use crate::names::{Caller, Calls, Known};
use crate::postfix::{self, Entry};
use crate::syslog::{self, Line};
use crate::track::Tracking;

/// Bytes in a block. What its lines say takes twice as much and passes from one core to another:
/// with blocks of twice the size it is not in a core's own memory any more, and takes 5 % longer.
pub const AHEAD: usize = 128 * 1024;

/// Blocks under way between the two threads.
const UNDER_WAY: usize = 4;

/// So many blocks are given back together: to wake a thread that waits takes time of the one that
/// wakes it, which is the slower one (3 % of 10 M lines).
const TOGETHER: usize = 2;

/// Below this size a file is read before a second thread helps, in bytes.
const WORTH_IT: u64 = 8 * 1024 * 1024;

/// What lines say, in their order.
#[allow(clippy::large_enum_variant)] // most are the large one
enum Step<'b> {
    /// A line of Postfix.
    Postfix { line: &'b [u8], when: When, entry: Entry<'b> },
    /// Lines of other programs, and how many more syslog left out because they were equal.
    Others { lines: u64, repeated: u64 },
    /// NULs in place of the end of the line before: what comes next has no number of its own.
    Cut,
    /// A line that is about other lines, or no syslog line; and its place in the block.
    Odd { line: &'b [u8], at: usize, when: When, parsed: Option<Line<'b>> },
}

/// What the lines of a block say, and the names that following them will ask for.
#[derive(Default)]
struct Steps<'b> {
    list: Vec<Step<'b>>,
    calls: Calls<'b>,
}

impl Steps<'_> {
    /// Counts lines of programs that do not matter.
    fn pass_over(&mut self, lines: u64, repeated: u64) {
        if let Some(Step::Others { lines: before, repeated: again }) = self.list.last_mut() {
            (*before, *again) = (*before + lines, *again + repeated);
        } else {
            self.list.push(Step::Others { lines, repeated });
        }
    }
}

self_cell::self_cell! {
    /// A block, and what its lines say.
    struct Parsed {
        owner: Block,
        #[covariant]
        dependent: Steps,
    }
}

/// A block to be filled, and room for steps.
type Spare = (Block, Steps<'static>);

/// What was parsed, and how many bytes of the source that took.
type Full = (Parsed, u64);

/// A source with what is needed to parse it.
struct Ahead<'r> {
    reader: &'r mut Reader,
    grows: bool,
    parser: syslog::Parser,
    said: postfix::Parser,
    dating: Dating,
    tracking: Tracking,
    caller: Caller,
}

impl Ahead<'_> {
    /// The thread: reads and parses one block after the other, until the source ends or nobody
    /// gives a block any more. It gives back when the last line was written.
    fn run(
        mut self,
        spare: &Receiver<Spare>,
        full: &SyncSender<Full>,
    ) -> (Dating, Result<(), Error>) {
        let result = loop {
            let Ok((mut block, room)) = spare.recv() else { break Ok(()) };
            match self.reader.fill(&mut block) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
            if self.grows && block.tail() == Tail::Unended {
                block.drop_unterminated_tail();
            }
            let parsed = Parsed::new(block, |block| self.parse(block, room));
            if full.send((parsed, self.reader.consumed())).is_err() {
                break Ok(());
            }
        };
        (self.dating, result)
    }

    fn parse<'b>(&mut self, block: &'b Block, mut steps: Steps<'b>) -> Steps<'b> {
        self.dating.find_year(block.lines());
        let may_be_parted = has_nuls(block.as_bytes());
        let mut at = 0;
        for line in block.lines() {
            if may_be_parted && is_parted(line) {
                self.parted(line, at, &mut steps);
            } else {
                let step = self.step(line, at);
                self.add(step, &mut steps);
            }
            at += line.len() + 1;
        }
        steps
    }

    #[inline(always)] // once a line
    fn add<'b>(&self, step: Step<'b>, steps: &mut Steps<'b>) {
        if let Step::Others { lines, repeated } = step {
            return steps.pass_over(lines, repeated);
        }
        if let Step::Postfix { entry: Entry { event: Some(event), .. }, .. } = &step
            && let Some(asked) = self.tracking.asked(event)
        {
            self.caller.call(&mut steps.calls, steps.list.len(), asked);
        }
        steps.list.push(step);
    }

    /// A line in which a crash left NULs: see [`Summary::parted`].
    #[cold]
    fn parted<'b>(&mut self, line: &'b [u8], at: usize, steps: &mut Steps<'b>) {
        for (nth, (from, part)) in parts(line).enumerate() {
            if nth > 0 {
                steps.list.push(Step::Cut);
            }
            let step = self.any_line(part, at + from);
            self.add(step, steps);
        }
    }

    #[inline(always)] // once a line
    fn step<'b>(&mut self, line: &'b [u8], at: usize) -> Step<'b> {
        match self.parser.usual(line) {
            Some(record) => self.record(&record, line),
            None => self.any_line(line, at),
        }
    }

    #[inline(never)] // so that the usual way is straight
    fn any_line<'b>(&mut self, line: &'b [u8], at: usize) -> Step<'b> {
        let parsed = self.parser.any(without_nuls(line));
        if let Some(Line::Record(record)) = parsed {
            return self.record(&record, line);
        }
        let when = self.dating.when_repeated(parsed.as_ref());
        Step::Odd { line, at, when, parsed }
    }

    #[inline(always)] // once a line
    fn record<'b>(&mut self, record: &syslog::Record<'b>, line: &'b [u8]) -> Step<'b> {
        match self.said.tag(record) {
            Some(tag) => Step::Postfix {
                line,
                when: self.dating.when(record.stamp),
                entry: postfix::said(tag, record),
            },
            None => {
                let repeated = u64::from(record.times.saturating_sub(1));
                Step::Others { lines: 1, repeated }
            }
        }
    }
}

/// Room for steps, without those it had: laid out anew for each block, it cost 3 % of the time.
fn emptied(steps: Steps<'_>) -> Steps<'static> {
    let list = steps.list.into_iter().map_while(|_| None).collect(); // where they were
    Steps { list, calls: steps.calls.emptied() }
}

impl Summary {
    /// Whether a second thread helps with a source of this size.
    #[must_use]
    pub fn may_parse_ahead(&self, size: Option<u64>, threads: usize) -> bool {
        // With a period, most lines are passed over without being parsed.
        threads > 1 && !self.stretch.is_bounded() && size.is_none_or(|size| size >= WORTH_IT)
    }

    /// Takes all blocks of the source that was begun, as [`Summary::take`] does one by one, and
    /// parses on another thread; `done` hears of each block that was taken, with the bytes that
    /// were read until then.
    ///
    /// # Errors
    ///
    /// What stopped the reading; what came before it is counted.
    pub fn take_ahead(
        &mut self,
        reader: &mut Reader,
        mut done: impl FnMut(u64, &Summary),
    ) -> Result<(), Error> {
        let (parser, said) = (syslog::Parser::default(), postfix::Parser::default());
        let dating = self.dating.clone();
        let (tracking, caller) = (self.tracker.tracking(), self.names.caller());
        let grows = self.grows;
        let ahead = Ahead { reader: &mut *reader, grows, parser, said, dating, tracking, caller };
        let (spare_out, spare) = channel();
        let (full_out, full) = sync_channel(UNDER_WAY);
        let ended = thread::scope(|scope| {
            let builder = thread::Builder::new().name("pfsum-parse".to_owned());
            let worker = builder.spawn_scoped(scope, move || ahead.run(&spare, &full_out))?;
            // Dropped here whatever happens: the worker waits for it, and is waited for.
            let spare_out = spare_out;
            self.take_parsed(&full, &spare_out, &mut done);
            Ok(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let (dating, result) = ended.map_err(|cause| reader.failed(cause))?;
        self.dating = dating;
        result
    }

    /// Follows what comes parsed, block by block, and gives the blocks back.
    fn take_parsed(
        &mut self,
        full: &Receiver<Full>,
        spare: &Sender<Spare>,
        done: &mut impl FnMut(u64, &Summary),
    ) {
        // A thread that has ended wants no block; what it parsed before is still to come.
        let give = |spares: &mut Vec<Spare>| spares.drain(..).for_each(|one| drop(spare.send(one)));
        let mut spares = Vec::new();
        spares.resize_with(UNDER_WAY, Spare::default);
        give(&mut spares);
        let mut known = Vec::new();
        while let Ok((mut parsed, consumed)) = full.recv() {
            self.follow(&parsed, &mut known);
            let room = parsed.with_dependent_mut(|_, steps| emptied(std::mem::take(steps)));
            let mut block = parsed.into_owner();
            self.lookback.keep(&mut block);
            done(consumed, self);
            spares.push((block, room));
            if spares.len() >= TOGETHER {
                give(&mut spares);
            }
        }
    }

    fn follow(&mut self, parsed: &Parsed, known: &mut Vec<Known>) {
        let bytes = parsed.borrow_owner().as_bytes();
        let Steps { list, calls } = parsed.borrow_dependent();
        known.clear();
        known.resize(list.len(), Known::Nothing);
        self.names.look_up(calls, known);
        for (step, known) in list.iter().zip(known) {
            match step {
                Step::Postfix { line, when, entry } => {
                    self.count_line(true);
                    self.reading.repeated += u64::from(entry.times.saturating_sub(1));
                    if let Some(at) = self.wanted(*when, entry.host, entry.tag.instance) {
                        self.entered(at, entry.heard(), *known, line);
                    }
                }
                Step::Others { lines, repeated } => {
                    self.account.lines += lines;
                    self.account.in_period += lines;
                    self.account.syslog_lines += lines;
                    self.reading.lines += lines;
                    self.reading.repeated += repeated;
                }
                Step::Cut => self.cut_off(),
                Step::Odd { line, at, when, parsed: odd } => {
                    self.count_line(odd.is_some());
                    self.odd_line(*odd, *when, line, (bytes, *at));
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::summary::Origin;

    /// A short log is at its end before the thread has been given all of its blocks.
    #[test]
    fn what_was_parsed_is_followed_though_the_thread_has_ended() {
        let log = b"Nov 22 03:14:07 mx postfix/smtpd[1]: connect from a.example[192.0.2.1]\n";
        let mut reader = Reader::from_stream("log".as_ref(), Box::new(&log[..])).unwrap();
        let mut summary = Summary::new(Config::default());
        summary.begin(Origin::default());
        let (spare_out, spare) = channel();
        let (full_out, full) = sync_channel(UNDER_WAY);
        for _ in 0..2 {
            spare_out.send((Block::new(), Steps::default())).unwrap();
        }
        let (parser, said) = (syslog::Parser::default(), postfix::Parser::default());
        let dating = summary.dating.clone();
        let (tracking, caller) = (summary.tracker.tracking(), summary.names.caller());
        let reader = &mut reader;
        let ahead = Ahead { reader, grows: false, parser, said, dating, tracking, caller };
        ahead.run(&spare, &full_out).1.unwrap();
        drop((spare, full_out));
        summary.take_parsed(&full, &spare_out, &mut |_, _| {});
        assert_eq!(summary.reading.lines, 1);
    }
}
