//! What grows with the log, and nothing faster: four times the lines take some four times as long,
//! whatever it is that a log has many of.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use pfsum::answer::{Filters, Gather, Question};
use pfsum::config::{Format, Limit, Reporting};
use pfsum::input::Reader;
use pfsum::report::waiting::Beside;
use pfsum::{Config, Summary};

/// 2026-11-23 12:00, in seconds since 1970.
const NOW: i64 = 1_795_435_200;

/// Twice the work of so many more lines would be eight times as much; what grows with their square
/// takes sixteen times as long.
const TIMES: u32 = 9;

/// Another process may be at work.
const TRIES: usize = 5;

fn read(log: &str) -> Summary {
    asked(log, Filters::default())
}

/// Reads what is asked about.
fn asked(log: &str, filters: Filters) -> Summary {
    let mut config = Config::default();
    (config.reading.now, config.reading.threads) = (NOW, 1);
    let mut summary = Summary::new(config);
    if !filters.is_empty() {
        let gather = Some(Gather::new(filters));
        summary.question = Some(Box::new(Question { gather, ..Question::default() }));
    }
    let bytes = Cursor::new(log.to_owned());
    let mut reader = Reader::from_stream(Path::new("log"), Box::new(bytes)).unwrap();
    summary.read(&mut reader, NOW).unwrap();
    summary.finish();
    summary
}

/// How long the shortest of some runs takes, from the log to the report and the list of the queue.
fn shortest(log: &str, filters: &Filters) -> Duration {
    let run = || {
        let begun = Instant::now();
        let summary = asked(log, filters.clone());
        let mut out = Vec::new();
        pfsum::render::render(&summary.report(), Format::Text, &mut out).unwrap();
        let queue = summary.queue_report(Beside::default());
        pfsum::render::queue(&queue, &mut out).unwrap();
        begun.elapsed()
    };
    [run(), run()].into_iter().min().unwrap()
}

/// Fails if four times as many of something take much more than four times as long.
fn grows_with_the_log(many: impl Fn(&mut String, usize), number: usize) {
    grows(many, number, &Filters::default());
}

fn grows(many: impl Fn(&mut String, usize), number: usize, filters: &Filters) {
    let log = |number| {
        let mut log = String::new();
        many(&mut log, number);
        log
    };
    let (few, more) = (log(number), log(4 * number));
    let tries = (0..TRIES).map(|_| (shortest(&few, filters), shortest(&more, filters)));
    let told: Vec<_> = tries.take_while(|(short, long)| *long > *short * TIMES).collect();
    assert!(told.len() < TRIES, "{told:?}");
}

fn line(log: &mut String, at: usize, writer: &str, text: &str) {
    let (hour, minute, second) = (at / 3600 % 24, at / 60 % 60, at % 60);
    writeln!(log, "Nov 22 {hour:02}:{minute:02}:{second:02} {writer}: {text}").unwrap();
}

/// A message that waits in the queue.
fn put_off(log: &mut String, at: usize, id: &str, recipient: &str) {
    let text = format!(
        "{id}: to=<{recipient}>, relay=none, delay=9, delays=1/0/8/0, dsn=4.4.1, status=deferred \
         (connect to mx.example.org[192.0.2.25]:25: Connection timed out)"
    );
    line(log, at, "mx postfix/smtp[13]", &text);
}

/// One message to many, each of whom is put off three times.
fn mailing(log: &mut String, recipients: usize, domain: impl Fn(usize) -> String) {
    let queued =
        format!("A00001: from=<ann@example.net>, size=900, nrcpt={recipients} (queue active)");
    line(log, 0, "mx postfix/qmgr[12]", &queued);
    for (round, at) in (0..3).flat_map(|round| (0..recipients).map(move |at| (round, at))) {
        put_off(log, 3_600 * round + at / 100, "A00001", &format!("u{at}@{}", domain(at)));
    }
}

#[test]
fn recipients_of_one_message() {
    grows_with_the_log(|log, many| mailing(log, many, |_| "example.org".to_owned()), 6_000);
}

