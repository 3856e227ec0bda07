//! Filters find what is asked about, however the log tells it: each case is a log, a question and
//! the answer that a reader of the log would give.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

/// The answer of `pfsum ARGS -` to a log.
fn answer(args: &str, log: &str) -> String {
    let mut pfsum = Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(args.split(' '))
        .arg("-")
        .env("PFSUM_NOW", "2026-11-29T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    pfsum.stdin.take().unwrap().write_all(log.as_bytes()).unwrap();
    let output = pfsum.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn check(log: &str, cases: &[(&str, &str)]) {
    for (args, expected) in cases {
        assert_eq!(answer(args, log), *expected, "{args}");
    }
}

/// Two recipients of one message, put off because their hosts do not answer.
const UNREACHABLE: &str = "\
Nov 29 09:00:00 gw postfix/smtpd[9]: 4AAAAA0002: client=c.example.net[198.51.100.2]
Nov 29 09:00:00 gw postfix/cleanup[9]: 4AAAAA0002: message-id=<1@c.example.net>
Nov 29 09:00:00 gw postfix/qmgr[9]: 4AAAAA0002: from=<ann@example.net>, size=1000, nrcpt=2 (queue active)
Nov 29 09:00:04 gw postfix/smtp[14]: 4AAAAA0002: to=<bob@example.org>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mail.example.org[192.0.2.9]:25: Connection timed out)
Nov 29 09:00:05 gw postfix/smtp[15]: 4AAAAA0002: to=<carl@example.com>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mail.example.com[192.0.2.19]:25: Connection timed out)
Nov 29 09:10:05 gw postfix/smtp[15]: 4AAAAA0002: to=<carl@example.com>, relay=none, delay=601, delays=600/0/1/0, dsn=4.4.1, status=deferred (connect to mail.example.com[192.0.2.19]:25: Connection timed out)
";

#[test]
fn a_relay_is_the_host_to_which_mail_was_to_be_given() {
    check(
        UNREACHABLE,
        &[
            ("count deferrals --relay mail.example.com", "2"),
            ("count deferrals --relay 192.0.2.9", "1"),
            ("count deferrals --relay *.example.org", "1"),
            ("count deferrals --relay c.example.net", "0"),
            ("count still-queued --relay mail.example.org", "1"),
        ],
    );
}

#[test]
fn a_message_is_deferred_once_for_those_who_are_asked_about() {
    check(
        UNREACHABLE,
        &[
            ("count deferred", "1"),
            ("count deferred --to bob@example.org", "1"),
            ("count deferred --to carl@example.com", "1"),
            ("count deferrals --to carl@example.com", "2"),
            ("count deferred --reason example.com", "1"),
        ],
    );
}

/// Root causes are those of the report: a notice that cannot be returned is backscatter, whatever the
/// words, and what was refused has a cause as well.
#[test]
fn a_root_cause_is_asked_about_by_its_name() {
    let notice = "\
Nov 29 09:20:00 gw postfix/qmgr[9]: 4AAAAA0003: from=<>, size=1000, nrcpt=1 (queue active)
Nov 29 09:20:05 gw postfix/smtp[15]: 4AAAAA0003: to=<dora@example.com>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mail.example.com[192.0.2.19]:25: Connection timed out)
Nov 29 09:20:06 gw postfix/local[15]: 4AAAAA0003: to=<eve@example.com>, relay=local, delay=1, delays=0/0/1/0, dsn=5.2.2, status=bounced (maildir delivery failed: error writing message: File too large)
Nov 29 09:20:07 gw postfix/smtpd[9]: NOQUEUE: reject: RCPT from c.example.net[198.51.100.2]: 454 4.7.1 <x@example.org>: Relay access denied; from=<ann@example.net> to=<x@example.org> proto=ESMTP helo=<c>
";
    check(
        &(UNREACHABLE.to_owned() + notice),
        &[
            ("count deferrals --by cause", "3  unreachable\n1  backscatter"),
            ("count deferrals --cause unreachable", "3"),
            ("count deferrals --cause Unreachable --to bob@example.org", "1"),
            ("count deferrals --cause backscatter,unreachable", "4"),
            ("count deferrals --cause tls", "0"),
            ("count bounced --by cause,recipient", "1  backscatter  eve@example.com"),
            ("count rejected --cause relaying --by cause", "1  relaying"),
            ("count rejected --cause greylisted", "0"),
            ("count still-queued --cause unreachable", "1"),
            ("count still-queued --by cause", "1  backscatter\n1  unreachable"),
        ],
    );
    let queue = answer("queue --cause backscatter", &(UNREACHABLE.to_owned() + notice));
    assert!(queue.contains("4AAAAA0003") && !queue.contains("4AAAAA0002"), "{queue}");
    let trace = answer("trace example.com --cause tls", UNREACHABLE);
    assert!(!trace.contains("4AAAAA0002"), "{trace}");
    let trace = answer("trace @example.com --cause unreachable", UNREACHABLE);
    assert!(trace.contains("4AAAAA0002"), "{trace}");
}

