//! `pfsum queue` on a mail host, and where something is missing; what it prints of a log and
//! a listing stands in `golden/queue*`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Runs the program where `postqueue` and `postconf` are those of `golden/host`, at noon of
/// 5 November 2025.
fn pfsum(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(args)
        .current_dir(golden())
        .stdin(Stdio::null())
        .env("PATH", format!("{}:/usr/bin:/bin", golden().join("host").display()))
        .env("TZ", "UTC")
        .env("PFSUM_NOW", "2025-11-05T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap()
}

fn queue(args: &[&str]) -> (Value, Output) {
    let output = pfsum(&[&["queue", "--format", "json"], args].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    (report["queue"].clone(), output)
}

#[test]
fn on_a_mail_host_the_queue_of_now_is_joined_with_the_systems_log() {
    let (queue, output) = queue(&[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(queue.as_array().unwrap().len(), 1, "the others have left the queue");
    let queued = &queue[0];
    // Three attempts for ann and three for dan are in the log, who is not left.
    assert_eq!((&queued["attempts"], &queued["waiting"][0]["attempts"]), (&json!(6), &json!(3)));
    assert_eq!(queued["recipients"], json!(["ann@example.org"]));
    assert_eq!(queued["age_seconds"], 4 * 3600);
    assert_eq!(
        queued["first_reason"],
        "connect to mx.example.org[192.0.2.25]:25: Connection refused"
    );
    // postconf says that half an hour is the least: the attempts of the log came every
    // (15:21 - 0:01) / 2 = 460 seconds, so that is what they do; and a day is the most.
    assert_eq!(queued["next_try"], "2025-11-05T08:23:01+00:00");
    assert_eq!(queued["expires"], "2025-11-06T08:00:00+00:00");
}

#[test]
fn the_queue_of_this_host_says_nothing_of_another_log() {
    let (queue, _) = queue(&["logs/queue.log"]);
    assert_eq!(queue.as_array().unwrap().len(), 4);
    // 08:15:21 and the age of then, 921 s: Postfix's own times are assumed.
    let first = queue.as_array().unwrap().iter().find(|q| q["queue_id"] == "4F1A0C2B01").unwrap();
    assert_eq!(first["next_try"], "2025-11-05T08:30:42+00:00");
}

/// A day on hold, or a night without a queue manager, is no pace: once it goes on, qmgr(8) waits no
/// longer than `maximal_backoff_time`, 4,000 seconds.
#[test]
fn a_wait_that_was_no_pace_foretells_nothing() {
    let attempt = |at: &str, delay: u32| {
        format!(
            "{at} mx postfix/qmgr[1]: 4AAAAA0001: from=<ann@example.org>, size=900, nrcpt=1 (queue active)\n\
             {at} mx postfix/smtp[2]: 4AAAAA0001: to=<bob@example.com>, relay=none, delay={delay}, \
             delays={delay}/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.25]:25: Connection refused)\n"
        )
    };
    let log = [
        "Nov  4 08:00:00 mx postfix/smtpd[3]: 4AAAAA0001: client=a.example.org[192.0.2.1]\n"
            .to_owned(),
        "Nov  4 08:00:00 mx postfix/cleanup[4]: 4AAAAA0001: message-id=<1@example.org>\n"
            .to_owned(),
        attempt("Nov  4 08:00:01", 1),
        "Nov  4 08:02:00 mx postfix/postsuper[5]: 4AAAAA0001: placed on hold\n".to_owned(),
        "Nov  5 08:00:00 mx postfix/postsuper[6]: 4AAAAA0001: released from hold\n".to_owned(),
        attempt("Nov  5 08:00:06", 86_406),
    ];
    let path = std::env::temp_dir().join(format!("pfsum-wait-{}.log", std::process::id()));
    std::fs::write(&path, log.concat()).unwrap();
    let (queue, _) = queue(&[path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(queue[0]["next_try"], "2025-11-05T09:06:46+00:00");
}

/// Queue IDs with attempts and recipients, the oldest first.
fn waiting(queue: &Value) -> Vec<(String, u64, Value)> {
    let queue = queue.as_array().unwrap().iter();
    let id = |queued: &Value| queued["queue_id"].as_str().unwrap().to_owned();
    queue.map(|q| (id(q), q["attempts"].as_u64().unwrap(), q["recipients"].clone())).collect()
}

/// The log goes on for an hour that is read as well, and longer: what was delivered then waited
/// when the day ended, what came then did not. Attempts of other days are none of that day.
#[test]
fn the_queue_of_a_day_is_that_of_its_end() {
    const LOG: &str = "logs/over-midnight.log";
    let (queue, _) = queue(&["-d", "2025-11-04", LOG]);
    assert_eq!(
        waiting(&queue),
        [
            ("4AAAAA0001".to_owned(), 2, json!(["kim@example.com"])),
            ("4AAAAA0004".to_owned(), 1, json!(["bob@example.net"])),
            ("4AAAAA0002".to_owned(), 1, json!(["ivy@example.com"])),
        ]
    );
    assert_eq!(queue[2]["age_seconds"], 599);
    assert_eq!(
        queue[1]["last_reason"],
        "connect to mx.example.net[192.0.2.26]:25: Connection timed out"
    );
    for (filter, left) in [
        (["--to", "bob@example.net"], 1),
        (["--to", "ivy@example.com"], 1),
        (["--reason", "quota"], 0),
        (["--reason", "timed out"], 3),
        (["--status", "bounced"], 0),
    ] {
        let count = [&["count", "still-queued", "-d", "2025-11-04", LOG], &filter as &[&str]];
        let counted = String::from_utf8(pfsum(&count.concat()).stdout).unwrap();
        let listed = self::queue(&[&["-d", "2025-11-04", LOG], &filter as &[&str]].concat()).0;
        assert_eq!(
            (counted.trim(), waiting(&listed).len()),
            (&*left.to_string(), left),
            "{filter:?}"
        );
    }
    let report = pfsum(&["--format", "json", "-d", "2025-11-04", LOG]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["totals"]["still_queued"], 3);
    assert_eq!(waiting(&report["queue"]), waiting(&queue));
}

/// A log of 5 November, read to its end.
fn queue_of(lines: &str) -> Value {
    let path = std::env::temp_dir().join(format!("pfsum-queue-{}.log", std::process::id()));
    let lines = lines.lines().map(|line| format!("Nov  5 {}\n", line.trim_start()));
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    let (queue, _) = queue(&[path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    queue
}

/// A clock that is ahead for a line ends the day too soon; it ends again.
#[test]
fn a_day_that_seems_over_goes_on() {
    let attempt = |at: &str, delay: u32| {
        format!(
            "2025-11-{at}+00:00 mx postfix/smtp[4]: 4AAAAA0001: to=<kim@example.com>, relay=none, delay={delay}, delays={delay}/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.25]:25: Connection timed out)\n"
        )
    };
    let other = |at: &str| {
        format!("2025-11-{at}+00:00 mx postfix/smtpd[1]: connect from a.example.org[192.0.2.1]\n")
    };
    let log = [
        "2025-11-04T09:00:00+00:00 mx postfix/qmgr[3]: 4AAAAA0001: from=<ann@example.org>, size=900, nrcpt=1 (queue active)\n".to_owned(),
        attempt("04T09:00:01", 1),
        other("05T00:30:00"),
        attempt("04T09:10:01", 601),
        other("05T00:40:00"),
        attempt("05T00:50:01", 57_001),
    ];
    let path = std::env::temp_dir().join(format!("pfsum-ahead-{}.log", std::process::id()));
    std::fs::write(&path, log.concat()).unwrap();
    let (queue, _) = queue(&["-d", "2025-11-04", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(waiting(&queue), [("4AAAAA0001".to_owned(), 2, json!(["kim@example.com"]))]);
}

/// Of two recipients one is given up; of two ways to one recipient one is gone; three attempts are two
/// lines; what is old is not of the last attempt.
#[test]
fn who_waits_and_how_often_he_was_tried_is_what_the_lines_say() {
    let queue = queue_of(
        "09:00:00 mx postfix/smtpd[1]: 4AAAAA0001: client=a.example.org[192.0.2.1]
         09:00:00 mx postfix/qmgr[3]: 4AAAAA0001: from=<ann@example.org>, size=900, nrcpt=2 (queue active)
         09:00:01 mx postfix/smtp[4]: 4AAAAA0001: to=<kim@example.com>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.25]:25: Connection timed out)
         09:00:01 mx postfix/smtp[5]: 4AAAAA0001: to=<bob@example.net>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.net[192.0.2.26]:25: Connection timed out)
         09:10:00 mx postfix/smtp[4]: 4AAAAA0001: to=<kim@example.com>, relay=mx.example.com[192.0.2.25]:25, delay=600, delays=600/0/0/0, dsn=5.1.1, status=bounced (host mx.example.com[192.0.2.25] said: 550 5.1.1 No such user (in reply to RCPT TO command))
         09:10:01 mx postfix/smtp[5]: 4AAAAA0001: to=<bob@example.net>, relay=none, delay=601, delays=600/0/1/0, dsn=4.4.1, status=deferred (connect to mx.example.net[192.0.2.26]:25: Connection timed out)
         09:10:02 mx last message repeated 2 times
         09:20:00 mx postfix/smtpd[1]: 4AAAAA0002: client=a.example.org[192.0.2.1]
         09:20:00 mx postfix/qmgr[3]: 4AAAAA0002: from=<ann@example.org>, size=900, nrcpt=2 (queue active)
         09:20:01 mx postfix/smtp[4]: 4AAAAA0002: to=<kim@example.com>, orig_to=<k@example.org>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.25]:25: Connection timed out)
         09:20:01 mx postfix/smtp[5]: 4AAAAA0002: to=<kim@example.com>, orig_to=<kim@example.org>, relay=mx.example.com[192.0.2.25]:25, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (250 Ok)
         09:30:01 mx postfix/smtp[4]: 4AAAAA0002: to=<kim@example.com>, orig_to=<k@example.org>, relay=none, delay=601, delays=600/0/1/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.25]:25: Connection timed out)
         09:40:00 mx postfix/smtpd[1]: 4AAAAA0003: client=a.example.org[192.0.2.1]
         09:40:00 mx postfix/cleanup[2]: 4AAAAA0003: hold: header Subject: offer from a.example.org[192.0.2.1]; from=<ann@example.org> to=<ivy@example.com> proto=ESMTP helo=<a.example.org>
         09:40:00 mx postfix/cleanup[2]: 4AAAAA0003: message-id=<3@example.org>
         09:41:00 mx postfix/qmgr[3]: 4AAAAA0003: from=<ann@example.org>, size=900, nrcpt=1 (queue active)
         10:40:00 mx postfix/smtp[4]: 4AAAAA0003: to=<ivy@example.com>, relay=none, delay=0, delays=0/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.25]:25: Connection timed out)",
    );
    assert_eq!(
        waiting(&queue),
        [
            ("4AAAAA0001".to_owned(), 5, json!(["bob@example.net"])),
            ("4AAAAA0002".to_owned(), 2, json!(["kim@example.com"])),
            ("4AAAAA0003".to_owned(), 1, json!(["ivy@example.com"])),
        ]
    );
    assert_eq!(queue[0]["waiting"][0]["attempts"], 4);
    assert_eq!((&queue[2]["queue"], &queue[2]["age_seconds"]), (&json!("deferred"), &json!(3600)));
}

/// Commands to copy stand below: one of them deletes.
#[test]
fn who_waits_for_something_else_is_not_asked_about() {
    let asked = |filter: &[&str]| {
        let words = [&["logs/over-midnight.log"] as &[&str], filter].concat();
        waiting(&queue(&words).0)
    };
    let bob = [("4AAAAA0004".to_owned(), 2, json!(["bob@example.net"]))];
    assert_eq!(asked(&["--reason", "quota"]), bob, "what was said last");
    assert_eq!(asked(&["--reason", "timed out"]).len(), 1, "bob waited for that before");
    assert_eq!(asked(&["--status", "deferred"]).len(), 2);
    assert_eq!(asked(&["--status", "bounced"]), []);
}

/// `status=deferred (bounce failed)`: the recipient is given up, and the message waits for its notice.
#[test]
fn a_message_whose_notice_could_not_be_written_was_tried() {
    let log = [
        "qmgr[1]: 4AAAAA0001: from=<ann@example.org>, size=900, nrcpt=1 (queue active)",
        "local[2]: 4AAAAA0001: to=<bob@example.net>, relay=local, delay=0.1, delays=0.1/0/0/0, dsn=5.1.1, status=bounced (unknown user: \"bob\")",
        "qmgr[1]: 4AAAAA0001: status=deferred (bounce failed)",
    ];
    let log = log.map(|line| format!("Nov  5 08:00:00 mx postfix/{line}\n")).concat();
    let path = std::env::temp_dir().join(format!("pfsum-bounce-failed-{}.log", std::process::id()));
    std::fs::write(&path, log).unwrap();
    let (queue, _) = queue(&[path.to_str().unwrap()]);
    let counted = pfsum(&["count", "deferred", "deferrals", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    let queued = &queue[0];
    assert_eq!(
        (&queued["queue"], &queued["attempts"], &queued["last_reason"], &queued["cause"]),
        (&json!("deferred"), &json!(1), &json!("bounce failed"), &json!("local"))
    );
    let counted = String::from_utf8(counted.stdout).unwrap();
    assert_eq!(counted, "deferred   1\ndeferrals  0\n");
}

#[test]
fn a_listing_is_shown_even_if_no_log_can_be_read() {
    let (queue, output) = queue(&["--queue", "logs/mailq.txt", "logs/no-such.log"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(queue.as_array().unwrap().len(), 4);
    assert_eq!(queue[0]["attempts"], 0);
}

#[test]
fn what_is_no_listing_is_named() {
    let output = pfsum(&["queue", "--queue", "logs/queue.log", "logs/queue.log"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        said,
        "pfsum: logs/queue.log: neither what `postqueue -j` prints nor what mailq prints\n"
    );
}

#[test]
fn an_empty_queue_is_no_failure_unless_a_match_is_required() {
    for (args, code) in [(&["queue"] as &[&str], 0), (&["queue", "--require-match"], 1)] {
        let output = pfsum(&[args, &["--to", "nobody@example.org", "logs/queue.log"]].concat());
        assert_eq!(output.status.code(), Some(code));
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "pfsum: nothing is queued (to nobody@example.org)\n");
    }
}
