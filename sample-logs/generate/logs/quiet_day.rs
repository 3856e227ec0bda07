//! `quiet-day.log`: every common event once, from the start of the mail system to its stop.

use super::super::clock::{HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{Attempt, MX, Mail, Origin, Outcome, World};
use super::super::scene::Letter;
use super::actions::{actions, refusals, sessions};
use super::forms::{CORRESPONDENTS, DESK, DESTINATIONS};

pub(crate) const ANN: &str = "ann@example.net";
const SUITE: &str = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 \
                     server-signature ECDSA (prime256v1) server-digest SHA256";

/// One day of a small mail exchanger.
pub(crate) fn quiet_day() -> World {
    let mut world = World::new(1);
    let day = midnight(2026, 9, 23);
    housekeeping(&mut world, day);
    every_transport(&mut world, day + 8 * HOUR);
    out(&mut world, day + 9 * HOUR);
    actions(&mut world, day + 11 * HOUR);
    refusals(&mut world, day + 12 * HOUR);
    sessions(&mut world, day + 14 * HOUR);
    notices(&mut world, day + 15 * HOUR);
    operator(&mut world, day + 17 * HOUR);
    world
}

/// What the mail system says about itself.
fn housekeeping(world: &mut World, day: Micros) {
    let lines = [
        (4 * HOUR, "postfix-script", "starting the Postfix mail system"),
        (
            4 * HOUR + 80_000,
            "master",
            "daemon started -- version 3.7.11, configuration /etc/postfix",
        ),
        (
            5 * HOUR,
            "verify",
            "cache btree:/var/lib/postfix/verify_cache full cleanup: retained=12 dropped=0 entries",
        ),
        (
            5 * HOUR + SECOND,
            "postscreen",
            "cache btree:/var/lib/postfix/postscreen_cache full cleanup: retained=97 dropped=3 entries",
        ),
        (8 * HOUR + 30 * MINUTE, "scache", "statistics: start interval Sep 23 08:26:40"),
        (
            8 * HOUR + 30 * MINUTE + 1,
            "scache",
            "statistics: domain lookup hits=3 miss=4 success=42%",
        ),
        (
            8 * HOUR + 30 * MINUTE + 2,
            "scache",
            "statistics: address lookup hits=0 miss=4 success=0%",
        ),
        (10 * HOUR, "postfix-script", "refreshing the Postfix mail system"),
        (10 * HOUR + 20_000, "master", "reload -- version 3.7.11, configuration /etc/postfix"),
        (
            10 * HOUR + 5 * MINUTE,
            "trivial-rewrite",
            "warning: do not list domain example.net in BOTH mydestination and virtual_alias_domains",
        ),
        (13 * HOUR, "tlsmgr", "warning: connect to private/tlsmgr: Connection refused"),
        (
            13 * HOUR + MINUTE,
            "master",
            "warning: process /usr/lib/postfix/sbin/smtpd pid 4711 exit status 1",
        ),
        (
            13 * HOUR + MINUTE + 10,
            "master",
            "warning: /usr/lib/postfix/sbin/smtpd: bad command startup -- throttling",
        ),
        (
            13 * HOUR + 59 * MINUTE,
            "smtpd",
            "fatal: open database /etc/postfix/access.db: No such file or directory",
        ),
        (
            13 * HOUR + 59 * MINUTE + 9,
            "proxymap",
            "error: open /etc/postfix/mysql-virtual.cf: Permission denied",
        ),
        (23 * HOUR, "postfix-script", "stopping the Postfix mail system"),
        (23 * HOUR + 10_000, "master", "terminating on signal 15"),
    ];
    for (after, program, text) in lines {
        world.say(&MX, program, day + after, text);
    }
    let other = [
        (
            6 * HOUR,
            "dovecot",
            "imap-login: Login: user=<ann>, method=PLAIN, rip=198.51.100.7, lip=198.51.100.25, mpid=2211, TLS, session=<q1w2e3r4t5y6>",
        ),
        (7 * HOUR, "opendkim", "OpenDKIM Filter v2.11.0 starting (args: -f)"),
    ];
    for (after, tag, text) in other {
        world.other(&MX, tag, day + after, text);
    }
}

/// A message from outside, with TLS and a note of the connection rate.
fn incoming(world: &mut World, at: Micros, from: usize, nrcpt: u32) -> Mail {
    let (from, client) = CORRESPONDENTS.get(from).copied().unwrap_or_default();
    let size = world.dice.between(2_000, 20_000);
    let session = world.connect(&MX, "smtpd", at, client);
    let text = format!("Anonymous TLS connection established from {client}: {SUITE}");
    world.log.line(at + 80_000, session.worker, text);
    let letter = Letter { client, from, size, nrcpt, ..Letter::default() };
    let mail = world.bring(&session, at + 90_000, &letter);
    let commands =
        format!("ehlo=2 starttls=1 mail=1 rcpt={nrcpt} data=1 quit=1 commands={}", 6 + nrcpt);
    world.disconnect(&session, mail.active + 50_000, &commands);
    world.anvil(&MX, at, "smtp", client.address);
    mail
}

/// A message by each delivery agent: local, virtual, lmtp, pipe, discard.
fn every_transport(world: &mut World, at: Micros) {
    let agents = [
        ("local", ANN, "info@example.net", "local", "delivered to maildir"),
        ("virtual", "vera@vhost.example", "", "virtual", "delivered to maildir"),
        (
            "lmtp",
            "bob@example.net",
            "",
            "mx1.example.net[private/dovecot-lmtp]",
            "250 2.0.0 <bob@example.net> kAvDAQ5s1GkWCQAAnA5kFQ Saved",
        ),
        ("pipe", "carol@example.net", "", "dovecot", "delivered via dovecot service"),
        (
            "local",
            "dora@example.net",
            "",
            "local",
            "delivered to command: procmail -a \"$EXTENSION\"",
        ),
    ];
    for (number, (program, to, orig_to, relay, reason)) in (0..).zip(agents) {
        let mail = incoming(world, at + number * 4 * MINUTE, 0, 1);
        let attempt = Attempt {
            program,
            to,
            orig_to,
            relay,
            waits: [7, 0, 24],
            dsn: "2.0.0",
            reason,
            ..Attempt::default()
        };
        let done = world.deliver(&mail, &attempt);
        world.remove(&mail, done);
    }
    let mail = incoming(world, at + 24 * MINUTE, 4, 2);
    let attempt = Attempt {
        program: "discard",
        to: "no-reply@example.net",
        relay: "none",
        waits: [7, 0, 1],
        dsn: "2.0.0",
        outcome: Outcome::Discarded,
        reason: "nobody reads this",
        ..Attempt::default()
    };
    let done = world.deliver(&mail, &attempt).max(world.keep(&mail, ANN));
    world.remove(&mail, done);
}

fn from_ann(size: i64, nrcpt: u32) -> Letter<'static> {
    let service = "submission/smtpd";
    Letter { service, client: DESK, user: ANN, from: ANN, size, nrcpt }
}

