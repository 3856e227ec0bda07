//! What syslog does to lines: repeated, lost and cut; and what strangers can put into them.

use super::super::clock::{HOUR, MINUTE, Micros, SECOND, civil, midnight};
use super::super::postfix::{Client, MX, Outcome, World, client};
use super::super::scene::Letter;
use super::super::truth::Deed;
use super::forms::{CORRESPONDENTS, STRANGER, ordinary};

const ANN: &str = "ann@example.net";
const DENIED: &str = "554 5.7.1 <victim@example.com>: Relay access denied; from=<spam@sorrel.example> \
                      to=<victim@example.com> proto=ESMTP helo=<user>";

/// Lines that stand for several, in both spellings, and notices of lines that were lost.
pub(crate) fn repeated_lines() -> World {
    let mut world = World::new(200);
    let day = midnight(2026, 2, 3) + 5 * HOUR;
    ordinary(&mut world, &MX, (day, day + HOUR), 9 * MINUTE);
    for (minutes, times, carried) in [(3, 3, false), (21, 4, true), (42, 12, false), (51, 2, true)]
    {
        let at = day + minutes * MINUTE + 20 * SECOND;
        let session = world.connect(&MX, "smtpd", at, STRANGER);
        world.reject(&session, at + 300_000, "RCPT", DENIED);
        let again = at + 400_000;
        for _ in 0..times {
            world.truth.record(again, Deed::Rejected { permanent: true });
        }
        if carried {
            // rsyslog, which carries the text.
            let text = format!(
                "message repeated {times} times: [ NOQUEUE: reject: RCPT from {STRANGER}: {DENIED}]"
            );
            world.log.line(again, session.worker, text);
        } else {
            // syslogd, which does not.
            let stamp = civil(again).bsd();
            world.log.raw(again, format!("{stamp} mx1 last message repeated {times} times\n"));
        }
        let all = times + 1;
        let commands = format!("ehlo=1 mail=1 rcpt=0/{all} quit=1 commands=3/{}", all + 3);
        world.disconnect(&session, at + 900_000, &commands);
    }
    for (minutes, tag, text) in [
        (
            30,
            "rsyslogd",
            "imuxsock[pid: 1163, name: /usr/lib/postfix/sbin/smtpd] from <postfix/smtpd>: begin to drop messages due to rate-limiting",
        ),
        (
            31,
            "rsyslogd",
            "imuxsock[pid: 1163, name: /usr/lib/postfix/sbin/smtpd]: 57 messages lost due to rate-limiting",
        ),
        (35, "rsyslogd-2177", "imuxsock lost 23 messages from pid 1163 due to rate-limiting"),
        (38, "systemd-journald", "Suppressed 120 messages from postfix@-.service"),
    ] {
        world.other(&MX, tag, day + minutes * MINUTE, text);
    }
    world
}

/// Lines cut by Postfix near 2,000 bytes and by a relay near 1,000, and a file cut at both ends.
pub(crate) fn cut_lines() -> World {
    let mut world = World::new(1_024);
    let day = midnight(2026, 2, 4) + 5 * HOUR;
    world.log.raw(day - SECOND, "ail.example.org[192.0.2.10] ehlo=1 quit=1 commands=2\n");
    for (number, limit) in (0..).zip([2_000, 960]) {
        world.log.limit(limit);
        let at = day + number * 30 * MINUTE;
        long_replies(&mut world, at, limit);
        ordinary(&mut world, &MX, (at, at + 25 * MINUTE), 8 * MINUTE);
    }
    let end = day + HOUR;
    let stamp = civil(end).bsd();
    world.log.raw(end, format!("{stamp} mx1 postfix/smtpd[1999]: connect from mail.exam"));
    world
}

