//! Reading: feeds the sources to the summary, and says what is wrong.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pfsum::error::shown;
use pfsum::input::{Choice, STDIN, Shared, Source, Sources, Verdict};
use pfsum::summary::{Account, MARGIN, Origin};
use pfsum::{Period, Summary, config, postfix, syslog};

use super::clock;
use super::notice::{flaws, lines, remark, say};
use super::plan::Plan;
use super::progress::Progress;
use super::sources::{Found, Stamps, window};
use super::spared;
use super::spool::Spool;
use super::stdin;

/// What was read, apart from what is in it.
pub(crate) struct Outcome {
    /// Whether everything could be read, and something was understood.
    pub(crate) is_complete: bool,
    /// The sources with what was decided about them, in the order of time.
    pub(crate) sources: Sources,
    /// What was decided, at the same place.
    pub(crate) choices: Vec<Choice>,
    /// What is wrong with those that could not be opened.
    pub(crate) unopened: Vec<pfsum::Error>,
    /// The names of the sources that could be read up to some place only.
    pub(crate) broken: Vec<String>,
}

/// Reads everything that the plan asks for, standard input from the spool if there is one. What is
/// wrong with one source is said on standard error, and the others are read all the same.
///
/// # Errors
///
/// When there is nothing to read, or the file for lines that are not understood
/// cannot be written.
pub(crate) fn read(plan: &Plan, spool: Option<&Spool>, summary: &mut Summary) -> Result<Outcome> {
    let quiet = plan.config.reporting.quiet;
    let reading = &plan.config.reading;
    let mut found = Found::of(plan, spool)?;
    spared::check_logs(plan, &found.sources)?;
    if let Some(path) = &reading.unprocessed {
        let file = File::create(path).with_context(|| shown(path))?;
        summary.write_unprocessed_to(Box::new(BufWriter::new(file)));
    }
    let named = std::mem::take(&mut found.named);
    let stamps = Stamps { reading, stdin: found.written };
    let choices = found.sources.select(window(reading), &|lines, mtime| stamps.first(lines, mtime));
    let unopened = std::mem::take(&mut found.sources.errors);
    for error in &unopened {
        say(&error.to_string());
    }
    say_what_is_shared(&found.sources, &choices, &stamps);
    let is_complete = unopened.is_empty();
    let sources = found.sources;
    let mut outcome = Outcome { is_complete, sources, choices, unopened, broken: Vec::new() };
    outcome.feed(&stamps, summary, Some(Progress::new(quiet, outcome.size())));
    for account in &summary.sources {
        flaws(account).for_each(|flaw| say(&flaw));
    }
    outcome.is_complete &= is_understood(&outcome, summary, &named);
    outcome.is_complete &= is_any_selected(reading, summary);
    outcome.is_complete &= is_reliable(summary);
    remark_on_period(&outcome, summary, quiet);
    if let Some(path) = &reading.unprocessed {
        summary.finish_unprocessed().with_context(|| shown(path))?;
    }
    Ok(outcome)
}

/// Says which sources have lines of others: nobody means to count them twice.
fn say_what_is_shared(sources: &Sources, choices: &[Choice], stamps: &Stamps<'_>) {
    let stamp_of = |lines: &mut dyn Iterator<Item = &[u8]>, mtime| stamps.first(lines, mtime);
    let shared = sources.shared(choices, &stamp_of, &host_of);
    for Shared { path, with } in shared {
        let [path, with] = [&path, &with].map(|path| shown(path));
        say(&format!("{path}: lines of it are in {with}, too, and are counted twice"));
    }
}

/// The host that wrote a line of Postfix.
fn host_of(line: &[u8]) -> Option<&[u8]> {
    match syslog::parse(line) {
        Some(syslog::Line::Record(record)) => postfix::Tag::parse(record.tag).map(|_| record.host),
        _ => None,
    }
}

/// Reads the same once more; what is wrong with it has been said.
///
/// # Errors
///
/// When there is nothing to read any more.
pub(crate) fn read_again(plan: &Plan, spool: Option<&Spool>, summary: &mut Summary) -> Result<()> {
    let reading = &plan.config.reading;
    let mut plan = plan.clone();
    plan.config.reporting.quiet = true;
    let found = Found::of(&plan, spool)?;
    let stamps = Stamps { reading, stdin: found.written };
    let choices = found.sources.select(window(reading), &|lines, mtime| stamps.first(lines, mtime));
    let (sources, unopened, broken) = (found.sources, Vec::new(), Vec::new());
    Outcome { is_complete: true, sources, choices, unopened, broken }.feed(&stamps, summary, None);
    Ok(())
}

