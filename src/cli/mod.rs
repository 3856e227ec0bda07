//! The command line: words → options → plan → report.

mod alert;
mod answer;
mod args;
mod ask;
mod asking;
mod clock;
mod config_file;
mod dates;
mod dump;
mod filters;
mod getopt;
mod help;
mod list_inputs;
mod mail;
mod nearest;
mod notice;
mod output;
mod plan;
mod privacy;
mod progress;
mod queue;
mod reading;
mod report;
mod same;
mod setting;
mod show;
mod showing;
mod sources;
mod spared;
mod spool;
mod stdin;
mod system_log;
#[cfg(test)]
mod tests;
mod trace;
mod value;
mod watching;

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use args::Args;
use ask::{Asked, Command};
use getopt::{Choice, Opts, Typed};
pub(crate) use notice::say_why;
use plan::{Plan, Task};
use setting::Setting;
use value::{SUPPRESSIBLE, Suppress};

/// How a run ended.
///
/// An error that stops it is status 2, which has no variant: it is an `Err`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// All was done.
    Done = 0,
    /// The report is there, but some input could not be read, or hardly
    /// anything was understood.
    Incomplete = 1,
    /// The report is there, and an alert's condition held.
    Alert = 3,
}

impl ExitStatus {
    /// The status of a run that has written its report.
    fn of(is_complete: bool) -> Self {
        if is_complete { Self::Done } else { Self::Incomplete }
    }
}

/// Does what the words of the command line ask for, the program's own name
/// first.
pub(crate) fn run(words: impl IntoIterator<Item = OsString>) -> Result<ExitStatus> {
    let mut words = words.into_iter();
    let name = words.next().unwrap_or_default();
    let as_pflogsumm = Path::new(&name).file_stem() == Some(OsStr::new("pflogsumm"));
    let opts = Opts::of(&Args::command(), as_pflogsumm);
    let mut typed = opts.take_apart(words, env::var_os("POSIXLY_CORRECT").is_some())?;
    if !as_pflogsumm && ask::shows_help(&mut typed)? {
        return Ok(ExitStatus::Done);
    }
    let command = if as_pflogsumm { Command::Report } else { Command::take(&mut typed.operands)? };
    command.check(&typed)?;
    let config_files = config_files(&typed, as_pflogsumm)?;
    let settings = config_file::read_all(&config_files, &opts)?;
    let Some(args) = resolve(&typed, &settings)? else { return Ok(ExitStatus::Done) };
    let mut args = args.settle(as_pflogsumm);
    ask::only_ask(&command, &mut args, &typed);
    mail::needs_recipient(&args.mailing, &typed)?;
    let mut stdout = io::stdout().lock();
    if args.report.suppress == Some(Suppress::Help) {
        writeln!(stdout, "Valid --suppress options:\n    {}", SUPPRESSIBLE.join("\n    "))?;
        return Ok(ExitStatus::Done);
    }
    let placed = |error| setting::placed(error, &settings, &typed);
    spared::check(&args, &config_files).map_err(placed)?;
    let plan = Plan::new(&args).map_err(placed)?;
    let asked = Asked::new(command, &args).map_err(placed)?;
    if args.output.dump_config {
        dump::write(&args, &opts, &mut stdout)?;
        return Ok(ExitStatus::Done);
    }
    if let Some(folder) = &args.showing.write_templates {
        show::write_templates(folder, &mut stdout)?;
        return Ok(ExitStatus::Done);
    }
    drop(stdout);
    if plan.task == Task::ListInputs {
        return list_inputs::run(&plan, args.input.queue.as_deref());
    }
    match &asked.command {
        Command::Trace(sought, key) => trace::run(&plan, &asked, sought, key),
        Command::Queue => queue::run(&plan, &asked, args.input.queue.as_deref()),
        Command::Report => report::run(&plan, &asked),
        Command::Count(measures) => answer::count(&plan, &asked, measures, args.output.format),
    }
}

/// Lists the config files to read.
///
/// pflogsumm reads none unless told to, and the scripts that start it under that
/// name expect its report and no other. Whoever asks for help may need it because of one.
fn config_files(typed: &Typed, as_pflogsumm: bool) -> Result<Vec<PathBuf>> {
    if typed.choices.iter().any(|choice| matches!(&*choice.long, "help" | "version")) {
        return Ok(Vec::new());
    }
    let named = typed.choices.iter().rfind(|choice| choice.long == "config");
    Ok(match named.and_then(|choice| choice.value.clone()) {
        Some(file) if file.is_empty() => bail!("--config \"\": that names no file"),
        Some(file) => vec![file.into()],
        None if as_pflogsumm => Vec::new(),
        None => config_file::usual_places(),
    })
}

/// Lets clap read the options of the files and those typed, of which the latter
/// win; `None` if it was asked for its help and has given it.
fn resolve(typed: &Typed, settings: &[Setting]) -> Result<Option<Args>> {
    let from_files = settings.iter().filter(|setting| !setting.yields_to(typed));
    let choices = from_files.flat_map(|setting| &setting.choices).chain(&typed.choices);
    let mut words: Vec<OsString> = vec!["pfsum".into()];
    words.extend(choices.map(Choice::to_word));
    words.push("--".into());
    words.extend(typed.operands.iter().cloned());
    let matches = Args::command().try_get_matches_from(words);
    match matches.and_then(|matches| Args::from_arg_matches(&matches)) {
        Ok(args) => Ok(Some(args)),
        Err(error) if !error.use_stderr() => {
            error.print()?;
            Ok(None)
        }
        Err(error) => {
            if let Some(choice) = typed.choices.iter().find(|choice| is_no_text(choice)) {
                let value = choice.value.as_deref().unwrap_or_default().to_string_lossy();
                bail!("--{} {value:?}: accepted is text in UTF-8", choice.long);
            }
            let (option, said) = said_by(&error);
            Err(anyhow!("{option}{said}"))
        }
    }
}

/// Whether an option takes text, and its value is none: clap says that of no option by name.
fn is_no_text(choice: &Choice) -> bool {
    let read = Args::command().no_binary_name(true).try_get_matches_from([choice.to_word()]);
    read.is_err_and(|error| error.kind() == ErrorKind::InvalidUtf8)
}

/// Whether an argument, as clap words it, is a file or folder: `--output <FILE>`, `[LOG]...`.
fn is_path(arg: &str) -> bool {
    ["<FILE>", "<DIR>", "[LOG]"].iter().any(|name| arg.contains(name))
}

/// Puts what clap objects to in one line: the option with a blank behind it, or
/// nothing, and the objection.
fn said_by(error: &clap::Error) -> (String, String) {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(several)) => several.join(", "),
        _ => String::new(),
    };
    let arg = context(ContextKind::InvalidArg);
    let option = arg.split([' ', '[', '=']).next().unwrap_or_default();
    let option = if option.is_empty() { String::new() } else { format!("{option} ") };
    let value = context(ContextKind::InvalidValue);
    let said = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() && is_path(&arg) => {
            let option = if option.is_empty() { "LOG ".to_owned() } else { option };
            return (option, "\"\": that names no file".to_owned());
        }
        ErrorKind::InvalidValue => {
            format!("{value:?}: accepted are {}", context(ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(why) => format!("{value:?}: {why}"),
            None => format!("{value:?} is not accepted"),
        },
        ErrorKind::ArgumentConflict => "cannot be given together with LOG".to_owned(),
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            return (String::new(), line.trim_start_matches("error: ").to_owned());
        }
    };
    (option, said)
}
