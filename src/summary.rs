//! The whole way through: bytes, lines, records, entries, facts, tallies. The only file that
//! knows every stage.

use crate::answer::question::{Beside, Question};
use crate::config::Config;
use crate::error::Error;
use crate::input::{Block, Reader};
use crate::names::{Names, Spelling};
use crate::postfix::{self, Event};
use crate::report::{self, Report, View};
use crate::syslog::{self, Calendar, Line, Moment};
use crate::tally::Tallies;
use crate::tally::days::Days;
use crate::track::{Message, Tracker, Tracking};

/// What was read, and how well it was understood.
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
    /// Days of the period with lines of Postfix.
    pub days: Days,
    /// What is asked beside the report.
    pub question: Option<Box<Question>>,
    last: Moment,
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
        let tracking = Tracking { fold: counting.fold, use_orig_to: counting.use_orig_to };
        Summary {
            parser: syslog::Parser::default(),
            said: postfix::Parser::default(),
            calendar: Calendar::new(
                config.reading.zone.clone(),
                config.reading.now,
                config.reading.year,
                config.reading.period.first_day().or(config.reading.period.last_day()),
            ),
            tracker: Tracker::new(tracking),
            names: Names::new(spelling),
            tallies: Tallies::new(config.reading.period, counting.clone()),
            reading: Reading::default(),
            days: Days::default(),
            question: None,
            last: Moment::default(),
            config,
        }
    }

    /// Reads a source to its end, or to what is wrong with it.
    ///
    /// # Errors
    ///
    /// What stopped the reading; what came before it is counted.
    pub fn read(&mut self, reader: &mut Reader, written: i64) -> Result<(), Error> {
        self.reading.files += 1;
        self.calendar.begin(written.min(self.config.reading.now), None);
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

    fn record(&mut self, record: &syslog::Record<'_>) {
        let Some(entry) = self.said.parse(record) else { return };
        let Some(at) = self.calendar.resolve(record.stamp) else {
            self.reading.unreadable += 1;
            return;
        };
        self.reading.postfix_lines += 1;
        if record.times > 1 {
            self.reading.repeated += u64::from(record.times) - 1;
        }
        if entry.event == Event::Unrecognized && entry.tag.program.tells_lives() {
            self.reading.not_understood += 1;
        }
        self.last = self.last.max(at);
        self.days.note(at.wall, &self.config.reading.period);
        let (names, tallies) = (&mut self.names, &mut self.tallies);
        match &mut self.question {
            None => self.tracker.apply(at, record, &entry, names, tallies),
            Some(question) => {
                let mut out = Beside { question, tallies };
                self.tracker.apply(at, record, &entry, names, &mut out);
            }
        }
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
        let (names, tallies) = (&mut self.names, &mut self.tallies);
        match &mut self.question {
            None => self.tracker.finish(self.last, names, tallies),
            Some(question) => {
                self.tracker.finish(self.last, names, &mut Beside { question, tallies });
                question.finish(names, tallies);
            }
        }
        self.tallies.close();
    }

    /// Makes the report; call it after [`finish`](Summary::finish).
    #[must_use]
    pub fn report(&self) -> Report {
        let (reading, hosts) = self.read_from();
        report::build(View {
            names: &self.names,
            tallies: &self.tallies,
            days: &self.days,
            reading,
            hosts,
            queued: self.queued().collect(),
            last: self.last,
            whole_reasons: self.config.counting.verbose,
            each_message: self.config.counting.messages,
            shown: &self.config.reporting,
        })
    }

    /// What was read and from which hosts, as the report says it.
    fn read_from(&self) -> (report::model::Reading, Vec<String>) {
        let Reading { files, lines, postfix_lines, not_understood, unreadable, repeated, lost } =
            self.reading;
        let mut services: Vec<report::model::Instance> = Vec::new();
        let mut hosts: Vec<String> = Vec::new();
        for service in self.tracker.services() {
            let text = |name| report::printable(self.names.texts.text(name));
            let (host, instance) = (text(service.host), text(service.instance));
            if !hosts.contains(&host) {
                hosts.push(host.clone());
            }
            let known = services.iter().position(|s| (&s.host, &s.instance) == (&host, &instance));
            let at = known.unwrap_or(services.len());
            if known.is_none() {
                services.push(report::model::Instance { host, instance, services: Vec::new() });
            }
            let label = text(service.label);
            if let Some(entry) = services.get_mut(at)
                && !entry.services.contains(&label)
            {
                entry.services.push(label);
            }
        }
        let samples = std::collections::BTreeMap::new();
        let reading = report::model::Reading {
            files,
            lines,
            postfix_lines,
            not_understood,
            unreadable,
            repeated,
            lost,
            samples,
            services,
        };
        (reading, hosts)
    }
}
