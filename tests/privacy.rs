//! `--anonymize`: nobody of the log is left in the report, and no number changes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pfsum::config::Format;
use pfsum::input::Reader;
use pfsum::render::{self, csv, mail};
use pfsum::report::Report;
use pfsum::report::anonymize::Anonymizer;
use pfsum::{Config, Summary};
use regex::Regex;
use serde_json::Value;

/// 2026-11-23 12:00: the sample logs without years were written before it.
const NOW: i64 = 1_795_435_200;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn samples() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("sample-logs")).unwrap();
    let mut logs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    logs.retain(|log| log.extension().is_some_and(|end| end == "log"));
    logs.sort();
    assert!(logs.len() > 30);
    logs
}

fn summary(log: &Path) -> Summary {
    let mut config = Config::default();
    config.reading.now = NOW;
    config.counting.messages = true;
    let mut summary = Summary::new(config);
    summary.read(&mut Reader::open(log).unwrap(), NOW).unwrap();
    summary.finish();
    summary
}

fn report(summary: &Summary, format: Format, key: Option<&str>) -> Arc<Report> {
    let mut reporting = Config::default().reporting;
    reporting.format = format;
    let mut report = summary.report_as(&reporting);
    if let Some(key) = key {
        report.anonymize(&Anonymizer::new(key.as_bytes(), summary.known_names()));
    }
    Arc::new(report)
}

fn written(report: &Arc<Report>, format: Format) -> String {
    let mut out = Vec::new();
    render::render(report, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Every form of a report together, and the subject of its mail.
fn everything(summary: &Summary, key: Option<&str>) -> String {
    let full = report(summary, Format::Json, key);
    let mut all = written(&full, Format::Json);
    for format in [Format::Text, Format::Html, Format::Prometheus] {
        all += &written(&report(summary, format, key), format);
    }
    for section in &full.sections {
        let mut out = Vec::new();
        csv::write(&full, section.id, &mut out).unwrap();
        all += &String::from_utf8(out).unwrap();
    }
    all += &mail::html(&full, false).unwrap();
    all + &mail::subject(&full, None)
}

/// Who is in a log: addresses, local parts, hosts, users, found without the program.
fn people(log: &str) -> BTreeSet<String> {
    let mut people = BTreeSet::new();
    let address = Regex::new(r"([A-Za-z0-9._+=-]+)@([A-Za-z0-9._-]+[A-Za-z0-9])").unwrap();
    for found in address.captures_iter(log) {
        people.extend([found[0].to_owned(), found[1].to_owned(), found[2].to_owned()]);
    }
    let peer =
        Regex::new(r"([A-Za-z0-9._-]+)\[((?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-f:]*::[0-9a-f:]*)\]");
    for found in peer.unwrap().captures_iter(log) {
        people.extend([found[1].to_owned(), found[2].to_owned()]);
    }
    let host =
        Regex::new(r"(?m)^(?:\w{3} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) (\S+) postfix").unwrap();
    people.extend(host.captures_iter(log).map(|found| found[1].to_owned()));
    let user = Regex::new(r"sasl_username=([A-Za-z0-9._@+-]+)").unwrap();
    people.extend(user.captures_iter(log).map(|found| found[1].to_owned()));
    people
}

/// Words that the report says of itself, whoever is in the log.
fn own_words() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut folders = vec![root().join("src"), root().join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(path).unwrap();
                let is_sign = |c: char| !c.is_ascii_alphanumeric();
                words.extend(text.split(is_sign).map(str::to_owned));
            }
        }
    }
    words
}

/// Whether a word stands in a text, and not only as a part of another.
fn stands_in(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(part);
        let behind = text[at + word.len()..].chars().next().is_some_and(part);
        !before && !behind
    })
}

#[test]
fn nobody_of_the_log_is_left() {
    let own = own_words();
    let (mut looked_for, mut seen_before) = (0, 0);
    for log in samples() {
        let text = String::from_utf8_lossy(&fs::read(&log).unwrap()).into_owned();
        let summary = summary(&log);
        let (open, hidden) = (everything(&summary, None), everything(&summary, Some("a key")));
        let mut left = Vec::new();
        for person in people(&text) {
            // `postfix`, `local` or `a` are words before they are names.
            if own.contains(&person)
                || person.len() < 2
                || person.chars().all(|c| c.is_ascii_digit())
            {
                continue;
            }
            looked_for += 1;
            seen_before += usize::from(stands_in(&open, &person));
            if stands_in(&hidden, &person) {
                left.push(person);
            }
        }
        assert!(left.is_empty(), "{}: {left:?}", log.display());
    }
    // Else this test would prove nothing.
    assert!(looked_for > 800 && seen_before > 600, "{seen_before} of {looked_for}");
}

/// A value without its texts.
fn numbers(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::Null,
        Value::Array(list) => list.iter().map(numbers).collect(),
        Value::Object(keys) => {
            keys.iter().map(|(key, value)| (key.clone(), numbers(value))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn no_number_and_no_rank_changes() {
    for log in samples() {
        let summary = summary(&log);
        let json = |key| -> Value {
            serde_json::from_str(&written(&report(&summary, Format::Json, key), Format::Json))
                .unwrap()
        };
        let (open, hidden) = (json(None), json(Some("a key")));
        assert_eq!(numbers(&open), numbers(&hidden), "{}", log.display());
        for (open, hidden) in
            open["queue"].as_array().unwrap().iter().zip(hidden["queue"].as_array().unwrap())
        {
            assert_eq!(open["queue_id"], hidden["queue_id"]);
            assert_eq!(open["cause"], hidden["cause"]);
        }
        // Two rows that were two are two.
        let rows = |report: &Value, id: &str, column: &str| -> BTreeSet<String> {
            let sections = report["sections"].as_array().unwrap();
            let section = sections.iter().find(|section| section["id"] == id);
            let rows = section.and_then(|section| section["table"]["rows"].as_array());
            rows.into_iter().flatten().map(|row| row[column].to_string()).collect()
        };
        for (id, column) in
            [("senders", "address"), ("recipients", "address"), ("smtpd_hosts", "host")]
        {
            let (open, hidden) = (rows(&open, id, column), rows(&hidden, id, column));
            assert_eq!(open.len(), hidden.len(), "{}: {id}", log.display());
        }
    }
}

#[test]
fn a_key_makes_the_same_pseudonyms_and_another_key_others() {
    let summary = summary(&root().join("sample-logs/february-2009.log"));
    let text = |key| written(&report(&summary, Format::Text, Some(key)), Format::Text);
    assert_eq!(text("one"), text("one"));
    assert_ne!(text("one"), text("two"));
}
