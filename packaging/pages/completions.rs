//! The completions of bash, zsh and fish: visible options, commands, and what can be counted.

use std::fs::File;
use std::io;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use clap_complete::{Shell, generate};
use pfsum::answer::{Key, Measure};

use super::cli::value::SUPPRESSIBLE;

/// Writes a file for each shell, under the name that the shell looks for.
pub(super) fn write(
    program: &Command,
    commands: &[(&'static str, Command)],
    folder: &Path,
) -> io::Result<()> {
    let whole = commands.iter().fold(shown(program, "pfsum"), |whole, (name, command)| {
        whole.subcommand(shown(command, name))
    });
    let whole = whole.disable_help_subcommand(true);
    for (shell, name) in
        [(Shell::Bash, "pfsum.bash"), (Shell::Zsh, "_pfsum"), (Shell::Fish, "pfsum.fish")]
    {
        generate(shell, &mut whole.clone(), "pfsum", &mut File::create(folder.join(name))?);
    }
    Ok(())
}

/// A command with what its help shows, and with the words that it takes.
fn shown(command: &Command, name: &'static str) -> Command {
    let mut shown = Command::new(name)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .version(env!("CARGO_PKG_VERSION"));
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone());
    }
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let arg = match words_of(arg, name) {
            Some(words) => arg.clone().value_parser(PossibleValuesParser::new(words)),
            None => arg.clone(),
        };
        shown = shown.arg(arg);
    }
    shown
}

/// The words that an argument takes, where `--help` does not list them. Where none fits, the
/// shells complete files.
fn words_of(arg: &Arg, command: &str) -> Option<Vec<&'static str>> {
    Some(match arg.get_id().as_str() {
        "logs" if command == "count" => Measure::ALL.iter().map(|measure| measure.name()).collect(),
        "by" => Key::ALL.iter().map(|key| key.name()).collect(),
        "section" => pfsum::render::csv::names().collect(),
        "suppress" => SUPPRESSIBLE.to_vec(),
        _ => return None,
    })
}
