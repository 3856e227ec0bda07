//! `--anonymize`: nobody of any sample log is left in anything that is written of it, and no
//! number changes. Who is in a log is found here by other rules than the program's.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pfsum::Summary;
use pfsum::config::{Config, Format};
use pfsum::input::Reader;
use pfsum::render::{self, csv, mail};
use pfsum::report::Report;
use pfsum::words::pseudonym::Pseudonyms;
use regex::Regex;
use serde_json::Value;

const NOW: i64 = 1_795_435_200;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All sample logs, and those of the golden files.
fn logs() -> Vec<PathBuf> {
    let folders = [root().join("sample-logs"), root().join("tests/golden/logs")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut logs: Vec<PathBuf> = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "log"))
        .collect();
    logs.sort();
    assert!(logs.len() > 40);
    logs
}

fn summary(log: &Path) -> Summary {
    let mut config = Config::default();
    config.reading.now = NOW;
    config.counting.messages = true;
    config.counting.verbose = true;
    config.reporting.smtpd_stats = true;
    config.reporting.pscrn_stats = true;
    config.reporting.ssl_tls_stats = true;
    let mut summary = Summary::new(config);
    summary.read(&mut Reader::open(log).unwrap(), NOW).unwrap();
    summary.finish();
    summary
}

fn report<'s>(summary: &'s Summary, format: Format, key: Option<&str>) -> Report<'s> {
    let mut reporting = Config::default().reporting;
    reporting.format = format;
    let mut report = summary.report_as(&reporting);
    if let Some(key) = key {
        report.anonymize(&Pseudonyms::new(key.as_bytes(), summary.known_names()));
    }
    report
}

fn written(report: &Report<'_>, format: Format) -> String {
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

/// Who is in a log: addresses, local parts, hosts and their addresses, users, HELO names.
fn people(log: &str) -> BTreeSet<String> {
    const FORMS: [&str; 8] = [
        r"([A-Za-z0-9._+=-]+)@([A-Za-z0-9._-]+[A-Za-z0-9])",
        r"([A-Za-z0-9._-]+)\[((?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*)\]",
        r"(?-u:\b)((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?-u:\b)",
        r"(?-u:\b)([0-9a-f]{1,4}:[0-9a-f:]*::?[0-9a-f]{1,4})(?-u:\b)",
        r"(?m)^(?:\w{3} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) (\S+) postfix",
        r"sasl_username=([A-Za-z0-9._@+-]+)",
        r"helo=<([A-Za-z0-9._-]+)>",
        r"(?-u:\b)((?:[a-z0-9-]+\.)+(?:example|test|invalid|example\.(?:org|net|com)))(?-u:\b)",
    ];
    let mut people = BTreeSet::new();
    for form in FORMS {
        for found in Regex::new(form).unwrap().captures_iter(log) {
            // Ten o'clock is no address.
            let is_time =
                |text: &str| text.len() == 8 && !text.contains(|c| ('a'..='f').contains(&c));
            let names = found.iter().skip(1).flatten().map(|name| name.as_str().to_owned());
            people.extend(names.filter(|name| !is_time(name)));
            if form.contains('@') {
                people.insert(found[0].to_owned());
            }
        }
    }
    people
}

/// Words that are names in some log, but stand in the report by themselves, or tell of nobody.
const WORDS: [&str; 16] = [
    "everybody",
    "info",
    "list",
    "localhost",
    "max",
    "news",
    "nobody",
    "notices",
    "old",
    "one",
    "postfix",
    "root",
    "service",
    "spam",
    "unknown",
    "user",
];

/// A text, and where each of its words begins.
struct Words<'t> {
    text: &'t str,
    starts: HashMap<&'t str, Vec<usize>>,
}

impl<'t> Words<'t> {
    fn of(text: &'t str) -> Self {
        let mut starts: HashMap<&str, Vec<usize>> = HashMap::new();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
            starts.entry(word).or_default().push(word.as_ptr() as usize - text.as_ptr() as usize);
        }
        Self { text, starts }
    }

    /// Whether a name stands there, and not only as a part of another.
    fn have(&self, name: &str) -> bool {
        let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let first = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_here = |at: &usize| self.text[*at..].strip_prefix(name).is_some_and(ends);
        self.starts.get(first).is_some_and(|starts| starts.iter().any(is_here))
    }
}

/// Those of a log who are named in a text.
fn named<'p>(people: &'p BTreeSet<String>, text: &str) -> Vec<&'p String> {
    let words = Words::of(text);
    let is_name = |name: &&String| name.len() > 2 && !WORDS.contains(&name.as_str());
    people.iter().filter(is_name).filter(|name| words.have(name)).collect()
}

