//! `postscreen.log`: what postscreen(8) does in front of smtpd(8).

use super::super::clock::{HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{Client, MX, World, client};
use super::super::scene::Letter;
use super::super::truth::Deed;

const BOT: Client = client("unknown", "203.0.113.9");
const NEWCOMER: Client = client("mail.alder.example", "192.0.2.12");
const FRIEND: Client = client("mail.example.org", "192.0.2.10");
const SIX: Client = client("mx.yew.example", "2001:db8:32::25");

/// Every test that can fail, a newcomer who comes back, and friends who pass at once.
pub(crate) fn postscreen() -> World {
    let mut world = World::new(28);
    let mut at = midnight(2026, 5, 5) + 6 * HOUR;
    let cache = "cache btree:/var/lib/postfix/postscreen_cache full cleanup: retained=214 dropped=9 entries";
    world.say(&MX, "postscreen", at, cache);
    for round in 0..3 {
        let port = 40_000 + round * 1_111;
        listed(&mut world, at + MINUTE, port);
        one_line(
            &mut world,
            at + 3 * MINUTE,
            port + 2,
            "PREGREET 14 after 0.07 from {}: EHLO friend\\r\\n",
        );
        one_line(
            &mut world,
            at + 5 * MINUTE,
            port + 3,
            "HANGUP after 0.5 from {} in tests before SMTP handshake",
        );
        newcomer(&mut world, at + 7 * MINUTE, port + 4);
        pass(&mut world, at + 10 * MINUTE, port + 5, FRIEND, "PASS OLD");
        pass(&mut world, at + 12 * MINUTE, port + 6, SIX, "ALLOWLISTED");
        denied(&mut world, at + 14 * MINUTE, port + 7);
        one_line(
            &mut world,
            at + 16 * MINUTE,
            port + 8,
            "NON-SMTP COMMAND from {} after CONNECT: GET / HTTP/1.1",
        );
        one_line(
            &mut world,
            at + 17 * MINUTE,
            port + 9,
            "COMMAND PIPELINING from {} after EHLO: MAIL FROM:<win@sorrel.example>\\r\\n",
        );
        one_line(&mut world, at + 18 * MINUTE, port + 10, "BARE NEWLINE from {} after EHLO");
        at += 25 * MINUTE;
    }
    overload(&mut world, at);
    world
}

/// `[address]:port`, as postscreen(8) names a client.
fn peer(who: Client, port: i64) -> String {
    format!("[{}]:{port}", who.address)
}

fn connect(world: &mut World, at: Micros, who: Client, port: i64) -> String {
    let peer = peer(who, port);
    world.say(&MX, "postscreen", at, format!("CONNECT from {peer} to [198.51.100.25]:25"));
    peer
}

/// Fails one test and goes away.
fn one_line(world: &mut World, at: Micros, port: i64, text: &str) {
    let peer = connect(world, at, BOT, port);
    world.say(&MX, "postscreen", at + 500_000, text.replace("{}", &peer));
    world.say(&MX, "postscreen", at + 600_000, format!("DISCONNECT {peer}"));
}

/// Refuses a recipient: with commas between the fields, unlike smtpd(8).
fn refuse(world: &mut World, at: Micros, peer: &str, reply: &str, from: &str, helo: &str) {
    let text = format!(
        "NOQUEUE: reject: RCPT from {peer}: {reply}; from=<{from}>, to=<ann@example.net>, \
         proto=ESMTP, helo=<{helo}>"
    );
    world.say(&MX, "postscreen", at, text);
    world.truth.record(at, Deed::Rejected { permanent: reply.starts_with('5') });
}

/// On two blocklists.
fn listed(world: &mut World, at: Micros, port: i64) {
    let peer = connect(world, at, BOT, port);
    for (list, code) in [("dnsbl.example.net", 2), ("bl.example.org", 4)] {
        let text = format!("addr {} listed by domain {list} as 127.0.0.{code}", BOT.address);
        world.say(&MX, "dnsblog", at + 30_000, text);
    }
    world.say(&MX, "postscreen", at + 6 * SECOND, format!("DNSBL rank 5 for {peer}"));
    let reply = format!(
        "550 5.7.1 Service unavailable; client [{}] blocked using dnsbl.example.net",
        BOT.address
    );
    refuse(world, at + 7 * SECOND, &peer, &reply, "win@sorrel.example", "friend");
    world.say(&MX, "postscreen", at + 8 * SECOND, format!("DISCONNECT {peer}"));
}

/// On the local list: refused whatever it says.
fn denied(world: &mut World, at: Micros, port: i64) {
    let who = client("unknown", "203.0.113.250");
    let peer = connect(world, at, who, port);
    world.say(&MX, "postscreen", at + 1_000, format!("DENYLISTED {peer}"));
    let reply = "550 5.3.2 Service currently unavailable";
    refuse(world, at + SECOND, &peer, reply, "x@sorrel.example", "[203.0.113.250]");
    world.say(&MX, "postscreen", at + 2 * SECOND, format!("DISCONNECT {peer}"));
}

/// Passes all tests, is put off for once, and comes back to smtpd(8).
fn newcomer(world: &mut World, at: Micros, port: i64) {
    let peer = connect(world, at, NEWCOMER, port);
    let reply = "450 4.3.2 Service currently unavailable";
    refuse(world, at + 7 * SECOND, &peer, reply, "billing@alder.example", NEWCOMER.name);
    world.say(&MX, "postscreen", at + 8 * SECOND, format!("PASS NEW {peer}"));
    world.say(&MX, "postscreen", at + 8 * SECOND + 100, format!("DISCONNECT {peer}"));
    pass(world, at + 2 * MINUTE, port + 100, NEWCOMER, "PASS OLD");
}

/// Goes on to smtpd(8) and brings a message.
fn pass(world: &mut World, at: Micros, port: i64, who: Client, verdict: &str) {
    let peer = connect(world, at, who, port);
    world.say(&MX, "postscreen", at + 400, format!("{verdict} {peer}"));
    let from = match who.name {
        "mail.alder.example" => "billing@alder.example",
        "mail.example.org" => "alex@example.org",
        _ => "yves@yew.example",
    };
    let size = world.dice.between(2_000, 9_000);
    let letter = Letter { client: who, from, size, ..Letter::default() };
    world.ordinary(&MX, at + 2_000, &letter, "ann@example.net");
}

/// Too many at once: 421, which is temporary.
fn overload(world: &mut World, at: Micros) {
    for (number, text) in (0..).zip(["too many connections", "all server ports busy"]) {
        let when = at + number * 3 * SECOND;
        let peer = connect(world, when, BOT, 50_000 + number);
        let text = format!("NOQUEUE: reject: CONNECT from {peer}: {text}");
        world.say(&MX, "postscreen", when + 200, text);
        world.truth.record(when + 200, Deed::Rejected { permanent: false });
        world.say(&MX, "postscreen", when + 400, format!("DISCONNECT {peer}"));
    }
}
