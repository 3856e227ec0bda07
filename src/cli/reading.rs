//! Reading: finds the sources, feeds them to the summary, says what is wrong.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use pfsum::error::shown;
use pfsum::input::{
    Block, Candidate, Choice, Journal, Named, Reader, STDIN, Source, Sources, Verdict,
};
use pfsum::summary::{Account, MARGIN, Origin, first_time};
use pfsum::{Period, Summary, config};

use super::clock;
use super::notice::{flaws, lines, remark, say};
use super::plan::{Inputs, Plan};
use super::progress::Progress;
use super::stdin::{self, Stdin};
use super::system_log;

/// What was read, apart from what is in it.
pub(crate) struct Outcome {
    /// Whether everything could be read, and something was understood.
    pub(crate) is_complete: bool,
    /// The sources with what was decided about them, in the order of time.
    pub(crate) sources: Sources,
    /// What was decided, at the same place.
    pub(crate) choices: Vec<Choice>,
}

/// Reads everything that the plan asks for. What is wrong with one source is
/// said on standard error, and the others are read all the same.
///
/// # Errors
///
/// When there is nothing to read, or the file for lines that are not understood
/// cannot be written.
pub(crate) fn read(plan: &Plan, summary: &mut Summary) -> Result<Outcome> {
    let quiet = plan.config.reporting.quiet;
    let reading = &plan.config.reading;
    if let Some(path) = &reading.unprocessed {
        let file = File::create(path).with_context(|| shown(path))?;
        summary.write_unprocessed_to(Box::new(BufWriter::new(file)));
    }
    let mut found = Found::of(plan)?;
    let named = std::mem::take(&mut found.named);
    let stamps = Stamps { reading, stdin: found.written };
    let choices = found.sources.select(window(reading), &|lines, mtime| stamps.first(lines, mtime));
    let errors = std::mem::take(&mut found.sources.errors);
    let mut outcome = Outcome { is_complete: errors.is_empty(), sources: found.sources, choices };
    for error in errors {
        say(&error.to_string());
    }
    let mut progress = Progress::new(quiet, outcome.size());
    for (source, choice) in outcome.sources.list.iter_mut().zip(&outcome.choices) {
        if choice.verdict != Verdict::Read {
            continue;
        }
        let may_stop = may_stop(choice, reading.period);
        let origin = stamps.origin(source);
        if let Err(error) = one(source, origin, may_stop, summary, &mut progress) {
            progress.erase();
            say(&error.to_string());
            outcome.is_complete = false;
        }
    }
    drop(progress);
    for account in &summary.sources {
        flaws(account).for_each(|flaw| say(&flaw));
    }
    outcome.is_complete &= is_understood(&outcome, summary, &named);
    outcome.is_complete &= is_any_selected(reading, summary);
    remark_on_period(&outcome, summary, quiet);
    if let Some(path) = &reading.unprocessed {
        summary.finish_unprocessed().with_context(|| shown(path))?;
    }
    Ok(outcome)
}

impl Outcome {
    /// The bytes that will be read, if all sources have a size.
    fn size(&self) -> Option<u64> {
        let all = self.sources.list.iter().zip(&self.choices);
        let read = all.filter(|(_, choice)| choice.verdict == Verdict::Read);
        read.map(|(source, _)| source.size()).sum()
    }

    /// The sources that cannot matter.
    fn skipped(&self) -> impl Iterator<Item = &Source> {
        let all = self.sources.list.iter().zip(&self.choices);
        all.filter(|(_, choice)| choice.verdict != Verdict::Read).map(|(source, _)| source)
    }
}

