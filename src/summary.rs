//! The whole way through: bytes, lines, records, entries, facts, tallies. Only this room knows every
//! stage.

mod account;
mod ahead;
mod dating;
mod hole;
mod line;
mod lookback;
mod position;
mod samples;
mod selection;
mod step;
mod stretch;
mod told;

pub use account::{Account, Origin, first_time};
pub use samples::Sample;
pub use stretch::MARGIN;

use std::io::{self, Write};

use crate::answer::question::{Beside, Question};
use crate::config::Config;
use crate::error::Error;
use crate::input::{Block, Reader, Tail};
use crate::names::{Names, Spelling};
use crate::postfix;
use crate::syslog::{self, Moment};
use crate::tally::Tallies;
use crate::tally::days::Days;
use crate::track::{Message, Tracker, Tracking};
use dating::Dating;
use hole::has_nuls;
use lookback::Lookback;
use position::{Outside, Position};
use samples::Samples;
use selection::Selection;

/// What was read, and how well it was understood. With a period, only its own
/// lines are here; those of the margin are merely known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Sources that were read.
    pub files: u64,
    /// Lines, of any program.
    pub lines: u64,
    /// Lines of Postfix.
    pub postfix_lines: u64,
    /// Lines of Postfix that this version does not know.
    pub not_understood: u64,
    /// Lines that do not begin like a syslog line.
    pub unreadable: u64,
    /// Lines that syslog left out because they were equal to one before.
    pub repeated: u64,
    /// Lines that a logger says it dropped.
    pub lost: u64,
    /// Lines outside the period, as far as they were met.
    pub outside: u64,
    /// Lines of Postfix on hosts and of instances that were not asked for.
    pub left_out: u64,
}

/// How often a period may end: what waits then is noted each time.
const ENDS: u32 = 16;

/// A log, read and counted.
pub struct Summary {
    config: Config,
    parser: syslog::Parser,
    said: postfix::Parser,
    dating: Dating,
    tracker: Tracker,
    /// Every distinct text.
    pub names: Names,
    /// What was counted.
    pub tallies: Tallies,
    /// What was read.
    pub reading: Reading,
    /// What each source gave, in the order of reading.
    pub sources: Vec<Account>,
    /// Days of the period with lines of Postfix.
    pub days: Days,
    question: Option<Box<Question>>,
    last: Moment,
    /// Whether the last line of Postfix lies behind the period, and how often one was the first.
    is_behind: bool,
    ends: u32,
    account: Account,
    /// Lines like most of the block that is taken, which are counted when it is over.
    usual: u64,
    grows: bool,
    position: Position,
    lookback: Lookback,
    selection: Selection,
    samples: Samples,
}

impl Summary {
    /// Nothing read yet.
    #[must_use]
    pub fn new(config: Config) -> Summary {
        let counting = &config.counting;
        let spelling = Spelling {
            ignore_case: counting.ignore_case,
            uucp: counting.uucp,
            verp: counting.verp,
            srs: counting.srs,
        };
        let tracking = Tracking {
            fold: counting.fold,
            use_orig_to: counting.use_orig_to,
            discard_delivers: counting.discard_delivers,
            since: config.reading.period.first.unwrap_or(i64::MIN),
        };
        Summary {
            parser: syslog::Parser::default(),
            said: postfix::Parser::default(),
            dating: Dating::new(&config.reading),
            tracker: Tracker::new(tracking),
            names: Names::new(spelling, counting.kept),
            tallies: Tallies::new(config.reading.period, counting.clone()),
            reading: Reading::default(),
            sources: Vec::new(),
            days: Days::default(),
            question: None,
            last: Moment::default(),
            is_behind: false,
            ends: 0,
            account: Account::default(),
            usual: 0,
            grows: false,
            position: Position::new(config.reading.period),
            lookback: Lookback::default(),
            selection: Selection::new(&config.reading),
            samples: Samples::default(),
            config,
        }
    }

    /// Writes every line that is not understood there, as it stands in the log.
    pub fn write_unprocessed_to(&mut self, sink: Box<dyn Write + Send>) {
        self.samples.write_to(sink);
    }

    /// Reads a source to its end, or to what is wrong with it. `written` is when
    /// it was last written, in wall-clock seconds.
    ///
    /// # Errors
    ///
    /// What stopped the reading; what came before it is counted.
    pub fn read(&mut self, reader: &mut Reader, written: i64) -> Result<(), Error> {
        self.begin(Origin { written, ..Origin::default() });
        let left_early = self.take_all(reader, false, |_, _| ());
        self.end(reader.overlong(), false);
        left_early.map(drop)
    }

    /// Begins a source; its blocks follow by [`Summary::take`].
    ///
    /// Sources come in the order of their time.
    pub fn begin(&mut self, origin: Origin) {
        self.reading.files += 1;
        self.grows = origin.grows;
        self.position.begin();
        self.account = Account { name: origin.name, ..Account::default() };
        self.dating.begin(origin.written.min(self.config.reading.now), origin.near);
    }

    /// Takes all blocks of the source that was begun, one by one; `done` hears of each, with the
    /// bytes that were read until then. If it `may_stop`, what follows a block behind the period is
    /// left unread; it says whether some may be.
    ///
    /// # Errors
    ///
    /// What stopped the reading; what came before it is counted.
    pub fn take_all(
        &mut self,
        reader: &mut Reader,
        may_stop: bool,
        mut done: impl FnMut(u64, &Summary),
    ) -> Result<bool, Error> {
        self.take_all_behind(None, reader, may_stop, &mut done)
    }

