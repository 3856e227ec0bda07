//! Filters: behind the queue with and without XFORWARD, before the queue, and milters.

use super::super::clock::{HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{
    Attempt, Client, MX, Mail, Mta, Origin, Outcome, Session, World, client,
};
use super::super::scene::Letter;
use super::super::truth::Deed;
use super::forms::{CORRESPONDENTS, DESK, MAILBOXES, STRANGER, ordinary};

/// A mail exchanger that sends all mail through amavis, and takes it back on the same host.
pub(crate) static FILTER: Mta = Mta { host: "mx1", ..MX };

const LOCALHOST: Client = client("localhost", "127.0.0.1");

/// A message that comes in, goes through the filter and is delivered.
pub(crate) fn through_filter(
    world: &mut World,
    at: Micros,
    letter: &Letter,
    to: &[&str],
    xforward: bool,
) {
    let mail = world.arrive(&FILTER, at, letter);
    hand_over(world, &mail, to, Some(xforward), Outcome::HandedOver);
}

/// Hands a message to the filter, which gives it back (with XFORWARD or without) or swallows it.
pub(crate) fn hand_over(
    world: &mut World,
    mail: &Mail,
    to: &[&str],
    gives_back: Option<bool>,
    outcome: Outcome,
) {
    let took = world.dice.between(180, 900);
    let passed = mail.active + (took - 40) * 1_000;
    let (reason, dsn) = if let Some(xforward) = gives_back {
        let second = again(world, mail, passed, to, xforward);
        let answer = format!(
            "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as {}",
            second.id
        );
        (answer, "2.0.0")
    } else {
        let number = world.dice.between(1, 60);
        (format!("250 2.7.0 Ok, discarded, id=04711-{number:02} - spam"), "2.7.0")
    };
    let smtp = world.worker(mail.mta, "smtp");
    let mut done = mail.active;
    for &recipient in to {
        let attempt = Attempt {
            to: recipient,
            relay: "127.0.0.1[127.0.0.1]:10024",
            waits: [6, 2, took],
            dsn,
            outcome,
            reason: &reason,
            ..Attempt::default()
        };
        done = world.deliver_by(smtp, mail, &attempt);
    }
    if gives_back.is_some() {
        world.truth.record(done, Deed::Folded);
    }
    world.remove(mail, done);
}

/// The second pass of a message: the filter brings it back to another smtpd(8) of the same instance.
fn again(world: &mut World, first: &Mail, at: Micros, to: &[&str], xforward: bool) -> Mail {
    let session = world.connect(first.mta, "smtpd", at - 30_000, LOCALHOST);
    let mut mail = world.queue_file(first.mta, at, Origin::Again);
    let origin = if xforward {
        format!(", orig_queue_id={}, orig_client={}", first.id, first.client)
    } else {
        String::new()
    };
    world.log.line(at, session.worker, format!("{}: client={LOCALHOST}{origin}", mail.id));
    // The same message-id as the first time.
    let id = &first.named;
    world.message_id(&mut mail, at + 4_000, id);
    let nrcpt = u32::try_from(to.len()).unwrap_or(1);
    world.accept(&mut mail, at + 20_000, &first.from, first.size + 466, nrcpt);
    let commands = format!("ehlo=1 mail=1 rcpt={nrcpt} data=1 quit=1 commands={}", 4 + nrcpt);
    world.disconnect(&session, at + 31_000, &commands);
    let (queued, second) = (&first.id, &mail.id);
    let address = first.client.split('[').next_back().unwrap_or_default();
    let text = format!(
        "(04711-{:02}) Passed CLEAN {{RelayedInbound}}, [{address}:41520 <{}> -> <{}>, Queue-ID: \
         {queued}, Message-ID: <{id}>, mail_id: {:012X}, Hits: -1.9, size: {}, queued_as: {second}, \
         {} ms",
        world.dice.between(1, 60),
        first.from,
        to.join(">,<"),
        world.dice.between(1 << 40, 1 << 47),
        first.size,
        (at - first.active) / 1_000 + 38,
    );
    world.other(first.mta, "amavis", at + 34_000, text);
    let mut done = mail.active;
    for recipient in to {
        done = done.max(world.keep(&mail, recipient));
    }
    world.remove(&mail, done);
    mail
}

/// The filter tells the first queue ID (XFORWARD): `orig_queue_id=` ties the two passes together.
pub(crate) fn content_filter() -> World {
    filtered(10_025, true)
}

/// The filter tells nothing: only `queued as` and the message-id tie the two passes together.
pub(crate) fn content_filter_plain() -> World {
    filtered(10_026, false)
}

fn filtered(seed: u64, xforward: bool) -> World {
    let mut world = World::new(seed);
    let mut at = midnight(2026, 8, 21) + 9 * HOUR;
    for number in 0..14 {
        let (from, client) = world.dice.pick(&CORRESPONDENTS);
        let size = world.dice.between(2_000, 50_000);
        let nrcpt = if number % 5 == 3 { 2 } else { 1 };
        let letter = Letter { client, from, size, nrcpt, ..Letter::default() };
        let to: &[&str] = if nrcpt == 2 {
            &["ann@example.net", "bob@example.net"]
        } else {
            MAILBOXES.get(number % 4..=number % 4).unwrap_or_default()
        };
        if number % 6 == 4 {
            let letter = Letter { from: "win@sorrel.example", client: STRANGER, ..letter };
            let mail = world.arrive(&FILTER, at, &letter);
            hand_over(&mut world, &mail, to, None, Outcome::Swallowed);
        } else {
            through_filter(&mut world, at, &letter, to, xforward);
        }
        at += world.dice.between(40 * SECOND, 6 * MINUTE);
    }
    world
}

/// A before-queue filter (`smtpd_proxy_filter`): the first session has no queue ID of its own.
pub(crate) fn proxy_filter() -> World {
    let mut world = World::new(10_027);
    let mut at = midnight(2026, 1, 15) + 11 * HOUR;
    let verdicts = [
        "",
        "",
        "554 5.7.0 Reject, id=04711-03 - INFECTED: Eicar-Test-Signature",
        "",
        "451 4.5.0 Error in processing, id=04711-05, virus_scan FAILED: timeout",
        "",
        "",
        "",
    ];
    for verdict in verdicts {
        let (from, client) = world.dice.pick(&CORRESPONDENTS);
        let to = world.dice.pick(&MAILBOXES);
        proxied(&mut world, at, (from, client, to), verdict);
        at += world.dice.between(MINUTE, 7 * MINUTE);
    }
    let (from, client) = world.dice.pick(&CORRESPONDENTS);
    let reply = "550 5.1.1 <olga@example.net>: Recipient address rejected: User unknown in local \
                 recipient table";
    world.refused(&MX, at, client, reply, (from, "olga@example.net"));
    // With one queue ID a message there is nothing to fold, though the filter can be recognised.
    world.truth.leave_out(&["hops_folded"]);
    world
}

fn proxied(world: &mut World, at: Micros, (from, who, to): (&str, Client, &str), verdict: &str) {
    let front = world.connect(&MX, "smtpd", at, who);
    let begun = at + world.moment(200, 500);
    world.log.line(begun, front.worker, format!("NOQUEUE: client={who}"));
    let context = format!("from=<{from}> to=<{to}> proto=ESMTP helo=<{}>", who.name);
    let ended = begun + SECOND;
    if verdict.is_empty() {
        let back = world.connect(&MX, "10027/smtpd", begun + 2_000, LOCALHOST);
        let passed = begun + world.moment(300, 700);
        let mut mail = world.begin(&back, passed, &format!(", orig_client={who}"));
        let id = world.foreign_id(from);
        world.message_id(&mut mail, passed + 7_000, &id);
        let size = world.dice.between(2_000, 33_000);
        world.accept(&mut mail, passed + 30_000, from, size, 1);
        let text = format!("proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as {}", mail.id);
        world.log.line(ended, front.worker, format!("{text}; {context}"));
        let commands = "ehlo=1 xforward=1 mail=1 rcpt=1 data=1 quit=1 commands=6";
        world.disconnect(&back, ended + 2_000, commands);
        let done = world.keep(&mail, to);
        world.remove(&mail, done);
    } else {
        let text = format!("proxy-reject: END-OF-MESSAGE: {verdict}; {context}");
        let permanent = verdict.starts_with('5');
        world.verdict(&front, ended, &text, Deed::Rejected { permanent });
    }
    let commands = if verdict.is_empty() {
        "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
    } else {
        "ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5"
    };
    world.disconnect(&front, ended + 90_000, commands);
}

/// Milters refuse at every stage, and sign what leaves; one does not answer for a while.
pub(crate) fn milter() -> World {
    let mut world = World::new(8_891);
    let day = midnight(2026, 11, 3) + 8 * HOUR;
    let stages = [
        ("CONNECT", "550 5.7.1 Command rejected", "proto=SMTP"),
        ("EHLO", "550 5.7.1 Command rejected", "proto=SMTP helo=<friend>"),
        (
            "MAIL",
            "451 4.7.1 Try again in 300 seconds",
            "from=<win@sorrel.example> proto=ESMTP helo=<friend>",
        ),
        (
            "RCPT",
            "550 5.7.1 Command rejected",
            "from=<win@sorrel.example> to=<ann@example.net> proto=ESMTP helo=<friend>",
        ),
    ];
    for (number, (stage, reply, context)) in (0..).zip(stages) {
        let at = day + number * 4 * MINUTE;
        let session = world.connect(&MX, "smtpd", at, STRANGER);
        let text = format!("NOQUEUE: milter-reject: {stage} from {STRANGER}: {reply}; {context}");
        let permanent = reply.starts_with('5');
        world.verdict(&session, at + 200_000, &text, Deed::Rejected { permanent });
        world.disconnect(&session, at + 400_000, "ehlo=1 quit=1 commands=2");
    }
    for (number, reply) in (0..).zip(["5.7.1 Command rejected", "4.7.1 Try again later"]) {
        refused_at_end(&mut world, day + 20 * MINUTE + number * 5 * MINUTE, reply);
    }
    let warning = "warning: milter unix:opendkim/opendkim.sock: can't read SMFIC_BODYEOB reply \
                   packet header: Success";
    world.say(&MX, "cleanup", day + 31 * MINUTE, warning);
    let reply = "4.7.1 Service unavailable - try again later";
    refused_at_end(&mut world, day + 31 * MINUTE, reply);
    for number in 0..5 {
        let at = day + 35 * MINUTE + number * 3 * MINUTE;
        let (from, size) = ("ann@example.net", 3_000 + number * 411);
        let service = "submission/smtpd";
        let letter = Letter { service, client: DESK, user: from, from, size, nrcpt: 1 };
        let mail = world.arrive(&MX, at, &letter);
        let text = format!("{}: DKIM-Signature field added (s=mail, d=example.net)", mail.id);
        world.other(&MX, "opendkim", mail.arrived + 55_000, text);
        let done = world.relay_on(&mail, "alex@example.org", "mail.example.org[192.0.2.10]:25");
        world.remove(&mail, done);
    }
    ordinary(&mut world, &MX, (day + 2 * MINUTE, day + 55 * MINUTE), 9 * MINUTE);
    // Postfix 3.7 leaves no line when a refused message is dropped.
    world.truth.leave_out(&["canceled"]);
    world
}

fn refused_at_end(world: &mut World, at: Micros, reply: &str) {
    let (from, who) = ("offers@teasel.example", client("mail.teasel.example", "203.0.113.77"));
    let session = world.connect(&MX, "smtpd", at, who);
    let letter = Letter { client: who, from, ..Letter::default() };
    let mail = world.transaction(&session, at, &letter);
    end_of_message(world, &session, &mail, reply);
    let commands = "ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5";
    world.disconnect(&session, at + SECOND, commands);
}

/// `milter-reject: END-OF-MESSAGE`, which cleanup(8) writes without the reply code.
fn end_of_message(world: &mut World, session: &Session, mail: &Mail, reply: &str) {
    let Session { client, .. } = session;
    let text = format!(
        "{}: milter-reject: END-OF-MESSAGE from {client}: {reply}; from=<offers@teasel.example> \
         to=<bob@example.net> proto=ESMTP helo=<{}>",
        mail.id, client.name
    );
    let at = mail.arrived + 300_000;
    world.say(mail.mta, "cleanup", at, text);
    world.truth.record(at, Deed::Rejected { permanent: reply.starts_with('5') });
}
