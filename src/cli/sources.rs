//! What there is to read: found, with what is known of it before it is read.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Result, bail};
use pfsum::error::shown;
use pfsum::input::{Candidate, Journal, Named, Reader, Source, Sources, Stream};
use pfsum::summary::{MARGIN, Origin, first_time};
use pfsum::{Period, config};

use super::notice::remark;
use super::plan::{Inputs, Plan};
use super::spool::Spool;
use super::stdin::{self, Stdin};
use super::{clock, system_log};

/// The period and its margin, as the selection of sources wants it: its first
/// second, and the first one behind it. A year given by the user is for the
/// first line, so it takes reading to know the others'.
pub(crate) fn window(reading: &config::Reading) -> Option<(i64, i64)> {
    let Period { first, last } = reading.period;
    if reading.period.is_unbounded() || reading.year.is_some() {
        return None;
    }
    let from = first.map_or(i64::MIN, |first| first.saturating_sub(MARGIN));
    Some((from, last.map_or(i64::MAX, |last| last.saturating_add(MARGIN + 1))))
}

/// How times of lines are told.
pub(crate) struct Stamps<'p> {
    pub(crate) reading: &'p config::Reading,
    /// When standard input was written, if it is a file.
    pub(crate) stdin: Option<SystemTime>,
}

impl Stamps<'_> {
    /// When a source was last written, in wall-clock seconds: now, if nobody
    /// knows.
    fn written(&self, mtime: Option<SystemTime>) -> i64 {
        let written = mtime.or(self.stdin).and_then(|time| clock::wall(time, &self.reading.zone));
        written.map_or(self.reading.now, |written| written.min(self.reading.now))
    }

    /// When the first of the lines was written.
    pub(crate) fn first(
        &self,
        lines: &mut dyn Iterator<Item = &[u8]>,
        mtime: Option<SystemTime>,
    ) -> Option<i64> {
        first_time(lines, self.reading, self.written(mtime))
    }

    /// The day a file was written, if that says of which year its lines are: if
    /// the last of them is of that day. A copy bears the day of the copying.
    fn proven_day(&self, source: &Source) -> Option<i64> {
        const DAY: i64 = 86_400;
        const YEAR: i64 = 365 * DAY + DAY / 4;
        // Of what is compressed the end is not known, but rotation is frequent.
        const ROTATION: i64 = 40 * DAY;
        let reading = config::Reading { period: Period::ALWAYS, ..self.reading.clone() };
        let stamp_of = |lines: &mut dyn Iterator<Item = &[u8]>, mtime| {
            first_time(lines, &reading, self.written(mtime))
        };
        let written = self.written(Some(source.mtime()?));
        let since = match source.last_stamp(&stamp_of) {
            Some(last) => written - last - DAY,
            None => (written - source.first_stamp()?).rem_euclid(YEAR) - ROTATION,
        };
        (since <= 0).then(|| written.div_euclid(DAY))
    }

    /// What is known of a source before it is read.
    pub(crate) fn origin(&self, source: &Source) -> Origin {
        let near = self.proven_day(source);
        // A copy of an old log was just written as well, but is whole.
        let grows = near.is_some() && source.may_grow();
        Origin {
            name: source.label(),
            written: self.written(source.mtime()),
            near,
            grows: grows && source.mtime().is_some_and(clock::is_just_now),
        }
    }
}

/// What there is to read.
pub(crate) struct Found {
    pub(crate) sources: Sources,
    /// What was named, for messages; not what was found beside it.
    pub(crate) named: Vec<PathBuf>,
    /// When standard input was written, if it is a file.
    pub(crate) written: Option<SystemTime>,
}

impl Found {
    /// Finds what the plan means; standard input is what is in the spool, if there is one.
    ///
    /// # Errors
    ///
    /// When nothing was named, and there is no log on this system.
    pub(crate) fn of(plan: &Plan, spool: Option<&Spool>) -> Result<Self> {
        match &plan.inputs {
            Inputs::Named(paths) => Ok(Self::with_stdin(plan, spool, paths)),
            Inputs::Journal => Ok(Self::journal(&journal(&plan.config.reading))),
            Inputs::Usual => Self::usual(plan, spool),
        }
    }

    /// Standard input if something is there, else the log of this system.
    fn usual(plan: &Plan, spool: Option<&Spool>) -> Result<Self> {
        if let Some(stdin) = spool.map(Spool::stdin).or_else(Stdin::if_any) {
            return Ok(Self::at(plan, &["-".into()], Some(stdin)));
        }
        let quiet = plan.config.reporting.quiet;
        match system_log::find(&journal(&plan.config.reading)) {
            Some(Candidate::File(path)) => {
                remark(&format!("reading {}", shown(&path)), quiet);
                Ok(Self::with_stdin(plan, spool, &[path]))
            }
            Some(Candidate::Journal(journal)) => {
                remark("reading the journal", quiet);
                Ok(Self::journal(&journal))
            }
            None => bail!(
                "no log found: there is nothing on standard input, no /var/log/mail.log, no \
                 /var/log/maillog and no journalctl; name a LOG"
            ),
        }
    }

    fn with_stdin(plan: &Plan, spool: Option<&Spool>, paths: &[PathBuf]) -> Self {
        if !paths.iter().any(|path| stdin::is_meant_by(path)) {
            return Self::at(plan, paths, None);
        }
        match spool.map_or_else(Stdin::named, |spool| Ok(spool.stdin())) {
            Ok(stdin) => Self::at(plan, paths, Some(stdin)),
            Err(error) => {
                let mut found = Self::at(plan, paths, None);
                found.sources.errors.insert(0, error);
                found
            }
        }
    }

    fn at(plan: &Plan, paths: &[PathBuf], stdin: Option<Stdin>) -> Self {
        let reading = &plan.config.reading;
        let named: Vec<Named> = paths
            .iter()
            .map(|path| match path {
                path if stdin::is_meant_by(path) => Named::Stdin,
                path => Named::Path(path.clone()),
            })
            .collect();
        let with_rotated = reading.rotated && !reading.period.is_unbounded();
        let written = stdin.as_ref().and_then(Stdin::written);
        let stdin = stdin.map(|stdin| Stream { bytes: stdin.stream, file: stdin.file });
        let stamps = Stamps { reading, stdin: written };
        let stamp_of = |lines: &mut dyn Iterator<Item = &[u8]>, mtime| stamps.first(lines, mtime);
        let sources = Sources::find(&named, with_rotated, stdin, &stamp_of);
        Self { sources, named: paths.to_vec(), written }
    }

    fn journal(journal: &Journal) -> Self {
        let mut sources = Sources::default();
        match Reader::of_journal(journal) {
            Ok(reader) => {
                let source = Source::of_reader(Path::new("journal"), reader, &|_, _| None);
                sources.list.push(source);
            }
            Err(error) => sources.errors.push(error),
        }
        Self { sources, named: vec!["journal".into()], written: None }
    }
}

/// The part of the journal that the period needs. Wall-clock times that come
/// twice in autumn are taken in the wider sense.
fn journal(reading: &config::Reading) -> Journal {
    let Period { first, last } = reading.period;
    Journal {
        since: first.map(|first| reading.zone.candidates(first).0.saturating_sub(MARGIN)),
        until: last.map(|last| reading.zone.candidates(last).1.saturating_add(MARGIN)),
        ..Journal::default()
    }
}
