//! Why mail was deferred and given up: what has one reason is one row.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write;
use std::io::Cursor;
use std::path::Path;

use pfsum::answer::{Breakdown, Key, Measure, Question};
use pfsum::input::Reader;
use pfsum::tally::trouble::Under;
use pfsum::words::cause::Cause;
use pfsum::{Config, Period, Summary};

/// 2026-11-23 12:00, in seconds since 1970.
const NOW: i64 = 1_795_435_200;

/// Three messages for a full mailbox, of which each is put off four times and then given up. Each
/// reply bears the number of its transaction, and two servers give it.
fn full_mailbox() -> String {
    let (mut log, mut number) = (String::new(), 0x6bd_987c_6513_u64);
    for message in 0..3 {
        let id = format!("4AAAAA000{message}");
        writeln!(
            log,
            "Nov 22 09:00:00 mx postfix/qmgr[1]: {id}: from=<ann@example.net>, size=900, nrcpt=1 (queue active)"
        )
        .unwrap();
        for hour in 10..15 {
            let (status, code) = if hour < 14 { ("deferred", 4) } else { ("bounced", 5) };
            number += 0x1_0007;
            writeln!(
                log,
                "Nov 22 {hour}:00:0{message} mx postfix/smtp[2]: {id}: to=<bob@example.org>, \
                 relay=mx{0}.example.org[192.0.2.{0}]:25, delay=3600, delays=3599/0/0/1, dsn={code}.2.2, \
                 status={status} (host mx{0}.example.org[192.0.2.{0}] said: {code}52 {code}.2.2 \
                 <bob@example.org> The account is over quota {number:x}.{hour} - mx (in reply to RCPT TO command))",
                hour % 2 + 1
            )
            .unwrap();
        }
        writeln!(log, "Nov 22 14:00:09 mx postfix/qmgr[1]: {id}: removed").unwrap();
    }
    log
}

/// The first of them.
fn one_message() -> String {
    let log = full_mailbox();
    log.split_inclusive('\n').filter(|line| line.contains("4AAAAA0000")).collect()
}

fn read(log: String, question: Option<Question>) -> Summary {
    let mut config = Config::default();
    config.reading.now = NOW;
    let mut summary = Summary::new(config);
    summary.ask(question);
    let mut reader = Reader::from_stream(Path::new("log"), Box::new(Cursor::new(log))).unwrap();
    summary.read(&mut reader, NOW).unwrap();
    summary.finish();
    summary
}

#[test]
fn replies_that_differ_in_a_serial_are_one_reason() {
    let summary = read(full_mailbox(), None);
    let causes = &summary.tallies.causes;
    for (troubles, times) in [(&causes.deferrals, 12), (&causes.bounces, 3)] {
        let [(kind, trouble)] = troubles.entries() else { panic!("{:?}", troubles.entries()) };
        let reason = String::from_utf8_lossy(summary.names.texts.text(kind.reason));
        assert_eq!(reason, "The account is over quota * - mx");
        assert_eq!(kind.cause, Cause::Full);
        assert_eq!((trouble.times, trouble.messages), (times, 3));
    }
}

/// What filters and policy services say of each message, and who asks greylisting again.
const REFUSED: &str = "\
Nov 22 09:00:00 mx postfix/smtpd[10]: proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=12345-07 - SPAM; from=<a@example.net> to=<b@example.com> proto=ESMTP helo=<x.example.net>
Nov 22 09:00:05 mx postfix/smtpd[10]: proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=12346-03 - SPAM; from=<a@example.net> to=<b@example.com> proto=ESMTP helo=<x.example.net>
Nov 22 09:02:00 mx postfix/smtpd[10]: NOQUEUE: reject: RCPT from x.example.net[192.0.2.7]: 450 4.2.0 <b@example.com>: Recipient address rejected: Greylisted for 287 seconds; from=<a@example.net> to=<b@example.com> proto=ESMTP helo=<x.example.net>
Nov 22 09:02:05 mx postfix/smtpd[10]: NOQUEUE: reject: RCPT from x.example.net[192.0.2.7]: 450 4.2.0 <b@example.com>: Recipient address rejected: Greylisted for 282 seconds; from=<a@example.net> to=<b@example.com> proto=ESMTP helo=<x.example.net>
";

#[test]
fn refusals_that_differ_in_a_serial_are_of_one_rule() {
    let summary = read(REFUSED.to_owned(), None);
    let refusals = summary.tallies.causes.refusals.iter();
    let mut rules: Vec<_> = refusals
        .map(|((cause, rule), counts)| {
            let rule = String::from_utf8_lossy(summary.names.texts.text(*rule));
            (rule, *cause, counts.temporary, counts.permanent)
        })
        .collect();
    rules.sort();
    let greylisted = "Recipient address rejected: Greylisted for * seconds".into();
    assert_eq!(
        rules,
        [
            (greylisted, Cause::Greylisted, 2, 0),
            ("Reject, id=* - SPAM".into(), Cause::Blocked, 0, 2)
        ]
    );
    // The list that pflogsumm has tells them apart, as it does.
    assert_eq!(summary.tallies.details.rejects.len(), 4);
}

