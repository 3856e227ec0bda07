//! What the targets run: the library on bytes, and the command line, compiled once for the three
//! that need it.

#[allow(dead_code, unused_imports)]
#[path = "../../src/cli/mod.rs"]
mod cli;
mod subject;

pub use subject::*;

/// Runs a command line, the program's name first. Refused or not, it is answered.
pub fn command_line(words: impl IntoIterator<Item = std::ffi::OsString>) {
    let _ = cli::run(words);
}