/// A refusal by a host that explains itself at length, and one of ours that quotes a stranger at length.
fn long_replies(world: &mut World, at: Micros, limit: usize) {
    let (from, client) = ("ann@example.net", client("desk7.example.net", "198.51.100.7"));
    let letter = Letter {
        service: "submission/smtpd",
        client,
        user: from,
        from,
        size: 2_500,
        ..Letter::default()
    };
    let lecture = "550-5.7.26 This mail has been blocked because the sender is unauthenticated. \
                   550-5.7.26 Please read https://willow.test/policy about it; ";
    let reason = format!(
        "host mail.willow.test[192.0.2.70] said: {}(in reply to end of DATA command)",
        lecture.repeat(limit / lecture.len() + 1)
    );
    let relay = "mail.willow.test[192.0.2.70]:25";
    let mail = world.arrive(&MX, at + 90 * SECOND, &letter);
    let done = world.send(&mail, "sam@willow.test", relay, "5.7.26", Outcome::Bounced, &reason);
    let notice = world.notify(&mail, done + 3_000, "sender non-delivery", 6_100);
    let kept = world.keep(&notice, from);
    world.remove(&notice, kept);
    world.remove(&mail, done + 20_000);

    let mail = world.arrive(&MX, at + 3 * MINUTE, &letter);
    world.send(
        &mail,
        "sam@willow.test",
        relay,
        "4.7.28",
        Outcome::Deferred,
        &reason.replace("550", "450"),
    );

    let reply = format!(
        "550 5.7.1 <{ANN}>: Recipient address rejected: {}",
        "Please see our page about mail from unknown hosts. ".repeat(limit / 50)
    );
    let envelope = ("spam@sorrel.example", ANN);
    world.refused(&MX, at + 5 * MINUTE, STRANGER, &reply, envelope);
}

/// Everything a stranger can send, and a disk can do, in one log; the mail in between is ordinary.
pub(crate) fn hostile() -> World {
    let mut world = World::new(666);
    let day = midnight(2026, 6, 6) + 6 * HOUR;
    ordinary(&mut world, &MX, (day, day + HOUR), 8 * MINUTE);
    let mut at = day + 30 * SECOND;
    for helo in greetings() {
        greeting(&mut world, at, &helo);
        at += 2 * MINUTE + 7 * SECOND;
    }
    for from in [
        "\"<img src=x onerror=alert(1)>\"@evil.example",
        "\"ann@example.net, status=sent (250\"@evil.example",
        "\u{202e}gnp.exe@evil.example",
        "\"x\\r\\nBcc: everybody@example.com\"@evil.example",
        "\"=?utf-8?q?=0D=0ASubject:_hello?=\"@evil.example",
        "../../etc/passwd@evil.example",
        "{{7*7}}{%raw%}@evil.example",
        "\"=cmd|'/c calc'!A1\"@evil.example",
    ] {
        let who = client("mail.evil.example", "203.0.113.13");
        let letter = Letter { client: who, from, size: 1_313, ..Letter::default() };
        world.ordinary(&MX, at, &letter, ANN);
        at += 80 * SECOND;
    }
    fake_fields(&mut world, at);
    endless_delay(&mut world, at + MINUTE);
    rubbish(&mut world, day);
    world
}

fn greeting(world: &mut World, at: Micros, helo: &[u8]) {
    let session = world.connect(&MX, "smtpd", at, STRANGER);
    let mut text = format!(
        "NOQUEUE: reject: RCPT from {STRANGER}: 554 5.7.1 <victim@example.com>: Relay access denied; \
         from=<spam@sorrel.example> to=<victim@example.com> proto=ESMTP helo=<"
    )
    .into_bytes();
    text.extend_from_slice(helo);
    text.push(b'>');
    world.log.line(at + 300_000, session.worker, text);
    world.truth.record(at + 300_000, Deed::Rejected { permanent: true });
    world.disconnect(&session, at + 500_000, "ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4");
}

