//! Parsing ahead: while lines are followed and counted, in their order, another thread makes
//! out what the next ones say, which has no memory and takes about half of the time.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::Summary;
use super::dating::Dating;
use super::line::again;
use super::position::Position;
use super::step::{Step, Stepping, Steps};
use crate::error::Error;
use crate::input::{Block, Reader, Tail};
use crate::names::Known;
use crate::postfix;
use crate::syslog;

/// Bytes in a block. What its lines say takes twice as much and passes from one core to another:
/// with blocks of twice the size it is not in a core's own memory any more, and takes 5 % longer.
const AHEAD: usize = 128 * 1024;

/// Blocks under way between the two threads.
const UNDER_WAY: usize = 4;

/// So many blocks are given back together: to wake a thread that waits takes time of the one that
/// wakes it, which is the slower one (3 % of 10 M lines).
const TOGETHER: usize = 2;

/// Below this size a file is read before a second thread helps, in bytes.
const WORTH_IT: u64 = 8 * 1024 * 1024;

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

/// A source that is read and parsed.
struct Ahead<'r> {
    /// A block that was read already.
    first: &'r mut Option<Block>,
    reader: &'r mut Reader,
    grows: bool,
    /// Whether the source is done with when so much of it lies behind the period.
    may_stop: bool,
    stepping: Stepping,
}

/// How the reading of a source ended.
struct Ended {
    /// When the last line was written, and where it lies.
    dating: Dating,
    position: Position,
    /// Whether blocks were left unread behind the period; or what stopped the reading.
    left_early: Result<bool, Error>,
}

impl Ahead<'_> {
    /// The thread: reads and parses one block after the other, until the source ends or nobody
    /// gives a block any more.
    fn run(mut self, spare: &Receiver<Spare>, full: &SyncSender<Full>) -> Ended {
        let left_early = loop {
            let Ok((mut block, room)) = spare.recv() else { break Ok(false) };
            match self.fill(&mut block) {
                Ok(true) => {}
                Ok(false) => break Ok(false),
                Err(error) => break Err(error),
            }
            if self.grows && block.tail() == Tail::Unended {
                block.drop_unterminated_tail();
            }
            let parsed = Parsed::new(block, |block| self.stepping.steps(block, room));
            if full.send((parsed, self.reader.consumed())).is_err() {
                break Ok(false);
            }
            if self.may_stop && self.stepping.position.is_past() {
                break Ok(true);
            }
        };
        let Stepping { dating, position, .. } = self.stepping;
        Ended { dating, position, left_early }
    }

    fn fill(&mut self, block: &mut Block) -> Result<bool, Error> {
        match self.first.take() {
            Some(first) => *block = first,
            None => return self.reader.fill(block),
        }
        Ok(true)
    }
}

impl Summary {
    /// Whether another thread helps with a source, if so many may work. One that is decoded ahead
    /// has two already, and on two processors a third makes it take a quarter longer.
    #[must_use]
    pub fn may_parse_ahead(reader: &Reader, threads: usize) -> bool {
        let at_work = 1 + usize::from(reader.is_decoded_ahead());
        threads > at_work && reader.size().is_none_or(|size| size >= WORTH_IT)
    }

    /// The size of blocks that suits two threads. With a period there is none: where blocks end
    /// decides which of them are passed over.
    #[must_use]
    pub fn blocks_ahead(&self) -> Option<usize> {
        (!self.position.is_bounded()).then_some(AHEAD)
    }

    /// Takes all blocks of the source that was begun, as [`Summary::take`] does one by one, and
    /// parses on another thread; `done` hears of each block that was taken, with the bytes that
    /// were read until then. If it `may_stop`, blocks that cannot matter because they lie behind
    /// the period are left unread; it says whether some may be. All is done on this thread if the
    /// system has no other to give.
    ///
    /// # Errors
    ///
    /// What stopped the reading; what came before it is counted.
    pub fn take_ahead(
        &mut self,
        reader: &mut Reader,
        may_stop: bool,
        mut done: impl FnMut(u64, &Summary),
    ) -> Result<bool, Error> {
        let mut first = self.first_near(reader, may_stop, &mut done)?;
        if first.is_none() {
            return Ok(may_stop && self.position.is_past());
        }
        let (grows, stepping) = (self.grows, self.stepping());
        let ahead = Ahead { first: &mut first, reader, grows, may_stop, stepping };
        let (spare_out, spare) = channel();
        let (full_out, full) = sync_channel(UNDER_WAY);
        let ended = thread::scope(|scope| {
            let builder = thread::Builder::new().name("pfsum-parse".to_owned());
            let worker = builder.spawn_scoped(scope, move || ahead.run(&spare, &full_out)).ok()?;
            // Dropped here whatever happens: the worker waits for it, and is waited for.
            let spare_out = spare_out;
            self.take_parsed(&full, &spare_out, &mut done);
            Some(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let Some(Ended { dating, position, left_early }) = ended else {
            return self.take_all_behind(first, reader, may_stop, &mut done);
        };
        (self.dating, self.position) = (dating, position);
        left_early
    }

    /// Takes blocks as long as they are passed over, which needs no second thread: to hand each one
    /// over takes a fifth more of the processors' time. Gives back the first that is not.
    fn first_near(
        &mut self,
        reader: &mut Reader,
        may_stop: bool,
        done: &mut impl FnMut(u64, &Summary),
    ) -> Result<Option<Block>, Error> {
        let mut block = Block::new();
        while reader.fill(&mut block)? {
            if !self.pass_over(&mut block) {
                return Ok(Some(block));
            }
            if may_stop && self.position.is_past() {
                break;
            }
            done(reader.consumed(), self);
        }
        Ok(None)
    }

    /// What makes steps of the lines of the source that was begun.
    fn stepping(&self) -> Stepping {
        Stepping {
            parser: syslog::Parser::default(),
            said: postfix::Parser::default(),
            dating: self.dating.clone(),
            position: self.position.clone(),
            tracking: self.tracker.tracking(),
            caller: self.names.caller(),
        }
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
            let room = parsed.with_dependent_mut(|_, steps| std::mem::take(steps).emptied());
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
        let Steps { list, calls, seen } = parsed.borrow_dependent();
        if let Some((first, last)) = *seen {
            self.account.saw(first);
            self.account.saw(last);
        }
        known.clear();
        known.resize(list.len(), Known::Nothing);
        self.names.look_up(calls, known);
        for (step, known) in list.iter().zip(known) {
            match step {
                Step::Postfix { line, when, entry } => {
                    self.count_line(true);
                    self.repeated(again(entry.times));
                    if let Some(at) = self.wanted(*when, entry.host, entry.tag.instance) {
                        self.entered(at, entry.heard(), *known, line);
                    }
                }
                Step::Others { lines, repeated } => {
                    self.count_lines(*lines, true);
                    self.repeated(*repeated);
                }
                Step::Cut => self.cut_off(),
                Step::Odd { line, when, parsed: odd } => {
                    self.count_line(odd.is_some());
                    self.odd_line(*odd, *when, line, bytes);
                }
                Step::Turn(place) => self.position.set(*place),
                Step::Outside { lines } => self.count_outside(*lines),
                Step::PassedOver(outside) => self.passed_over(outside),
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
        let (reader, stepping) = (&mut reader, summary.stepping());
        let ahead = Ahead { first: &mut None, reader, grows: false, may_stop: false, stepping };
        assert!(!ahead.run(&spare, &full_out).left_early.unwrap());
        drop((spare, full_out));
        summary.take_parsed(&full, &spare_out, &mut |_, _| {});
        assert_eq!(summary.reading.lines, 1);
    }
}