/// Mail going out: to three people, over a second exchanger, put off at first, and from cron.
fn out(world: &mut World, at: Micros) {
    let mail = world.arrive(&MX, at, &from_ann(48_213, 3));
    let mut done = at;
    let smtp = world.worker(&MX, "smtp");
    let text =
        format!("Trusted TLS connection established to mail.example.org[192.0.2.10]:25: {SUITE}");
    world.log.line(mail.active + 20_000, smtp, text);
    for (to, relay) in DESTINATIONS.into_iter().take(3) {
        done = done.max(world.relay_on(&mail, to, relay));
    }
    world.remove(&mail, done);

    // The first exchanger is busy, the second takes it: nothing was put off.
    let at = at + 5 * MINUTE;
    let mail = world.arrive(&MX, at, &from_ann(3_011, 1));
    let text = format!(
        "{}: host mx1.birch.example[192.0.2.31] said: 451 4.3.2 busy (in reply to MAIL FROM command)",
        mail.id
    );
    world.say(&MX, "smtp", mail.active + 60_000, text);
    world.say(
        &MX,
        "smtp",
        mail.active + 61_000,
        "connect to mx2.birch.example[2001:db8:30::31]:25: Network is unreachable",
    );
    let done = world.relay_on(&mail, "otto@birch.example", "mx.birch.example[192.0.2.30]:25");
    world.remove(&mail, done);

    let at = at + 5 * MINUTE;
    let (to, relay) = ("sam@willow.test", "mail.willow.test[192.0.2.70]:25");
    let mut mail = world.arrive(&MX, at, &from_ann(7_402, 1));
    let reason = "host mail.willow.test[192.0.2.70] said: 450 4.2.0 <sam@willow.test>: Recipient \
                  address rejected: Greylisted (in reply to RCPT TO command)";
    world.send(&mail, to, relay, "4.2.0", Outcome::Deferred, reason);
    world.activate(&mut mail, at + 6 * MINUTE, 1);
    let done = world.relay_on(&mail, to, relay);
    world.remove(&mail, done);

    let at = at + 10 * MINUTE;
    let mut mail = world.pick_up(&MX, at, 0, "root");
    let id = World::own_id(&mail);
    world.message_id(&mut mail, at + 5_000, &id);
    world.accept(&mut mail, at + 21_000, "root@example.net", 902, 1);
    let attempt = Attempt {
        program: "local",
        to: ANN,
        orig_to: "root",
        relay: "local",
        waits: [6, 0, 12],
        dsn: "2.0.0",
        reason: "delivered to maildir",
        ..Attempt::default()
    };
    let done = world.deliver(&mail, &attempt);
    world.remove(&mail, done);
}

