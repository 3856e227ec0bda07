//! Questions: `count`, `trace`, `queue`, and the filters that every command takes.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use pfsum::answer::pattern::Outcome;
use pfsum::answer::{Filters, Gather, Key, Measure, Question};
use pfsum::config::Limit;
use pfsum::postfix::QueueId;
use pfsum::words::clean;
use regex::bytes::RegexBuilder;

use super::args::Args;
use super::nearest::{nearest, question};
use super::value::Format;

/// What a run is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// The report.
    Report,
    /// Numbers.
    Count(Vec<Measure>),
    /// The lives of messages.
    Trace(String),
    /// What is queued.
    Queue,
}

/// The words that begin a command.
const COMMANDS: [&str; 3] = ["count", "trace", "queue"];

impl Command {
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
            "trace" => {
                let usage = "trace needs a KEY: a queue ID, a message-id, an address, @example.org or a client's address";
                if operands.is_empty() {
                    bail!(usage);
                }
                let key = operands.remove(0).into_string().map_err(|_| anyhow!(usage))?;
                Ok(Self::Trace(key))
            }
            _ => Ok(Self::Queue),
        }
    }

    /// The word that begins it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Report => "",
            Self::Count(_) => "count",
            Self::Trace(_) => "trace",
            Self::Queue => "queue",
        }
    }
}

/// Takes the measures off the front of the operands; what follows are logs.
fn measures(operands: &mut Vec<OsString>) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    while let Some(word) = operands.first().and_then(|word| word.to_str()) {
        let parts: Vec<&str> = word.split(',').filter(|part| !part.is_empty()).collect();
        let known: Vec<Measure> = parts.iter().filter_map(|part| Measure::named(part)).collect();
        let all = known.len() == parts.len() && !parts.is_empty();
        let names_a_file = word.contains(['/', '.']) || word == "-" || Path::new(word).exists();
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

/// Says that a word is none of those accepted.
fn unknown<'a>(what: &str, word: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
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
    pub(crate) top: Limit,
    /// Whether finding nothing is status 1.
    pub(crate) require_match: bool,
}

impl Asked {
    /// Makes sense of what was typed.
    pub(crate) fn new(command: Command, args: &Args) -> Result<Self> {
        let asking = &args.asking;
        let misplaced = [
            (!asking.by.is_empty() && !matches!(command, Command::Count(_)), "--by", "count"),
            (asking.queue.is_some() && command != Command::Queue, "--queue", "queue"),
            (asking.by_sender && command != Command::Queue, "--by-sender", "queue"),
            (
                asking.require_match && command == Command::Report,
                "--require-match",
                "count, trace or queue",
            ),
            (asking.top.is_some() && command == Command::Report, "--top", "count, trace or queue"),
        ];
        if let Some((_, option, of)) = misplaced.iter().find(|(wrong, ..)| *wrong) {
            bail!("{option} is an option of {of}");
        }
        match (&command, args.output.format) {
            (Command::Count(_), Format::Html) => {
                bail!("--format \"html\": count writes text, json, csv")
            }
            (Command::Trace(_) | Command::Queue, Format::Html | Format::Csv) => {
                bail!("--format: {} writes text, json", command.word())
            }
            (Command::Report, Format::Csv) => bail!("--format \"csv\" is for count"),
            _ => {}
        }
        let (filters, typed) = filters(args)?;
        let top = asking.top.map_or(Limit::All, |count| count.0);
        Ok(Self {
            keys: keys(&asking.by)?,
            command,
            filters,
            typed,
            top,
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
    pub(crate) fn question(&self) -> Question {
        if self.filters.is_empty() {
            return Question::default();
        }
        let gather = Some(Gather::new(self.filters.clone()));
        Question { gather, queued: Some(std::collections::BTreeSet::new()), ..Question::default() }
    }
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

/// Reads the filters; gives them also as they were typed.
fn filters(args: &Args) -> Result<(Filters, Vec<String>)> {
    let asking = &args.asking;
    let texts = |list: &[String]| list.iter().map(|text| text.clone().into_bytes()).collect();
    let filters = Filters {
        from: patterns("--from", &asking.from)?,
        to: patterns("--to", &asking.to)?,
        client: patterns("--client", &asking.client)?,
        relay: patterns("--relay", &asking.relay)?,
        user: texts(&asking.user),
        host: Vec::new(),
        instance: Vec::new(),
        service: texts(&asking.service),
        queue_id: asking.queue_id.iter().map(|text| queue_id(text)).collect::<Result<_>>()?,
        message_id: asking.message_id.iter().map(|text| bare(text).as_bytes().to_vec()).collect(),
        status: asking.status.iter().map(|text| outcome(text)).collect::<Result<_>>()?,
        reason: asking.reason.as_deref().map(regex).transpose()?,
    };
    let lists = [
        ("from", &asking.from),
        ("to", &asking.to),
        ("client", &asking.client),
        ("relay", &asking.relay),
        ("user", &asking.user),
        ("service", &asking.service),
        ("queue-id", &asking.queue_id),
        ("message-id", &asking.message_id),
        ("status", &asking.status),
    ];
    let mut typed: Vec<String> = lists
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| format!("{name} {}", list.join(" or ")))
        .collect();
    typed.extend(asking.reason.iter().map(|reason| format!("reason {reason}")));
    Ok((filters, typed))
}

fn patterns<P: std::str::FromStr<Err: std::fmt::Display>>(
    option: &str,
    typed: &[String],
) -> Result<Vec<P>> {
    let parse = |text: &String| text.parse().map_err(|error| anyhow!("{option} {text:?}: {error}"));
    typed.iter().map(parse).collect()
}

fn queue_id(text: &str) -> Result<QueueId> {
    QueueId::parse(text.as_bytes()).ok_or_else(|| {
        anyhow!("--queue-id {text:?}: no queue ID, which looks like 4C2B31F0A9 or 4jXDgg0rVKz6v2L")
    })
}

fn outcome(text: &str) -> Result<Outcome> {
    let names = Outcome::NAMES;
    let found = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    found.map(|(_, outcome)| *outcome).ok_or_else(|| {
        anyhow!("--status {}", unknown("STATUS", text, names.iter().map(|(name, _)| *name)))
    })
}

fn regex(text: &str) -> Result<regex::bytes::Regex> {
    let regex = RegexBuilder::new(text).case_insensitive(true).build();
    regex.with_context(|| format!("--reason {text:?}")).map_err(|error| {
        let said = format!("{error:#}");
        anyhow!(
            "{}",
            said.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        )
    })
}

/// A message-id without its angle brackets.
fn bare(text: &str) -> &str {
    text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text)
}
