//! Logs of days on which an administrator should look.

use super::super::clock::{DAY, HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{MX, Outcome, World, client};
use super::super::scene::Letter;
use super::forms::{CORRESPONDENTS, DESK, STRANGER, ordinary};
use super::quiet_day::ANN;

fn from_ann(size: i64) -> Letter<'static> {
    let service = "submission/smtpd";
    Letter { service, client: DESK, user: ANN, from: ANN, size, ..Letter::default() }
}

/// A list names this host: one destination refuses four messages for good, another puts one off five times.
pub(crate) fn blocklisted() -> World {
    let mut world = World::new(554);
    let day = midnight(2026, 10, 20) + 8 * HOUR;
    let refused = "host mail.example.org[192.0.2.10] said: 554 5.7.1 Service unavailable; Client \
                   host [198.51.100.25] blocked using zen.blocklist.example; \
                   https://www.blocklist.example/query/198.51.100.25 (in reply to RCPT TO command)";
    for number in 0..4 {
        let mail = world.arrive(&MX, day + number * 23 * MINUTE, &from_ann(3_000 + number));
        let to = "alex@example.org";
        let relay = "mail.example.org[192.0.2.10]:25";
        let done = world.send(&mail, to, relay, "5.7.1", Outcome::Bounced, refused);
        let notice = world.notify(&mail, done + 2_000, "sender non-delivery", 6_100);
        let kept = world.keep(&notice, ANN);
        world.remove(&notice, kept);
        world.remove(&mail, done + 9_000);
    }
    let put_off = "host mx1.pine.example[2001:db8:30::26] refused to talk to me: 421 4.7.0 \
                   [198.51.100.25] Messages temporarily deferred due to your sender reputation";
    let mut mail = world.arrive(&MX, day + 40 * MINUTE, &from_ann(4_400));
    for minutes in [0, 5, 16, 39, 84] {
        if minutes > 0 {
            world.activate(&mut mail, day + (40 + minutes) * MINUTE, 1);
        }
        let relay = "mx1.pine.example[2001:db8:30::26]:25";
        world.send(&mail, "paula.pine@pine.example", relay, "4.7.0", Outcome::Deferred, put_off);
    }
    let (from, who) = CORRESPONDENTS.get(1).copied().unwrap_or_default();
    for number in 0..9 {
        let letter = Letter { client: who, from, size: 2_000 + number, ..Letter::default() };
        world.ordinary(&MX, day + number * 14 * MINUTE, &letter, "bob@example.net");
    }
    world
}

/// An account that sends a few messages a day sends 240 at three in the morning.
pub(crate) fn sudden_sender() -> World {
    let mut world = World::new(240);
    let day = midnight(2026, 10, 27);
    ordinary(&mut world, &MX, (day, day + 12 * HOUR), 20 * MINUTE);
    let carol = "carol@example.net";
    let abroad = client("unknown", "203.0.113.177");
    for number in 0..240 {
        let letter = Letter {
            service: "submission/smtpd",
            client: abroad,
            user: carol,
            from: carol,
            size: 1_750,
            ..Letter::default()
        };
        let to = format!("user{}@walnut.example", world.dice.between(100, 9_999));
        let at = day + 3 * HOUR + number * 14 * SECOND;
        world.outgoing(&MX, at, &letter, (&to, "mx1.walnut.example[192.0.2.90]:25"));
    }
    world
}

/// Six messages to a mistyped domain, tried every hour for three days.
pub(crate) fn old_queue() -> World {
    let mut world = World::new(72);
    let day = midnight(2026, 11, 2) + 9 * HOUR;
    let reason = "connect to mail.fir.test[203.0.113.61]:25: Connection refused";
    for number in 0..6 {
        let mut mail = world.arrive(&MX, day + number * 11 * MINUTE, &from_ann(2_900 + number));
        world.unreached(&mail, "fiona@fir.test", 40, "4.4.1", reason);
        for hour in [1, 5, 13, 29, 53, 70] {
            world.activate(&mut mail, day + hour * HOUR + number * 2 * SECOND, 1);
            world.unreached(&mail, "fiona@fir.test", 40, "4.4.1", reason);
        }
    }
    ordinary(&mut world, &MX, (day, day + 3 * DAY), 2 * HOUR);
    world
}