/// Reads one source.
fn one(
    source: &mut Source,
    origin: Origin,
    may_stop: bool,
    summary: &mut Summary,
    progress: &mut Progress,
) -> Result<(), pfsum::Error> {
    let mut reader = source.open()?;
    let name = origin.name.clone();
    summary.begin(origin);
    let mut block = Block::new();
    let mut left_early = false;
    let result = loop {
        match reader.fill(&mut block) {
            Ok(true) => {
                left_early = !summary.take(&mut block) && may_stop && reader.size().is_some();
                if left_early {
                    break Ok(());
                }
                let lines = summary.reading.lines + summary.reading.outside;
                progress.tick(&name, reader.consumed(), lines);
            }
            Ok(false) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    summary.end(reader.overlong(), left_early);
    progress.passed(reader.size().unwrap_or_else(|| reader.consumed()));
    result
}

/// Whether nothing of the period can follow what lies behind it: not if the
/// last line is in it or before, as where somebody put a newer log in front of
/// an older one.
fn may_stop(choice: &Choice, period: Period) -> bool {
    let behind = |last: i64| period.last.is_some_and(|end| last > end.saturating_add(MARGIN));
    choice.last_stamp.is_none_or(behind)
}

/// The period and its margin, as the selection of sources wants it: its first
/// second, and the first one behind it. A year given by the user is for the
/// first line, so it takes reading to know the others'.
fn window(reading: &config::Reading) -> Option<(i64, i64)> {
    let Period { first, last } = reading.period;
    if reading.period.is_unbounded() || reading.year.is_some() {
        return None;
    }
    let from = first.map_or(i64::MIN, |first| first.saturating_sub(MARGIN));
    Some((from, last.map_or(i64::MAX, |last| last.saturating_add(MARGIN + 1))))
}

/// How times of lines are told.
struct Stamps<'p> {
    reading: &'p config::Reading,
    /// When standard input was written, if it is a file.
    stdin: Option<SystemTime>,
}

impl Stamps<'_> {
    /// When a source was last written, in wall-clock seconds: now, if nobody
    /// knows.
    fn written(&self, mtime: Option<SystemTime>) -> i64 {
        let written = mtime.or(self.stdin).and_then(|time| clock::wall(time, &self.reading.zone));
        written.map_or(self.reading.now, |written| written.min(self.reading.now))
    }

    fn first(
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

    fn origin(&self, source: &Source) -> Origin {
        Origin {
            name: source.label(),
            written: self.written(source.mtime()),
            near: self.proven_day(source),
            grows: source.may_grow() && source.mtime().is_some_and(clock::is_just_now),
        }
    }
}

/// What there is to read.
struct Found {
    sources: Sources,
    /// What was named, for messages; not what was found beside it.
    named: Vec<PathBuf>,
    /// When standard input was written, if it is a file.
    written: Option<SystemTime>,
}

impl Found {
    fn of(plan: &Plan) -> Result<Self> {
        match &plan.inputs {
            Inputs::Named(paths) => Ok(Self::named(plan, paths)),
            Inputs::Journal => Ok(Self::journal(&journal(&plan.config.reading))),
            Inputs::Usual => Self::usual(plan),
        }
    }

    /// Standard input if something is there, else the log of this system.
    fn usual(plan: &Plan) -> Result<Self> {
        if let Some(stdin) = Stdin::if_any() {
            return Ok(Self::found(plan, &["-".into()], Some(stdin)));
        }
        let quiet = plan.config.reporting.quiet;
        match system_log::find(&journal(&plan.config.reading)) {
            Some(Candidate::File(path)) => {
                remark(&format!("reading {}", shown(&path)), quiet);
                Ok(Self::named(plan, &[path]))
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

    fn named(plan: &Plan, paths: &[PathBuf]) -> Self {
        if !paths.iter().any(|path| stdin::is_meant_by(path)) {
            return Self::found(plan, paths, None);
        }
        match Stdin::named() {
            Ok(stdin) => Self::found(plan, paths, Some(stdin)),
            Err(error) => {
                let mut found = Self::found(plan, paths, None);
                found.sources.errors.insert(0, error);
                found
            }
        }
    }

    fn found(plan: &Plan, paths: &[PathBuf], stdin: Option<Stdin>) -> Self {
        let reading = &plan.config.reading;
        let named: Vec<Named> = paths
            .iter()
            .map(|path| match path {
                path if stdin::is_meant_by(path) => Named::Stdin,
                path => Named::Path(path.clone()),
            })
            .collect();
        let with_rotated = reading.rotated && !reading.period.is_unbounded();
        let (stream, written) = stdin.map(|stdin| (stdin.stream, stdin.written)).unzip();
        let written = written.flatten();
        let stamps = Stamps { reading, stdin: written };
        let stamp_of = |lines: &mut dyn Iterator<Item = &[u8]>, mtime| stamps.first(lines, mtime);
        let sources = Sources::find(&named, with_rotated, stream, &stamp_of);
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

/// Says which of the named sources have nothing of Postfix, or that none has;
/// false then. What was found beside them is not blamed, and neither is a log
/// that was just rotated, whose lines of Postfix are in its sibling.
fn is_understood(outcome: &Outcome, summary: &Summary, named: &[PathBuf]) -> bool {
    let accounts = &summary.sources;
    let is_log = |account: &Account| account.postfix_lines > 0 || account.passed_over > 0;
    let mut logs: Vec<String> = outcome.skipped().map(Source::label).collect();
    logs.extend(
        accounts.iter().filter(|account| is_log(account)).map(|account| account.name.clone()),
    );
    let labels: Vec<String> = named.iter().map(|path| label(path)).collect();
    let blamed = accounts.iter().filter(|account| {
        account.lines > 0
            && labels.contains(&account.name)
            && !logs.iter().any(|log| log.starts_with(&account.name))
    });
    let mut said = false;
    for account in blamed {
        let kind = if account.syslog_lines == 0 { "a syslog line" } else { "from Postfix" };
        say(&format!("{}: {}, none of them {kind}", account.name, lines(account.lines)));
        said = true;
    }
    if logs.is_empty() && !said {
        let all: u64 = accounts.iter().map(|account| account.lines).sum();
        match accounts.as_slice() {
            [] => {}
            [account] if all == 0 => say(&format!("{}: empty", account.name)),
            _ if all == 0 => say("nothing but empty logs"),
            _ => say(&format!("{} in all, none of them from Postfix", lines(all))),
        }
    }
    !logs.is_empty()
}

/// The name of what was named.
fn label(path: &Path) -> String {
    if stdin::is_meant_by(path) { STDIN.to_owned() } else { shown(path) }
}

/// Says so if nothing of the log lies in the period.
fn remark_on_period(outcome: &Outcome, summary: &Summary, quiet: bool) {
    let firsts = outcome.choices.iter().filter_map(|choice| choice.first_stamp);
    let lasts = outcome.choices.iter().filter_map(|choice| choice.last_stamp);
    let seen = summary.sources.iter().filter_map(|account| account.span);
    let lasts = lasts.chain(seen.map(|(_, last)| last.wall));
    if let (0, Some(first), Some(last)) = (summary.reading.lines, firsts.min(), lasts.max()) {
        let [first, last] = [first, last].map(clock::shown);
        remark(&format!("no line in the period; the log reaches from {first} to {last}"), quiet);
    }
}

/// Whether `--host` and `--instance` leave anything; says what there is if not.
fn is_any_selected(reading: &config::Reading, summary: &Summary) -> bool {
    if summary.reading.left_out == 0 || summary.reading.postfix_lines > 0 {
        return true;
    }
    let list = |names: Vec<&[u8]>| -> String {
        let text = |name: &&[u8]| shown(Path::new(String::from_utf8_lossy(name).as_ref()));
        names.iter().take(10).map(text).collect::<Vec<_>>().join(", ")
    };
    let wanted: Vec<&str> =
        reading.host.iter().chain(&reading.instance).map(String::as_str).collect();
    say(&format!(
        "no line of {}; the hosts are {}, the instances {}",
        wanted.join(", "),
        list(summary.hosts()),
        list(summary.instances())
    ));
    false
}