/// A filter that says nothing of the first hop; the second one is tried before the first is done.
const FILTERED: &str = "\
Nov 29 09:00:00 gw postfix/smtpd[9]: 4AAAAA0001: client=c.example.net[198.51.100.2]
Nov 29 09:00:00 gw postfix/cleanup[9]: 4AAAAA0001: message-id=<1@c.example.net>
Nov 29 09:00:00 gw postfix/qmgr[9]: 4AAAAA0001: from=<ann@example.net>, size=1000, nrcpt=1 (queue active)
Nov 29 09:00:01 gw postfix/smtpd[19]: 4AAAAA0002: client=localhost[127.0.0.1]
Nov 29 09:00:01 gw postfix/cleanup[9]: 4AAAAA0002: message-id=<1@c.example.net>
Nov 29 09:00:01 gw postfix/qmgr[9]: 4AAAAA0002: from=<ann@example.net>, size=1300, nrcpt=1 (queue active)
Nov 29 09:00:01 gw postfix/smtp[14]: 4AAAAA0002: to=<bob@example.org>, relay=mx.example.org[192.0.2.9]:25, delay=0.2, delays=0/0/0.1/0.1, dsn=4.2.0, status=deferred (host mx.example.org[192.0.2.9] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))
Nov 29 09:00:01 gw postfix/smtp[15]: 4AAAAA0001: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4AAAAA0002)
Nov 29 09:00:01 gw postfix/qmgr[9]: 4AAAAA0001: removed
";

#[test]
fn what_waits_behind_a_filter_waits_for_its_recipient() {
    check(
        FILTERED,
        &[
            ("count still-queued", "1"),
            ("count still-queued --to bob@example.org", "1"),
            ("count still-queued --relay mx.example.org", "1"),
            ("count still-queued --reason Greylisted", "1"),
            ("count still-queued --to carl@example.org", "0"),
        ],
    );
    let queue = answer("queue --to bob@example.org", FILTERED);
    assert!(queue.contains("4AAAAA0002") && queue.contains("bob@example.org"), "{queue}");
}

