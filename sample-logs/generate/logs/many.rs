//! More than one mail system in a log: two instances on a host, two hosts in a row, and TLS between hosts.

use super::super::clock::{HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{Attempt, Client, MX, Mta, Origin, Outcome, World, client};
use super::super::scene::Letter;
use super::super::truth::Deed;
use super::forms::{CORRESPONDENTS, DESK, MAILBOXES, ordinary};
use super::refusals::NEWEST;

const ANN: &str = "ann@example.net";

fn from_ann(size: i64) -> Letter<'static> {
    let service = "submission/smtpd";
    Letter { service, client: DESK, user: ANN, from: ANN, size, ..Letter::default() }
}

/// Mail comes in by `postfix-in`, goes through a filter, and comes back to `postfix-out`.
///
/// Both instances have queues of their own, and once the same queue ID in both.
pub(crate) fn multi_instance() -> World {
    static IN: Mta = Mta { name: "postfix-in", ..MX };
    static OUT: Mta = Mta { name: "postfix-out", inode: 0x9_2B0, ..MX };
    let mut world = World::new(2);
    let mut at = midnight(2026, 11, 9) + 8 * HOUR;
    for _ in 0..12 {
        let (from, client) = world.dice.pick(&CORRESPONDENTS);
        let to = world.dice.pick(&MAILBOXES);
        let size = world.dice.between(2_000, 30_000);
        let letter = Letter { client, from, size, ..Letter::default() };
        two_instances(&mut world, (&IN, &OUT), at, &letter, to);
        at += world.dice.between(MINUTE, 5 * MINUTE);
    }
    // A user's message, under the queue ID of another message that is still in the other instance.
    let (from, client) = world.dice.pick(&CORRESPONDENTS);
    let letter = Letter { client, from, size: 7_001, ..Letter::default() };
    let stuck = world.arrive(&IN, at, &letter);
    let reason = "connect to 127.0.0.1[127.0.0.1]:10024: Connection refused";
    world.unreached(&stuck, ANN, 0, "4.4.1", reason);
    let mut twin = world.queue_file(&OUT, stuck.arrived + 4 * SECOND, Origin::Outside);
    twin.id.clone_from(&stuck.id);
    let text = format!("{}: uid=1001 from=<ann>", twin.id);
    world.say(&OUT, "pickup", twin.arrived, text);
    let id = World::own_id(&twin);
    world.message_id(&mut twin, stuck.arrived + 4 * SECOND + 5_000, &id);
    world.accept(&mut twin, stuck.arrived + 4 * SECOND + 20_000, ANN, 1_402, 1);
    let done = world.relay_on(&twin, "sam@willow.test", "mail.willow.test[192.0.2.70]:25");
    world.remove(&twin, done);
    world
}

fn two_instances(
    world: &mut World,
    (incoming, outgoing): (&'static Mta, &'static Mta),
    at: Micros,
    letter: &Letter,
    to: &str,
) {
    let first = world.arrive(incoming, at, letter);
    let passed = first.active + 450_000;
    let localhost = client("localhost", "127.0.0.1");
    let session = world.connect(outgoing, "10025/smtpd", passed - 20_000, localhost);
    let mut second = world.queue_file(outgoing, passed, Origin::Again);
    let text = format!(
        "{}: client={localhost}, orig_queue_id={}, orig_client={}",
        second.id, first.id, first.client
    );
    world.log.line(passed, session.worker, text);
    world.message_id(&mut second, passed + 4_000, &first.named);
    world.accept(&mut second, passed + 25_000, letter.from, letter.size + 471, 1);
    let commands = "ehlo=1 xforward=1 mail=1 rcpt=1 data=1 quit=1 commands=6";
    world.disconnect(&session, passed + 30_000, commands);
    let reason = format!(
        "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as {}",
        second.id
    );
    let attempt = Attempt {
        program: "smtp",
        to,
        relay: "127.0.0.1[127.0.0.1]:10024",
        waits: [5, 2, 500],
        dsn: "2.0.0",
        outcome: Outcome::HandedOver,
        reason: &reason,
        ..Attempt::default()
    };
    let handed = world.deliver(&first, &attempt);
    world.truth.record(handed, Deed::Folded);
    world.remove(&first, handed);
    let done = world.keep(&second, to);
    world.remove(&second, done);
}

