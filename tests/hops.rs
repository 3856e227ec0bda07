//! Content filters whose second hop is told by the message-id alone.

#![allow(clippy::unwrap_used)]

use std::io::Cursor;
use std::path::Path;

use pfsum::input::Reader;
use pfsum::{Config, Summary};

/// 2026-11-23 12:00, in seconds since 1970.
const NOW: i64 = 1_795_435_200;

fn read(log: &'static str) -> Summary {
    let mut config = Config::default();
    config.reading.now = NOW;
    let mut summary = Summary::new(config);
    let mut reader = Reader::from_stream(Path::new("log"), Box::new(Cursor::new(log))).unwrap();
    summary.read(&mut reader, NOW).unwrap();
    summary.finish();
    summary
}

/// A mail to an alias comes back from a filter that says only `250 Ok`, and local(8) makes a
/// third message with the same message-id before the hand-off is logged.
const FORWARDED_AT_ONCE: &str = "\
Nov 22 09:00:00 mx postfix/smtpd[10]: 4AAAAA0001: client=unknown[192.0.2.7]
Nov 22 09:00:00 mx postfix/cleanup[11]: 4AAAAA0001: message-id=<1@client.example.net>
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0001: from=<ann@example.net>, size=462, nrcpt=1 (queue active)
Nov 22 09:00:00 mx postfix/back/smtpd[13]: 4AAAAA0002: client=localhost[127.0.0.1]
Nov 22 09:00:00 mx postfix/cleanup[11]: 4AAAAA0002: message-id=<1@client.example.net>
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0002: from=<ann@example.net>, size=645, nrcpt=1 (queue active)
Nov 22 09:00:00 mx postfix/cleanup[11]: 4AAAAA0003: message-id=<1@client.example.net>
Nov 22 09:00:00 mx postfix/smtp[14]: 4AAAAA0001: to=<team@example.com>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (250 Ok)
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0001: removed
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0003: from=<ann@example.net>, size=778, nrcpt=2 (queue active)
Nov 22 09:00:00 mx postfix/local[15]: 4AAAAA0002: to=<team@example.com>, relay=local, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (forwarded as 4AAAAA0003)
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0002: removed
Nov 22 09:00:00 mx postfix/smtp[14]: 4AAAAA0003: to=<one@example.org>, relay=mail.example.org[192.0.2.9]:25, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (250 Ok)
Nov 22 09:00:00 mx postfix/smtp[14]: 4AAAAA0003: to=<two@example.org>, relay=mail.example.org[192.0.2.9]:25, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (250 Ok)
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0003: removed
";

#[test]
fn what_an_alias_makes_of_a_second_hop_does_not_hide_the_hop() {
    let summary = read(FORWARDED_AT_ONCE);
    let totals = &summary.tallies.totals;
    assert_eq!((totals.received, totals.hops_folded, totals.swallowed_by_filter), (1, 1, 0));
    assert_eq!((totals.forwarded, totals.generated, totals.delivered), (1, 1, 2));
    assert!(summary.tallies.ledger.closes(), "{:?}", summary.tallies.ledger);
}

/// A program of this host sends through a filter.
const LOCAL_THROUGH_A_FILTER: &str = "\
Nov 22 09:00:00 mx postfix/pickup[10]: 4AAAAA0001: uid=33 from=<www>
Nov 22 09:00:00 mx postfix/cleanup[11]: 4AAAAA0001: message-id=<1@example.net>
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0001: from=<www@example.net>, size=462, nrcpt=1 (queue active)
Nov 22 09:00:00 mx postfix/back/smtpd[13]: 4AAAAA0002: client=localhost[127.0.0.1]
Nov 22 09:00:00 mx postfix/cleanup[11]: 4AAAAA0002: message-id=<1@example.net>
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0002: from=<www@example.net>, size=645, nrcpt=1 (queue active)
Nov 22 09:00:00 mx postfix/smtp[14]: 4AAAAA0001: to=<one@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4AAAAA0002)
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0001: removed
Nov 22 09:00:01 mx postfix/smtp[14]: 4AAAAA0002: to=<one@example.org>, relay=mail.example.org[192.0.2.9]:25, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (250 Ok)
Nov 22 09:00:01 mx postfix/qmgr[12]: 4AAAAA0002: removed
";

