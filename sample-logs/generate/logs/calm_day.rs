//! `calm-day.log`: a day like any other, with the small troubles that no administrator wants to hear of.

use super::super::clock::{DAY, HOUR, MINUTE, SECOND, midnight};
use super::super::postfix::{MX, Outcome, World};
use super::super::scene::Letter;
use super::forms::{CORRESPONDENTS, DESK, MAILBOXES, STRANGER, ordinary};
use super::quiet_day::ANN;

/// A day of ordinary mail, and once of each what happens on every host on every day.
pub(crate) fn calm_day() -> World {
    let mut world = World::new(1_000);
    let day = midnight(2026, 10, 13);
    ordinary(&mut world, &MX, (day + 5 * MINUTE, day + DAY), 12 * MINUTE);
    greylisted_once(&mut world, day + 8 * HOUR + 3 * MINUTE);
    full_for_an_hour(&mut world, day + 9 * HOUR + 12 * MINUTE);
    mistyped(&mut world, day + 10 * HOUR + 20 * MINUTE);
    nobody_there(&mut world, day + 11 * HOUR + 40 * MINUTE);
    restarted_filter(&mut world, day + 13 * HOUR + 31 * MINUTE);
    guesser(&mut world, day + 3 * HOUR);
    world
}

fn from_ann(size: i64) -> Letter<'static> {
    let service = "submission/smtpd";
    Letter { service, client: DESK, user: ANN, from: ANN, size, ..Letter::default() }
}

/// Another host greylists us, and takes the mail on the next try.
fn greylisted_once(world: &mut World, at: i64) {
    let (to, relay) = ("otto@birch.example", "mx.birch.example[192.0.2.30]:25");
    let reason = "host mx.birch.example[192.0.2.30] said: 450 4.2.0 <otto@birch.example>: \
                  Recipient address rejected: Greylisted (in reply to RCPT TO command)";
    let mut mail = world.arrive(&MX, at, &from_ann(2_222));
    world.send(&mail, to, relay, "4.2.0", Outcome::Deferred, reason);
    world.activate(&mut mail, at + 6 * MINUTE, 1);
    let done = world.relay_on(&mail, to, relay);
    world.remove(&mail, done);
}

/// A mailbox elsewhere is full, and is cleared up within the hour.
fn full_for_an_hour(world: &mut World, at: i64) {
    let (to, relay) = ("sam@willow.test", "mail.willow.test[192.0.2.70]:25");
    let reason = "host mail.willow.test[192.0.2.70] said: 452 4.2.2 <sam@willow.test>: Recipient \
                  address rejected: Mailbox is over its quota (in reply to RCPT TO command)";
    let mut mail = world.arrive(&MX, at, &from_ann(41_000));
    for minutes in [0, 6, 19] {
        if minutes > 0 {
            world.activate(&mut mail, at + minutes * MINUTE, 1);
        }
        world.send(&mail, to, relay, "4.2.2", Outcome::Deferred, reason);
    }
    world.activate(&mut mail, at + 45 * MINUTE, 1);
    let done = world.relay_on(&mail, to, relay);
    world.remove(&mail, done);
}

/// A user mistypes a password three times, then sends.
fn mistyped(world: &mut World, at: i64) {
    for number in 0..3 {
        let at = at + number * 20 * SECOND;
        let session = world.connect(&MX, "submission/smtpd", at, DESK);
        let text = format!("warning: {DESK}: SASL PLAIN authentication failed: ");
        world.log.line(at + 2 * SECOND, session.worker, text);
        world.disconnect(
            &session,
            at + 3 * SECOND,
            "ehlo=2 starttls=1 auth=0/1 quit=1 commands=4/5",
        );
    }
    let to = ("alex@example.org", "mail.example.org[192.0.2.10]:25");
    world.outgoing(&MX, at + 90 * SECOND, &from_ann(3_141), to);
}

/// A mistyped recipient: the message comes back.
fn nobody_there(world: &mut World, at: i64) {
    let mail = world.arrive(&MX, at, &from_ann(5_005));
    let reason = "host mail.example.org[192.0.2.10] said: 550 5.1.1 <alxe@example.org>: Recipient \
                  address rejected: User unknown in virtual mailbox table (in reply to RCPT TO \
                  command)";
    let relay = "mail.example.org[192.0.2.10]:25";
    let done = world.send(&mail, "alxe@example.org", relay, "5.1.1", Outcome::Bounced, reason);
    let notice = world.notify(&mail, done + 2_000, "sender non-delivery", 7_300);
    let kept = world.keep(&notice, ANN);
    world.remove(&notice, kept);
    world.remove(&mail, done + 9_000);
}

/// The mailbox server is restarted while a message comes in.
fn restarted_filter(world: &mut World, at: i64) {
    let (from, client) = world.dice.pick(&CORRESPONDENTS);
    let to = world.dice.pick(&MAILBOXES);
    let letter = Letter { client, from, size: 12_345, ..Letter::default() };
    let mut mail = world.arrive(&MX, at, &letter);
    let down = "connect to mx1.example.net[private/dovecot-lmtp]: Connection refused";
    world.unreached(&mail, to, 0, "4.4.1", down);
    world.activate(&mut mail, at + 5 * MINUTE, 1);
    let done = world.keep(&mail, to);
    world.remove(&mail, done);
}

/// A stranger tries passwords all night, in vain: that is what the night is like.
fn guesser(world: &mut World, at: i64) {
    for number in 0..40 {
        let at = at + number * 3 * MINUTE;
        let session = world.connect(&MX, "submission/smtpd", at, STRANGER);
        let text = format!("warning: {STRANGER}: SASL LOGIN authentication failed: UGFzc3dvcmQ6");
        world.log.line(at + 2 * SECOND, session.worker, text);
        world.disconnect(&session, at + 3 * SECOND, "ehlo=1 auth=0/1 quit=1 commands=2/3");
    }
}
