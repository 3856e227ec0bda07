//! The whole way through: bytes, lines, records, entries, facts, tallies. The only file that
//! knows every stage.

mod account;
mod ahead;
mod dating;
mod hole;
mod line;
mod lookback;
mod samples;
mod selection;
mod stretch;
mod told;

pub use account::{Account, Origin, first_time};
pub use ahead::AHEAD;
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
use hole::{has_nuls, is_parted};
use lookback::Lookback;
use samples::Samples;
use selection::Selection;
use stretch::{Place, Stretch};

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
    /// What is asked beside the report.
    pub question: Option<Box<Question>>,
    last: Moment,
    account: Account,
    grows: bool,
    stretch: Stretch,
    /// Where the last line with a stamp lies; those without are with it.
    place: Place,
    /// Blocks behind the period, one after the other.
    behind: u32,
    lookback: Lookback,
    selection: Selection,
    samples: Samples,
}

/// How many blocks behind the period are enough to believe that nothing of it
/// follows: a clock that ran ahead for a while fills less.
const BLOCKS_BEHIND: u32 = 4;

/// How many lines at an end of a block are looked at in search of a stamp.
const LINES_AT_END: usize = 50;

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
            account: Account::default(),
            grows: false,
            stretch: Stretch::around(config.reading.period),
            place: if config.reading.period.is_unbounded() { Place::Period } else { Place::Before },
            behind: 0,
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
        let mut block = Block::new();
        let result = loop {
            match reader.fill(&mut block) {
                Ok(true) => self.take(&mut block),
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            };
        };
        self.end(reader.overlong(), false);
        result
    }

    /// Begins a source; its blocks follow by [`Summary::take`].
    ///
    /// Sources come in the order of their time.
    pub fn begin(&mut self, origin: Origin) {
        self.reading.files += 1;
        self.grows = origin.grows;
        self.behind = 0;
        self.account = Account { name: origin.name, ..Account::default() };
        self.dating.begin(origin.written.min(self.config.reading.now), origin.near);
    }

    /// Takes the next block of the source that was begun; false when nothing
    /// that follows can matter, because it lies behind the period.
    pub fn take(&mut self, block: &mut Block) -> bool {
        if self.grows && block.tail() == Tail::Unended {
            block.drop_unterminated_tail();
        }
        self.dating.find_year(block.lines());
        if self.stretch.is_bounded() && self.lies_outside(block) {
            self.lookback.keep(block);
            return self.behind < BLOCKS_BEHIND;
        }
        self.behind = 0;
        let bytes = block.as_bytes();
        let may_be_parted = has_nuls(bytes);
        let mut at = 0;
        for line in block.lines() {
            if may_be_parted && is_parted(line) {
                self.parted(line, bytes, at);
            } else {
                self.line(line, bytes, at);
            }
            at += line.len() + 1;
        }
        self.lookback.keep(block);
        true
    }

    /// Ends the source that was begun. `overlong` is how many of its lines were
    /// too long to come with a block; `left_early` says that blocks were left
    /// unread behind the period.
    pub fn end(&mut self, overlong: u64, left_early: bool) {
        self.account.overlong = overlong;
        self.account.lines += overlong;
        if self.place == Place::Period {
            self.reading.lines += overlong;
            self.reading.unreadable += overlong;
        }
        self.account.left_early = left_early;
        self.sources.push(std::mem::take(&mut self.account));
    }

    /// Whether all of a block lies before the stretch, or all of it behind; its
    /// lines are then only counted. The first and the last stamp decide: lines
    /// come in the order of time, give or take less than the margin.
    fn lies_outside(&mut self, block: &Block) -> bool {
        let mut dating = self.dating.clone();
        let mut time = |line: &[u8]| -> Option<Moment> {
            let line = syslog::parse(line)?;
            dating.resolve(line.stamp())
        };
        let first = block.lines().take(LINES_AT_END).find_map(&mut time);
        let mut from_end = block.as_bytes().rsplit(|&b| b == b'\n').take(LINES_AT_END);
        let last = from_end.find_map(&mut time);
        let (Some(first), Some(last)) = (first, last) else { return false };
        if last.wall < first.wall {
            return false; // a clock went backwards: what is between may be of any time
        }
        let place = self.stretch.place(first.wall);
        if place != self.stretch.place(last.wall) || !matches!(place, Place::Before | Place::Behind)
        {
            return false;
        }
        let newlines = memchr::memchr_iter(b'\n', block.as_bytes()).count() as u64;
        let lines = newlines + u64::from(block.unterminated_tail().is_some());
        self.account.passed_over += lines;
        self.reading.outside += lines;
        self.account.saw(first);
        self.account.saw(last);
        (self.dating, self.place) = (dating, place);
        self.behind = if place == Place::Behind { self.behind + 1 } else { 0 };
        true
    }

    /// The state of the mail system when the log ended.
    #[must_use]
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// The messages that are in the queue when the log ends, of those asked about.
    pub fn queued(&self) -> impl Iterator<Item = &Message> {
        let asked = self.question.as_ref().and_then(|question| question.queued.as_ref());
        self.tracker.queued().filter(move |m| asked.is_none_or(|asked| asked.contains(&m.number)))
    }

    /// When the last line of Postfix was written.
    #[must_use]
    pub fn last(&self) -> Moment {
        self.last
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
