//! What each stage costs: `cargo bench` writes a log with the load generator, takes it one stage
//! farther each time, and prints the median of five runs.

#![allow(clippy::unwrap_used)] // a measurement that cannot be made has nothing to tell

use std::fs::File;
use std::hint::black_box;
use std::io::sink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use pfsum::config::Format;
use pfsum::input::{Block, Reader};
use pfsum::{Config, Summary, postfix, render, syslog};

const LINES: u32 = 1_000_000;
const RUNS: usize = 5;
/// 2026-11-23 12:00, in seconds since 1970: behind the end of the log.
const NOW: i64 = 1_795_435_200;

/// A stage, with all that come before it.
type Stage = (&'static str, fn(&Path));

const STAGES: [Stage; 6] = [
    ("lines", lines),
    ("records", records),
    ("entries", entries),
    ("tallies", |log| drop(summary(log))),
    ("text report", |log| report(log, Format::Text)),
    ("JSON report", |log| report(log, Format::Json)),
];

fn main() {
    let log = load_log();
    let bytes = u32::try_from(log.metadata().unwrap().len()).unwrap();
    println!("{LINES} lines, {bytes} bytes, median of {RUNS} runs");
    println!("{:<24} {:>8} {:>8}", "up to", "ns/line", "MB/s");
    for (name, stage) in STAGES {
        print(name, bytes, || stage(&log));
    }
    print("whole process", bytes, || {
        let mut pfsum = Command::new(env!("CARGO_BIN_EXE_pfsum"));
        assert!(pfsum.arg(&log).stdout(Stdio::null()).status().unwrap().success());
    });
}

/// Measures a stage, once without counting it.
fn print(name: &str, bytes: u32, stage: impl Fn()) {
    stage();
    let mut runs: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            stage();
            start.elapsed().as_secs_f64()
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    let median = runs.get(RUNS / 2).copied().unwrap();
    let (per_line, speed) = (median * 1e9 / f64::from(LINES), f64::from(bytes) / median / 1e6);
    println!("{name:<24} {per_line:>8.1} {speed:>8.0}");
}

/// A week of a mail exchanger, the same in each run.
fn load_log() -> PathBuf {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mx.log");
    let lines = LINES.to_string();
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--example", "load-log", "--"])
        .args(["--lines", &lines, "--days", "7", "--out"])
        .arg(&log)
        .status()
        .unwrap();
    assert!(status.success(), "the load generator failed");
    log
}

fn each_line(log: &Path, mut take: impl FnMut(&[u8])) {
    let mut reader = Reader::from_stream(log, Box::new(File::open(log).unwrap())).unwrap();
    let mut block = Block::new();
    while reader.fill(&mut block).unwrap() {
        block.lines().for_each(&mut take);
    }
}

fn lines(log: &Path) {
    each_line(log, |line| {
        black_box(line);
    });
}

fn records(log: &Path) {
    let mut parser = syslog::Parser::default();
    each_line(log, |line| {
        black_box(parser.parse(line));
    });
}

fn entries(log: &Path) {
    let (mut parser, mut said) = (syslog::Parser::default(), postfix::Parser::default());
    each_line(log, |line| {
        if let Some(syslog::Line::Record(record)) = parser.parse(line) {
            black_box(said.parse(&record));
        }
    });
}

fn summary(log: &Path) -> Summary {
    let mut config = Config::default();
    config.reading.now = NOW;
    let mut summary = Summary::new(config);
    let mut reader = Reader::from_stream(log, Box::new(File::open(log).unwrap())).unwrap();
    summary.read(&mut reader, NOW).unwrap();
    summary.finish();
    summary
}

fn report(log: &Path, format: Format) {
    let summary = summary(log);
    let report = summary.report();
    render::render(&report, format, &mut sink()).unwrap();
}
