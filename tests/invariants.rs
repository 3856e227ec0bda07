//! What holds for every log, however it is cut, laid out, put together or damaged.
//!
//! The logs are the samples; what is done to them is drawn with a fixed seed, so that a
//! failure comes again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "invariants/cuts.rs"]
mod cuts;
#[path = "invariants/damage.rs"]
mod damage;
#[path = "invariants/dice.rs"]
mod dice;
#[path = "invariants/flaws.rs"]
mod flaws;
#[path = "invariants/merge.rs"]
mod merge;
#[path = "invariants/numbers.rs"]
mod numbers;
#[path = "invariants/orders.rs"]
mod orders;
#[path = "invariants/sums.rs"]
mod sums;
#[path = "input/support.rs"]
#[allow(dead_code)]
mod support;
#[path = "invariants/threads.rs"]
mod threads;

use std::path::{Path, PathBuf};

use pfsum::config::Format;
use pfsum::input::Reader;
use pfsum::{Config, Period, Summary, render};
use support::stream;

/// 2026-11-23 12:00: no sample was written later.
const NOW: i64 = 1_795_435_200;

/// The log of a sample.
struct Sample {
    name: String,
    bytes: Vec<u8>,
}

/// All samples that are logs, by name.
fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        let is_log = path.extension().is_some_and(|end| end == "log" || end == "export");
        is_log || name == "journal.json"
    });
    paths.sort();
    let samples: Vec<Sample> = paths
        .iter()
        .map(|path| Sample {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            bytes: std::fs::read(path).unwrap(),
        })
        .collect();
    assert!(samples.len() >= 35, "only {} samples", samples.len());
    samples
}

/// The lines of a log, with their ends.
fn lines(log: &[u8]) -> Vec<&[u8]> {
    log.split_inclusive(|&byte| byte == b'\n').collect()
}

/// Everything that can be counted and shown, of the whole log or of a period.
fn config(period: Period) -> Config {
    let mut config = Config::default();
    config.reading.now = NOW;
    config.reading.period = period;
    config.counting.messages = true;
    config.reporting.smtpd_stats = true;
    config.reporting.pscrn_stats = true;
    config.reporting.ssl_tls_stats = true;
    config
}

/// Reads a log that comes in steps and blocks of these sizes, and ends it.
fn read(content: Vec<u8>, period: Period, step: usize, block: usize) -> Summary {
    let mut summary = Summary::new(config(period));
    let reader = Reader::with_block_size(Path::new("log"), stream(content, step), block);
    summary.read(&mut reader.unwrap(), NOW).unwrap();
    summary.finish();
    summary
}

/// Reads a log as far as it can be read.
fn salvaged(content: Vec<u8>) -> Summary {
    let mut summary = Summary::new(config(Period::ALWAYS));
    let mut reader = Reader::from_stream(Path::new("log"), stream(content, 1 << 20)).unwrap();
    // Half an entry of a journal is an error; what stands before it counts.
    let _ = summary.read(&mut reader, NOW);
    summary.finish();
    summary
}

/// Reads a log as it stands.
fn whole(content: &[u8]) -> Summary {
    read(content.to_vec(), Period::ALWAYS, 1 << 20, 1 << 18)
}

/// The report in a form.
fn shown(summary: &Summary, format: Format) -> String {
    let mut out = Vec::new();
    render::render(&summary.report(), format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The first line in which two texts differ.
fn difference(one: &str, other: &str) -> Option<String> {
    let mut pairs = one.lines().zip(other.lines());
    match pairs.find(|(one, other)| one != other) {
        Some((one, other)) => Some(format!("{one:?} is {other:?}")),
        None if one == other => None,
        None => Some("one is longer".to_owned()),
    }
}