/// What to say instead of a name.
fn greetings() -> Vec<Vec<u8>> {
    vec![
        b"\x1b[2J\x1b]0;owned\x07".to_vec(),
        b"a\0b\0\0c".to_vec(),
        b"\xff\xfe\xc3\x28\xe2\x82".to_vec(),
        b"<script>alert('pfsum')</script>".to_vec(),
        b"x> sasl_username=root@example.net".to_vec(),
        "\u{202e}\u{2066}moc.elpmaxe\u{2069}".as_bytes().to_vec(),
        b"Jun  6 06:00:00 mx1 postfix/qmgr[1]: 0123456789: removed".to_vec(),
        b"\x9b31m\x85\x84".to_vec(),
        b"A".repeat(64 * 1024),
        b"%n%s%x&amp;\"'`$(reboot)".to_vec(),
    ]
}

/// A header that looks like the end of a delivery record.
fn fake_fields(world: &mut World, at: Micros) {
    let (from, who) = ("alex@example.org", client("mail.example.org", "192.0.2.10"));
    let session = world.connect(&MX, "smtpd", at, who);
    let letter = Letter { client: who, from, size: 2_020, ..Letter::default() };
    let mut mail = world.transaction(&session, at, &letter);
    let text = format!(
        "{}: info: header Subject: to=<z@y.example>, relay=none, dsn=5.0.0, status=bounced (no); \
         from=<> to=<> size=99, nrcpt=9 (queue active) from {who}; from=<{from}> to=<{ANN}> \
         proto=ESMTP helo=<mail.example.org>: look here",
        mail.id
    );
    world.say(&MX, "cleanup", mail.arrived + 90_000, text);
    world.accept(&mut mail, at + SECOND, from, 2_020, 1);
    let commands = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
    world.disconnect(&session, at + 2 * SECOND, commands);
    let done = world.keep(&mail, ANN);
    world.remove(&mail, done);
}

/// Numbers that fit nowhere.
fn endless_delay(world: &mut World, at: Micros) {
    let (from, client): (&str, Client) = world.dice.pick(&CORRESPONDENTS);
    let mail = world.arrive(&MX, at, &Letter { client, from, size: 640, ..Letter::default() });
    let text = format!(
        "{}: to=<{ANN}>, relay=local, delay=99999999999999999999, delays=-1/1e9/NaN/99999999999999999999, \
         dsn=2.999999.0, status=sent (delivered to maildir)",
        mail.id
    );
    world.say(&MX, "local", mail.active + 9_000, text);
    let deed = Deed::Delivered { recipient: ANN.to_owned(), size: 640 };
    world.truth.record(mail.active + 9_000, deed);
    world.remove(&mail, mail.active + 20_000);
}

/// Lines that are none.
fn rubbish(world: &mut World, day: Micros) {
    let lines: [&[u8]; 15] = [
        b"\n",
        b"\r\n",
        b"   \t \n",
        b"\0\0\0\0\0\0\0\0\0\0\0\0\n",
        b"Jun\n",
        b"Jun  6 06:10\n",
        b"Jun  6 06:10:00\n",
        b"Jun  6 06:10:00 mx1\n",
        b"Jun  6 06:10:00 mx1 postfix/smtpd\n",
        b"Jun  6 06:10:00 mx1 postfix/smtpd[\n",
        b"Jun  6 06:10:00 mx1 postfix/smtpd[1163]:\n",
        b"Feb 30 06:10:00 mx1 postfix/smtpd[1163]: connect from unknown[unknown]\n",
        b"Jun  6 25:61:61 mx1 postfix/smtpd[1163]: connect from unknown[unknown]\n",
        b"Jun  6 06:10:00 mx1 postfix/smtpd[99999999999999999999]: connect from unknown[unknown]\r\n",
        b"\x1f\x8b\x08\x00 not really compressed \xff\xff\n",
    ];
    for (number, line) in (0..).zip(lines) {
        world.log.raw(day + 10 * MINUTE + number, line);
    }
    let mut long = b"Jun  6 06:10:00 mx1 kernel: ".to_vec();
    long.extend(std::iter::repeat_n(b'\xb7', 64 * 1024));
    long.push(b'\n');
    world.log.raw(day + 11 * MINUTE, long);
    let last =
        format!("{} mx1 postfix/qmgr[1151]: 7A1E04C21B: from=<half@", civil(day + HOUR).bsd());
    world.log.raw(day + 2 * HOUR, last);
}
