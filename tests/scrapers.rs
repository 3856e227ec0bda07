//! What scripts cut out of the text: monitors find the totals, pages their sections, and cron
//! nothing on stderr.
//!
//! The patterns are of the kind that such scripts use; what they find is held against the JSON
//! of the same log.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::{Command, Output};

use regex::Regex;
use serde_json::Value;

const LOG: &str = "logs/every-section.log";

fn command(program: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(args).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
    command.env("TZ", "UTC").env("PFSUM_NOW", "2025-11-05T12:00:00");
    command.env("XDG_CONFIG_HOME", "/nonexistent").output().expect("the program runs")
}

fn printed(args: &[&str]) -> String {
    let output = command(Path::new(env!("CARGO_BIN_EXE_pfsum")), args);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn report() -> (String, Value) {
    let json = serde_json::from_str(&printed(&["--format", "json", LOG])).unwrap();
    (printed(&[LOG]), json)
}

/// The labels of the totals as a pattern, and the keys of JSON that say the same.
const TOTALS: &[(&str, &str)] = &[
    ("received", "received"),
    ("delivered", "delivered"),
    ("forwarded", "forwarded"),
    ("deferred", "deferred"),
    ("bounced", "bounced"),
    (r"removed \(canceled\)", "canceled"),
    ("expired", "expired"),
    ("rejected", "rejected"),
    ("reject warnings", "reject_warnings"),
    ("held", "held"),
    ("discarded", "discarded"),
    ("bytes received", "bytes_received"),
    ("bytes delivered", "bytes_delivered"),
    ("senders", "senders"),
    ("sending hosts/domains", "sending_domains"),
    ("recipients", "recipients"),
    ("recipient hosts/domains", "recipient_domains"),
];

/// Whether a number with a unit is a number without one, cut to whole units.
fn is_about(number: &str, unit: &str, exact: u64) -> bool {
    let one = match unit {
        "k" => 1 << 10,
        "m" => 1 << 20,
        _ => 1,
    };
    number.parse() == Ok(exact / one)
}

#[test]
fn a_monitor_finds_each_total_with_its_unit() {
    let (text, json) = report();
    for (label, key) in TOTALS {
        let exact = json["totals"][key].as_u64().unwrap();
        // A whole line, as a monitor that keeps to the layout looks for it.
        let line = Regex::new(&format!(r"(?m)^\s*([0-9]+)([ km])\s*{label}(?:\s+\(.*\))?$"));
        let found: Vec<_> = line.unwrap().captures_iter(&text).collect();
        assert_eq!(found.len(), 1, "{label}: {found:?}");
        assert!(is_about(&found[0][1], &found[0][2], exact), "{label}: {:?}", &found[0]);
        // Wherever a number stands before the words, as a hasty one does, that takes the first
        // such place or the last.
        let words = Regex::new(&format!(r"([0-9]+)([km]?)\s+{label}(?:\W|$)")).unwrap();
        for found in words.captures_iter(&text) {
            assert!(is_about(&found[1], &found[2], exact), "{label}: {found:?}");
        }
    }
}

#[test]
fn deferrals_stand_behind_the_messages_deferred_if_there_are_any() {
    let (text, json) = report();
    let pattern = Regex::new(r"(?m)^\s*([0-9]+)\s+deferred\s+\(([0-9]+)\s+deferrals\)$").unwrap();
    let found = pattern.captures(&text).unwrap();
    assert_eq!(found[1], json["totals"]["deferred"].to_string());
    assert_eq!(found[2], json["totals"]["deferrals"].to_string());
    let none = printed(&["../../sample-logs/probes.log"]);
    let pattern = Regex::new(r"(?m)^\s*0\s+deferred$").unwrap();
    assert!(pattern.is_match(&none), "{none}");
}

#[test]
fn shares_are_whole_numbers_in_parentheses() {
    let (text, json) = report();
    let totals = |key: &str| json["totals"][key].as_u64().unwrap();
    let decided = totals("delivered") + totals("rejected") + totals("discarded");
    for key in ["rejected", "discarded"] {
        let pattern = Regex::new(&format!(r"(?m)^\s*[0-9]+\s+{key} \(([0-9]+)%\)$")).unwrap();
        let found = pattern.captures(&text).unwrap();
        assert_eq!(found[1], (100 * totals(key) / decided).to_string(), "{key}");
    }
}

/// Titles in the order in which pages are cut at them, each at the start of its line.
const TITLES: &[&str] = &[
    "Grand Totals",
    "Per-Day Traffic Summary",
    "Per-Hour Traffic Daily Average",
    "Host/Domain Summary: Message Delivery",
    "Host/Domain Summary: Messages Received",
    "Senders by message count",
    "Recipients by message count",
    "Senders by message size",
    "Recipients by message size",
    "Messages with no size data",
    "message deferral detail",
    "message bounce detail (by relay)",
    "message expired detail (by relay)",
    "message reject detail",
    "message reject warning detail",
    "message hold detail",
    "message discard detail",
    "SMTP Exceptions",
    "Warnings",
    "postscreen actions",
    "Fatal Errors",
    "Panics",
    "Master daemon messages",
];

#[test]
fn sections_begin_at_their_titles_in_the_known_order() {
    let (text, _) = report();
    let mut from = 0;
    for title in TITLES {
        let at = text[from..].find(&format!("\n{title}"));
        let at = from + at.unwrap_or_else(|| panic!("{title} is not there, or not in its place"));
        // A title, a rule below it of the same length.
        let mut lines = text[at + 1..].lines();
        let (head, rule) = (lines.next().unwrap(), lines.next().unwrap());
        let is_rule = rule.len() == head.len() && rule.bytes().all(|byte| byte == b'-');
        assert!(is_rule, "{head:?}: {rule:?}");
        from = at + 1;
    }
}

/// The rows of a table: what follows title, rule and two lines of head, up to an empty line.
fn rows<'t>(text: &'t str, title: &str) -> Vec<&'t str> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with(title));
    for _ in 0..4 {
        lines.next();
    }
    lines.take_while(|line| !line.trim().is_empty()).collect()
}