impl Outcome {
    /// Gives all sources that matter to the summary. Without progress, nobody is told of
    /// anything.
    fn feed(&mut self, stamps: &Stamps<'_>, summary: &mut Summary, progress: Option<Progress>) {
        let aloud = progress.is_some();
        let mut progress = progress.unwrap_or_else(|| Progress::new(true, None));
        let threads = stamps.reading.threads;
        for (source, choice) in self.sources.list.iter_mut().zip(&self.choices) {
            if choice.verdict != Verdict::Read {
                continue;
            }
            let may_stop = may_stop(choice, stamps.reading.period);
            let origin = stamps.origin(source);
            if let Err(error) = one(source, origin, may_stop, threads, summary, &mut progress) {
                progress.erase();
                if aloud {
                    say(&error.to_string());
                }
                self.is_complete = false;
                self.broken.push(source.label());
            }
        }
    }

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
    threads: usize,
    summary: &mut Summary,
    progress: &mut Progress,
) -> Result<(), pfsum::Error> {
    let mut reader = source.open()?;
    let name = origin.name.clone();
    summary.begin(origin);
    let may_stop = may_stop && reader.size().is_some();
    let mut tick = |consumed, summary: &Summary| {
        progress.tick(&name, consumed, summary.reading.lines + summary.reading.outside);
    };
    let left_early = if Summary::may_parse_ahead(&reader, threads) {
        if let Some(size) = summary.blocks_ahead() {
            reader.use_blocks_of(size);
        }
        summary.take_ahead(&mut reader, may_stop, &mut tick)
    } else {
        summary.take_all(&mut reader, may_stop, &mut tick)
    };
    summary.end(reader.overlong(), left_early.as_ref().is_ok_and(|early| *early));
    progress.passed(reader.size().unwrap_or_else(|| reader.consumed()));
    left_early.map(drop)
}

/// Whether nothing of the period can follow what lies behind it: not if the
/// last line is in it or before, as where somebody put a newer log in front of
/// an older one, nor in a log that is known to go back.
fn may_stop(choice: &Choice, period: Period) -> bool {
    let behind = |last: i64| period.last.is_some_and(|end| last > end.saturating_add(MARGIN));
    choice.last_stamp.is_none_or(behind) && !choice.goes_back
}

/// Says which of the named sources have nothing of Postfix, or that none has;
/// false then. What was found beside them is not blamed, and neither is a log
/// that was just rotated, whose lines of Postfix are in its sibling.
fn is_understood(outcome: &Outcome, summary: &Summary, named: &[PathBuf]) -> bool {
    let accounts = &summary.sources;
    let is_log = |account: &Account| account.postfix_lines > 0 || account.passed_over > 0;
    let of = |source: &Source| accounts.iter().find(|account| account.name == source.label());
    let read = outcome.sources.list.iter().filter(|source| of(source).is_some_and(is_log));
    let logs: Vec<&Source> = outcome.skipped().chain(read).collect();
    let labels: Vec<String> = named.iter().map(|path| label(path)).collect();
    let has_older = |source: &Source| logs.iter().any(|log| log.was_rotated_from(source));
    let blamed = outcome.sources.list.iter().filter(|source| !has_older(source));
    let blamed = blamed
        .filter_map(of)
        .filter(|account| account.lines > 0 && !is_log(account) && labels.contains(&account.name));
    let mut said = false;
    for account in blamed {
        let kind = match account.syslog_lines {
            0 if begins_with_names(account, summary) => NAMES_IN_FRONT,
            0 => "a syslog line",
            _ => "from Postfix",
        };
        say(&format!("{}: {}, none of them {kind}", account.name, lines(account.lines)));
        said = true;
    }
    if logs.is_empty() && !said {
        let all: u64 = accounts.iter().map(|account| account.lines).sum();
        match accounts.as_slice() {
            [] => {}
            // What is wrong has been said; it is no empty log.
            _ if all == 0 && !outcome.broken.is_empty() => {}
            [account] if all == 0 && outcome.size().is_none_or(|bytes| bytes == 0) => {
                say(&format!("{}: empty", account.name));
            }
            [account] if all == 0 => say(&format!("{}: no whole line in it", account.name)),
            _ if all == 0 => say("nothing but empty logs"),
            _ => say(&format!("{} in all, none of them from Postfix", lines(all))),
        }
    }
    !logs.is_empty()
}

/// What is wrong with what grep(1) and zgrep(1) print of several files, and what helps.
const NAMES_IN_FRONT: &str = "a syslog line: a file's name stands in front, as grep writes it; name \
                              the files to pfsum, or call grep with -h";

/// Whether the lines of a source, none of them a syslog line, are such behind a name, as far as
/// samples tell: these are its own if no other source has lines that are none.
///
/// ```text
/// /var/log/mail.log.1:Nov  3 03:14:07 mx1 postfix/qmgr[712]: 7A1E04C21B: removed
/// ```
fn begins_with_names(account: &Account, summary: &Summary) -> bool {
    let is_behind_name = |line: &Vec<u8>| {
        let name = line.iter().position(|&byte| byte == b':');
        let behind = name.and_then(|at| line.get(at + 1..));
        behind.is_some_and(|line| syslog::parse(line).is_some())
    };
    let sample = summary.samples().iter().find(|sample| sample.program.is_empty());
    summary.reading.unreadable == account.lines
        && sample.is_some_and(|sample| sample.lines.iter().all(is_behind_name))
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

/// Whether so many lines were understood that what is told of them can be relied on; says so if
/// not.
fn is_reliable(summary: &Summary) -> bool {
    let missed = summary.missed();
    // Of a log without a line of Postfix that was said.
    if let Some(missed) = missed.filter(|_| summary.reading.postfix_lines > 0) {
        say(&format!(
            "{missed}, and what they tell is missing (--unprocd-file FILE writes them to FILE)"
        ));
    }
    missed.is_none()
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