#[test]
fn recipients_of_one_message_who_are_asked_about() {
    let filters = Filters { to: vec!["@example.org".parse().unwrap()], ..Filters::default() };
    grows(|log, many| mailing(log, many, |_| "example.org".to_owned()), 6_000, &filters);
}

/// A filter behind a relay of this host gives each recipient of one message back alone.
#[test]
fn parts_of_one_message() {
    let log = |log: &mut String, many| {
        mailing(log, 0, |_| String::new());
        for at in 0..many {
            let part = format!("{:X}", 0xA0_0002 + at);
            let queued = format!(
                "A00001: to=<u{at}@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, \
                 delays=1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {part})"
            );
            let client = "client=localhost[127.0.0.1], orig_queue_id=A00001";
            line(log, at / 100, "mx postfix/smtp[13]", &queued);
            line(log, at / 100, "mx postfix/smtpd[10]", &format!("{part}: {client}"));
            let queued = "from=<ann@example.net>, size=900, nrcpt=1 (queue active)";
            line(log, at / 100, "mx postfix/qmgr[12]", &format!("{part}: {queued}"));
            put_off(log, at / 100, &part, &format!("u{at}@example.org"));
        }
    };
    let filters = Filters { to: vec!["u7@example.org".parse().unwrap()], ..Filters::default() };
    grows(log, 10_000, &filters);
}

#[test]
fn domains_of_the_recipients_of_one_message() {
    grows_with_the_log(|log, many| mailing(log, many, |at| format!("d{at}.example")), 4_000);
}

/// A message that is delivered, on a host and by an instance of Postfix.
fn delivered(log: &mut String, at: usize, writer: &str, agent: &str) {
    let (second, id) = (at / 100, format!("{:X}", 0xA0_0000 + at));
    for (daemon, text) in [
        ("smtpd[10]", "client=c.example.net[192.0.2.1]".to_owned()),
        ("cleanup[11]", format!("message-id=<{at}@example.net>")),
        ("qmgr[12]", "from=<ann@example.net>, size=900, nrcpt=1 (queue active)".to_owned()),
        (
            agent,
            format!(
                "to=<bob@example.org>, relay=mx{at}.example.org[192.0.2.25]:25, delay=1, \
                 delays=1/0/0/0, dsn=2.0.0, status=sent (250 ok)"
            ),
        ),
        ("qmgr[12]", "removed".to_owned()),
    ] {
        line(log, second, &format!("{writer}/{daemon}"), &format!("{id}: {text}"));
    }
}

#[test]
fn hosts_that_write_and_relays_that_may_be_one() {
    let log = |log: &mut String, many| {
        (0..many).for_each(|at| delivered(log, at, &format!("h{at} postfix"), "smtp[13]"));
    };
    grows_with_the_log(log, 2_000);
}

#[test]
fn instances_of_a_host() {
    let log = |log: &mut String, many| {
        (0..many).for_each(|at| delivered(log, at, &format!("mx postfix-{at}"), "smtp[13]"));
    };
    grows_with_the_log(log, 5_000);
}

#[test]
fn services_of_an_instance() {
    let log = |log: &mut String, many| {
        (0..many).for_each(|at| delivered(log, at, "mx postfix", &format!("s{at}/smtp[13]")));
    };
    grows_with_the_log(log, 4_000);
}

#[test]
fn blocklists() {
    let log = |log: &mut String, many| {
        for at in 0..many {
            let named =
                format!("addr 192.0.2.{} listed by domain l{at}.example as 127.0.0.2", at % 250);
            line(log, at / 100, "mx postfix/dnsblog[10]", &named);
        }
    };
    grows_with_the_log(log, 20_000);
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
        line(&mut log, at, "mx postfix/qmgr[12]", &queued);
        put_off(&mut log, at, &id, &format!("u{at}@example.org"));
    }
    let summary = read(&log);
    let report = summary.report();
    assert_eq!((report.queue.len(), report.queued, report.totals.still_queued), (300, 400, 400));
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