/// What a mailbox server of this host took is told when it is clear that it does not come back.
#[test]
fn mail_to_a_mailbox_server_of_this_host_is_that_of_its_message() {
    let log = "\
Nov 29 09:00:00 gw postfix/submission/smtpd[9]: 4AAAAA0001: client=c.example.net[198.51.100.2], sasl_method=PLAIN, sasl_username=ann
Nov 29 09:00:00 gw postfix/cleanup[9]: 4AAAAA0001: message-id=<1@c.example.net>
Nov 29 09:00:00 gw postfix/qmgr[9]: 4AAAAA0001: from=<ann@example.net>, size=1000, nrcpt=2 (queue active)
Nov 29 09:00:01 gw postfix/lmtp[14]: 4AAAAA0001: to=<bob@example.org>, relay=gw.example.org[private/dovecot-lmtp], delay=0.2, delays=0/0/0.1/0.1, dsn=2.0.0, status=sent (250 2.0.0 <bob@example.org> abc Saved)
Nov 29 09:00:01 gw postfix/lmtp[14]: 4AAAAA0001: to=<carl@example.org>, relay=gw.example.org[private/dovecot-lmtp], delay=0.2, delays=0/0/0.1/0.1, dsn=2.0.0, status=sent (250 2.0.0 <carl@example.org> abc Saved)
Nov 29 09:00:01 gw postfix/qmgr[9]: 4AAAAA0001: removed
Nov 29 09:30:01 gw postfix/smtpd[9]: connect from d.example.net[198.51.100.3]
";
    check(
        log,
        &[
            ("count delivered --message-id 1@c.example.net", "2"),
            ("count delivered --message-id 1@c.example.net --to bob@example.org", "1"),
            ("count delivered --message-id 2@c.example.net", "0"),
            ("count delivered --service submission/smtpd", "2"),
            ("count delivered --service submission", "2"),
            ("count delivered --service smtps/smtpd", "0"),
            ("count received --by service", "1  submission/smtpd"),
        ],
    );
}

#[test]
fn a_failed_sign_in_is_that_of_the_user_it_names() {
    let log = "\
Nov 29 09:00:00 gw postfix/smtpd[9]: warning: unknown[203.0.113.7]: SASL LOGIN authentication failed: authentication failure, sasl_username=ann
Nov 29 09:00:01 gw postfix/smtpd[9]: warning: unknown[203.0.113.7]: SASL LOGIN authentication failed: authentication failure, sasl_username=bob
";
    check(
        log,
        &[
            ("count auth-failures", "2"),
            ("count auth-failures --user ann", "1"),
            ("count auth-failures --user ann --client 203.0.113.7", "1"),
            ("count auth-failures --user carl", "0"),
        ],
    );
}

#[test]
fn refusals_of_header_and_body_checks_are_told_by_their_rule() {
    let log = "\
Nov 29 09:00:00 gw postfix/cleanup[9]: 4AAAAA0001: reject: header Subject: Invoice from c.example.net[198.51.100.2]; from=<ann@example.net> to=<bob@example.org> proto=ESMTP helo=<c>: 5.7.1 Message content rejected
Nov 29 09:00:01 gw postfix/cleanup[9]: 4AAAAA0002: reject: body Buy now from d.example.net[198.51.100.3]; from=<ann@example.net> to=<bob@example.org> proto=ESMTP helo=<d>: 5.7.1 Message content rejected
Nov 29 09:00:02 gw postfix/smtpd[9]: NOQUEUE: reject: RCPT from d.example.net[198.51.100.3]: 554 5.7.1 <bob@example.org>: Relay access denied; from=<ann@example.net> to=<bob@example.org> proto=ESMTP helo=<d>
";
    check(
        log,
        &[
            (
                "count rejected --by reason",
                "2  5.7.1 Message content rejected\n1  Relay access denied",
            ),
            ("count rejected --by dsn", "3  5.7.1"),
        ],
    );
}