/// mx1 relays everything to store, and one log host collects both.
pub(crate) fn two_hosts() -> World {
    static STORE: Mta = Mta { host: "store", fqdn: "store.example.net", inode: 0x7_7C0, ..MX };
    const MX1: Client = client("mx1.example.net", "198.51.100.25");
    let mut world = World::new(22);
    let mut at = midnight(2026, 11, 10) + 8 * HOUR;
    for _ in 0..12 {
        let (from, client) = world.dice.pick(&CORRESPONDENTS);
        let to = world.dice.pick(&MAILBOXES);
        let size = world.dice.between(2_000, 30_000);
        let first = world.arrive(&MX, at, &Letter { client, from, size, ..Letter::default() });
        let session = world.connect(&STORE, "smtpd", first.active + 30_000, MX1);
        let mut second = world.begin(&session, first.active + 60_000, "");
        world.message_id(&mut second, first.active + 70_000, &first.named);
        world.accept(&mut second, first.active + 110_000, from, size + 233, 1);
        let commands = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
        world.disconnect(&session, first.active + 140_000, commands);
        let reason = format!("250 2.0.0 Ok: queued as {}", second.id);
        let attempt = Attempt {
            program: "smtp",
            to,
            relay: "store.example.net[198.51.100.40]:25",
            waits: [6, 30, 75],
            dsn: "2.0.0",
            reason: &reason,
            ..Attempt::default()
        };
        let sent = world.deliver(&first, &attempt);
        world.remove(&first, sent);
        let done = world.keep(&second, to);
        world.remove(&second, done);
        at += world.dice.between(MINUTE, 5 * MINUTE);
    }
    // Each host received and delivered every message; whether that is once or twice depends on whom one asks.
    world.truth.leave_out(&[
        "received",
        "delivered",
        "bytes_received",
        "bytes_delivered",
        "hops_folded",
    ]);
    world
}

