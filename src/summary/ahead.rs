//! Parsing ahead: while lines are followed and counted, in their order, another thread makes
//! out what the next ones say, which has no memory and takes about half of the time.

use std::io;
use std::thread;

use super::Summary;
use super::dating::{Dating, When};
use super::line::without_nuls;
use crate::error::Error;
use crate::input::{Block, Reader, Tail};
use crate::postfix::{self, Entry};
use crate::syslog::{self, Line};

/// Bytes in a block: what starting a thread costs is then a thirtieth of the work it does.
pub const AHEAD: usize = 512 * 1024;

/// Below this size a file is read before a second thread helps, in bytes.
const WORTH_IT: u64 = 8 * 1024 * 1024;

/// What lines say, in their order.
#[allow(clippy::large_enum_variant)] // most are the large one
enum Step<'b> {
    /// A line of Postfix.
    Postfix { line: &'b [u8], when: When, entry: Entry<'b> },
    /// Lines of other programs, and how many more syslog left out because they were equal.
    Others { lines: u64, repeated: u64 },
    /// A line that is about other lines, or no syslog line; and its place in the block.
    Odd { line: &'b [u8], at: usize, when: When, parsed: Option<Line<'b>> },
}

/// A block, and what its lines say.
struct Parsed<'b> {
    bytes: &'b [u8],
    steps: Vec<Step<'b>>,
}

/// A source with what is needed to parse it.
struct Ahead<'r> {
    reader: &'r mut Reader,
    grows: bool,
    parser: syslog::Parser,
    said: postfix::Parser,
    dating: Dating,
}

impl Ahead<'_> {
    /// Reads the next block and parses it, with room that was given back; `None` at the end.
    fn next<'b>(
        &mut self,
        block: &'b mut Block,
        room: Vec<Step<'b>>,
    ) -> Result<Option<Parsed<'b>>, Error> {
        if !self.reader.fill(block)? {
            return Ok(None);
        }
        if self.grows && block.tail() == Tail::Unended {
            block.drop_unterminated_tail();
        }
        Ok(Some(self.parse(block, room)))
    }

    fn parse<'b>(&mut self, block: &'b Block, mut steps: Vec<Step<'b>>) -> Parsed<'b> {
        self.dating.find_year(block.lines());
        let bytes = block.as_bytes();
        let (mut lines, mut repeated) = (0, 0);
        let mut at = 0;
        for line in block.lines() {
            let step = self.step(line, at);
            at += line.len() + 1;
            if let Step::Others { lines: one, repeated: again } = step {
                (lines, repeated) = (lines + one, repeated + again);
                continue;
            }
            if lines > 0 {
                steps.push(Step::Others { lines, repeated });
                (lines, repeated) = (0, 0);
            }
            steps.push(step);
        }
        if lines > 0 {
            steps.push(Step::Others { lines, repeated });
        }
        Parsed { bytes, steps }
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
            None => Step::Others { lines: 1, repeated: u64::from(record.times) - 1 },
        }
    }
}

/// Room for steps, without those it had: laid out anew for each block, it cost 3 % of the time.
fn emptied(steps: Vec<Step<'_>>) -> Vec<Step<'static>> {
    steps.into_iter().map_while(|_| None).collect() // where they were
}

impl Summary {
    /// Whether a second thread helps with a source of this size.
    #[must_use]
    pub fn may_parse_ahead(&self, size: Option<u64>, threads: usize) -> bool {
        // With a period, most lines are passed over without being parsed.
        threads > 1 && !self.stretch.is_bounded() && size.is_none_or(|size| size >= WORTH_IT)
    }

    /// Takes all blocks of the source that was begun, as [`Summary::take`] does one by one, and
    /// parses on another thread; `done` hears of each block that was taken.
    ///
    /// # Errors
    ///
    /// What stopped the reading; what came before it is counted.
    pub fn take_ahead(
        &mut self,
        reader: &mut Reader,
        mut done: impl FnMut(&Reader, &Summary),
    ) -> Result<(), Error> {
        let (parser, said) = (syslog::Parser::default(), postfix::Parser::default());
        let dating = self.dating.clone();
        let mut ahead = Ahead { reader, grows: self.grows, parser, said, dating };
        let result = self.take_blocks(&mut ahead, &mut done);
        self.dating = ahead.dating;
        result
    }

    fn take_blocks(
        &mut self,
        ahead: &mut Ahead<'_>,
        done: &mut impl FnMut(&Reader, &Summary),
    ) -> Result<(), Error> {
        let (mut one, mut other) = (Block::new(), Block::new());
        let mut room = Vec::new();
        let mut first = ahead.next(&mut one, Vec::new())?;
        while let Some(parsed) = first {
            let second = self.follow(&parsed, ahead, &mut other, room);
            room = emptied(parsed.steps);
            self.lookback.keep(&mut one);
            done(ahead.reader, self);
            let Some(parsed) = second? else { break };
            let third = self.follow(&parsed, ahead, &mut one, room);
            room = emptied(parsed.steps);
            self.lookback.keep(&mut other);
            done(ahead.reader, self);
            first = third?;
        }
        Ok(())
    }

    /// Follows what was parsed, while the next block is read and parsed.
    fn follow<'n>(
        &mut self,
        parsed: &Parsed<'_>,
        ahead: &mut Ahead<'_>,
        next: &'n mut Block,
        room: Vec<Step<'n>>,
    ) -> Result<Option<Parsed<'n>>, Error> {
        let parse = || ahead.next(next, room);
        let result = thread::scope(|scope| -> io::Result<_> {
            let builder = thread::Builder::new().name("pfsum-parse".to_owned());
            let worker = builder.spawn_scoped(scope, parse)?;
            self.follow_here(parsed);
            Ok(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        result.map_err(|cause| ahead.reader.failed(cause))?
    }

    fn follow_here(&mut self, parsed: &Parsed<'_>) {
        for step in &parsed.steps {
            match step {
                Step::Postfix { line, when, entry } => {
                    self.count_line(true);
                    self.reading.repeated += u64::from(entry.times) - 1;
                    if let Some(at) = self.wanted(*when, entry.host, entry.tag.instance) {
                        self.entered(at, entry.heard(), line);
                    }
                }
                Step::Others { lines, repeated } => {
                    self.account.lines += lines;
                    self.account.in_period += lines;
                    self.account.syslog_lines += lines;
                    self.reading.lines += lines;
                    self.reading.repeated += repeated;
                }
                Step::Odd { line, at, when, parsed: odd } => {
                    self.count_line(odd.is_some());
                    self.odd_line(*odd, *when, line, (parsed.bytes, *at));
                }
            }
        }
    }
}
