//! Writes the man pages and the completions of bash, zsh and fish into a folder, from the
//! definitions that `--help` is made of:
//!
//!     cargo run --example pages -- target/pages

#![allow(missing_docs)]

mod completions;
mod man;

use std::path::Path;
use std::{env, fs, io};

use clap::{Command, CommandFactory};

/// What the program's command line is made of, and nothing that acts on it.
#[path = "../../src/cli"]
#[allow(dead_code, unreachable_pub)]
mod cli {
    pub(crate) mod args;
    pub(crate) mod asking;
    pub(crate) mod help;
    mod nearest;
    pub(crate) mod showing;
    pub(crate) mod value;
    pub(crate) mod watching;
    pub(crate) mod mail {
        pub(crate) mod options;
    }
}

/// The commands of pfsum that have a help of their own.
const COMMANDS: [&str; 3] = ["count", "trace", "queue"];

/// The program without a command, and its commands by name.
fn definitions() -> (Command, Vec<(&'static str, Command)>) {
    let commands = COMMANDS.iter().filter_map(|name| Some((*name, cli::help::definition(name)?)));
    (cli::args::Args::command(), commands.collect())
}

/// Writes every page and completion into a folder, which is made if it is not there.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let (program, commands) = definitions();
    man::write(&program, &commands, folder)?;
    completions::write(&program, &commands, folder)
}

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).ok_or_else(|| io::Error::other("usage: pages FOLDER"))?;
    write(Path::new(&folder))
}
