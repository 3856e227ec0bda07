//! The man pages: what is defined for `--help`, between the prose of `packaging/pages/*.roff`.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use clap_mangen::Man;

/// What stands before the options of pfsum(1), and behind them.
const BEFORE: &str = include_str!("before.roff");
const AFTER: &str = include_str!("after.roff");

/// Writes pfsum(1), and a page for each command.
pub(super) fn write(
    program: &Command,
    commands: &[(&'static str, Command)],
    folder: &Path,
) -> io::Result<()> {
    let parts = [head(program, "pfsum"), BEFORE.into(), options(program)?];
    let more = [notes("NOTES", program), AFTER.into()];
    fs::write(folder.join("pfsum.1"), [parts.concat(), more.concat()].concat())?;
    for (name, command) in commands {
        let title = format!("pfsum-{name}");
        let see_also = ".SH SEE ALSO\n.BR pfsum (1)\n".into();
        let parts =
            [head(command, &title), notes("DESCRIPTION", command), options(command)?, see_also];
        fs::write(folder.join(format!("{title}.1")), parts.concat())?;
    }
    Ok(())
}

/// Title, name and synopsis: the usage without what it says of each form.
fn head(command: &Command, title: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let mut text = format!(
        ".TH {} 1 \"\" \"pfsum {version}\" \"Postfix log reports\"\n\
         .SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.nf\n",
        verbatim(&title.to_uppercase()),
        verbatim(title),
        verbatim(about.trim_end_matches('.')),
    );
    for form in usage.trim_start_matches("Usage:").lines() {
        let form = form.trim().split("  ").next().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", verbatim(form));
    }
    text.push_str(".fi\n");
    text
}

/// The options under their headings; the values that one may have stand in a line with its help,
/// as `--help` has them.
fn options(command: &Command) -> io::Result<String> {
    let in_a_line = |arg: Arg| {
        let values = arg.get_possible_values();
        if values.is_empty() || !arg.get_action().takes_values() {
            return arg;
        }
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        arg.help(format!("{help}: {}", names.join(", "))).hide_possible_values(true)
    };
    let mut page = Vec::new();
    Man::new(command.clone().mut_args(in_a_line)).render_options_section(&mut page)?;
    String::from_utf8(page).map_err(io::Error::other)
}

/// What the help ends with, line for line.
fn notes(heading: &str, command: &Command) -> String {
    let mut text = format!(".SH {heading}\n.nf\n");
    let notes = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for line in notes.lines() {
        let _ = writeln!(text, "{}", verbatim(line));
    }
    text.push_str(".fi\n");
    text
}

/// A line as it stands: no escape, no request, no typographic quote.
fn verbatim(line: &str) -> String {
    let text = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    let text = text.replace('`', "\\(ga").replace('^', "\\(ha").replace('~', "\\(ti");
    if text.starts_with('.') { format!("\\&{text}") } else { text }
}