#[test]
fn tables_have_four_lines_of_head_and_rows_that_add_up() {
    let (text, json) = report();
    let totals = |key: &str| json["totals"][key].as_u64().unwrap();
    let keys = ["received", "delivered", "deferrals", "bounced", "rejected"];
    let row = Regex::new(r"^\s+\S.{10}\s+([0-9 ]+)$").unwrap();
    let mut sums = [0; 5];
    for line in rows(&text, "Per-Day Traffic Summary") {
        let found = row.captures(line).unwrap_or_else(|| panic!("{line:?}"));
        for (sum, number) in sums.iter_mut().zip(found[1].split_whitespace()) {
            *sum += number.parse::<u64>().unwrap();
        }
    }
    assert_eq!(sums, keys.map(totals));
    assert_eq!(rows(&text, "Per-Hour Traffic Daily Average").len(), 24);

    let row = Regex::new(r"^\s*([0-9]+)\s+([0-9]+)([ km])\s+([0-9]+)[ km]\s+[0-9.]+ [smhd]\s+[0-9.]+ [smhd]\s+(\S+)$").unwrap();
    let (mut delivered, mut deferrals) = (0, 0);
    for line in rows(&text, "Host/Domain Summary: Message Delivery") {
        let found = row.captures(line).unwrap_or_else(|| panic!("{line:?}"));
        delivered += found[1].parse::<u64>().unwrap();
        deferrals += found[4].parse::<u64>().unwrap();
    }
    assert_eq!((delivered, deferrals), (totals("delivered"), totals("deferrals")));
}

#[test]
fn a_list_gives_number_and_address() {
    let (text, json) = report();
    let row = Regex::new(r"^\s*([0-9]+)[ km]\s+(\S+)$").unwrap();
    let list = text.split("\nRecipients by message count").nth(1).unwrap();
    let lines = list.lines().skip(2).take_while(|line| !line.is_empty());
    let numbers = lines.map(|line| row.captures(line).unwrap()[1].parse::<u64>().unwrap());
    assert_eq!(numbers.sum::<u64>(), json["totals"]["delivered"].as_u64().unwrap());
}

/// Command lines as crontabs and agents have them.
const HABITS: &[&str] = &[
    "-d yesterday",
    "-d today --detail 0 --zero-fill",
    "-d today -h 0 -u 0 --smtpd_stats --bounce_detail=0 --deferral_detail=0 --reject_detail=0 --no_no_msg_size --smtpd_warning_detail=0",
    "--problems_first -d yesterday",
    "-d yesterday --problems --verbose_msg_detail",
    "--verbose_msg_detail --zero_fill -e",
    "-d yesterday --verbose-msg-detail --zero-fill --iso-date-time --rej-add-from",
    "--smtpd-stats",
];

#[test]
#[cfg(unix)]
fn old_command_lines_are_taken_without_a_word_on_stderr() {
    let folder = std::env::temp_dir().join(format!("pfsum-scrapers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let link = folder.join("pflogsumm");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pfsum"), &link).unwrap();
    for habit in HABITS {
        let args: Vec<&str> = habit.split(' ').chain([LOG]).collect();
        let output = command(&link, &args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.is_empty(), "{habit}: {said}");
        assert_eq!(output.status.code(), Some(0), "{habit}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with("Postfix Log Summaries"), "{habit}: {text}");
        assert!(text.contains("\nGrand Totals\n------------\nmessages\n"), "{habit}: {text}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
