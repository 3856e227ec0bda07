//! Command lines, and what each means.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::CommandFactory;
use pfsum::Period;
use pfsum::config::{Config, Format, Limit, Suppress};

use super::args::Args;
use super::asking::Asking;
use super::config_file::{NOT_IN_A_FILE, read_all};
use super::getopt::{Choice, Opts, PFLOGSUMM, Takes, Typed};
use super::plan::{Inputs, Plan, Task};
use super::setting::Setting;
use super::{dump, resolve};

mod meaning;
mod words;

const NOW: &str = "2025-11-05T12:00:00";
const DAY: i64 = 86_400;
/// 2025-11-05, counted from 1970-01-01.
const TODAY: i64 = 20_397;

fn opts(as_pflogsumm: bool) -> Opts {
    Opts::of(&Args::command(), as_pflogsumm)
}

fn take_apart(words: &[&str], as_pflogsumm: bool) -> Result<Typed, String> {
    let words = words.iter().map(OsString::from);
    opts(as_pflogsumm).take_apart(words, false).map_err(|error| error.to_string())
}

fn settled(words: &[&str], settings: &[Setting]) -> Result<Args, String> {
    let mut typed = take_apart(words, false)?;
    let now = Choice { long: "now".into(), value: Some(NOW.into()) };
    typed.choices.insert(0, now);
    let args = resolve(&typed, settings).map_err(|error| error.to_string())?;
    Ok(args.unwrap().settle(false))
}

fn plan(words: &[&str]) -> Result<Plan, String> {
    Plan::new(&settled(words, &[])?).map_err(|error| error.to_string())
}

fn config(words: &[&str]) -> Config {
    plan(words).unwrap_or_else(|said| panic!("{words:?}: {said}")).config
}
