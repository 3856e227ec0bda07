//! Questions: what a run is asked for, and of which messages.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use pfsum::answer::trace::Sought;
use pfsum::answer::{Filters, Gather, Key, Measure, Question};
use pfsum::config::{Counting, Limit};
use pfsum::error::shown;
use pfsum::render::mail::letter::MESSAGE_ID;
use pfsum::words::clean;

use super::args::Args;
use super::filters;
use super::getopt::{Choice, Typed};
use super::help::{self, COMMANDS};
use super::mail::options::Mailing;
use super::nearest::{nearest, question};
use super::value::Format;
use super::watching::Watching;

/// What a run is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// The report.
    Report,
    /// Numbers.
    Count(Vec<Measure>),
    /// What became of messages, and how these were named.
    Trace(Box<Sought>, String),
    /// What is queued.
    Queue,
}

impl Command {
    /// Refuses typed options that say nothing to it.
    pub(crate) fn check(&self, typed: &Typed) -> Result<()> {
        typed.choices.iter().try_for_each(|choice| help::check(self.name(), &choice.long))
    }

    /// The word that begins it; none for the report.
    fn name(&self) -> &'static str {
        match self {
            Self::Report => "",
            Self::Count(_) => "count",
            Self::Trace(..) => "trace",
            Self::Queue => "queue",
        }
    }

    /// Takes the command, and what belongs to it, off the front of the operands.
    pub(crate) fn take(operands: &mut Vec<OsString>) -> Result<Self> {
        let Some(word) = operands.first().and_then(|word| word.to_str()) else {
            return Ok(Self::Report);
        };
        let Some(command) = COMMANDS.into_iter().find(|command| *command == word) else {
            // What is near to a command and no file was meant to be one.
            if let Some(command) = nearest(word, COMMANDS).filter(|_| !Path::new(word).exists())
                && !word.contains(['/', '.', '-'])
            {
                bail!("{word}: no such command or file; did you mean {command}?");
            }
            return Ok(Self::Report);
        };
        operands.remove(0);
        match command {
            "count" => Ok(Self::Count(measures(operands)?)),
            "trace" => sought(operands),
            _ => Ok(Self::Queue),
        }
    }
}

/// Shows the help of a command, asked for as `COMMAND --help` or `help COMMAND`; false if that of
/// none is.
pub(crate) fn shows_help(typed: &mut Typed) -> Result<bool> {
    take_help(typed)?;
    let is_asked = typed.choices.iter().any(|choice| choice.long == "help");
    Ok(is_asked && help::of_command(typed.operands.first())?)
}

/// Takes `help` for `--help`, as other programs do, unless a file is called so.
fn take_help(typed: &mut Typed) -> Result<()> {
    if typed.operands.first().is_none_or(|word| word != "help") || Path::new("help").exists() {
        return Ok(());
    }
    typed.operands.remove(0);
    if let Some(word) = typed.operands.first().map(|word| word.to_string_lossy())
        && !COMMANDS.contains(&&*word)
    {
        bail!("help: {}", unknown("command", &word, COMMANDS.into_iter()));
    }
    typed.choices.push(Choice { long: "help".to_owned(), value: None });
    Ok(())
}

/// Takes the measures off the front of the operands; what follows are logs.
fn measures(operands: &mut Vec<OsString>) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    while let Some(word) = operands.first().and_then(|word| word.to_str()) {
        let parts: Vec<&str> = word.split(',').filter(|part| !part.is_empty()).collect();
        let known: Vec<Measure> = parts.iter().filter_map(|part| Measure::named(part)).collect();
        let all = known.len() == parts.len() && !parts.is_empty();
        let names_a_file = word.contains(['/', '.']) || word == "-" || Path::new(word).exists();
        if !all && measures.is_empty() && names_a_file {
            let names: Vec<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
            let log = shown(Path::new(word));
            bail!("count needs to know WHAT, in front of {log}: {}", names.join(", "));
        }
        if !all && (measures.is_empty() || !names_a_file) {
            let wrong = parts.iter().find(|part| Measure::named(part).is_none()).unwrap_or(&word);
            bail!("count: {}", unknown("WHAT", wrong, Measure::ALL.iter().map(|m| m.name())));
        }
        if !all {
            break;
        }
        measures.extend(known);
        operands.remove(0);
    }
    if measures.is_empty() {
        let names: Vec<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
        bail!("count needs to know WHAT: {}", names.join(", "));
    }
    Ok(measures)
}

/// Takes what a trace looks for off the front of the operands.
fn sought(operands: &mut Vec<OsString>) -> Result<Command> {
    const ACCEPTED: &str = "a queue ID, a message-id, an address, @example.org, a user, or a \
                            client's address, network or name";
    let Some(word) = operands.first().map(|word| word.to_string_lossy().into_owned()) else {
        bail!("trace needs a KEY: {ACCEPTED}");
    };
    if Path::new(&word).exists() {
        bail!("trace: {} is a file; name a KEY before it: {ACCEPTED}", shown(Path::new(&word)));
    }
    operands.remove(0);
    let sought = word.parse().map_err(|error| anyhow!("trace {word:?}: {error}"))?;
    Ok(Command::Trace(Box::new(sought), word))
}