    /// The same, behind a block that was read already.
    fn take_all_behind(
        &mut self,
        first: Option<Block>,
        reader: &mut Reader,
        may_stop: bool,
        done: &mut impl FnMut(u64, &Summary),
    ) -> Result<bool, Error> {
        let mut is_read = first.is_some();
        let mut block = first.unwrap_or_default();
        while std::mem::take(&mut is_read) || reader.fill(&mut block)? {
            if !self.take(&mut block) && may_stop {
                return Ok(true);
            }
            done(reader.consumed(), self);
        }
        Ok(false)
    }

    /// Takes the next block of the source that was begun; false when nothing
    /// that follows can matter, because it lies behind the period.
    pub fn take(&mut self, block: &mut Block) -> bool {
        if self.pass_over(block) {
            return !self.position.is_past();
        }
        let bytes = block.as_bytes();
        if has_nuls(bytes) {
            block.lines().for_each(|line| self.line_with_nuls(line, bytes));
        } else {
            block.lines().for_each(|line| self.line(line, bytes));
        }
        self.count_usual();
        self.lookback.keep(block);
        true
    }

    /// Ends the source that was begun. `overlong` is how many of its lines were
    /// too long to come with a block; `left_early` says that blocks were left
    /// unread behind the period.
    pub fn end(&mut self, overlong: u64, left_early: bool) {
        self.account.overlong = overlong;
        self.account.lines += overlong;
        if self.position.is_in_period() {
            self.reading.lines += overlong;
            self.reading.unreadable += overlong;
        }
        self.account.left_early = left_early;
        self.account.leap_day_late = self.dating.is_torn();
        self.sources.push(std::mem::take(&mut self.account));
    }

    /// Takes the next block if none of its lines matters, because all lie before the period or all
    /// behind it.
    fn pass_over(&mut self, block: &mut Block) -> bool {
        if self.grows && block.tail() == Tail::Unended {
            block.drop_unterminated_tail();
        }
        self.dating.find_year(block.lines());
        let outside = self.position.pass_over(&mut self.dating, block);
        if let Some(outside) = &outside {
            self.passed_over(outside);
            self.lookback.keep(block);
        }
        outside.is_some()
    }

    /// A block was passed over.
    fn passed_over(&mut self, outside: &Outside) {
        let Outside { span: (first, last), lines } = *outside;
        self.account.passed_over += lines;
        self.reading.outside += lines;
        self.account.saw(first);
        self.account.saw(last);
    }

    /// The state of the mail system when the log ended.
    #[must_use]
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// The messages that are in the queue at the end of the period or of the log, of those asked
    /// about, in no order.
    #[must_use]
    pub fn queued(&self) -> Vec<&Message> {
        match &self.tallies.queued {
            Some(queued) => queued.iter().collect(),
            None => self.tracker.queued().collect(),
        }
    }

    /// The end of the period, if that is over, or of the log: when the last line of Postfix was
    /// written.
    fn until(&self) -> Moment {
        match self.config.reading.period.last {
            Some(wall) if self.last.wall > wall => Moment { wall, micros: 0, ..self.last },
            _ => self.last,
        }
    }

    /// Asks something beside the report, before anything is read.
    pub fn ask(&mut self, question: Option<Question>) {
        if question.is_some() {
            self.tallies.keep_queued();
        }
        self.question = question.map(Box::new);
    }

    /// What is asked, and answered when the log is over.
    #[must_use]
    pub fn asked(&self) -> Option<&Question> {
        self.question.as_deref()
    }

    /// Takes what was asked, with its answer.
    pub fn take_question(&mut self) -> Option<Question> {
        self.question.take().map(|question| *question)
    }

    /// A line lies at another moment than the last one did.
    #[inline(never)] // so that the way without a period is straight
    fn look_at_period(&mut self, at: Moment) {
        let is_behind = self.config.reading.period.last.is_some_and(|last| at.wall > last);
        let was_behind = std::mem::replace(&mut self.is_behind, is_behind);
        let ends = is_behind && !was_behind;
        // A clock that was ahead for a line ends it too soon; where the clocks of two hosts differ it
        // ends again and again, in the same minute.
        if ends && self.ends < ENDS {
            self.ends += 1;
            self.tracker.end_period();
            if let Some(question) = &mut self.question {
                question.end_period();
            }
        }
    }

    /// The log is over.
    pub fn finish(&mut self) {
        // Nothing follows that would repeat a line, or be of a writer that is known.
        (self.lookback, self.parser) = (Lookback::default(), syslog::Parser::default());
        let (names, tallies) = (&mut self.names, &mut self.tallies);
        match &mut self.question {
            None => self.tracker.finish(self.last, names, tallies),
            Some(question) => {
                self.tracker.finish(self.last, names, &mut Beside { question, tallies });
                question.finish(names, tallies);
            }
        }
        self.tallies.close();
        self.names.settle();
    }

    /// Sees that all lines that were not understood are written.
    ///
    /// # Errors
    ///
    /// When one of them could not be written.
    pub fn finish_unprocessed(&mut self) -> io::Result<()> {
        self.samples.finish()
    }
}