/// What was delivered behind a filter is of whom brought it, though the filter does not say so.
#[test]
fn mail_behind_a_filter_is_of_who_brought_it() {
    let log = "\
Nov 29 09:00:00 gw postfix/submission/smtpd[9]: 4AAAAA0001: client=c.example.net[198.51.100.2], sasl_method=PLAIN, sasl_username=ann
Nov 29 09:00:00 gw postfix/cleanup[9]: 4AAAAA0001: message-id=<1@c.example.net>
Nov 29 09:00:00 gw postfix/qmgr[9]: 4AAAAA0001: from=<ann@example.net>, size=1000, nrcpt=1 (queue active)
Nov 29 09:00:01 gw postfix/smtpd[19]: 4AAAAA0002: client=localhost[127.0.0.1]
Nov 29 09:00:01 gw postfix/cleanup[9]: 4AAAAA0002: message-id=<1@c.example.net>
Nov 29 09:00:01 gw postfix/qmgr[9]: 4AAAAA0002: from=<ann@example.net>, size=1300, nrcpt=1 (queue active)
Nov 29 09:00:01 gw postfix/smtp[14]: 4AAAAA0002: to=<bob@example.org>, relay=mx.example.org[192.0.2.9]:25, delay=0.2, delays=0/0/0.1/0.1, dsn=2.0.0, status=sent (250 ok)
Nov 29 09:00:01 gw postfix/qmgr[9]: 4AAAAA0002: removed
Nov 29 09:00:01 gw postfix/smtp[15]: 4AAAAA0001: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4AAAAA0002)
Nov 29 09:00:01 gw postfix/qmgr[9]: 4AAAAA0001: removed
";
    check(
        log,
        &[
            (
                "count received delivered --by user",
                "received  delivered  user\n       1          1  ann",
            ),
            ("count delivered --by client", "1  c.example.net[198.51.100.2]"),
            ("count delivered --user ann", "1"),
        ],
    );
}

/// A filter's network in the form of IPv6 is that of IPv4.
#[test]
fn networks_are_the_same_in_both_forms() {
    check(
        UNREACHABLE,
        &[
            ("count received --client ::ffff:198.51.100.0/120", "1"),
            ("count received --client ::ffff:198.51.101.0/120", "0"),
            ("count received --client 198.51.100.0/24", "1"),
        ],
    );
}

/// A rule of a user of a mailbox server sends a message on, with its message-id and sender: that
/// is new mail, and the server no filter.
#[test]
fn what_a_mailbox_server_saves_is_delivered_though_a_rule_sends_it_on() {
    let log = "\
Nov 29 09:00:00 mx postfix/smtpd[146]: B7716A786A4: client=client.example.net[192.0.2.10]
Nov 29 09:00:00 mx postfix/cleanup[148]: B7716A786A4: message-id=<5@client.example.net>
Nov 29 09:00:00 mx postfix/qmgr[144]: B7716A786A4: from=<ann@example.net>, size=417, nrcpt=1 (queue active)
Nov 29 09:00:00 mx postfix/smtpd[162]: BE18CA786DB: client=localhost[127.0.0.1]
Nov 29 09:00:00 mx postfix/cleanup[148]: BE18CA786DB: message-id=<5@client.example.net>
Nov 29 09:00:00 mx postfix/qmgr[144]: BE18CA786DB: from=<ann@example.net>, size=908, nrcpt=1 (queue active)
Nov 29 09:00:00 mx postfix/lmtp[160]: B7716A786A4: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:24, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 <bob@example.org> i8260QAB Saved)
Nov 29 09:00:00 mx postfix/qmgr[144]: B7716A786A4: removed
Nov 29 09:00:01 mx postfix/smtp[169]: BE18CA786DB: to=<bob@example.com>, relay=mx.example.com[198.51.100.1]:25, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 Ok)
Nov 29 09:00:01 mx postfix/qmgr[144]: BE18CA786DB: removed
Nov 29 09:00:02 mx postfix/smtpd[146]: C7716A786A4: client=client.example.net[192.0.2.10]
Nov 29 09:00:02 mx postfix/cleanup[148]: C7716A786A4: message-id=<6@client.example.net>
Nov 29 09:00:02 mx postfix/qmgr[144]: C7716A786A4: from=<ann@example.net>, size=417, nrcpt=1 (queue active)
Nov 29 09:00:02 mx postfix/lmtp[160]: C7716A786A4: to=<carl@example.org>, relay=127.0.0.1[127.0.0.1]:24, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 <carl@example.org> j8260QAB Saved)
Nov 29 09:00:02 mx postfix/qmgr[144]: C7716A786A4: removed
";
    check(
        log,
        &[
            ("count received", "3"),
            ("count delivered", "3"),
            ("count swallowed-by-filter", "0"),
            ("count hops-folded", "0"),
        ],
    );
}

