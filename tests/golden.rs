//! Whole reports: what the program prints for a log and its options, byte for byte.
//!
//! A folder of `golden/` is a case: `args` holds the words of the command line, one a line,
//! and `expected.txt` what is printed (`stderr.txt`, what is said on stderr). Logs stand in `golden/logs` or among the sample logs.
//! `PFSUM_BLESS=1` writes the expectations anew; read the difference before you keep it.

#![allow(clippy::indexing_slicing)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Runs the program in the folder of the golden tests, at noon of 5 November 2025.
fn pfsum(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(args)
        .current_dir(golden())
        .env("TZ", "UTC")
        .env("PFSUM_NOW", "2025-11-05T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .expect("the program runs")
}

/// The folders of all cases.
fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(golden()).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.join("args").exists()).collect();
    cases.sort();
    cases
}

#[test]
fn reports_are_printed_as_they_were_checked() {
    let bless = std::env::var_os("PFSUM_BLESS").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let args = fs::read_to_string(case.join("args")).unwrap();
        let output = pfsum(&args.lines().collect::<Vec<_>>());
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let said = fs::read_to_string(case.join("stderr.txt")).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&output.stderr), said, "{name}: on stderr");
        let printed = String::from_utf8(output.stdout).expect("a report is valid UTF-8");
        let path = case.join("expected.txt");
        if bless {
            fs::write(path, printed).unwrap();
            continue;
        }
        let expected = fs::read_to_string(path).unwrap_or_default();
        if let Some(difference) = first_difference(&expected, &printed) {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn first_difference(expected: &str, printed: &str) -> Option<String> {
    let (mut old, mut new) = (expected.split('\n'), printed.split('\n'));
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (old, new) if old != new => {
                return Some(format!("line {number}\n  expected {old:?}\n  printed  {new:?}"));
            }
            _ => {}
        }
    }
    None
}

/// What other programs look for in the text, and the key of JSON that says the same.
const SCRAPED: &[(&str, &str)] = &[
    ("received", "received"),
    ("delivered", "delivered"),
    ("forwarded", "forwarded"),
    ("deferred", "deferred"),
    ("bounced", "bounced"),
    ("removed (canceled)", "canceled"),
    ("expired", "expired"),
    ("rejected", "rejected"),
    ("reject warnings", "reject_warnings"),
    ("held", "held"),
    ("discarded", "discarded"),
    ("senders", "senders"),
    ("sending hosts/domains", "sending_domains"),
    ("recipients", "recipients"),
    ("recipient hosts/domains", "recipient_domains"),
];

#[test]
fn text_and_json_give_the_same_totals() {
    let log = "logs/every-section.log";
    let text = String::from_utf8(pfsum(&[log]).stdout).unwrap();
    let json: serde_json::Value =
        serde_json::from_slice(&pfsum(&["--format", "json", log]).stdout).unwrap();
    for (label, key) in SCRAPED {
        let line = text.lines().find(|line| {
            let words = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
            words
                .trim_start()
                .split("  (")
                .next()
                .is_some_and(|said| said == *label || said.split(" (").next() == Some(label))
        });
        let shown = line.and_then(|line| line.split_whitespace().next()).unwrap_or_default();
        assert_eq!(shown, json["totals"][key].to_string(), "{label}: {line:?}");
    }
}

#[test]
fn rows_of_a_table_add_up_to_its_total() {
    let run = pfsum(&["--format", "json", "logs/every-section.log"]);
    let json: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let sum = |id: &str, key: &str| -> u64 {
        let section = json["sections"].as_array().unwrap().iter().find(|s| s["id"] == id).unwrap();
        let rows = section["table"]["rows"].as_array().unwrap();
        rows.iter().map(|row| row[key].as_u64().unwrap()).sum()
    };
    let totals = |key: &str| json["totals"][key].as_u64().unwrap();
    assert_eq!(sum("sender_domains", "count"), totals("received"));
    assert_eq!(sum("sender_domains", "bytes"), totals("bytes_received"));
    assert_eq!(sum("recipient_domains", "count"), totals("delivered"));
    assert_eq!(sum("recipient_domains", "deferrals"), totals("deferrals"));
    assert_eq!(sum("recipients_by_size", "bytes"), totals("bytes_delivered"));
    assert_eq!(sum("per_day", "received"), totals("received"));
    assert_eq!(json["books"]["closes"], true);
}

#[test]
fn a_log_without_postfix_is_named_on_stderr_and_in_the_exit_status() {
    let run = pfsum(&["args-are-no-log.txt", "golden.rs"]);
    assert_eq!(run.status.code(), Some(1));
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.contains("args-are-no-log.txt: no such file or directory"), "{said}");
    let run = pfsum(&["logs/other-programs.log"]);
    assert_eq!(run.status.code(), Some(1));
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(said, "pfsum: logs/other-programs.log: 2 lines, none of them from Postfix\n");
}

#[test]
#[cfg(unix)]
fn the_mail_queue_is_what_mailq_prints() {
    let path = format!("{}:/usr/bin:/bin", golden().join("bin").display());
    let run = Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(["--classic", "--mailq", "logs/every-section.log"])
        .current_dir(golden())
        .env("PATH", path)
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    let queue = "\nCurrent Mail Queue\n------------------\nMail queue is empty\n";
    assert!(text.ends_with(queue), "{}", text.get(text.len() - 200..).unwrap_or_default());
}
