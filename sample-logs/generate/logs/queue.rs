//! What can become of a message in the queue: forwarded, expired, requeued, bounced softly, or its ID used again.

use super::super::clock::{DAY, HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{Attempt, MX, Mail, Origin, Outcome, World};
use super::super::queue_id;
use super::super::scene::Letter;
use super::super::truth::Deed;
use super::forms::{CORRESPONDENTS, DESK, DESTINATIONS, MAILBOXES, ordinary};

fn letter(world: &mut World) -> Letter<'static> {
    let (from, client) = world.dice.pick(&CORRESPONDENTS);
    Letter { client, from, size: world.dice.between(1_900, 24_000), ..Letter::default() }
}

fn from_ann() -> Letter<'static> {
    let ann = "ann@example.net";
    let service = "submission/smtpd";
    Letter { service, client: DESK, user: ann, from: ann, size: 3_144, ..Letter::default() }
}

/// local(8) forwards: an alias to outside, a list of three, and a `.forward` that keeps a copy.
pub(crate) fn forwarded() -> World {
    let mut world = World::new(40);
    let day = midnight(2026, 9, 14);
    let [alex, otto, _, sam] = DESTINATIONS;
    let home = ("carol@home.example", "mx.home.example[192.0.2.84]:25");
    let lists: [(&str, &[(&str, &str)]); 3] = [
        ("sales@example.net", &[alex]),
        ("team@example.net", &[otto, sam, alex]),
        ("carol@example.net", &[home]),
    ];
    for round in 0..3 {
        for (number, (alias, targets)) in (0..).zip(lists) {
            let at = day + (8 + 3 * round) * HOUR + number * 25 * MINUTE;
            let arriving = letter(&mut world);
            let keeps = alias.starts_with("carol");
            forward(&mut world, at, &arriving, (alias, targets), keeps);
        }
    }
    world
}

fn forward(
    world: &mut World,
    at: Micros,
    letter: &Letter,
    (alias, targets): (&str, &[(&str, &str)]),
    keeps: bool,
) {
    let mail = world.arrive(&MX, at, letter);
    let made = mail.active + world.moment(8, 15);
    let mut copy = world.queue_file(&MX, made, Origin::Here);
    world.message_id(&mut copy, made + 2_000, &mail.named);
    let nrcpt = u32::try_from(targets.len()).unwrap_or(1);
    world.accept(&mut copy, made + 9_000, letter.from, letter.size + 214, nrcpt);
    let reason = format!("forwarded as {}", copy.id);
    let attempt = Attempt {
        program: "local",
        to: alias,
        relay: "local",
        waits: [5, 0, 30],
        dsn: "2.0.0",
        outcome: Outcome::Forwarded,
        reason: &reason,
        ..Attempt::default()
    };
    let mut done = world.deliver(&mail, &attempt);
    if keeps {
        // The copy in the mailbox is logged under the same queue ID.
        done = done.max(world.keep(&mail, alias));
    }
    world.remove(&mail, done);
    let mut sent = copy.active;
    for &(to, relay) in targets {
        let answer = world.queued_as();
        let waits = [7, world.dice.between(40, 300), world.dice.between(90, 600)];
        let attempt = Attempt {
            program: "smtp",
            to,
            orig_to: alias,
            relay,
            waits,
            dsn: "2.0.0",
            reason: &answer,
            ..Attempt::default()
        };
        sent = sent.max(world.deliver(&copy, &attempt));
    }
    world.remove(&copy, sent);
}

/// Tries a message again and again, later and later, until a moment; gives the moment of the last attempt.
fn keep_trying(
    world: &mut World,
    mail: &mut Mail,
    to: &str,
    until: Micros,
    reason: &str,
) -> Micros {
    let mut last = world.unreached(mail, to, 30_020, "4.4.1", reason);
    loop {
        let next = last + (last - mail.arrived).clamp(300 * SECOND, 4 * HOUR);
        if next > until {
            return last;
        }
        world.activate(mail, next, 1);
        last = world.unreached(mail, to, 30_020, "4.4.1", reason);
    }
}

/// The sender of a message that is given up gets it back.
fn returned(world: &mut World, mail: &Mail, at: Micros) {
    let notice = world.notify(mail, at, "sender non-delivery", mail.size + 2_210);
    let done = world.keep(&notice, &mail.from);
    world.remove(&notice, done);
    world.remove(mail, at + 60_000);
}