/// What delivery agents of this host say themselves is no other server's trouble.
#[test]
fn a_program_that_fails_is_trouble_of_this_host() {
    let log = "\
Nov 22 09:00:00 mx postfix/qmgr[1]: 4AAAAA0001: from=<ann@example.net>, size=900, nrcpt=1 (queue active)
Nov 22 09:00:01 mx postfix/pipe[2]: 4AAAAA0001: to=<bob@example.com>, relay=program, delay=1, delays=0/0/0/1, dsn=4.3.0, status=deferred (temporary failure)
";
    let summary = read(log.to_owned(), None);
    let [(kind, _)] = summary.tallies.causes.deferrals.entries() else { panic!("one") };
    assert_eq!(kind.cause, Cause::Local);
    let Under::Relay(relay) = kind.under else { panic!("{:?}", kind.under) };
    assert_eq!(summary.names.relays.text(relay), b"program");
}

/// The same queue ID once more: an inode is free again, or a log is read twice.
#[test]
fn a_queue_id_that_comes_again_is_named_once() {
    let summary = read(full_mailbox() + &full_mailbox().replace("Nov 22", "Nov 23"), None);
    let [(_, trouble)] = summary.tallies.causes.deferrals.entries() else { panic!("one") };
    assert_eq!((trouble.times, trouble.messages, trouble.examples.len()), (24, 6, 3));
    let summary = read(one_message() + &one_message().replace("Nov 22", "Nov 23"), None);
    let [(_, trouble)] = summary.tallies.causes.deferrals.entries() else { panic!("one") };
    assert_eq!((trouble.messages, trouble.examples.len()), (2, 1));
}

#[test]
fn they_are_counted_together() {
    let config = Config::default();
    let measures = vec![Measure::Deferrals, Measure::Bounced];
    let breakdown = Breakdown::new(
        measures,
        vec![Key::Reason],
        Period::ALWAYS,
        &config.counting,
        &config.reporting,
    );
    let question = Question { breakdown: Some(breakdown), ..Question::default() };
    let summary = read(full_mailbox(), Some(question));
    let breakdown = summary.asked().unwrap().breakdown.as_ref().unwrap();
    let [row] = &breakdown.rows()[..] else { panic!("{:?}", breakdown.rows()) };
    assert_eq!(row.keys, [b"The account is over quota * - mx"]);
    assert_eq!(row.counts, [12, 3]);
}

/// One message to a recipient in each of so many domains, who are put off twice; every second of
/// them is unreachable at first.
fn mailing(domains: usize) -> String {
    let mut log = String::from(
        "Nov 22 09:00:00 mx postfix/qmgr[1]: 4AAAAA0000: from=<ann@example.net>, size=900, nrcpt=40 (queue active)\n",
    );
    for (hour, at) in [10, 11].into_iter().flat_map(|hour| (0..domains).map(move |at| (hour, at))) {
        let why = match at % 2 {
            0 if hour == 10 => "connect to mx.example.org[192.0.2.25]:25: Connection timed out",
            _ => "host mx.example.org[192.0.2.25] said: 452 4.2.2 Mailbox full",
        };
        writeln!(
            log,
            "Nov 22 {hour}:00:00 mx postfix/smtp[2]: 4AAAAA0000: to=<bob@d{at}.example>, relay=none, \
             delay=3600, delays=3599/0/0/1, dsn=4.4.1, status=deferred ({why})"
        )
        .unwrap();
    }
    log
}

#[test]
fn a_message_counts_once_however_many_kinds_of_trouble_it_met() {
    for domains in [3, 40] {
        let summary = read(mailing(domains), None);
        let troubles = &summary.tallies.causes.deferrals;
        assert_eq!(troubles.entries().len(), domains + domains.div_ceil(2));
        for (kind, trouble) in troubles.entries() {
            let domain = usize::from(kind.cause == Cause::Full);
            assert_eq!(trouble.messages, 1, "{kind:?}");
            assert_eq!(troubles.messages_of(kind.cause), 1, "{kind:?}");
            assert_eq!(troubles.messages_at(kind.cause, kind.under), 1, "{kind:?}");
            assert!(trouble.times == 1 || trouble.times == 2 * domain as u64, "{kind:?}");
        }
        let [message] = summary.queued()[..] else { panic!() };
        let stuck: Vec<_> = message.stuck().collect();
        assert_eq!((stuck.len(), message.deferrals as usize), (domains, 2 * domains));
        for (at, stuck) in stuck.iter().enumerate() {
            let who = summary.names.addresses.text(stuck.recipient);
            assert_eq!(who, format!("bob@d{at}.example").as_bytes());
            assert_eq!((stuck.attempts, stuck.last.hour()), (2, 11));
            assert_eq!(stuck.first_reason().starts_with(b"connect"), at % 2 == 0);
            assert!(stuck.reason.starts_with(b"host"));
        }
    }
}

#[test]
fn of_many_recipients_those_are_left_that_are_not_done_with() {
    let mut log = mailing(40);
    for at in 0..39 {
        writeln!(
            log,
            "Nov 22 12:00:00 mx postfix/smtp[2]: 4AAAAA0000: to=<bob@d{at}.example>, \
             relay=mx.example.org[192.0.2.25]:25, delay=7200, delays=7199/0/0/1, dsn=2.0.0, status=sent (250 ok)"
        )
        .unwrap();
    }
    let summary = read(log, None);
    let [message] = summary.queued()[..] else { panic!() };
    let left: Vec<&[u8]> =
        message.stuck().map(|stuck| summary.names.addresses.text(stuck.recipient)).collect();
    assert_eq!(left, [b"bob@d39.example"]);
}
