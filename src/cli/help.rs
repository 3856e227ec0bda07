//! The help of one command: what is its own, and the options that say something to it.

use std::ffi::OsString;
use std::fmt::Write as _;

use anyhow::Result;
use clap::CommandFactory;
use pfsum::answer::{Key, Measure};

use super::args::Args;

/// What the help of a command says.
struct Help {
    about: &'static str,
    usage: &'static str,
    /// Its own options, which the general help does not show.
    own: &'static [&'static str],
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
        let id = arg.get_id().as_str();
        let of_report =
            matches!(arg.get_help_heading(), Some("Report" | "Counting" | "Mail" | "Alerts"));
        let is_hidden = of_report || arg.is_hide_set() || ["dump_config", "section"].contains(&id);
        let own = help.own.contains(&id) || id == "skip_own_mail";
        arg.hide(is_hidden && !own)
    };
    let command = Args::command().about(help.about).override_usage(help.usage);
    Some(command.mut_args(fit).after_help(more))
}

const COUNT: Help = Help {
    about: "Prints numbers of the report: one alone, several with their names, a table with --by.",
    usage: "pfsum count WHAT... [OPTIONS] [LOG]...",
    own: &["by", "top", "require_match"],
};

const TRACE: Help = Help {
    about: "Tells what became of each message that fits KEY, in the order of time, the newest last.",
    usage: "pfsum trace KEY [OPTIONS] [LOG]...",
    own: &["limit", "require_match"],
};

const QUEUE: Help = Help {
    about: "Tells what is queued, since when and why, with commands to copy. Nothing is changed.",
    usage: "pfsum queue [OPTIONS] [LOG]...",
    own: &["queue", "top", "require_match"],
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
            text.push_str(", ");
            column += 2;
        }
        if column + name.len() > 90 {
            text.push_str("\n  ");
            column = 2;
        }
        text.push_str(name);
        column += name.len();
    }
    text
}
