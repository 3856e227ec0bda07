//! The same ordinary mail in every form in which a log reaches its reader.

use super::super::clock::{DAY, HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{Client, MX, Mta, Outcome, World, client};
use super::super::scene::Letter;

/// People elsewhere, with the clients that bring their mail.
pub(crate) const CORRESPONDENTS: [(&str, Client); 6] = [
    ("alex@example.org", client("mail.example.org", "192.0.2.10")),
    ("news@lists.example.com", client("lists.example.com", "192.0.2.20")),
    ("otto@birch.example", client("mx.birch.example", "192.0.2.30")),
    ("Paula.Pine@Pine.Example", client("out.pine.example", "2001:db8:30::25")),
    ("invoices@cedar.example", client("smtp3.cedar.example", "192.0.2.50")),
    ("rita@maple.test", client("relay.maple.test", "192.0.2.60")),
];
/// Mailboxes here.
pub(crate) const MAILBOXES: [&str; 4] =
    ["ann@example.net", "bob@example.net", "carol@example.net", "dora@example.net"];
/// People elsewhere, with the hosts that take their mail.
pub(crate) const DESTINATIONS: [(&str, &str); 4] = [
    ("alex@example.org", "mail.example.org[192.0.2.10]:25"),
    ("otto@birch.example", "mx.birch.example[192.0.2.30]:25"),
    ("paula.pine@pine.example", "mx1.pine.example[2001:db8:30::26]:25"),
    ("sam@willow.test", "mail.willow.test[192.0.2.70]:25"),
];
/// Where users sit.
pub(crate) const DESK: Client = client("desk7.example.net", "198.51.100.7");
/// Nobody we know.
pub(crate) const STRANGER: Client = client("unknown", "203.0.113.9");

/// Ordinary mail, one message every `every`: in, out, refused, and now and then put off.
pub(crate) fn ordinary(
    world: &mut World,
    mta: &'static Mta,
    span: (Micros, Micros),
    every: Micros,
) {
    let (mut at, end) = span;
    let mut number = 0_usize;
    while at < end {
        one(world, mta, at, number);
        number += 1;
        at += every + world.dice.between(-every / 3, every / 3);
    }
}

fn one(world: &mut World, mta: &'static Mta, at: Micros, number: usize) {
    let (from, client) = world.dice.pick(&CORRESPONDENTS);
    let to = world.dice.pick(&MAILBOXES);
    let size = world.dice.between(1_800, 42_000);
    let incoming = Letter { client, from, size, ..Letter::default() };
    let user = world.dice.pick(&MAILBOXES);
    let service = "submission/smtpd";
    let letter = Letter { service, client: DESK, user, from: user, size, ..Letter::default() };
    let elsewhere = world.dice.pick(&DESTINATIONS);
    match number % 8 {
        0 | 2 | 3 | 6 => world.ordinary(mta, at, &incoming, to),
        1 | 5 => world.outgoing(mta, at, &letter, elsewhere),
        4 => {
            let reply = format!("554 5.7.1 <{}>: Relay access denied", "victim@example.com");
            let envelope = ("spam@sorrel.example", "victim@example.com");
            world.refused(mta, at, STRANGER, &reply, envelope);
        }
        _ => busy(world, mta, at, &letter),
    }
}

/// The other side is busy at first.
fn busy(world: &mut World, mta: &'static Mta, at: Micros, letter: &Letter) {
    let (to, relay) = ("sam@willow.test", "mail.willow.test[192.0.2.70]:25");
    let mut mail = world.arrive(mta, at, letter);
    let reason = "host mail.willow.test[192.0.2.70] said: 451 4.3.2 Please try again later (in \
                  reply to RCPT TO command)";
    world.send(&mail, to, relay, "4.3.2", Outcome::Deferred, reason);
    world.activate(&mut mail, at + 6 * MINUTE + 11 * SECOND, 1);
    let done = world.relay_on(&mail, to, relay);
    world.remove(&mail, done);
}

/// An hour of ordinary mail, for the logs that are about the form of their lines.
pub(crate) fn hour() -> World {
    let mut world = World::new(3_339);
    let from = midnight(2026, 10, 6) + 9 * HOUR;
    ordinary(&mut world, &MX, (from, from + HOUR), 2 * MINUTE);
    world
}

/// The same with one message-id that is not UTF-8 and one sender that is not ASCII.
pub(crate) fn journal() -> World {
    let mut world = hour();
    let at = midnight(2026, 10, 6) + 10 * HOUR + 20 * MINUTE;
    let (_, client) = world.dice.pick(&CORRESPONDENTS);
    let letter = Letter { client, from: "jörg@birch.example", size: 2_201, ..Letter::default() };
    world.ordinary(&MX, at, &letter, "ann@example.net");
    let session = world.connect(&MX, "smtpd", at + MINUTE, client);
    let mut mail = world.begin(&session, at + MINUTE + SECOND, "");
    let mut text = format!("{}: message-id=<caf", mail.id).into_bytes();
    text.extend_from_slice(b"\xe9.1@birch.example>");
    world.say(&MX, "cleanup", at + MINUTE + SECOND + 20_000, text);
    world.accept(&mut mail, at + MINUTE + 2 * SECOND, "otto@birch.example", 1_977, 1);
    world.disconnect(
        &session,
        at + MINUTE + 3 * SECOND,
        "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
    );
    let done = world.keep(&mail, "bob@example.net");
    world.remove(&mail, done);
    world
}

/// From the last evening of a year into the first morning of the next.
pub(crate) fn new_year() -> World {
    let mut world = World::new(2_026);
    let eve = midnight(2025, 12, 31);
    ordinary(&mut world, &MX, (eve + 22 * HOUR, eve + DAY + 2 * HOUR), 9 * MINUTE);
    // One message arrives in the old year and is delivered in the new one.
    let (from, client) = world.dice.pick(&CORRESPONDENTS);
    let at = eve + DAY - 2 * SECOND;
    let letter = Letter { client, from, size: 20_252_026, ..Letter::default() };
    let session = world.connect(&MX, "smtpd", at, client);
    let mut mail = world.transaction(&session, at, &letter);
    world.accept(&mut mail, eve + DAY + SECOND, from, letter.size, 1);
    world.disconnect(
        &session,
        eve + DAY + 2 * SECOND,
        "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
    );
    let done = world.keep(&mail, "dora@example.net");
    world.remove(&mail, done);
    world
}

/// A host that counts its seconds at UTC while its users live elsewhere: around midnight.
pub(crate) fn utc() -> World {
    let mut world = World::new(1_972);
    let from = midnight(2026, 10, 25) + 22 * HOUR;
    ordinary(&mut world, &MX, (from, from + 4 * HOUR), 8 * MINUTE);
    world
}

/// Queue IDs that carry their own time of arrival (Postfix 2.9, `enable_long_queue_ids`).
pub(crate) fn long_queue_ids() -> World {
    static LONG: Mta = Mta { long_ids: true, inode: 918_273, offset: HOUR, ..MX };
    let mut world = World::new(52);
    let from = midnight(2026, 11, 22) + 3 * HOUR + 10 * MINUTE;
    ordinary(&mut world, &LONG, (from, from + 40 * MINUTE), 2 * MINUTE);
    world
}

/// What a container's Postfix writes to standard output, in Docker's wrapping.
pub(crate) fn docker() -> World {
    static CONTAINER: Mta = Mta { host: "smtp-0", fqdn: "smtp-0.example.net", ..MX };
    let mut world = World::new(4_243);
    let from = midnight(2026, 9, 4) + 14 * HOUR;
    let version = "daemon started -- version 3.7.11, configuration /etc/postfix";
    world.say(&CONTAINER, "postfix-script", from, "starting the Postfix mail system");
    world.say(&CONTAINER, "master", from + 80_000, version);
    ordinary(&mut world, &CONTAINER, (from + MINUTE, from + 25 * MINUTE), 2 * MINUTE);
    world
}
