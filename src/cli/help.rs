//! The help of one command: what is its own, and the options that say something to it.

use std::ffi::OsString;
use std::fmt::Write as _;

use anyhow::{Result, bail};
use clap::CommandFactory;
use pfsum::answer::{Key, Measure};

use super::args::Args;

/// The words that begin a command.
pub(crate) const COMMANDS: [&str; 3] = ["count", "trace", "queue"];

/// What the help of a command says.
struct Help {
    about: &'static str,
    usage: &'static str,
}

/// Shows the help of the command that a word names; false if it names none.
pub(super) fn of_command(word: Option<&OsString>) -> Result<bool> {
    match word.and_then(|word| word.to_str()).and_then(definition) {
        Some(mut command) => command.print_help()?,
        None => return Ok(false),
    }
    Ok(true)
}

/// How clap has to know a command to show its help; man pages and completions are made of the
/// same (`packaging/pages`).
pub(crate) fn definition(name: &str) -> Option<clap::Command> {
    let (help, more) = match name {
        "count" => (COUNT, measures_and_keys()),
        "trace" => (TRACE, KEYS_OF_TRACE.to_owned()),
        "queue" => (QUEUE, EXAMPLES_OF_QUEUE.to_owned()),
        _ => return None,
    };
    let fit = |arg: clap::Arg| {
        let is_obeyed = arg.get_long().is_none_or(|long| obeys(name, long));
        let is_hidden = arg.is_hide_set() && !arg.get_long().is_some_and(is_own);
        arg.hide(is_hidden || !is_obeyed)
    };
    let forms =
        if name == "count" { &["text", "json", "csv"] as &[&str] } else { &["text", "json"] };
    let command = Args::command().about(help.about).override_usage(help.usage).mut_args(fit);
    let command = command.mut_arg("format", |arg| arg.value_parser(forms.to_vec()));
    Some(command.after_help(more))
}

/// Options that all commands obey, and the report as well.
const OF_ALL: [&str; 37] = [
    "anonymize",
    "anonymize-key",
    "cause",
    "client",
    "config",
    "date-range",
    "discard-delivers",
    "dow0mon",
    "format",
    "from",
    "help",
    "host",
    "ignore-case",
    "instance",
    "journal",
    "list-inputs",
    "message-id",
    "no-fold",
    "no-rotated",
    "output",
    "queue-id",
    "quiet",
    "reason",
    "relay",
    "service",
    "srs-mung",
    "status",
    "syslog-name",
    "threads",
    "to",
    "unprocd-file",
    "use-orig-to",
    "user",
    "uucp-mung",
    "verp-mung",
    "version",
    "year",
];

/// Options that commands obey and the report does not.
const OF_COMMANDS: [&str; 5] = ["by", "limit", "queue", "require-match", "top"];

/// Whether an option says something to a command, or to the report, which has no name.
pub(super) fn obeys(command: &str, long: &str) -> bool {
    let more: &[&str] = match command {
        "count" => &["by", "require-match", "skip-own-mail", "suppress", "top", "whole-domains"],
        "trace" => &["limit", "require-match"],
        "queue" => &["queue", "require-match", "skip-own-mail", "top", "whole-domains"],
        _ => return !is_own(long),
    };
    OF_ALL.contains(&long) || more.contains(&long)
}

/// Whether an option is of commands only, so that the general help does not show it.
fn is_own(long: &str) -> bool {
    OF_COMMANDS.contains(&long)
}

/// Refuses an option that says nothing to a command, and says to what it does.
pub(super) fn check(command: &str, long: &str) -> Result<()> {
    // What old scripts may have, and the clock of tests.
    const EVERYWHERE: [&str; 3] = ["debug", "now", "smtp-detail"];
    if obeys(command, long) || EVERYWHERE.contains(&long) {
        return Ok(());
    }
    let of: Vec<&str> = COMMANDS.into_iter().filter(|command| obeys(command, long)).collect();
    match of.as_slice() {
        _ if !is_own(long) => bail!("--{long} is an option of the report, not of pfsum {command}"),
        [of @ .., last] if !of.is_empty() => {
            bail!("--{long} is an option of pfsum {} and {last}", of.join(", "))
        }
        of => bail!("--{long} is an option of pfsum {}", of.concat()),
    }
}

const COUNT: Help = Help {
    about: "Prints numbers of the report: one alone, several with their names, a table with --by.",
    usage: "pfsum count WHAT... [OPTIONS] [LOG]...",
};

const TRACE: Help = Help {
    about: "Tells what became of each message that fits KEY, in the order of time, the newest last.",
    usage: "pfsum trace KEY [OPTIONS] [LOG]...",
};

const QUEUE: Help = Help {
    about: "Tells what is queued, since when and why, with commands to copy. Nothing is changed.",
    usage: "pfsum queue [OPTIONS] [LOG]...",
};

const KEYS_OF_TRACE: &str = "\
KEY is
  4C2B31F0A9, 4jXDgg0rVKz6v2L   a queue ID; the message is followed through content filters
  20261122.1@example.net        a message-id, with or without its angle brackets
  ann@example.org, <>           an address, as sender or recipient
  @example.org, @*.example.org  a domain, or those below it
  ann                           a local user, or who signed in as that
  192.0.2.10, 192.0.2.0/24      a client or network; also mx.example.org, *.example.org

Notices and forwards are told below the message they came of, and refusals before there was a
queue ID beside them. The log is read twice or more; what is kept is what belongs to the answer.

  pfsum trace ann@example.org -d yesterday /var/log/mail.log
  pfsum trace 4C2B31F0A9 --format json /var/log/mail.log*";

const EXAMPLES_OF_QUEUE: &str = "\
Without LOG and --queue, on a mail host, the system's log is joined with `postqueue -j`, which
every user may run unless authorized_mailq_users says otherwise.

  pfsum queue
  pfsum queue --to @example.org --top 10
  ssh mx1 postqueue -j | pfsum queue --queue - mx1.log";

/// What can be counted, and by what.
fn measures_and_keys() -> String {
    let mut text = String::from("WHAT is\n");
    for measure in Measure::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {:22}  {}", measure.name(), measure.said());
    }
    let keys: Vec<&str> = Key::ALL.iter().map(|key| key.name()).collect();
    let _ = write!(
        text,
        "\nKEY of --by is {},\nor two of them: hour,relay\n\n  \
         pfsum count deferrals -d yesterday\n  \
         pfsum count deferrals --by relay,reason --top 10 /var/log/mail.log\n  \
         pfsum count delivered --by sender --to ann@example.org /var/log/mail.log",
        wrapped(&keys)
    );
    text
}

/// Names in lines of at most ninety columns.
fn wrapped(names: &[&str]) -> String {
    let (mut text, mut column) = (String::new(), 16);
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            text.push(',');
            column += 2;
        }
        if column + name.len() > 90 {
            text.push_str("\n  ");
            column = 2;
        } else if at > 0 {
            text.push(' ');
        }
        text.push_str(name);
        column += name.len();
    }
    text
}
