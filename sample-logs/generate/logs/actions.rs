//! The part of `quiet-day.log` that happens at the door: rules, refusals and sessions that end badly.

use super::super::clock::{MINUTE, Micros, SECOND};
use super::super::postfix::{MX, Session, World, client};
use super::super::scene::Letter;
use super::super::truth::Deed;
use super::forms::STRANGER;
use super::quiet_day::ANN;

/// What access tables, header checks and milters do to mail that is accepted all the same.
pub(crate) fn actions(world: &mut World, at: Micros) {
    let (from, who) = ("news@lists.example.com", client("lists.example.com", "192.0.2.20"));
    let context = format!("from=<{from}> to=<{ANN}> proto=ESMTP helo=<lists.example.com>");
    let rcpt = [
        (
            "reject_warning",
            format!("450 4.1.8 <{from}>: Sender address rejected: Domain not found"),
        ),
        ("warn", "watch this sender".to_owned()),
        ("filter", format!("<{from}>: Sender address triggers FILTER smtp:[198.51.100.41]:25")),
        ("redirect", format!("<{from}>: Sender address triggers REDIRECT {ANN}")),
        ("bcc", format!("<{from}>: Sender address triggers BCC archive@example.net")),
    ];
    let letter = Letter { client: who, from, size: 5_005, ..Letter::default() };
    for (number, (action, text)) in (0..).zip(&rcpt) {
        let at = at + number * 3 * MINUTE;
        let session = world.connect(&MX, "smtpd", at, who);
        let line = format!("NOQUEUE: {action}: RCPT from {who}: {text}; {context}");
        world.log.line(at + 100_000, session.worker, line);
        if *action == "reject_warning" {
            world.truth.record(at + 100_000, Deed::RejectWarning);
        }
        let nrcpt = if *action == "bcc" { 2 } else { 1 };
        finish(world, &session, at + 101_000, &Letter { nrcpt, ..letter });
    }
    let headers = [
        "warning: header Subject: [news] September",
        "prepend: header Subject: [news] September",
        "replace: header Received: from inside",
    ];
    for (number, action) in (0..).zip(headers) {
        let at = at + 20 * MINUTE + number * 3 * MINUTE;
        let session = world.connect(&MX, "smtpd", at, who);
        let mut mail = world.transaction(&session, at, &letter);
        let line = format!("{}: {action} from {who}; {context}: by header_checks", mail.id);
        world.say(&MX, "cleanup", mail.arrived + 30_000, line);
        world.accept(&mut mail, at + SECOND, from, letter.size, 1);
        let commands = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
        world.disconnect(&session, at + 2 * SECOND, commands);
        let done = world.keep(&mail, ANN);
        world.remove(&mail, done);
    }
    let line = format!(
        "NOQUEUE: hold: RCPT from {who}: <{from}>: Sender address triggers HOLD action; {context}"
    );
    set_aside(world, at + 35 * MINUTE, &letter, &line, Deed::Held);
    let line = format!(
        "NOQUEUE: discard: RCPT from {who}: <{from}>: Sender address triggers DISCARD action; {context}"
    );
    set_aside(world, at + 38 * MINUTE, &letter, &line, Deed::Discarded);
    // When the size of what is set aside comes to light, if ever, is not for this log to say.
    world.truth.leave_out(&["bytes_received"]);
}

/// The rest of a session, and the delivery to everybody.
fn finish(world: &mut World, session: &Session, at: Micros, letter: &Letter) {
    let mail = world.bring(session, at, letter);
    let commands = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
    world.disconnect(session, mail.active + 40_000, commands);
    let mut done = world.keep(&mail, ANN);
    if letter.nrcpt == 2 {
        done = done.max(world.keep(&mail, "archive@example.net"));
    }
    world.remove(&mail, done);
}

fn set_aside(world: &mut World, at: Micros, letter: &Letter, line: &str, deed: Deed) {
    let session = world.connect(&MX, "smtpd", at, letter.client);
    world.log.line(at + 100_000, session.worker, line);
    let mail = world.transaction(&session, at + 101_000, letter);
    let commands = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
    world.disconnect(&session, mail.arrived + SECOND, commands);
    let received = Deed::Received { sender: letter.from.to_owned(), size: 0 };
    world.truth.record(mail.arrived, received);
    if matches!(deed, Deed::Held) {
        world.truth.enters(mail.message);
    }
    world.truth.record(mail.arrived, deed);
}

