//! The options in force, written as a config file.

use std::io::Write;

use anyhow::Result;

use super::args::Args;
use super::config_file::NOT_IN_A_FILE;
use super::getopt::Opts;

/// Writes every option that can stand in a file: those in force as a key each,
/// the others as comments.
///
/// A file of what it writes puts the same options in force.
pub(crate) fn write(args: &Args, opts: &Opts, out: &mut impl Write) -> Result<()> {
    let table = toml::Table::try_from(args)?;
    writeln!(out, "# What is in force, as pfsum {} reads it.", env!("CARGO_PKG_VERSION"))?;
    write!(out, "{}", toml::to_string(&table)?)?;
    let settable = opts.longs().filter(|long| !NOT_IN_A_FILE.contains(long));
    for long in settable.filter(|long| !table.contains_key(*long)) {
        writeln!(out, "# {long} =")?;
    }
    Ok(())
}
