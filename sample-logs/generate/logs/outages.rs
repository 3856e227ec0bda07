//! What a log looks like while something is down: a relay for a morning, the content filter for half an hour.

use super::super::clock::{HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{MX, Mail, Outcome, World};
use super::super::scene::Letter;
use super::filters::{FILTER, through_filter};
use super::forms::{CORRESPONDENTS, DESK, MAILBOXES, ordinary};

/// Messages that wait for one destination, each with the moment of its next turn.
type Waiting = Vec<(Mail, Micros)>;

/// Every 5 minutes qmgr(8) tries what is due: one message really, the others are suspended with its reason.
fn scan(
    world: &mut World,
    waiting: &mut Waiting,
    now: Micros,
    (to, dsn, root): (&str, &str, &str),
    wait: i64,
) {
    let mut tried = false;
    let mut at = now;
    for (mail, due) in waiting.iter_mut().filter(|(_, due)| *due <= now) {
        at += world.moment(1, 4);
        world.activate(mail, at, 1);
        let failed = if tried {
            world.suspended(mail, to, wait, dsn, root)
        } else {
            world.unreached(mail, to, wait, dsn, root)
        };
        tried = true;
        *due = failed + (failed - mail.arrived).clamp(300 * SECOND, 4_000 * SECOND);
    }
}

/// The relay of a busy customer is down from 08:10 to 11:25; a third domain cannot be found in the DNS.
pub(crate) fn deferral_storm() -> World {
    let mut world = World::new(17);
    let day = midnight(2026, 5, 18);
    let storm = ("desk@cedar.example", "4.4.1", CEDAR_DOWN);
    let mut waiting: Waiting = Vec::new();
    let (down, up) = (day + 8 * HOUR + 10 * MINUTE, day + 11 * HOUR + 25 * MINUTE);
    let mut next = down;
    let mut now = down;
    while now < up {
        while next < now + 5 * MINUTE {
            let mail = for_cedar(&mut world, next);
            let failed = if waiting.is_empty() {
                world.unreached(&mail, storm.0, 30_031, storm.1, storm.2)
            } else {
                world.suspended(&mail, storm.0, 0, storm.1, storm.2)
            };
            waiting.push((mail, failed + 300 * SECOND));
            next += world.dice.between(5 * MINUTE, 15 * MINUTE);
        }
        now += 5 * MINUTE;
        scan(&mut world, &mut waiting, now, storm, 30_031);
    }
    // The relay is back: everything goes within the next hour.
    for (mail, due) in &mut waiting {
        let at = (*due).max(up + MINUTE);
        world.activate(mail, at, 1);
        let done = world.relay_on(mail, "desk@cedar.example", "mx.cedar.example[192.0.2.50]:25");
        world.remove(mail, done);
    }
    nameless(&mut world, day + 9 * HOUR);
    ordinary(&mut world, &MX, (day + 7 * HOUR + 30 * MINUTE, day + 12 * HOUR), 35 * MINUTE);
    world
}

const CEDAR_DOWN: &str = "connect to mx.cedar.example[192.0.2.50]:25: Connection timed out";

fn for_cedar(world: &mut World, at: Micros) -> Mail {
    let (from, client) = world.dice.pick(&CORRESPONDENTS);
    let size = world.dice.between(2_400, 60_000);
    world.arrive(&MX, at, &Letter { client, from, size, ..Letter::default() })
}

/// A domain whose name servers do not answer: put off at once, and still queued at the end.
fn nameless(world: &mut World, from: Micros) {
    let reason = "Host or domain name not found. Name service error for name=larch.example \
                  type=MX: Host not found, try again";
    let ann = "ann@example.net";
    let letter = Letter {
        service: "submission/smtpd",
        client: DESK,
        user: ann,
        from: ann,
        size: 8_120,
        ..Letter::default()
    };
    let mut mail = world.arrive(&MX, from, &letter);
    world.unreached(&mail, "lars@larch.example", 10_010, "4.4.3", reason);
    for minutes in [11, 32, 74, 141] {
        world.activate(&mut mail, from + minutes * MINUTE, 1);
        world.unreached(&mail, "lars@larch.example", 10_010, "4.4.3", reason);
    }
}

/// The content filter is down for half an hour; then it gets everything, and gives it back.
pub(crate) fn filter_down() -> World {
    let mut world = World::new(10_024);
    let day = midnight(2026, 8, 24);
    let root = "connect to 127.0.0.1[127.0.0.1]:10024: Connection refused";
    let (down, up) = (day + 15 * HOUR, day + 15 * HOUR + 31 * MINUTE);
    let mut waiting: Vec<(Mail, Micros, &str)> = Vec::new();
    let mut at = day + 14 * HOUR + 40 * MINUTE;
    while at < up + 20 * MINUTE {
        let (from, client) = world.dice.pick(&CORRESPONDENTS);
        let to = world.dice.pick(&MAILBOXES);
        let size = world.dice.between(2_400, 60_000);
        let letter = Letter { client, from, size, ..Letter::default() };
        if (down..up).contains(&at) {
            let mail = world.arrive(&FILTER, at, &letter);
            let failed = if waiting.len().is_multiple_of(3) {
                world.unreached(&mail, to, 0, "4.4.1", root)
            } else {
                world.suspended(&mail, to, 0, "4.4.1", root)
            };
            waiting.push((mail, failed + 300 * SECOND, to));
        } else {
            through_filter(&mut world, at, &letter, &[to], true);
        }
        at += world.dice.between(80 * SECOND, 5 * MINUTE);
    }
    let mut now = down;
    while now < up {
        let mut at = now;
        for (mail, due, to) in waiting.iter_mut().filter(|(_, due, _)| *due <= now) {
            world.activate(mail, at, 1);
            let failed = world.unreached(mail, to, 0, "4.4.1", root);
            *due = failed + (failed - mail.arrived).clamp(300 * SECOND, 4_000 * SECOND);
            at += 4_000;
        }
        now += 5 * MINUTE;
    }
    world.other(&FILTER, "amavis", up, "starting. /usr/sbin/amavisd-new at mx1.example.net");
    for (number, (mail, due, to)) in (0..).zip(&mut waiting) {
        let at = (*due).max(up + 2 * MINUTE + number * 300_000);
        world.activate(mail, at, 1);
        super::filters::hand_over(&mut world, mail, &[*to], Some(true), Outcome::HandedOver);
    }
    world
}
