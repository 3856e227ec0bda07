//! The whole way through: bytes, lines, records, entries, facts, tallies. The only file that
//! knows every stage.

mod account;
mod lookback;
mod samples;
mod selection;
mod stretch;
mod told;

pub use account::{Account, Origin, first_time};
pub use samples::Sample;
pub use stretch::MARGIN;

use std::io::{self, Write};

use crate::config::Config;
use crate::error::Error;
use crate::input::{Block, Reader, Tail};
use crate::names::{Names, Spelling};
use crate::postfix;
use crate::syslog::{self, Calendar, Line, Moment};
use crate::tally::Tallies;
use crate::tally::days::Days;
use crate::track::{Tracker, Tracking};
use account::{asked_days, note};
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
    calendar: Calendar,
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
    last: Moment,
    account: Account,
    grows: bool,
    fresh: bool,
    near: Option<i64>,
    written: i64,
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
        let tracking = Tracking { fold: counting.fold, use_orig_to: counting.use_orig_to };
        Summary {
            parser: syslog::Parser::default(),
            said: postfix::Parser::default(),
            calendar: Calendar::new(
                config.reading.zone.clone(),
                config.reading.now,
                config.reading.year,
                asked_days(config.reading.period),
            ),
            tracker: Tracker::new(tracking),
            names: Names::new(spelling),
            tallies: Tallies::new(config.reading.period, counting.clone()),
            reading: Reading::default(),
            sources: Vec::new(),
            days: Days::default(),
            last: Moment::default(),
            account: Account::default(),
            grows: false,
            fresh: false,
            near: None,
            written: 0,
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
        let mut previous = Vec::new();
        while reader.fill(&mut block)? {
            self.block(&block, &mut previous);
        }
        Ok(())
    }

    fn block(&mut self, block: &Block, previous: &mut Vec<u8>) {
        let mut before: &[u8] = previous;
        for line in block.lines() {
            self.line(line, before);
            before = line;
        }
        *previous = before.to_vec();
    }

    #[inline(always)]
    fn line(&mut self, line: &[u8], before: &[u8]) {
        self.reading.lines += 1;
        match self.parser.parse(line) {
            Some(Line::Record(record)) => self.record(&record),
            Some(Line::Repeated { stamp, host, times }) => {
                self.reading.repeated += u64::from(times);
                if let Some(Line::Record(record)) = syslog::parse(before)
                    && record.host == host
                {
                    self.record(&syslog::Record { stamp, times, ..record });
                }
            }
            Some(Line::Lost { lines, .. }) => self.reading.lost += lines.max(1),
            None => self.reading.unreadable += 1,
        }
    }

    #[inline(always)]
    fn record(&mut self, record: &syslog::Record<'_>) {
        let Some(tag) = self.said.tag(record) else { return };
        let entry = postfix::said(tag, record.text);
        let Some(at) = self.calendar.resolve(record.stamp) else {
            self.reading.unreadable += 1;
            return;
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
        self.near = origin.near;
        self.fresh = true;
        self.behind = 0;
        self.written = origin.written.min(self.config.reading.now);
        self.account = Account { name: origin.name, ..Account::default() };
        self.calendar.begin(self.written, None);
    }

    /// Takes the next block of the source that was begun; false when nothing
    /// that follows can matter, because it lies behind the period.
    pub fn take(&mut self, block: &mut Block) -> bool {
        if self.grows && block.tail() == Tail::Unended {
            block.drop_unterminated_tail();
        }
        if entry.event.is_none() && entry.tag.program.tells_lives() {
            self.reading.not_understood += 1;
        }
        self.last = self.last.max(at);
        self.days.note(at.wall, &self.config.reading.period);
        self.tracker.apply(at, record, &entry, &mut self.names, &mut self.tallies);
    }

    /// The state of the mail system when the log ended.
    #[must_use]
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// The log is over.
    pub fn finish(&mut self) {
        self.tracker.finish(self.last, &mut self.names, &mut self.tallies);
        self.tallies.close();
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

fn without_nuls(line: &[u8]) -> &[u8] {
    let nuls = line.iter().take_while(|&&b| b == 0).count();
    line.get(nuls..).unwrap_or_default()
}