/// RFC 5424 §6.4 puts a mark of UTF-8 in front of the text.
#[test]
fn a_text_with_a_mark_of_its_encoding_is_understood() {
    let log = "<22>1 2026-11-29T03:00:00.123Z ns postfix/smtp 1170 - - \u{feff}A0000001: to=<u@c.example>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.c.example[192.0.2.1]:25: Connection timed out)\n";
    check(log, &[("count deferrals", "1")]);
}

#[test]
fn what_waits_or_expired_is_that_of_the_recipient_put_off_last() {
    let expired = format!(
        "{UNREACHABLE}{}",
        "Nov 29 09:20:05 gw postfix/qmgr[9]: 4AAAAA0002: from=<ann@example.net>, status=expired, returned to sender\n"
    );
    check(
        UNREACHABLE,
        &[
            ("count still-queued --by recipient", "1  carl@example.com"),
            ("count still-queued --by recipient-domain", "1  example.com"),
            ("count still-queued --by relay", "1  mail.example.com"),
            ("count deferrals --by relay --to carl@example.com", "2  mail.example.com"),
            ("count still-queued --by reason", "1  Connection timed out"),
            // For whom is asked about, by whom that is.
            ("count still-queued --by recipient --to bob@example.org", "1  bob@example.org"),
        ],
    );
    check(
        &expired,
        &[
            ("count expired --by recipient", "1  carl@example.com"),
            ("count expired --by relay", "1  mail.example.com"),
            ("count expired --by reason", "1  Connection timed out"),
            ("count expired --by recipient --to bob@example.org", "1  bob@example.org"),
        ],
    );
    let text = answer("--classic", &expired);
    let section = text.split("message expired detail (by relay)\n").nth(1).unwrap();
    assert_eq!(section.lines().nth(1), Some("       1   mail.example.com"), "{text}");
}

/// An alias: the message waits for one of two, and the other had it.
#[test]
fn a_recipient_that_goes_by_its_alias_waits_by_it() {
    let log = "\
Nov 29 09:00:00 gw postfix/smtpd[9]: 4AAAAA0002: client=c.example.net[198.51.100.2]
Nov 29 09:00:00 gw postfix/cleanup[9]: 4AAAAA0002: message-id=<1@c.example.net>
Nov 29 09:00:00 gw postfix/qmgr[9]: 4AAAAA0002: from=<ann@example.net>, size=1000, nrcpt=2 (queue active)
Nov 29 09:00:04 gw postfix/smtp[14]: 4AAAAA0002: to=<bob@example.org>, orig_to=<team@example.net>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mail.example.org[192.0.2.9]:25: Connection timed out)
Nov 29 09:00:04 gw postfix/smtp[14]: 4AAAAA0002: to=<carl@example.com>, orig_to=<staff@example.net>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mail.example.com[192.0.2.19]:25: Connection timed out)
Nov 29 09:10:05 gw postfix/smtp[15]: 4AAAAA0002: to=<bob@example.org>, orig_to=<team@example.net>, relay=mail.example.org[192.0.2.9]:25, delay=601, delays=600/0/1/0, dsn=2.0.0, status=sent (250 ok)
";
    check(
        log,
        &[
            ("count still-queued --use-orig-to --to team@example.net", "0"),
            ("count still-queued --use-orig-to --to staff@example.net", "1"),
            ("count still-queued --use-orig-to --to carl@example.com", "0"),
            ("count still-queued --to bob@example.org", "0"),
            ("count still-queued --to carl@example.com", "1"),
            ("count delivered --use-orig-to --to team@example.net", "1"),
        ],
    );
}