/// pickup(8) brought it, and no client did: the filter's is none of it, on either hop.
#[test]
fn what_began_on_this_host_has_no_client_behind_a_filter_either() {
    let mut pfsum = std::process::Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(["count", "received", "delivered", "--by", "client", "--format", "csv", "-"])
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = pfsum.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, LOCAL_THROUGH_A_FILTER.as_bytes()).unwrap();
    drop(stdin);
    let told = String::from_utf8(pfsum.wait_with_output().unwrap().stdout).unwrap();
    let rows: Vec<&str> = told.lines().skip(1).collect();
    assert_eq!(rows.len(), 1, "{told}");
    assert!(!told.contains("localhost"), "{told}");
}

/// Three seconds in a filter, then put off for one second and given up after two.
const PUT_OFF_BEHIND_A_FILTER: &str = "\
Nov 22 09:00:00 mx postfix/smtpd[10]: 4AAAAA0001: client=a.example.net[192.0.2.7]
Nov 22 09:00:00 mx postfix/cleanup[11]: 4AAAAA0001: message-id=<1@client.example.net>
Nov 22 09:00:00 mx postfix/qmgr[12]: 4AAAAA0001: from=<ann@example.net>, size=462, nrcpt=1 (queue active)
Nov 22 09:00:03 mx postfix/back/smtpd[13]: 4AAAAA0002: client=localhost[127.0.0.1], orig_queue_id=4AAAAA0001, orig_client=a.example.net[192.0.2.7]
Nov 22 09:00:03 mx postfix/cleanup[11]: 4AAAAA0002: message-id=<1@client.example.net>
Nov 22 09:00:03 mx postfix/qmgr[12]: 4AAAAA0002: from=<ann@example.net>, size=645, nrcpt=1 (queue active)
Nov 22 09:00:03 mx postfix/smtp[14]: 4AAAAA0001: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=3, delays=0/0/0/3, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4AAAAA0002)
Nov 22 09:00:03 mx postfix/qmgr[12]: 4AAAAA0001: removed
Nov 22 09:00:04 mx postfix/smtp[14]: 4AAAAA0002: to=<bob@example.org>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mail.example.org[192.0.2.9]:25: Connection timed out)
Nov 22 09:00:05 mx postfix/smtp[14]: 4AAAAA0002: to=<bob@example.org>, relay=mail.example.org[192.0.2.9]:25, delay=2, delays=0/0/1/1, dsn=5.1.1, status=bounced (host mail.example.org[192.0.2.9] said: 550 5.1.1 no such user (in reply to RCPT TO command))
Nov 22 09:00:05 mx postfix/qmgr[12]: 4AAAAA0002: removed
";

#[test]
fn the_age_at_an_attempt_behind_a_filter_counts_from_the_first_hop() {
    let summary = read(PUT_OFF_BEHIND_A_FILTER);
    let tallies = &summary.tallies;
    let (_, domain) = tallies.recipient_domains.iter().next().unwrap();
    assert_eq!((domain.deferrals, domain.longest), (1, 4_000));
    let [deferral, bounce] = [&tallies.causes.deferrals, &tallies.causes.bounces]
        .map(|troubles| troubles.entries().first().unwrap().1.oldest);
    assert_eq!((deferral, bounce), (4_000, 5_000));
}

/// A relay on this host that says only `250 Ok` may be a filter; when a thousand messages went
/// there and none came back it is a final one, and its deliveries wait no longer.
#[test]
fn a_relay_from_which_nothing_comes_back_is_a_final_one() {
    let message = |n: u32| {
        let id = format!("{:X}", 0xA0_0000 + n);
        let at = format!("Nov 22 {:02}:{:02}:{:02} mx postfix", 8 + n / 3600, n / 60 % 60, n % 60);
        format!(
            "{at}/smtpd[10]: {id}: client=unknown[192.0.2.7]\n\
             {at}/cleanup[11]: {id}: message-id=<{n}@client.example.net>\n\
             {at}/qmgr[12]: {id}: from=<ann@example.net>, size=462, nrcpt=1 (queue active)\n\
             {at}/lmtp[14]: {id}: to=<kim@example.com>, relay=127.0.0.1[127.0.0.1]:24, \
             delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (250 Ok)\n\
             {at}/qmgr[12]: {id}: removed\n"
        )
    };
    // One that comes back later makes no filter of it.
    let late = "Nov 22 10:00:00 mx postfix/smtpd[13]: B00001: client=localhost[127.0.0.1]\n";
    let log: String = (0..1200).map(message).chain([late.to_owned()]).collect();
    let summary = read(Box::leak(log.into_boxed_str()));
    let totals = &summary.tallies.totals;
    assert_eq!((totals.received, totals.delivered, totals.swallowed_by_filter), (1200, 1200, 0));
    assert!(summary.tallies.ledger.closes(), "{:?}", summary.tallies.ledger);
}