/// TLS as Postfix 3.11 tells it: `tls=` in delivery records, and the summary lines of both sides.
pub(crate) fn tls() -> World {
    let mut world = World::new(311);
    let day = midnight(2026, 10, 20) + 10 * HOUR;
    let suite = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 \
                 server-signature ECDSA (prime256v1) server-digest SHA256";
    let willow = "mail.willow.test[192.0.2.70]:25";
    let cases = [
        ("may", "Untrusted", "2.0.0", ""),
        ("may:none", "", "2.0.0", ""),
        ("dane", "Verified", "2.0.0", ""),
        ("secure", "Verified", "2.0.0", ""),
        ("secure/requiretls", "Verified", "2.0.0", ""),
        ("encrypt", "Trusted", "2.0.0", ""),
        (
            "!encrypt",
            "",
            "4.7.4",
            "TLS is required, but was not offered by host mail.willow.test[192.0.2.70]",
        ),
        ("!secure", "Untrusted", "4.7.5", "Server certificate not verified"),
        ("!dane:none", "", "4.7.5", "Server certificate not trusted"),
        ("may?", "", "4.4.1", "connect to mail.willow.test[192.0.2.70]:25: Connection refused"),
        (
            "may?/!requiretls:nocertmatch",
            "",
            "5.7.10",
            "Sender requested REQUIRETLS, but my configured TLS security level 'may' disables \
             certificate matching. The last attempted server was mail.willow.test",
        ),
    ];
    for (number, (level, trust, dsn, reason)) in (0..).zip(cases) {
        let at = day + number * 6 * MINUTE;
        let mail = world.arrive(&NEWEST, at, &from_ann(2_000 + number * 311));
        let smtp = world.worker(&NEWEST, "smtp");
        if !trust.is_empty() {
            let text = format!("{trust} TLS connection established to {willow}: {suite}");
            world.log.line(mail.active + 90_000, smtp, text);
        }
        let outcome = match dsn.as_bytes().first() {
            Some(b'2') => Outcome::Sent,
            Some(b'4') => Outcome::Deferred,
            _ => Outcome::Bounced,
        };
        let answer = world.queued_as();
        let attempt = Attempt {
            to: "sam@willow.test",
            relay: if level.starts_with("may?") { "none" } else { willow },
            waits: [6, 120, if reason.is_empty() { 240 } else { 0 }],
            tls: level,
            dsn,
            outcome,
            reason: if reason.is_empty() { &answer } else { reason },
            ..Attempt::default()
        };
        let done = world.deliver_by(smtp, &mail, &attempt);
        match outcome {
            Outcome::Sent => world.remove(&mail, done),
            Outcome::Bounced => {
                let notice = world.notify(&mail, done + 1_000, "sender non-delivery", 4_800);
                let kept = world.keep(&notice, ANN);
                world.remove(&notice, kept);
                world.remove(&mail, done + 9_000);
            }
            _ => {}
        }
    }
    cached(&mut world, day + 70 * MINUTE);
    incoming_tls(&mut world, day + 80 * MINUTE, suite);
    ordinary(&mut world, &NEWEST, (day + 3 * MINUTE, day + 75 * MINUTE), 17 * MINUTE);
    world
}

/// Over a connection that is used again (`conn_use=`), nobody knows the level any more.
fn cached(world: &mut World, at: Micros) {
    let smtp = world.worker(&NEWEST, "smtp");
    for number in 1..4_u32 {
        let at = at + i64::from(number) * 700_000;
        let mail = world.arrive(&NEWEST, at, &from_ann(1_900));
        let answer = world.queued_as();
        let attempt = Attempt {
            to: "sam@willow.test",
            relay: "mail.willow.test[192.0.2.70]:25",
            conn_use: number,
            waits: [6, if number > 1 { 0 } else { 90 }, 110],
            tls: if number > 1 { "may?" } else { "may:none" },
            dsn: "2.0.0",
            reason: &answer,
            ..Attempt::default()
        };
        let done = world.deliver_by(smtp, &mail, &attempt);
        world.remove(&mail, done);
    }
}

fn incoming_tls(world: &mut World, at: Micros, suite: &str) {
    for (number, (from, who)) in (0..).zip(CORRESPONDENTS) {
        let at = at + number * 2 * MINUTE;
        let session = world.connect(&NEWEST, "smtpd", at, who);
        if number == 3 {
            let text = format!("SSL_accept error from {who}: -1");
            world.log.line(at + 90_000, session.worker, text);
            let library = "warning: TLS library problem: error:0A000102:SSL routines::unsupported \
                           protocol:../ssl/statem/statem_srvr.c:1657:";
            world.log.line(at + 91_000, session.worker, library);
            let text = format!("NOQUEUE: lost connection after STARTTLS from {who}");
            world.log.line(at + 92_000, session.worker, text);
            world.disconnect(&session, at + 93_000, "ehlo=1 starttls=0/1 commands=1/2");
            continue;
        }
        let text = format!("Anonymous TLS connection established from {who}: {suite}");
        world.log.line(at + 90_000, session.worker, text);
        let letter = Letter { client: who, from, size: 3_000 + number, ..Letter::default() };
        let mail = world.bring(&session, at + 100_000, &letter);
        let commands = "ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7";
        world.disconnect(&session, mail.active + 60_000, commands);
        let done = world.keep(&mail, ANN);
        world.remove(&mail, done);
    }
}