/// `maximal_queue_lifetime` of two days runs out; another message is made to expire on hold (Postfix 3.5).
pub(crate) fn expired() -> World {
    let mut world = World::new(5);
    let day = midnight(2026, 6, 1);
    let gone = "connect to mail.fir.test[203.0.113.61]:25: No route to host";
    let to = "fiona@fir.test";
    let mut mail = world.arrive(&MX, day + 10 * HOUR, &from_ann());
    let noticed = mail.arrived + 4 * HOUR + 7 * MINUTE;
    let lifetime = mail.arrived + 2 * DAY;
    let last = keep_trying(&mut world, &mut mail, to, lifetime, gone);
    let delayed = world.notify(&mail, noticed, "sender delay", mail.size + 1_870);
    let done = world.keep(&delayed, "ann@example.net");
    world.remove(&delayed, done);
    let end = last + 4 * HOUR;
    world.activate(&mut mail, end, 1);
    let at = world.unreached(&mail, to, 30_020, "4.4.1", gone);
    expire(&mut world, &mail, at + 10_000, "expired");

    // On hold since the morning of the second day, and expired by hand in the afternoon: nothing is tried.
    let mut held = world.arrive(&MX, day + DAY + 9 * HOUR, &from_ann());
    world.unreached(&held, to, 30_020, "4.4.1", gone);
    let put = held.arrived + 3 * MINUTE;
    world.say(&MX, "postsuper", put, format!("{}: placed on hold", held.id));
    world.say(&MX, "postsuper", put + 40, "Placed on hold: 1 message");
    let forced = put + 6 * HOUR;
    let by = world.worker(&MX, "postsuper");
    world.log.line(forced, by, format!("{}: expired", held.id));
    world.log.line(forced + 40, by, format!("{}: released from hold", held.id));
    world.log.line(forced + 900, by, "Force-expired: 1 message");
    world.log.line(forced + 940, by, "Released from hold: 1 message");
    world.activate(&mut held, forced + 30_000, 1);
    let attempt = Attempt {
        program: "error",
        to,
        relay: "none",
        waits: [9, 0, 2],
        dsn: "4.7.0",
        outcome: Outcome::Untried,
        reason: "message is administratively expired",
        ..Attempt::default()
    };
    let at = world.deliver(&held, &attempt);
    expire(&mut world, &held, at + 4_000, "force-expired");
    ordinary(&mut world, &MX, (day + 11 * HOUR, day + 2 * DAY), 5 * HOUR);
    world
}

fn expire(world: &mut World, mail: &Mail, at: Micros, status: &str) {
    let text = format!("{}: from=<{}>, status={status}, returned to sender", mail.id, mail.from);
    world.say(&MX, "qmgr", at, text);
    world.truth.record(at, Deed::Expired);
    returned(world, mail, at + 3_000);
}

/// `postsuper -r`: the message comes back through pickup(8) under another ID, and is still one message.
pub(crate) fn requeue() -> World {
    let mut world = World::new(7);
    let day = midnight(2026, 4, 20) + 9 * HOUR;
    let unreachable = "connect to old.willow.test[203.0.113.70]:25: Connection refused";
    let mut stuck = Vec::new();
    for minute in [2, 9, 31] {
        let mail = world.arrive(&MX, day + minute * MINUTE, &from_ann());
        world.unreached(&mail, "sam@willow.test", 40, "4.4.1", unreachable);
        stuck.push(mail);
    }
    let at = day + 50 * MINUTE;
    let by = world.worker(&MX, "postsuper");
    for (number, mail) in (0..).zip(&stuck) {
        world.log.line(at + number * 50, by, format!("{}: requeued", mail.id));
    }
    world.log.line(at + 500, by, "Requeued: 3 messages");
    for (number, old) in (0..).zip(&stuck) {
        let picked = at + 20 * SECOND + number * 31_000 + world.moment(300, 320);
        let mut new = world.queue_file(&MX, picked, Origin::Again);
        let text = format!("{}: uid=112 from=<{}> orig_id={}", new.id, old.from, old.id);
        world.say(&MX, "pickup", picked, text);
        world.message_id(&mut new, picked + 3_000, &old.named);
        world.truth.leaves(old.message);
        world.accept(&mut new, picked + 12_000, &old.from, old.size + 208, 1);
        let done = world.relay_on(&new, "sam@willow.test", "mail.willow.test[192.0.2.70]:25");
        world.remove(&new, done);
    }
    ordinary(&mut world, &MX, (day, day + HOUR), 12 * MINUTE);
    world
}

/// `soft_bounce = yes`: what would be refused for good is put off, by us and in the queue.
pub(crate) fn softbounce() -> World {
    let mut world = World::new(45);
    let day = midnight(2026, 3, 9) + 13 * HOUR;
    let (to, relay) = ("nobody@birch.example", "mx.birch.example[192.0.2.30]:25");
    let reason = "host mx.birch.example[192.0.2.30] said: 550 5.1.1 <nobody@birch.example>: \
                  Recipient address rejected: User unknown in virtual mailbox table (in reply to \
                  RCPT TO command)";
    let mut mail = world.arrive(&MX, day, &from_ann());
    for minutes in [0, 8, 19, 44] {
        if minutes > 0 {
            world.activate(&mut mail, day + minutes * MINUTE, 1);
        }
        world.send(&mail, to, relay, "5.1.1", Outcome::Softened, reason);
    }
    for minutes in [5, 21] {
        let unknown = "olga@example.net";
        let reply = format!(
            "450 4.1.1 <{unknown}>: Recipient address rejected: User unknown in virtual mailbox \
             table"
        );
        let (from, client) = world.dice.pick(&CORRESPONDENTS);
        world.refused(&MX, day + minutes * MINUTE, client, &reply, (from, unknown));
    }
    ordinary(&mut world, &MX, (day + 2 * MINUTE, day + 42 * MINUTE), 13 * MINUTE);
    world
}