/// A rule holds it before anybody tries to deliver it; its line names a recipient.
#[test]
fn held_mail_waits_for_the_recipient_that_the_rule_names() {
    let log = "\
Nov 29 09:00:00 gw postfix/smtpd[9]: 4AAAAA0001: client=c.example.net[198.51.100.2]
Nov 29 09:00:00 gw postfix/cleanup[9]: 4AAAAA0001: message-id=<1@c.example.net>
Nov 29 09:00:00 gw postfix/cleanup[9]: 4AAAAA0001: hold: header Subject: Invoice from c.example.net[198.51.100.2]; from=<ann@example.net> to=<bob@example.org> proto=ESMTP helo=<c>: look at it
Nov 29 09:00:01 gw postfix/smtpd[9]: 4AAAAA0002: client=c.example.net[198.51.100.2]
Nov 29 09:00:01 gw postfix/cleanup[9]: 4AAAAA0002: message-id=<2@c.example.net>
Nov 29 09:00:01 gw postfix/cleanup[9]: 4AAAAA0002: hold: header Subject: Invoice from c.example.net[198.51.100.2]; from=<ann@example.net> to=<bob@example.org> proto=ESMTP helo=<c>: look at it
Nov 29 09:05:00 gw postfix/postsuper[9]: 4AAAAA0002: released from hold
Nov 29 09:05:01 gw postfix/qmgr[9]: 4AAAAA0002: from=<ann@example.net>, size=1000, nrcpt=1 (queue active)
Nov 29 09:05:02 gw postfix/smtp[14]: 4AAAAA0002: to=<bob@example.org>, relay=mx.example.org[192.0.2.9]:25, delay=301, delays=300/0/0.1/0.1, dsn=2.0.0, status=sent (250 ok)
Nov 29 09:05:02 gw postfix/qmgr[9]: 4AAAAA0002: removed
Nov 29 09:30:00 gw postfix/smtpd[9]: connect from d.example.net[198.51.100.3]
";
    check(
        log,
        &[
            ("count still-queued", "1"),
            ("count still-queued --to bob@example.org", "1"),
            ("count still-queued --to carl@example.org", "0"),
            ("count still-queued --status held", "1"),
            ("count delivered --to bob@example.org", "1"),
            ("count held --to bob@example.org", "2"),
        ],
    );
    let queue = answer("queue --to bob@example.org", log);
    assert!(queue.contains("4AAAAA0001") && !queue.contains("4AAAAA0002"), "{queue}");
    assert_eq!(answer("queue --to carl@example.org", log), "");
}

/// The line of the hand-off stands before the first one of the second hop, which the filter brought.
#[test]
fn mail_behind_a_filter_is_the_users_who_sent_it() {
    check(
        "\
Nov 29 09:00:00 gw postfix/submission/smtpd[9]: 4AAAAA0001: client=desk.example.net[198.51.100.7], sasl_method=PLAIN, sasl_username=ann
Nov 29 09:00:00 gw postfix/cleanup[10]: 4AAAAA0001: message-id=<1@desk.example.net>
Nov 29 09:00:00 gw postfix/qmgr[11]: 4AAAAA0001: from=<ann@example.net>, size=1000, nrcpt=1 (queue active)
Nov 29 09:00:01 gw postfix/smtp[12]: 4AAAAA0001: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4AAAAA0002)
Nov 29 09:00:01 gw postfix/smtpd[13]: 4AAAAA0002: client=localhost[127.0.0.1]
Nov 29 09:00:01 gw postfix/cleanup[10]: 4AAAAA0002: message-id=<1@desk.example.net>
Nov 29 09:00:01 gw postfix/qmgr[11]: 4AAAAA0002: from=<ann@example.net>, size=1400, nrcpt=1 (queue active)
Nov 29 09:00:01 gw postfix/qmgr[11]: 4AAAAA0001: removed
Nov 29 09:00:02 gw postfix/smtp[14]: 4AAAAA0002: to=<bob@example.org>, relay=mx.example.org[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)
Nov 29 09:00:02 gw postfix/qmgr[11]: 4AAAAA0002: removed
",
        &[
            ("count delivered --by user", "1  ann"),
            ("count delivered --by client", "1  desk.example.net[198.51.100.7]"),
        ],
    );
}