/// Another host puts our mail off all day.
pub(crate) fn greylisted_for_good() -> World {
    let mut world = World::new(450);
    let day = midnight(2026, 11, 9) + 8 * HOUR;
    let (to, relay) = ("otto@birch.example", "mx.birch.example[192.0.2.30]:25");
    let reason = "host mx.birch.example[192.0.2.30] said: 450 4.2.0 <otto@birch.example>: \
                  Recipient address rejected: Greylisted (in reply to RCPT TO command)";
    let mut mail = world.arrive(&MX, day, &from_ann(2_222));
    for minutes in [0, 6, 19, 44, 95, 199, 320, 440] {
        if minutes > 0 {
            world.activate(&mut mail, day + minutes * MINUTE, 1);
        }
        world.send(&mail, to, relay, "4.2.0", Outcome::Deferred, reason);
    }
    ordinary(&mut world, &MX, (day, day + 8 * HOUR), 25 * MINUTE);
    world
}

/// Greylisting here lets nobody pass: 24 senders are put off, and no mail of theirs ever comes.
pub(crate) fn greylisting_broken() -> World {
    let mut world = World::new(451);
    let day = midnight(2026, 11, 10) + 8 * HOUR;
    for number in 0..24 {
        let from = format!("promo{number}@sorrel.example");
        let reply = format!("450 4.2.0 <{ANN}>: Recipient address rejected: Greylisted");
        let at = day + number * 17 * MINUTE;
        world.refused(&MX, at, STRANGER, &reply, (&from, ANN));
    }
    ordinary(&mut world, &MX, (day, day + 8 * HOUR), 25 * MINUTE);
    world
}

/// The certificate of this host has expired, and six clients say so.
pub(crate) fn certificate_expired() -> World {
    let mut world = World::new(45);
    let day = midnight(2026, 11, 12) + 8 * HOUR;
    for (number, (_, who)) in (0..).zip(CORRESPONDENTS) {
        let at = day + number * 9 * MINUTE;
        let session = world.connect(&MX, "smtpd", at, who);
        world.log.line(at + 90_000, session.worker, format!("SSL_accept error from {who}: -1"));
        let alert = "warning: TLS library problem: error:0A000415:SSL routines::sslv3 alert \
                     certificate expired:../ssl/record/rec_layer_s3.c:1586:SSL alert number 45:";
        world.log.line(at + 91_000, session.worker, alert);
        world.log.line(
            at + 92_000,
            session.worker,
            format!("lost connection after STARTTLS from {who}"),
        );
        world.disconnect(&session, at + 93_000, "ehlo=1 starttls=0/1 commands=1/2");
    }
    ordinary(&mut world, &MX, (day, day + HOUR), 9 * MINUTE);
    world
}

/// The queue's file system fills up: clients are refused, a queue file is not written, a daemon dies.
pub(crate) fn disk_full() -> World {
    let mut world = World::new(28);
    let day = midnight(2026, 11, 16) + 9 * HOUR;
    ordinary(&mut world, &MX, (day, day + HOUR), 9 * MINUTE);
    let full = day + HOUR;
    for number in 0..5 {
        let (from, who) = world.dice.pick(&CORRESPONDENTS);
        let at = full + number * 4 * MINUTE;
        let session = world.connect(&MX, "smtpd", at, who);
        let text = "warning: not enough free space in mail queue: 9830400 bytes < 1.5*message \
                    size limit";
        world.log.line(at + 90_000, session.worker, text);
        let text = format!(
            "452 4.3.1 Insufficient system storage; from=<{from}> proto=ESMTP helo=<{}>",
            who.name
        );
        world.reject(&session, at + 95_000, "MAIL", &text);
        world.disconnect(&session, at + 200_000, "ehlo=1 mail=0/1 quit=1 commands=2/3");
    }
    for (seconds, program, text) in [
        (
            50,
            "pickup",
            "fatal: mail_queue_enter: create file maildrop/517212.4711: No space left on device",
        ),
        (51, "master", "warning: process /usr/lib/postfix/sbin/pickup pid 4711 exit status 1"),
        (52, "master", "warning: /usr/lib/postfix/sbin/pickup: bad command startup -- throttling"),
        (400, "master", LIMIT),
        (700, "master", LIMIT),
        (1_000, "master", LIMIT),
    ] {
        world.say(&MX, program, full + seconds * SECOND, text);
    }
    let again = full + 35 * MINUTE;
    ordinary(&mut world, &MX, (again, again + HOUR), 9 * MINUTE);
    world
}

const LIMIT: &str = "warning: service \"smtp\" (25) has reached its process limit \"100\": new \
                     clients may experience noticeable delays";

/// A night on a busy host, of which two hours are missing.
pub(crate) fn log_hole() -> World {
    let mut world = World::new(404);
    let day = midnight(2026, 11, 19);
    let busy = |world: &mut World, from: Micros, to: Micros| {
        ordinary(world, &MX, (from, to), 8 * MINUTE);
    };
    busy(&mut world, day + HOUR, day + 3 * HOUR - 9 * MINUTE);
    busy(&mut world, day + 5 * HOUR + 30 * SECOND, day + 9 * HOUR);
    world
}