/// A short queue ID comes again: once after `removed`, once after the end of the first was lost.
pub(crate) fn queue_id_reuse() -> World {
    let mut world = World::new(61);
    let day = midnight(2026, 7, 7) + 6 * HOUR;
    ordinary(&mut world, &MX, (day, day + 4 * HOUR), 40 * MINUTE);
    // Arrivals in the same microsecond of a second, with the same inode.
    let times = [5 * MINUTE, 95 * MINUTE, 3 * HOUR + 31 * MINUTE];
    for (number, after) in (0..).zip(times) {
        let at = day + after + 0x4_C21B;
        let (from, client) = world.dice.pick(&CORRESPONDENTS);
        let to = world.dice.pick(&MAILBOXES);
        let session = world.connect(&MX, "smtpd", at - 300_000, client);
        let mut mail = world.queue_file(&MX, at, Origin::Outside);
        mail.id = queue_id::short(at, 0x4_1B7);
        world.log.line(at, session.worker, format!("{}: client={client}", mail.id));
        let id = world.foreign_id(from);
        world.message_id(&mut mail, at + 40_000, &id);
        world.accept(&mut mail, at + 130_000, from, 2_048 + number * 777, 1);
        let commands = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
        world.disconnect(&session, at + 200_000, commands);
        let done = world.keep(&mail, to);
        if number == 1 {
            // Its last line never came to the log.
            world.truth.leaves(mail.message);
        } else {
            world.remove(&mail, done);
        }
    }
    world
}

/// A full mailbox: put off over LMTP and by local(8), refused for good by a relay.
pub(crate) fn mailbox_full() -> World {
    let mut world = World::new(42);
    let day = midnight(2026, 2, 11) + 10 * HOUR;
    let full = "host mx1.example.net[private/dovecot-lmtp] said: 452 4.2.2 <bob@example.net> \
                Quota exceeded (mailbox for user is full) (in reply to end of DATA command)";
    let lmtp = Attempt {
        program: "lmtp",
        to: "bob@example.net",
        relay: "mx1.example.net[private/dovecot-lmtp]",
        waits: [6, 12, 70],
        dsn: "4.2.2",
        outcome: Outcome::Deferred,
        reason: full,
        ..Attempt::default()
    };
    let saved = Attempt {
        dsn: "2.0.0",
        outcome: Outcome::Sent,
        reason: "250 2.0.0 <bob@example.net> 4Jx1KqmUX2pVEAAAnA5kFQ Saved",
        ..lmtp
    };
    for number in 0..4 {
        let arriving = letter(&mut world);
        let mut mail = world.arrive(&MX, day + number * 17 * MINUTE, &arriving);
        world.deliver(&mail, &lmtp);
        for later in [9 * MINUTE, 27 * MINUTE] {
            let next = mail.arrived + later;
            world.activate(&mut mail, next, 1);
            world.deliver(&mail, &lmtp);
        }
        if number < 3 {
            // He has cleared up at noon.
            world.activate(&mut mail, day + 2 * HOUR + number * 40_000, 1);
            let done = world.deliver(&mail, &saved);
            world.remove(&mail, done);
        }
    }
    let arriving = letter(&mut world);
    let mail = world.arrive(&MX, day + 33 * MINUTE, &arriving);
    let quota = Attempt {
        program: "local",
        to: "dora@example.net",
        relay: "local",
        waits: [5, 0, 22],
        dsn: "4.2.2",
        outcome: Outcome::Deferred,
        reason: "cannot update mailbox /var/mail/dora for user dora. error writing message: Disk \
                 quota exceeded",
        ..Attempt::default()
    };
    world.deliver(&mail, &quota);
    let mail = world.arrive(&MX, day + 41 * MINUTE, &from_ann());
    let reason = "host mail.willow.test[192.0.2.70] said: 552 5.2.2 <sam@willow.test>: Recipient \
                  address rejected: Mailbox is over its quota (in reply to RCPT TO command)";
    let relay = "mail.willow.test[192.0.2.70]:25";
    let at = world.send(&mail, "sam@willow.test", relay, "5.2.2", Outcome::Bounced, reason);
    returned(&mut world, &mail, at + 4_000);
    world
}