/// A bounce, a message given up by error(8), a notice of success, and a forward.
fn notices(world: &mut World, at: Micros) {
    let reason = "host mx.birch.example[192.0.2.30] said: 550 5.1.1 <nobody@birch.example>: Recipient \
                  address rejected: User unknown in local recipient table (in reply to RCPT TO command)";
    let mail = world.arrive(&MX, at, &from_ann(2_120, 1));
    let relay = "mx.birch.example[192.0.2.30]:25";
    let done = world.send(&mail, "nobody@birch.example", relay, "5.1.1", Outcome::Bounced, reason);
    notice(world, &mail, done, "sender non-delivery");

    let mail = incoming(world, at + 4 * MINUTE, 2, 1);
    let attempt = Attempt {
        program: "error",
        to: "gone@example.net",
        relay: "none",
        waits: [7, 0, 3],
        dsn: "5.1.6",
        outcome: Outcome::Bounced,
        reason: "User has moved to gone@home.example",
        ..Attempt::default()
    };
    let done = world.deliver(&mail, &attempt);
    let bounce = world.notify(&mail, done + 1_000, "sender non-delivery", mail.size + 2_300);
    let sent = world.relay_on(&bounce, &mail.from, relay);
    world.remove(&bounce, sent);
    world.remove(&mail, done + 8_000);

    let mail = world.arrive(&MX, at + 8 * MINUTE, &from_ann(2_121, 1));
    let (to, relay) = ("alex@example.org", "mail.example.org[192.0.2.10]:25");
    let done = world.relay_on(&mail, to, relay);
    notice(world, &mail, done, "sender delivery status");

    let mail = incoming(world, at + 12 * MINUTE, 1, 1);
    let made = mail.active + 11_000;
    let mut copy = world.queue_file(&MX, made, Origin::Here);
    world.message_id(&mut copy, made + 2_000, &mail.named);
    world.accept(&mut copy, made + 9_000, &mail.from, mail.size + 214, 1);
    let reason = format!("forwarded as {}", copy.id);
    let attempt = Attempt {
        program: "local",
        to: "sales@example.net",
        relay: "local",
        waits: [5, 0, 31],
        dsn: "2.0.0",
        outcome: Outcome::Forwarded,
        reason: &reason,
        ..Attempt::default()
    };
    let done = world.deliver(&mail, &attempt);
    world.remove(&mail, done);
    let sent = world.relay_on(&copy, to, relay);
    world.remove(&copy, sent);
}

/// A notice to ann about her own message.
fn notice(world: &mut World, mail: &Mail, at: Micros, kind: &str) {
    let notice = world.notify(mail, at + 1_000, kind, mail.size + 2_011);
    let done = world.keep(&notice, ANN);
    world.remove(&notice, done);
    world.remove(mail, at + 7_000);
}

/// The operator holds a message, releases it, and deletes another.
fn operator(world: &mut World, at: Micros) {
    let (to, relay) = ("sam@willow.test", "mail.willow.test[192.0.2.70]:25");
    let down = "connect to mail.willow.test[192.0.2.70]:25: Connection timed out";
    let mut waiting = Vec::new();
    for number in 0..3 {
        let mail = world.arrive(&MX, at + number * 2 * MINUTE, &from_ann(1_900 + number, 1));
        world.unreached(&mail, to, 30_010, "4.4.1", down);
        waiting.push(mail);
    }
    let [first, second, _] = waiting.as_mut_slice() else { return };
    for (minutes, id, done, total) in [
        (10, &first.id, "placed on hold", "Placed on hold: 1 message"),
        (12, &first.id, "released from hold", "Released from hold: 1 message"),
        (14, &second.id, "removed", "Deleted: 1 message"),
    ] {
        let by = world.worker(&MX, "postsuper");
        world.log.line(at + minutes * MINUTE, by, format!("{id}: {done}"));
        world.log.line(at + minutes * MINUTE + 200, by, total);
    }
    world.truth.leaves(second.message);
    world.activate(first, at + 13 * MINUTE, 1);
    let done = world.relay_on(first, to, relay);
    world.remove(first, done);
}