/// Says that a word is none of those accepted.
pub(crate) fn unknown<'a>(
    what: &str,
    word: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> String {
    let typed = word.to_ascii_lowercase().replace('_', "-");
    let question = question(&typed, names.clone(), "");
    let names: Vec<&str> = names.collect();
    format!("{word:?} is no {what}{question} (accepted are {})", names.join(", "))
}

/// What is asked, of which messages, and how the answer looks.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// What.
    pub(crate) command: Command,
    /// Of which messages.
    pub(crate) filters: Filters,
    /// The filters as they were typed, for the title of the report.
    pub(crate) typed: Vec<String>,
    /// By what numbers are broken down.
    pub(crate) keys: Vec<Key>,
    /// How many rows or messages are shown.
    pub(crate) top: Option<Limit>,
    /// How many messages are told.
    pub(crate) limit: Option<Limit>,
    /// Whether finding nothing is status 1.
    pub(crate) require_match: bool,
}

impl Asked {
    /// Makes sense of what was typed.
    pub(crate) fn new(command: Command, args: &Args) -> Result<Self> {
        let asking = &args.asking;
        is_in_place(&command, args)?;
        let (mut filters, typed) = filters::read(asking)?;
        if args.mailing.skip_own_mail {
            filters.not_message_id = Some(MESSAGE_ID.as_bytes());
        }
        let top = asking.top.map(|count| count.0);
        Ok(Self {
            keys: keys(&asking.by)?,
            command,
            filters,
            typed,
            top,
            limit: asking.limit.map(|count| count.0),
            require_match: asking.require_match,
        })
    }

    /// Adds to the title of a report whose it is.
    pub(crate) fn name(&self, title: &mut String) {
        if self.typed.is_empty() {
            return;
        }
        let mut typed = String::new();
        clean::printable(self.typed.join("; ").as_bytes(), &mut typed);
        title.push_str(": only ");
        title.push_str(&typed);
    }

    /// What listens beside the tallies, if anything has to.
    pub(crate) fn question(&self, counting: &Counting) -> Option<Question> {
        if self.filters.is_empty() {
            return None;
        }
        let gather = Some(Gather::new(self.filters.clone(), counting.use_orig_to));
        Some(Question { gather, ..Question::default() })
    }
}

/// Refuses forms that a command does not have.
fn is_in_place(command: &Command, args: &Args) -> Result<()> {
    let counts = matches!(command, Command::Count(_));
    let is_report = matches!(command, Command::Report);
    let form = match args.output.format {
        Format::Html => Some("html"),
        Format::Prometheus => Some("prometheus"),
        Format::Csv if !counts => Some("csv"),
        _ => None,
    };
    if let Some(form) = form.filter(|_| !is_report) {
        let csv = if counts { ", csv" } else { "" };
        bail!("--format {form:?}: accepted are text, json{csv}");
    }
    check_section(args, is_report)
}

/// Leaves out what a config file sets for the report of every night, which does not matter to a
/// question.
pub(crate) fn only_ask(command: &Command, args: &mut Args, typed: &Typed) {
    if matches!(command, Command::Report) {
        return;
    }
    let is_typed = |long| typed.choices.iter().any(|choice| choice.long == long);
    let counts = matches!(command, Command::Count(_));
    let is_known = match args.output.format {
        Format::Text | Format::Json => true,
        Format::Csv => counts,
        Format::Html | Format::Prometheus => false,
    };
    if !is_known && !is_typed("format") {
        args.output.format = Format::Text;
    }
    if !is_typed("output") {
        args.output.output = None;
    }
    let skip_own_mail = args.mailing.skip_own_mail;
    args.watching = Watching::default();
    args.showing.template = None;
    args.mailing = Mailing { skip_own_mail, ..Mailing::default() };
}

/// CSV is of one table, and nothing else is.
fn check_section(args: &Args, is_report: bool) -> Result<()> {
    let csv = args.output.format == Format::Csv && is_report;
    if csv && args.output.section.is_none() {
        let names: Vec<&str> = pfsum::render::csv::names().collect();
        bail!("--format csv needs the --section it is of: {}", names.join(", "));
    }
    if !csv && args.output.section.is_some() {
        bail!("--section is an option of the report's --format csv");
    }
    Ok(())
}

fn keys(typed: &[String]) -> Result<Vec<Key>> {
    let mut keys = Vec::new();
    for word in typed {
        let names = Key::ALL.iter().map(|key| key.name());
        let key =
            Key::named(word).ok_or_else(|| anyhow!("--by {}", unknown("KEY", word, names)))?;
        keys.push(key);
    }
    if keys.len() > 2 {
        bail!("--by takes one key, or two: hour,relay");
    }
    Ok(keys)
}
