//! `pfsum trace`: what became of each message of `golden/logs/trace.log`, which was written by
//! hand, and by whatever it is looked for. The stories as text stand in `golden/trace*`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

const LOG: &str = "logs/trace.log";

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pfsum"));
    command
        .arg("trace")
        .args(args)
        .current_dir(golden())
        .stdin(Stdio::null())
        .env("TZ", "UTC")
        .env("PFSUM_NOW", "2025-11-05T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent");
    command
}

fn pfsum(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

/// The entries of a trace.
fn trace(args: &[&str]) -> Vec<Value> {
    let output = pfsum(&[args, &["--format", "json"]].concat());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    told["entries"].as_array().unwrap().clone()
}

/// The queue IDs of the messages, and `-` for refusals.
fn ids(entries: &[Value]) -> Vec<String> {
    let words = |ids: &Value| -> String {
        let ids = ids.as_array().into_iter().flatten();
        ids.map(|id| id.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    let id = |entry: &Value| entry.get("queue_ids").map_or("-".to_owned(), words);
    entries.iter().map(id).collect()
}

/// What became of each recipient, those of branches too.
fn outcomes(story: &Value) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = story["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|to| {
            let text = |key: &str| to[key].as_str().unwrap().to_owned();
            (text("recipient"), text("outcome"))
        })
        .collect();
    for event in story["events"].as_array().unwrap() {
        all.extend(event.get("branch").map(outcomes).unwrap_or_default());
    }
    all
}

#[test]
fn a_message_is_found_by_whatever_names_it() {
    let whole = "5A0000F003 5A0000F004";
    for (key, found) in [
        ("5A0000F003", &[whole] as &[&str]),
        ("5A0000F004", &[whole]),
        // The notice and the forward are told with the message they came of.
        ("5A0000F005", &[whole]),
        ("5A0000F006", &[whole]),
        ("<grey.1@example.net>", &[whole]),
        ("grey.1@example.net", &[whole]),
        ("ann@example.org", &["-", whole]),
        ("list@example.org", &[whole]),
        ("cyd@example.edu", &[whole]),
        ("NOBODY@example.com", &[whole]),
        ("@example.com", &[whole]),
        ("bob@example.net", &["-", whole]),
        ("192.0.2.40", &["-", whole]),
        ("192.0.2.32/28", &["-", whole]),
        ("relay.example.net", &["-", whole]),
        ("*.example.net", &["5A0000F001", "-", whole]),
        ("@example.edu", &["5A0000F001", whole]),
        ("<>", &["5A0000F001", whole]),
        // The queue ID was used again; another life is another message.
        ("gus@example.edu", &["5A0000F001"]),
        ("fay@example.net", &["5A0000F001"]),
        ("root", &["5A0000F001"]),
        ("5A0000F001", &["5A0000F001", "5A0000F001"]),
        ("ann", &[]),
        ("@example.info", &[]),
    ] {
        assert_eq!(ids(&trace(&[key, LOG])), found, "{key}");
    }
}

/// The log is read on behind the day: what was on its way then ends later.
#[test]
fn a_message_of_a_day_is_told_to_its_end() {
    let day = |key| trace(&[key, "-d", "2025-11-04", "logs/over-midnight.log"]);
    let kim = day("ann@example.org");
    assert_eq!((ids(&kim), &kim[0]["fate"]), (vec!["4AAAAA0001".to_owned()], &"delivered".into()));
    assert_eq!(kim[0]["ended"], "2025-11-05T01:30:01+00:00");
    assert_eq!(ids(&day("ivy@example.com")), ["4AAAAA0002"], "the other one came on the next day");
    assert_eq!(day("fay@example.org"), [] as [Value; 0]);
}

/// cleanup reads a message on to its end when a check has thrown it away: before 3.10 no line says
/// when that is, and its `message-id=` comes before the verdict or behind it.
#[test]
fn a_message_that_a_check_throws_away_is_one_story_with_the_rule() {
    let log = std::env::temp_dir().join(format!("pfsum-thrown-away-{}.log", std::process::id()));
    let lines = [
        "smtpd[1]: 4AAAAA0001: client=a.example.org[192.0.2.1]",
        "cleanup[2]: 4AAAAA0001: message-id=<1@example.org>",
        "cleanup[2]: 4AAAAA0001: milter-discard: END-OF-MESSAGE from a.example.org[192.0.2.1]: milter triggers DISCARD action; from=<ann@example.org> to=<bob@example.net> proto=ESMTP helo=<a>",
        "smtpd[1]: 4AAAAA0002: client=a.example.org[192.0.2.1]",
        "cleanup[2]: 4AAAAA0002: discard: header Subject: Pills from a.example.org[192.0.2.1]; from=<ann@example.org> to=<bob@example.net> proto=ESMTP helo=<a>",
        "cleanup[2]: 4AAAAA0002: message-id=<2@example.org>",
        "smtpd[1]: disconnect from a.example.org[192.0.2.1] ehlo=1 mail=2 rcpt=2 data=2 quit=1 commands=8",
    ];
    let lines: String = lines.map(|line| format!("Nov  5 10:00:00 mx postfix/{line}\n")).concat();
    fs::write(&log, lines).unwrap();
    let log = log.to_str().unwrap();
    for key in ["ann@example.org", "bob@example.net", "192.0.2.1"] {
        assert_eq!(ids(&trace(&[key, log])), ["4AAAAA0001", "4AAAAA0002"], "{key}");
    }
    for (id, rule) in [("1", "triggers DISCARD action"), ("2", "Subject: Pills")] {
        let message_id = format!("{id}@example.org");
        for key in [&format!("4AAAAA000{id}"), &message_id] {
            let told = String::from_utf8(pfsum(&[key, log]).stdout).unwrap();
            let has = |words: &str| told.matches(words).count() == 1;
            assert!(has("client ") && has(&message_id) && has("= discarded"), "{key}: {told}");
            assert!(has(rule), "{key}: {told}");
        }
    }
    fs::remove_file(log).unwrap();
}

#[test]
fn each_recipient_has_the_outcome_that_the_log_shows() {
    let pair = |to: &str, outcome: &str| (to.to_owned(), outcome.to_owned());
    let entries = trace(&["5A0000F003", LOG]);
    assert_eq!(
        outcomes(&entries[0]),
        [
            pair("ann@example.org", "delivered"),
            pair("list@example.org", "forwarded"),
            pair("nobody@example.com", "bounced"),
            pair("cyd@example.edu", "delivered"),
            pair("bob@example.net", "delivered"),
        ]
    );
    assert_eq!((&entries[0]["fate"], &entries[0]["tls"]), (&json!("bounced"), &json!("TLSv1.3")));
    let entries = trace(&["gus@example.edu", LOG]);
    assert_eq!(
        outcomes(&entries[0]),
        [pair("gus@example.edu", "expired"), pair("fay@example.net", "delivered")]
    );
}

/// `mixed: /dev/null, "|exit 75"`: local(8) writes to the file and puts the command off, each time.
#[test]
fn who_was_put_off_last_waits_though_an_alias_delivered_elsewhere() {
    let log = std::env::temp_dir().join(format!("pfsum-mixed-{}.log", std::process::id()));
    let attempt = |at: &str, delay: &str| {
        let to = format!(
            "postfix/local[3]: 4AAAAA0001: to=<mixed@example.org>, relay=local, delay={delay}, delays={delay}/0/0/0"
        );
        let sent = "dsn=2.0.0, status=sent (delivered to file: /dev/null)";
        let put_off = "dsn=4.3.0, status=deferred (temporary failure)";
        format!("{at} mx {to}, {sent}\n{at} mx {to}, {put_off}\n")
    };
    let active =
        "mx postfix/qmgr[2]: 4AAAAA0001: from=<ann@example.net>, size=351, nrcpt=1 (queue active)";
    let lines = [
        "Nov  5 10:00:00 mx postfix/smtpd[1]: 4AAAAA0001: client=a.example.net[192.0.2.1]\n"
            .to_owned(),
        format!("Nov  5 10:00:00 {active}\n"),
        attempt("Nov  5 10:00:00", "0.1"),
        format!("Nov  5 10:05:00 {active}\n"),
        attempt("Nov  5 10:05:00", "300"),
    ];
    let gone = "Nov  5 10:10:00 mx postfix/postsuper[9]: 4AAAAA0001: removed\n";
    let done = "Nov  5 10:10:00 mx postfix/local[3]: 4AAAAA0001: to=<mixed@example.org>, relay=local, delay=600, delays=600/0/0/0, dsn=2.0.0, status=sent (delivered to command: exit 0)\n";
    for (more, outcome) in [("", "deferred"), (gone, "deleted"), (done, "delivered")] {
        fs::write(&log, lines.concat() + more).unwrap();
        let told = trace(&["4AAAAA0001", log.to_str().unwrap()]);
        assert_eq!(outcomes(&told[0]), [("mixed@example.org".to_owned(), outcome.to_owned())]);
    }
    fs::remove_file(log).unwrap();
}

#[test]
fn attempts_and_refusals_of_the_same_are_folded() {
    let entries = trace(&["gus@example.edu", LOG]);
    let events = entries[0]["events"].as_array().unwrap();
    let put_off = events.iter().find(|event| event["what"] == "put off").unwrap();
    assert_eq!((&put_off["times"], &put_off["pace_seconds"]), (&json!(3), &json!([300, 4200])));
    assert_eq!(put_off["last"], "2025-11-03T08:15:30+00:00");
    assert_eq!(put_off["text"], "connect to mx.example.edu[198.51.100.27]:25: No route to host");
    let refused = &trace(&["ann@example.org", LOG])[0];
    assert_eq!((&refused["what"], &refused["times"]), (&json!("rejected"), &json!(2)));
    assert_eq!(refused["last"], "2025-11-05T08:04:00+00:00");
}

#[test]
fn of_too_many_the_newest_are_told() {
    let output = pfsum(&["*.example.net", LOG, "--limit", "1", "--format", "json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["found"], &told["shown"]), (&json!(3), &json!(1)));
    assert_eq!(ids(told["entries"].as_array().unwrap()), ["5A0000F003 5A0000F004"]);
}

#[test]
fn filters_narrow_a_trace() {
    assert_eq!(ids(&trace(&["5A0000F001", LOG, "--to", "@example.edu"])), ["5A0000F001"]);
    assert!(trace(&["5A0000F001", LOG, "--to", "@example.info"]).is_empty());
    assert_eq!(ids(&trace(&["bob@example.net", LOG, "--status", "rejected"])), ["-"]);
}

#[test]
fn standard_input_and_a_set_of_files_are_read_as_often_as_needed() {
    let text = fs::read_to_string(golden().join(LOG)).unwrap();
    let folder = std::env::temp_dir().join(format!("pfsum-trace-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    // Cut between the two hops.
    let cut = text.find("Nov  5 08:10:01 mx1 postfix/smtpd[221]").unwrap();
    let paths = ["mail.log.1", "mail.log"].map(|name| folder.join(name));
    fs::write(&paths[0], &text[..cut]).unwrap();
    fs::write(&paths[1], &text[cut..]).unwrap();
    let whole = pfsum(&["cyd@example.edu", LOG]).stdout;
    assert!(!whole.is_empty());
    let [old, new] = paths.each_ref().map(|path| path.to_str().unwrap());
    assert_eq!(pfsum(&["cyd@example.edu", new, old]).stdout, whole);
    for args in [&["cyd@example.edu"] as &[&str], &["cyd@example.edu", "-"]] {
        let stdin = File::open(golden().join(LOG)).unwrap();
        assert_eq!(command(args).stdin(stdin).output().unwrap().stdout, whole);
    }
    fs::remove_dir_all(folder).unwrap();
}

/// Whoever kills it leaves no copy of the log behind, because the copy has no name.
#[cfg(unix)]
#[test]
fn what_is_kept_of_a_pipe_is_seen_by_nobody_and_called_what_it_is() {
    let folder = std::env::temp_dir().join(format!("pfsum-trace-pipe-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut trace = command(&["cyd@example.edu"]);
    trace.env("TMPDIR", &folder).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = trace.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than a pipe holds, so that some of it has been taken.
    stdin.write_all(&b"no log\n".repeat(100_000)).unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("pfsum: standard input: 100,000 lines, none of them"), "{said}");
    fs::remove_dir_all(&folder).unwrap();
    let mut trace = command(&["cyd@example.edu"]);
    let stdin = File::open(golden().join(LOG)).unwrap();
    let output = trace.env("TMPDIR", &folder).stdin(stdin).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let place = format!("pfsum: standard input, copied to {}/pfsum-", folder.display());
    assert!(
        said.starts_with(&place) && said.ends_with(".log: no such file or directory\n"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_is_not_there_is_said_and_what_is_no_key_is_refused() {
    let said = |output: &Output| String::from_utf8(output.stderr.clone()).unwrap();
    let output = pfsum(&["4F1A0C2B01", LOG]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    assert_eq!(said(&output), "pfsum: nothing found of 4F1A0C2B01\n");
    assert_eq!(pfsum(&["4F1A0C2B01", LOG, "--require-match"]).status.code(), Some(1));
    for (args, begins) in [
        (&[] as &[&str], "pfsum: trace needs a KEY: a queue ID, a message-id, an address,"),
        (&[LOG], "pfsum: trace: logs/trace.log is a file; name a KEY before it:"),
        (&["a b", LOG], "pfsum: trace \"a b\": accepted are a queue ID,"),
        (&["192.0.2.0/40", LOG], "pfsum: trace \"192.0.2.0/40\": the length of a network"),
    ] {
        let output = pfsum(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output).starts_with(begins), "{}", said(&output));
        assert_eq!(said(&output).lines().count(), 1);
    }
}