/// A refusal of every common kind.
pub(crate) fn refusals(world: &mut World, at: Micros) {
    let spam = "spam@sorrel.example";
    let rcpt = [
        "554 5.7.1 <victim@example.com>: Relay access denied",
        "550 5.1.1 <olga@example.net>: Recipient address rejected: User unknown in local recipient table",
        "554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using dnsbl.example.net; listed, see http://dnsbl.example.net/203.0.113.9",
        "450 4.1.8 <spam@sorrel.example>: Sender address rejected: Domain not found",
        "450 4.7.25 Client host rejected: cannot find your hostname, [203.0.113.9]",
        "450 4.7.1 <user>: Helo command rejected: Host not found",
        "450 4.2.0 <ann@example.net>: Recipient address rejected: Greylisted, see http://postgrey.example.org/help/example.net.html",
    ];
    for (number, reply) in (0..).zip(rcpt) {
        let to = match number {
            0 => "victim@example.com",
            1 => "olga@example.net",
            _ => ANN,
        };
        world.refused(&MX, at + number * 2 * MINUTE, STRANGER, reply, (spam, to));
    }
    let earlier = [
        (
            "CONNECT",
            "554 5.7.1 <unknown[203.0.113.9]>: Client host rejected: Access denied; proto=SMTP",
        ),
        (
            "EHLO",
            "504 5.5.2 <user>: Helo command rejected: need fully-qualified hostname; proto=SMTP helo=<user>",
        ),
        (
            "MAIL",
            "552 5.3.4 Message size exceeds fixed limit; from=<spam@sorrel.example> proto=ESMTP helo=<user>",
        ),
        (
            "VRFY",
            "550 5.1.1 <olga>: Recipient address rejected: User unknown in local recipient table; to=<olga> proto=SMTP helo=<user>",
        ),
    ];
    for (number, (stage, text)) in (0..).zip(earlier) {
        let at = at + 20 * MINUTE + number * 2 * MINUTE;
        let session = world.connect(&MX, "smtpd", at, STRANGER);
        world.reject(&session, at + 300_000, stage, text);
        world.disconnect(&session, at + 500_000, "ehlo=0/1 quit=1 commands=1/2");
    }
}

/// Sessions that end badly, and strangers at the door.
pub(crate) fn sessions(world: &mut World, at: Micros) {
    let endings = [
        ("lost connection after CONNECT", "commands=0/0"),
        ("timeout after EHLO", "ehlo=1 commands=1"),
        ("too many errors after AUTH", "ehlo=1 auth=0/3 commands=1/4"),
    ];
    for (number, (ending, commands)) in (0..).zip(endings) {
        let at = at + number * 3 * MINUTE;
        let name = "warning: hostname static.203-0-113-9.example.com does not resolve to address 203.0.113.9: Name or service not known";
        let session = world.connect(&MX, "smtpd", at, STRANGER);
        if number == 0 {
            world.log.line(at - 1_000, session.worker, name);
        }
        if ending.ends_with("AUTH") {
            let text =
                format!("warning: {STRANGER}: SASL LOGIN authentication failed: UGFzc3dvcmQ6");
            for again in 1..4 {
                world.log.line(at + again * SECOND, session.worker, text.clone());
            }
        }
        world.log.line(at + 5 * SECOND, session.worker, format!("{ending} from {STRANGER}"));
        world.disconnect(&session, at + 5 * SECOND + 200, commands);
    }
    let at = at + 12 * MINUTE;
    for (after, program, text) in [
        (0, "postscreen", "CONNECT from [203.0.113.9]:51544 to [198.51.100.25]:25"),
        (20_000, "dnsblog", "addr 203.0.113.9 listed by domain dnsbl.example.net as 127.0.0.4"),
        (
            70_000,
            "postscreen",
            "PREGREET 14 after 0.07 from [203.0.113.9]:51544: EHLO friend\\r\\n",
        ),
        (80_000, "postscreen", "DNSBL rank 3 for [203.0.113.9]:51544"),
        (90_000, "tlsproxy", "CONNECT from [203.0.113.9]:51544"),
        (300_000, "tlsproxy", "DISCONNECT [203.0.113.9]:51544"),
        (
            310_000,
            "postscreen",
            "HANGUP after 0.2 from [203.0.113.9]:51544 in tests after SMTP handshake",
        ),
        (320_000, "postscreen", "DISCONNECT [203.0.113.9]:51544"),
    ] {
        world.say(&MX, program, at + after, text);
    }
    let session = world.connect(&MX, "smtpd", at + 3 * MINUTE, STRANGER);
    let text =
        format!("warning: Connection rate limit exceeded: 31 from {STRANGER} for service smtp");
    world.log.line(at + 3 * MINUTE + 200, session.worker, text);
    world.disconnect(&session, at + 3 * MINUTE + 400, "commands=0/0");
}
