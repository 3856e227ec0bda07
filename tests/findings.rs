//! Findings: each speaks on the logs that show its trouble, with the right number, and on no
//! other.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "findings/stopped.rs"]
mod stopped;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The report of a sample log, on the day it is about.
fn report(log: &str, options: &[&str], format: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(options)
        .args([&format!("sample-logs/{log}"), "--format", format])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("TZ", "UTC")
        .env("PFSUM_NOW", "2026-11-23T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn json(log: &str, options: &[&str]) -> Value {
    serde_json::from_str(&report(log, options, "json")).unwrap()
}

/// The findings of every sample log are those of `findings.txt`, with their counts: derived
/// by hand from what the generator puts into each log.
#[test]
fn each_finding_speaks_where_its_trouble_is_and_nowhere_else() {
    let table = include_str!("findings.txt");
    let rows: Vec<&str> =
        table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for row in &rows {
        let (log, wanted) = row.split_once(':').unwrap();
        seen.push(log.to_owned());
        let date: &[&str] = if log.starts_with("february") { &["-d", "2009-02-17"] } else { &[] };
        let report = json(log, date);
        let found: Vec<String> =
            report["findings"].as_array().unwrap().iter().map(spelled).collect();
        if found.join(" ") != wanted.trim() {
            wrong.push(format!("{log}: expected {wanted}, found {}", found.join(" ")));
        }
    }
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs");
    for entry in std::fs::read_dir(samples).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.strip_suffix(".log").is_some() && !seen.contains(&name) {
            wrong.push(format!("{name} is not in tests/findings.txt"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `docs/findings.md` tells of each finding that a sample shows, and of no other.
#[test]
fn the_findings_are_documented() {
    let told: Vec<&str> = include_str!("../docs/findings.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let lines = include_str!("findings.txt").lines().filter(|line| !line.starts_with('#'));
    let shown = lines.flat_map(str::split_whitespace);
    let shown = shown.filter_map(|word| Some(word.split_once(':')?.1.split_once('=')?.0));
    let shown: BTreeSet<&str> = shown.collect();
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), shown);
}

/// `harm:storm=90`.
fn spelled(finding: &Value) -> String {
    let text = |key: &str| finding[key].as_str().unwrap().to_owned();
    format!("{}:{}={}", text("severity"), text("id"), finding["count"])
}

/// What the project began with: two notices that cannot be returned, and nobody said so.
#[test]
fn the_day_of_february_2009_is_told() {
    let report = json("february-2009.log", &["-d", "2009-02-17"]);
    let finding = &report["findings"][0];
    assert_eq!(finding["id"], "backscatter");
    assert_eq!(finding["count"], 2);
    assert_eq!(finding["queue_ids"], serde_json::json!(["9DF7520804A", "CC1D4208048"]));
    let title = finding["title"].as_str().unwrap();
    assert!(title.starts_with("2 bounce notices cannot be returned"), "{title}");
    assert!(title.ends_with("after 35 attempts"), "{title}");
    let detail = finding["detail"].as_str().unwrap();
    assert!(detail.contains("Connection timed out"), "{detail}");
    assert!(detail.contains("since Monday 16 February 2009, 19:12"), "{detail}");
    let verdict = report["verdict"].as_str().unwrap();
    assert!(verdict.contains("2 messages are still queued."), "{verdict}");
    assert!(verdict.ends_with("Something is worth a look."), "{verdict}");
}

/// What a report of these lines finds.
fn found(lines: &str) -> Value {
    found_in(&[], lines)
}

/// The same, of a period or with another option.
fn found_in(options: &[&str], lines: &str) -> Value {
    answered(&[options, &["-"]].concat().join(" "), lines)["findings"].take()
}

/// What a command of pfsum answers about these lines, as JSON.
fn answered(words: &str, lines: &str) -> Value {
    let mut pfsum = Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(words.split(' '))
        .args(["--format", "json"])
        .env("TZ", "UTC")
        .env("PFSUM_NOW", "2026-11-23T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    pfsum.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    serde_json::from_slice(&pfsum.wait_with_output().unwrap().stdout).unwrap()
}

/// All numbers of a table together.
fn sum_of_rows(answer: &Value) -> u64 {
    let rows = answer["rows"].as_array().unwrap().iter().flat_map(|row| row.as_object().unwrap());
    rows.filter_map(|(_, number)| number.as_u64()).sum()
}

/// A local delivery that was put off.
fn put_off(text: &str) -> String {
    format!(
        "Nov 22 09:00:00 mx postfix/qmgr[1]: 4AAAAA0001: from=<ann@example.net>, size=900, nrcpt=1 (queue active)\n\
         Nov 22 09:00:01 mx postfix/local[2]: 4AAAAA0001: to=<bob@example.com>, relay=local, delay=1, \
         delays=0/0/0/1, dsn=4.2.0, status=deferred ({text})\n"
    )
}

/// So many lines in each of these hours of a day.
fn hourly(hours: std::ops::Range<u32>, lines: u32) -> String {
    let line = |hour, minute| {
        format!(
            "Nov 22 {hour:02}:{minute:02}:00 mx postfix/smtpd[3]: connect from a.example[192.0.2.1]\n"
        )
    };
    hours.flat_map(|hour| (0..lines).map(move |minute| line(hour, minute))).collect()
}

/// A report of yesterday from a log that somebody stopped writing in the evening.
#[test]
fn hours_that_were_asked_for_and_are_not_in_the_log_are_missing() {
    let yesterday = ["-d", "2026-11-22"];
    for (hours, missing) in [(0..21, 3), (2..24, 2), (1..23, 2)] {
        let findings = found_in(&yesterday, &hourly(hours.clone(), 25));
        assert_eq!(spelled(&findings[0]), format!("look:log_hole={missing}"), "{hours:?}");
        assert_eq!(found(&hourly(hours, 25)), serde_json::json!([]), "no day was asked for");
    }
    assert_eq!(found_in(&yesterday, &hourly(0..24, 25)), serde_json::json!([]));
    assert_eq!(found_in(&yesterday, &hourly(0..21, 5)), serde_json::json!([]), "an idle host");
    // What is still to come is not missing: it is noon.
    let today = hourly(0..12, 25).replace("Nov 22", "Nov 23");
    assert_eq!(found_in(&["-d", "2026-11-23"], &today), serde_json::json!([]));
    assert_eq!(found_in(&["-d", "2026-11-24"], &today), serde_json::json!([]), "to come");
}

#[test]
fn a_day_without_any_line_is_told() {
    for (day, hours) in
        [("2026-11-21", 24), ("2026-11-23", 12), ("2026-11-21T22:30..2026-11-21T23:59", 1)]
    {
        let findings = found_in(&["-d", day], &hourly(0..24, 25));
        assert_eq!(spelled(&findings[0]), format!("look:log_hole={hours}"), "{day}");
    }
}

/// The system calls both by one name.
#[test]
fn a_mailbox_that_is_locked_is_no_lack_of_room() {
    let text = "cannot update mailbox /var/mail/bob for user bob. unable to lock for exclusive access: Resource temporarily unavailable";
    assert_eq!(found(&put_off(text)), serde_json::json!([]));
}

#[test]
fn a_lack_of_room_that_only_deliveries_tell_of_is_told_in_their_words() {
    let text = "cannot append to file /var/mail/bob: No space left on device";
    let findings = found(&put_off(text));
    assert_eq!(spelled(&findings[0]), "harm:no_room=1");
    assert_eq!(findings[0]["title"], "This host ran out of room 1 time: no space left on device");
    assert_eq!(findings[0]["detail"], "local: No space left on device.");
}

/// postdrop(1) may write no more than `message_size_limit`: a user's message was too large, and this
/// host has all the room it needs.
#[test]
fn a_message_of_a_user_that_is_too_large_is_no_lack_of_room() {
    let said = |who: &str, text: &str| format!("Nov 22 09:00:00 mx postfix/{who}[2]: {text}\n");
    let refused = said("postdrop", "warning: uid=1000: File too large")
        + &said("sendmail", "fatal: ann(1000): message file too big");
    assert_eq!(found(&refused), serde_json::json!([]));
    let full = said(
        "postdrop",
        "warning: mail_queue_enter: create file maildrop/1.2: No space left on device",
    );
    assert_eq!(spelled(&found(&(refused + &full))[0]), "harm:no_room=1");
    let limit = said("qmgr", "warning: 4AAAAA0001: File too large");
    assert_eq!(spelled(&found(&limit)[0]), "harm:no_room=1");
}

/// The file limit of local(8) is `mailbox_size_limit`.
#[test]
fn a_mailbox_that_has_reached_its_limit_is_full() {
    let text =
        "cannot update mailbox /var/mail/bob for user bob. error writing message: File too large";
    let log: String = (1..=5).map(|_| put_off(text)).collect();
    assert_eq!(spelled(&found(&log)[0]), "look:mailbox_full=5");
    assert_eq!(found(&log).as_array().unwrap().len(), 1);
}

/// The command of a finding finds what the finding counted, whatever the words were.
#[test]
fn full_mailboxes_are_found_by_the_command_in_all_their_words() {
    let words = [
        "host mx.example.org[192.0.2.25] said: 452 4.2.2 Mailbox over storage limit (in reply to RCPT TO command)",
        "host mx.example.org[192.0.2.25] said: 452 4.2.2 The inbox is out of storage space (in reply to RCPT TO command)",
        "host mx.example.org[192.0.2.25] said: 452 4.2.2 no (in reply to RCPT TO command)",
        "host mx.example.org[192.0.2.25] said: 452 Quota exceeded (in reply to RCPT TO command)",
        "maildir delivery failed: error writing message: File too large",
    ];
    let log: String = words.iter().map(|text| put_off(text)).collect();
    let findings = found(&log);
    assert_eq!(spelled(&findings[0]), "look:mailbox_full=5");
    let command = findings[0]["command"].as_str().unwrap();
    let answer = answered(command.strip_prefix("pfsum ").unwrap(), &log);
    assert_eq!(sum_of_rows(&answer), 5, "{command}: {answer}");
}

/// Seven lines below the heading, whatever happened; none when all is well, none of pflogsumm.
/// Something writes in front of most lines: what they tell is in no number.
#[test]
fn a_log_whose_lines_mostly_begin_otherwise_is_not_quiet() {
    let line = "Nov 22 09:00:00 mx postfix/smtpd[1]: connect from a.example[192.0.2.1]\n";
    let log = line.repeat(4) + &format!("[pod/mail-0] {line}").repeat(12);
    let findings = found(&log);
    assert_eq!(spelled(&findings[0]), "harm:not_understood=12");
    let title = "12 of 16 lines do not begin like a syslog line: the numbers are incomplete";
    assert_eq!(findings[0]["title"], title);
    assert!(findings[0]["detail"].as_str().unwrap().contains("[pod/mail-0] Nov 22"));
    // A few lines of another program beside syslog are nobody's trouble, nor is what a crash leaves.
    let log = line.repeat(50) + &"    at Some.pm line 7\n".repeat(12);
    assert_eq!(found(&log), serde_json::json!([]));
    assert_eq!(found(&(line.to_owned() + "x\ny\n")), serde_json::json!([]));
}

/// A user's mail behind twelve failed sign-ins from the same network.
fn after_failures(reason: &str) -> String {
    let failed = |second: u32| {
        format!(
            "Nov 22 09:00:{second:02} mx postfix/submission/smtpd[2]: warning: a.example[198.51.100.9]: SASL PLAIN authentication failed: {reason}\n"
        )
    };
    (0..12).map(failed).collect::<String>()
        + "Nov 22 09:05:00 mx postfix/submission/smtpd[2]: 4AAAAA0001: client=a.example[198.51.100.9], sasl_method=PLAIN, sasl_username=ann@example.net\n\
           Nov 22 09:05:00 mx postfix/cleanup[3]: 4AAAAA0001: message-id=<1@example.net>\n\
           Nov 22 09:05:00 mx postfix/qmgr[1]: 4AAAAA0001: from=<ann@example.net>, size=900, nrcpt=1 (queue active)\n\
           Nov 22 09:05:01 mx postfix/qmgr[1]: 4AAAAA0001: removed\n"
}

/// The authentication server was restarted: nobody guessed a password.
#[test]
fn a_sign_in_that_fails_because_the_server_is_gone_is_no_guess() {
    for reason in ["Connection lost to authentication server", "generic failure"] {
        assert_eq!(found(&after_failures(reason)), serde_json::json!([]), "{reason}");
    }
}

#[test]
fn no_more_names_are_told_to_have_been_tried_than_the_log_has() {
    let bob = "authentication failure, sasl_username=bob@example.net";
    for (reason, tried) in [
        ("UGFzc3dvcmQ6", "the log does not say which names were tried there."),
        (bob, "1 name was tried there."),
    ] {
        let findings = found(&after_failures(reason));
        assert_eq!(spelled(&findings[0]), "harm:password_guessed=1");
        assert_eq!(
            findings[0]["detail"],
            format!("Both came from 198.51.100.0/24; {tried}"),
            "{reason}"
        );
    }
    let both = after_failures(bob) + &after_failures("UGFzc3dvcmQ6").replace("0001", "0002");
    let detail = found(&both)[0]["detail"].take();
    assert_eq!(detail, "Both came from 198.51.100.0/24; at least 1 name was tried there.");
}

#[test]
fn the_text_begins_with_what_needs_attention() {
    for log in ["february-2009.log", "deferral-storm.log", "disk-full.log", "quiet-day.log"] {
        let text = report(log, &[], "text");
        let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        if lines[0] == "Needs attention" {
            assert!((3..=9).contains(&lines.len()), "{log}: {lines:?}");
        }
        assert!(report(log, &["--classic"], "text").starts_with("Postfix Log Summaries"), "{log}");
    }
    assert!(report("calm-day.log", &[], "text").starts_with("Postfix Log Summaries"));
}

/// Findings whose commands print what they count, to be added up.
const ADDED_UP: [&str; 5] = ["deferral_storm", "filter_down", "mailbox_full", "refused_us", "tls"];

/// A command that a finding gives is one that works, and answers with the finding's number.
#[test]
fn commands_of_findings_work() {
    let table = include_str!("findings.txt");
    let logs = table.lines().filter(|line| !line.starts_with('#'));
    let logs = logs.filter_map(|line| line.split_once(": ")).map(|(log, _)| log);
    for log in logs.filter(|log| *log != "hostile.log") {
        for finding in json(log, &[])["findings"].as_array().unwrap() {
            let command = finding["command"].as_str().unwrap();
            let Some(words) = command.strip_prefix("pfsum count ") else { continue };
            let output = Command::new(env!("CARGO_BIN_EXE_pfsum"))
                .arg("count")
                .args(words.split(' ').map(|word| word.trim_matches('\'')))
                .args(["--format", "json"])
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .env("PFSUM_NOW", "2026-11-23T12:00:00")
                .env("XDG_CONFIG_HOME", "/nonexistent")
                .output()
                .unwrap();
            assert!(output.status.success(), "{log}: {command}");
            let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
            let sum = sum_of_rows(&answer);
            assert!(sum > 0, "{log}: {command}");
            if ADDED_UP.contains(&finding["id"].as_str().unwrap()) {
                assert_eq!(sum, finding["count"].as_u64().unwrap(), "{log}: {command}");
            }
        }
    }
}