#[test]
fn nobody_of_the_log_is_left() {
    let mut named_before = 0;
    for log in logs() {
        let text = String::from_utf8_lossy(&fs::read(&log).unwrap()).into_owned();
        let summary = summary(&log);
        let (open, hidden) = (everything(&summary, None), everything(&summary, Some("a key")));
        let people = people(&text);
        named_before += named(&people, &open).len();
        let left: Vec<_> = named(&people, &hidden);
        // The golden logs have queue IDs that are made of their sender's number.
        let left: Vec<_> =
            left.iter().filter(|name| !text.contains(&format!(": {name}:"))).collect();
        assert!(left.is_empty(), "{}: {left:?}", log.display());
    }
    // Else this test would prove nothing.
    assert!(named_before > 1_500, "{named_before}");
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

/// What a column says, of all rows of a section.
fn column(report: &Value, id: &str, column: &str) -> BTreeSet<String> {
    let sections = report["sections"].as_array().unwrap();
    let section = sections.iter().find(|section| section["id"] == id);
    let rows = section.and_then(|section| section["table"]["rows"].as_array());
    rows.into_iter().flatten().map(|row| row[column].to_string()).collect()
}

#[test]
fn no_number_and_no_rank_changes() {
    for log in logs() {
        let summary = summary(&log);
        let json = |key| -> Value {
            let report = report(&summary, Format::Json, key);
            serde_json::from_str(&written(&report, Format::Json)).unwrap()
        };
        let (mut open, mut hidden) = (json(None), json(Some("a key")));
        // A tag of a program that is no Postfix's may be a name, and these stand in its order.
        for report in [&mut open, &mut hidden] {
            report["reading"]["samples"] = Value::Null;
        }
        assert_eq!(numbers(&open), numbers(&hidden), "{}", log.display());
        let of = |report: &Value, key: &str| -> Vec<Value> {
            report["queue"].as_array().unwrap().iter().map(|queued| queued[key].clone()).collect()
        };
        for key in ["queue_id", "cause", "arrival"] {
            assert_eq!(of(&open, key), of(&hidden, key), "{}", log.display());
        }
        // Two that were two are two.
        for (id, name) in
            [("senders", "address"), ("recipients", "address"), ("sender_domains", "domain")]
        {
            let (open, hidden) = (column(&open, id, name), column(&hidden, id, name));
            assert_eq!(open.len(), hidden.len(), "{}: {id}", log.display());
        }
    }
}

fn pfsum(words: &[&str]) -> (Option<i32>, String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(words)
        .current_dir(root().join("sample-logs"))
        .env("TZ", "UTC")
        .env("PFSUM_NOW", "2026-11-23T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (run.status.code(), text(&run.stdout), text(&run.stderr))
}

/// A file of a key, removed at the end.
struct KeyFile(PathBuf);

impl KeyFile {
    fn new(name: &str, key: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pfsum-{name}-{}", std::process::id()));
        fs::write(&path, key).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn questions_hide_names_as_the_report_does() {
    let key = KeyFile::new("key", "sixteen bytes or more\n");
    let log = "february-2009.log";
    let text = fs::read_to_string(root().join("sample-logs").join(log)).unwrap();
    let people = people(&text);
    let asked: [&[&str]; 6] = [
        &["count", "delivered", "--by", "recipient", log],
        &["count", "delivered", "--by", "relay,sender-domain", "--format", "csv", log],
        &["count", "rejected", "--by", "client,reason", "--format", "json", log],
        &["queue", log],
        &["queue", "--format", "json", log],
        &["trace", "@example.org", "--limit", "all", log],
    ];
    for words in asked {
        let (_, open, _) = pfsum(words);
        let (_, hidden, said) = pfsum(&[words, &["--anonymize-key", key.path()]].concat());
        assert_eq!(open.lines().count(), hidden.lines().count(), "{words:?}");
        let left = named(&people, &hidden);
        assert!(left.is_empty() && said.is_empty(), "{words:?}: {left:?} {said}");
        assert!(!named(&people, &open).is_empty(), "{words:?}: nobody to hide");
    }
}

#[test]
fn a_key_makes_the_same_pseudonyms_and_every_other_run_others() {
    let key = KeyFile::new("same", "sixteen bytes or more");
    let short = KeyFile::new("short", "too short\n");
    let log = "february-2009.log";
    let keyed = || pfsum(&["--anonymize-key", key.path(), log]).1;
    let random = || pfsum(&["--anonymize", log]).1;
    assert_eq!(keyed(), keyed());
    assert_ne!(random(), random());
    assert_ne!(random(), keyed());
    let (status, out, said) = pfsum(&["--anonymize-key", short.path(), log]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(said.contains("a key has 16 bytes or more"), "{said}");
    let (status, _, said) = pfsum(&["--anonymize", "--unprocd-file", "x", log]);
    assert_eq!(status, Some(2));
    assert!(said.starts_with("pfsum: --unprocd-file"), "{said}");
}
