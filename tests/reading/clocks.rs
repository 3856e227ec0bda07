//! Clocks that are wrong, change or stand elsewhere, lines out of order, and lines that are
//! not there.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::lay::{message, pfsum, put, ran, seconds, steady};
use crate::periods::totals;
use crate::support::Folder;

fn put_log(folder: &Folder, name: &str, log: &str, written: u64) -> PathBuf {
    put(folder, name, log.as_bytes(), written)
}

/// The report in JSON.
fn json(path: &PathBuf, zone: &str, words: &[&str]) -> serde_json::Value {
    let mut command = pfsum(words);
    let run = ran(command.env("TZ", zone).args(["--format", "json"]).arg(path));
    assert_eq!(run.status, 0, "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

/// Received in each hour that has any.
fn hours(report: &serde_json::Value) -> Vec<(u64, u64)> {
    let rows = report["hours"].as_array().unwrap().iter();
    let pairs = rows.map(|row| (row["hour"].as_u64().unwrap(), row["received"].as_u64().unwrap()));
    pairs.filter(|(_, received)| *received > 0).collect()
}

#[test]
fn a_clock_set_back_costs_nothing_and_makes_no_time_negative() {
    let folder = Folder::new("set-back");
    let day = seconds(2026, 11, 20);
    // An hour of mail, then the clock goes back by half an hour, and an hour more.
    let mut log = steady(day + 10 * 3600, day + 11 * 3600, 60);
    let before = log.len();
    for number in 0..60 {
        message(&mut log, day + 10 * 3600 + 1800 + 60 * number, 1000 + number);
    }
    // A connection over the change: its end is written before its beginning.
    let from = "mx1 postfix/smtpd[99]:";
    let client = "slow.example.net[192.0.2.9]";
    log.insert_str(before, &format!("Nov 20 10:59:59 {from} connect from {client}\n"));
    writeln!(log, "Nov 20 10:59:40 {from} disconnect from {client} commands=1").unwrap();
    let path = put_log(&folder, "mail.log", &log, day + 86_400);
    let report = json(&path, "UTC", &["--smtpd-stats"]);
    assert_eq!(report["totals"]["received"], 120);
    assert_eq!(report["totals"]["delivered"], 120);
    assert_eq!(hours(&report), [(10, 90), (11, 30)]);
    assert_eq!(report["days"].as_array().unwrap().len(), 1);
    assert_eq!(report["smtpd"]["connections"], 121);
    // Those of `message` last two seconds each.
    assert_eq!(report["smtpd"]["seconds"], 240);
    assert_eq!(report["books"]["closes"], true);
}

#[test]
fn a_connection_over_a_change_of_summer_time_lasts_as_long_as_it_did() {
    let folder = Folder::new("summer");
    let lines = |day: &str, from: &str, to: &str| {
        let who = "mx1 postfix/smtpd[99]:";
        let client = "slow.example.net[192.0.2.9]";
        format!(
            "{day} {from} {who} connect from {client}\n{day} {to} {who} disconnect from {client} commands=1\n"
        )
    };
    let zone = "EST5EDT,M3.2.0,M11.1.0";
    for (day, from, to, written) in [
        ("Nov  1", "01:59:50", "01:00:05", seconds(2026, 11, 2)),
        ("Mar  8", "01:59:50", "03:00:05", seconds(2026, 3, 9)),
    ] {
        let path = put_log(&folder, "mail.log", &lines(day, from, to), written);
        let report = json(&path, zone, &["--smtpd-stats"]);
        assert_eq!(report["smtpd"]["seconds"], 15, "{day}");
    }
    // A stamp with an offset says which of the two hours it is.
    let log =
        lines("", "2026-11-01T01:59:50-04:00", "2026-11-01T01:00:05-05:00").replace("\n ", "\n");
    let path = put_log(&folder, "mail.log", log.trim_start(), seconds(2026, 11, 2));
    assert_eq!(json(&path, zone, &["--smtpd-stats"])["smtpd"]["seconds"], 15);
}

/// An hour that never was does not end the wait for the next hop.
#[test]
fn mail_that_passes_on_over_a_change_of_summer_time_is_one_message() {
    let folder = Folder::new("passing");
    let zone = "EST5EDT,M3.2.0,M11.1.0";
    for (day, from, to, written) in [
        ("Nov  1", "01:59", "01:00", seconds(2026, 11, 2)),
        ("Mar  8", "01:59", "03:00", seconds(2026, 3, 9)),
    ] {
        let mut log = format!("{day} 01:58:00 mx1 postfix/master[9]: daemon started\n");
        for (at, line) in [
            (":58", "mx1 postfix/smtpd[1]: 4AAAAA0001: client=mail.example.net[192.0.2.1]"),
            (":58", "mx1 postfix/cleanup[2]: 4AAAAA0001: message-id=<1@example.net>"),
            (
                ":58",
                "mx1 postfix/qmgr[3]: 4AAAAA0001: from=<a@example.net>, size=9, nrcpt=1 (queue active)",
            ),
            (":59", "mx2 postfix/smtpd[4]: 4BBBBB0002: client=mx1.example.com[192.0.2.25]"),
            (":59", "mx2 postfix/cleanup[5]: 4BBBBB0002: message-id=<1@example.net>"),
            (
                ":59",
                "mx2 postfix/qmgr[6]: 4BBBBB0002: from=<a@example.net>, size=99, nrcpt=1 (queue active)",
            ),
            (
                ":59",
                "mx2 postfix/smtp[7]: 4BBBBB0002: to=<k@example.org>, relay=mx.example.org[192.0.2.26]:25, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
            ),
            (":59", "mx2 postfix/qmgr[6]: 4BBBBB0002: removed"),
        ] {
            writeln!(log, "{day} {from}{at} {line}").unwrap();
        }
        let sent = "to=<k@example.org>, relay=mx2.example.com[192.0.2.27]:25, delay=7, \
                    delays=0/0/0/7, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4BBBBB0002)";
        writeln!(log, "{day} {to}:05 mx1 postfix/smtp[8]: 4AAAAA0001: {sent}").unwrap();
        writeln!(log, "{day} {to}:05 mx1 postfix/qmgr[3]: 4AAAAA0001: removed").unwrap();
        let report = json(&put_log(&folder, "mail.log", &log, written), zone, &[]);
        let totals = &report["totals"];
        assert_eq!((&totals["received"], &totals["delivered"]), (&1.into(), &1.into()), "{day}");
    }
}

#[test]
fn a_log_in_utc_is_asked_by_the_days_of_the_reader() {
    let folder = Folder::new("utc");
    let mut log = String::new();
    for (number, stamp) in [
        "2026-11-03T04:59:00Z",
        "2026-11-03T05:01:00Z",
        "2026-11-04T04:59:00.125Z",
        "2026-11-04T05:01:00Z",
    ]
    .iter()
    .enumerate()
    {
        let id = format!("4F00{number}0AA");
        writeln!(log, "{stamp} mx1 postfix/smtpd[9]: {id}: client=a.example.net[192.0.2.1]")
            .unwrap();
        writeln!(log, "{stamp} mx1 postfix/qmgr[3]: {id}: from=<a@example.net>, size=1000, nrcpt=1 (queue active)").unwrap();
    }
    let path = put_log(&folder, "mail.log", &log, seconds(2026, 11, 5));
    for (zone, day, received) in [
        ("EST5", "2026-11-02", 1),
        ("EST5", "2026-11-03", 2),
        ("EST5", "2026-11-04", 1),
        ("UTC", "2026-11-03", 2),
        ("CET-1", "2026-11-03", 2),
        ("NZST-12", "2026-11-03", 2),
    ] {
        let report = json(&path, zone, &["-d", day]);
        assert_eq!(report["totals"]["received"], received, "{zone} {day}");
        assert_eq!(report["period"]["from"].as_str().map(|from| &from[..10]), Some(day));
    }
    assert_eq!(hours(&json(&path, "EST5", &["-d", "2026-11-03"])), [(0, 1), (23, 1)]);
}

#[test]
fn lines_a_little_out_of_order_change_nothing() {
    let folder = Folder::new("order");
    let day = seconds(2026, 11, 20);
    let log = steady(day, day + 7200, 40);
    // The last two lines of each message, of two daemons, change places; so do stamps a second
    // apart, as where two hosts write into one log.
    let mut lines: Vec<&str> = log.split_inclusive('\n').collect();
    for life in lines.chunks_mut(7) {
        life.swap(5, 6);
        life.swap(1, 2);
        life.swap(1, 2);
        life.swap(3, 4);
    }
    let one = json(&put_log(&folder, "mail.log", &log, day + 86_400), "UTC", &[]);
    let other = json(&put_log(&folder, "mail.log", &lines.concat(), day + 86_400), "UTC", &[]);
    for key in ["totals", "hours", "days", "books"] {
        assert_eq!(one[key], other[key], "{key}");
    }
    assert_eq!(one["totals"]["received"], 180);
}

#[test]
fn what_a_logger_says_it_lost_is_counted_and_makes_the_totals_lower_bounds() {
    let folder = Folder::new("lost");
    let day = seconds(2026, 11, 20);
    let mail = steady(day, day + 600, 60);
    for (name, lines, lost) in [
        (
            "rsyslog",
            "Nov 20 00:09:59 mx1 rsyslogd: imjournal: 57 messages lost due to rate-limiting\n",
            57,
        ),
        (
            "rsyslog-2177",
            "Nov 20 00:09:59 mx1 rsyslogd-2177: imuxsock lost 12 messages from pid 71 due to rate-limiting\n",
            12,
        ),
        (
            "begins",
            "Nov 20 00:09:59 mx1 rsyslogd[5]: imuxsock[pid: 71]: begin to drop messages due to rate-limiting\n",
            1,
        ),
        (
            "journald",
            "Nov 20 00:09:59 mx1 systemd-journald[85]: Suppressed 1412 messages from postfix.service\n",
            1412,
        ),
        (
            "structured",
            "<46>1 2026-11-20T00:09:59+00:00 mx1 rsyslogd - - - imjournal: 8 messages lost due to rate-limiting (600 allowed within 5 seconds)\n",
            8,
        ),
    ] {
        let path = put_log(&folder, name, &format!("{mail}{lines}"), day + 86_400);
        let report = json(&path, "UTC", &[]);
        assert_eq!(report["reading"]["lost"], lost, "{name}");
        assert_eq!(report["totals"]["received"], 10, "{name}");
        let page = ran(&mut pfsum(&[&path])).out;
        let said = format!("{lost}  lost by the logger: the totals are lower bounds");
        assert!(page.contains(&said), "{name}: {page}");
    }
}

#[test]
fn a_log_that_is_hardly_understood_says_so_first_and_by_its_status() {
    let folder = Folder::new("strange");
    let day = seconds(2026, 11, 20);
    let mut log = steady(day, day + 600, 60); // 70 lines
    log.push_str("Nov 20 00:10:00 mx1 postfix/qmgr[73]: 4A1E04C21B: a word of the future\n");
    let path = put_log(&folder, "mail.log", &log, day + 86_400);
    let run = ran(&mut pfsum(&[&path]));
    assert_eq!((run.status, run.err.as_str()), (0, ""), "one of 71 is less than 2 %");
    log.push_str("Nov 20 00:10:01 mx1 postfix/qmgr[73]: 4A1E04C21C: a word of the future\n");
    // Lines of other programs are not counted against it, nor for it.
    log.push_str(&"Nov 20 00:10:02 mx1 dovecot: imap(ann): Logged out\n".repeat(100));
    let path = put_log(&folder, "mail.log", &log, day + 86_400);
    let run = ran(&mut pfsum(&[&path]));
    assert_eq!(run.status, 1);
    assert!(run.err.contains("2 of 72 lines of Postfix were not understood"), "{}", run.err);
    assert!(
        run.out
            .starts_with("Needs attention\n---------------\n * 2 of 72 lines of Postfix were not"),
        "{}",
        run.out
    );
    assert!(run.out.contains("Not understood of qmgr:"), "{}", run.out);
    assert_eq!(totals(&run.out), (10, 10));
    // The status does not depend on what is asked.
    for words in [
        &["count", "received"] as &[&str],
        &["trace", "ann@example.net"],
        &["queue"],
        &["--list-inputs"],
    ] {
        let run = ran(pfsum(words).arg(&path));
        assert_eq!(run.status, 1, "{words:?}: {}", run.err);
        let said = "pfsum: 2 of 72 lines of Postfix were not understood, ";
        assert!(run.err.lines().any(|line| line.starts_with(said)), "{words:?}: {}", run.err);
    }
}

#[test]
fn repetitions_count_in_structured_lines_as_well() {
    let folder = Folder::new("structured");
    let refused = "NOQUEUE: reject: RCPT from a.example[192.0.2.1]: 550 5.7.1 no; from=<x@example.net> to=<y@example.org> proto=ESMTP helo=<a>";
    let line = |second: u8, writer: &str, text: &str| {
        format!("<22>1 2026-11-20T00:00:{second:02}+00:00 mx1 {writer} - {text}\n")
    };
    let log = [
        line(1, "postfix/smtpd 71 -", refused),
        line(5, "postfix/smtpd 71 -", &format!("message repeated 3 times: [ {refused}]")),
        line(9, "last - -", "message repeated 2 times"),
    ]
    .concat();
    let path = put_log(&folder, "mail.log", &log, seconds(2026, 11, 21));
    let report = json(&path, "UTC", &[]);
    // One; three; and two more of the last line, which stands for three.
    assert_eq!(report["totals"]["rejected"], 6);
    assert_eq!(report["reading"]["repeated"], 4);
}