/// A message that a pipe takes: its lines, and those of what sendmail gets back with its
/// message-id and sender, if anything.
fn piped(n: u32, back: Option<&str>) -> String {
    let (id, second) = (format!("{:X}", 0xA0_0000 + n), format!("{:X}", 0xB0_0000 + n));
    let at = format!("Nov 22 {:02}:{:02}:{:02} mx postfix", 8 + n / 3600, n / 60 % 60, n % 60);
    let first = format!(
        "{at}/smtpd[10]: {id}: client=unknown[192.0.2.7]\n\
         {at}/cleanup[11]: {id}: message-id=<{n}@client.example.net>\n\
         {at}/qmgr[12]: {id}: from=<ann@example.net>, size=462, nrcpt=1 (queue active)\n\
         {at}/pipe[14]: {id}: to=<kim@example.com>, relay=taker, delay=0.1, \
         delays=0.1/0/0/0, dsn=2.0.0, status=sent (delivered via taker service)\n\
         {at}/qmgr[12]: {id}: removed\n"
    );
    let Some(to) = back else { return first };
    format!(
        "{first}\
         {at}/pickup[15]: {second}: uid=97 from=<ann@example.net>\n\
         {at}/cleanup[11]: {second}: message-id=<{n}@client.example.net>\n\
         {at}/qmgr[12]: {second}: from=<ann@example.net>, size=662, nrcpt=1 (queue active)\n\
         {at}/smtp[16]: {second}: to=<{to}>, relay=mx.example.org[192.0.2.9]:25, delay=0.1, \
         delays=0.1/0/0/0, dsn=2.0.0, status=sent (250 Ok)\n\
         {at}/qmgr[12]: {second}: removed\n"
    )
}

/// A thousand messages of which none came back make a mailbox of a program under pipe(8), and it
/// stays one; what it redirects is received.
#[test]
fn a_pipe_from_which_nothing_comes_back_is_a_mailbox() {
    let redirected = |n: u32| (n.is_multiple_of(10)).then_some("kim@elsewhere.example");
    let log: String = (0..1200)
        .map(|n| piped(n, redirected(n)))
        .chain([piped(1200, Some("kim@example.com"))])
        .collect();
    let summary = read(Box::leak(log.into_boxed_str()));
    let totals = &summary.tallies.totals;
    assert_eq!((totals.received, totals.delivered), (1201 + 121, 1201 + 121));
    assert_eq!((totals.hops_folded, totals.handed_on, totals.swallowed_by_filter), (0, 0, 0));
    assert!(summary.tallies.ledger.closes(), "{:?}", summary.tallies.ledger);
}

/// What a filter kept before and after it gave mail back for the first time is swallowed.
#[test]
fn a_pipe_from_which_mail_comes_back_is_a_filter() {
    let passed = |n: u32| (n >= 990).then_some("Kim@example.com");
    let log: String = (0..1200).map(|n| piped(n, passed(n))).chain([piped(1200, None)]).collect();
    let summary = read(Box::leak(log.into_boxed_str()));
    let totals = &summary.tallies.totals;
    assert_eq!((totals.received, totals.delivered), (1201, 210));
    assert_eq!((totals.hops_folded, totals.handed_on, totals.swallowed_by_filter), (210, 210, 991));
    assert!(summary.tallies.ledger.closes(), "{:?}", summary.tallies.ledger);
}

/// What a mailbox program took is told at the end of the log: mail that was greylisted after it
/// did not come back by that.
#[test]
fn a_delivery_that_is_told_late_answers_no_later_refusal() {
    let refused = "Nov 22 09:00:00 mx postfix/smtpd[10]: NOQUEUE: reject: RCPT from \
        unknown[192.0.2.7]: 450 4.2.0 <kim@example.com>: Recipient address rejected: Greylisted; \
        from=<ann@example.net> to=<kim@example.com> proto=ESMTP helo=<client.example.net>\n";
    let greylisting =
        |log: String| read(Box::leak(log.into_boxed_str())).tallies.causes.greylisting;
    let before = greylisting([&piped(1, None), refused].concat());
    assert_eq!((before.pairs, before.came_back), (1, 0));
    let after = greylisting([refused, &piped(4_000, None)].concat());
    assert_eq!((after.pairs, after.came_back), (1, 1));
}
