//! Logs with very many of one thing: it is counted to the last, and shown as far as somebody reads.
//! That time grows no faster than such logs is shown by `benches/growth`.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::io::Cursor;
use std::path::Path;

use pfsum::config::{Format, Limit, Reporting};
use pfsum::input::Reader;
use pfsum::report::waiting::Beside;
use pfsum::{Config, Summary};

/// 2026-11-23 12:00, in seconds since 1970.
const NOW: i64 = 1_795_435_200;

fn read(log: &str) -> Summary {
    let mut config = Config::default();
    (config.reading.now, config.reading.threads) = (NOW, 1);
    let mut summary = Summary::new(config);
    let bytes = Cursor::new(log.to_owned());
    let mut reader = Reader::from_stream(Path::new("log"), Box::new(bytes)).unwrap();
    summary.read(&mut reader, NOW).unwrap();
    summary.finish();
    summary
}

/// Hosts count their queue IDs each by itself, so the same ID is at work on all of them.
#[test]
fn seventy_thousand_hosts_are_kept_apart() {
    const HOSTS: usize = 70_000;
    let mut log = String::new();
    for text in [
        "smtpd[10]: A00001: client=c.example.net[192.0.2.1]",
        "qmgr[12]: A00001: from=<ann@example.net>, size=900, nrcpt=1 (queue active)",
        "smtp[13]: A00001: to=<bob@example.org>, relay=mx.example.org[192.0.2.25]:25, delay=1, \
         delays=1/0/0/0, dsn=2.0.0, status=sent (250 ok)",
    ] {
        for host in 0..HOSTS {
            writeln!(log, "Nov 22 09:00:00 h{host} postfix/{text}").unwrap();
        }
    }
    let summary = read(&log);
    let totals = &summary.tallies.totals;
    assert_eq!((totals.received, totals.delivered, summary.hosts().len()), (70_000, 70_000, HOSTS));
}

/// A report of four hundred messages that wait shows some of them one by one, and counts all.
#[test]
fn what_is_not_shown_is_not_made() {
    let mut log = String::new();
    for at in 0..400 {
        let id = format!("{:X}", 0xA0_0000 + at);
        let queued = format!("{id}: from=<ann@example.net>, size=900, nrcpt=1 (queue active)");
        let put_off = format!(
            "{id}: to=<u{at}@example.org>, relay=none, delay=9, delays=1/0/8/0, dsn=4.4.1, \
             status=deferred (connect to mx.example.org[192.0.2.25]:25: Connection timed out)"
        );
        for (daemon, text) in [("qmgr[12]", queued), ("smtp[13]", put_off)] {
            let (minute, second) = (at / 60, at % 60);
            writeln!(log, "Nov 22 00:{minute:02}:{second:02} mx postfix/{daemon}: {text}").unwrap();
        }
    }
    let summary = read(&log);
    let report = summary.report();
    assert_eq!((report.queue.len(), report.queued, report.totals.still_queued), (300, 400, 400));
    let mut out = Vec::new();
    pfsum::render::render(&report, Format::Text, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("Queued messages (top 50 of 400)"), "{text}");
    let all = Reporting { format: Format::Json, ..Reporting::default() };
    assert_eq!(summary.report_as(&all).queue.len(), 400);
    let queue = summary.queue_report(Beside { rows: Limit::Top(100), ..Beside::default() });
    assert_eq!((queue.queue.len(), queue.queued), (100, 400));
    assert_eq!(queue.queue.first().unwrap().queue_id, "A00000", "the oldest");
    let mut out = Vec::new();
    pfsum::render::queue(&queue, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("messages: 400, recipients: 400, attempts: 400"), "{text}");
    assert!(text.contains(" -d A00013 # and 380 more"), "{text}"); // twenty, from A00000 on
}
