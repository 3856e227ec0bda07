//! Mail that is not wanted: refused late, greylisted, probed, held or thrown away, and guessed passwords.

use super::super::clock::{HOUR, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{
    Attempt, Client, MX, Mail, Mta, Origin, Outcome, Session, World, client,
};
use super::super::scene::Letter;
use super::super::truth::Deed;
use super::forms::{CORRESPONDENTS, DESK, STRANGER, ordinary};

/// The newest Postfix: lines of sessions carry a queue ID, and what was begun and dropped has an end.
pub(crate) static NEWEST: Mta = Mta { version: 311, ..MX };

const SPAMMER: Client = client("mail.teasel.example", "203.0.113.77");
const OFFERS: &str = "offers@teasel.example";
const ANN: &str = "ann@example.net";

/// Begins a message that will not be accepted; its header is seen when the content has begun to come.
fn begun(world: &mut World, mta: &'static Mta, at: Micros, content: bool) -> (Session, Mail) {
    let session = world.connect(mta, "smtpd", at, SPAMMER);
    let letter = Letter { client: SPAMMER, from: OFFERS, ..Letter::default() };
    let mail = if content {
        world.transaction(&session, at, &letter)
    } else {
        let begun = at + world.moment(110, 480);
        world.begin(&session, begun, "")
    };
    (session, mail)
}

/// cleanup(8) drops a message: only Postfix 3.10 and later say so.
fn dropped(world: &mut World, mail: &Mail, at: Micros, how: &str) {
    if mail.mta.version >= 310 {
        world.say(mail.mta, "cleanup", at, format!("{}: removed ({how})", mail.id));
    }
}

/// Refused after the queue file was opened: at DATA, by a header, by the body, at the end.
pub(crate) fn late_reject() -> World {
    let mut world = World::new(554);
    let day = midnight(2026, 3, 17) + 9 * HOUR;
    let context = format!("from=<{OFFERS}> to=<{ANN}> proto=ESMTP helo=<mail.teasel.example>");
    let from = format!("from {SPAMMER}");
    let refusals = [
        (
            "smtpd",
            "reject: DATA",
            format!("554 5.7.1 <{OFFERS}>: Sender address rejected: Refused at DATA; {context}"),
        ),
        ("cleanup", "reject: header Subject: Cheap pills", format!("; {context}: 5.7.1 No thanks")),
        (
            "cleanup",
            "reject: body http://pills.teasel.example/buy",
            format!("; {context}: 5.7.1 No thanks"),
        ),
        ("cleanup", "milter-reject: END-OF-MESSAGE", format!("4.7.1 Try again later; {context}")),
        (
            "smtpd",
            "reject: END-OF-MESSAGE",
            format!("450 4.7.1 <{OFFERS}>: Sender address rejected: Over quota; {context}"),
        ),
    ];
    // First Postfix 3.7, then after an upgrade 3.11.
    let halves = [(&MX, day), (&NEWEST, day + HOUR)];
    let version = "daemon started -- version 3.11.2, configuration /etc/postfix";
    world.say(&NEWEST, "master", day + HOUR - MINUTE, version);
    for (mta, start) in halves {
        for (number, (daemon, action, text)) in (0..).zip(&refusals) {
            let seen = !action.ends_with("DATA");
            let (session, mail) = begun(&mut world, mta, start + number * 6 * MINUTE, seen);
            let at = mail.arrived + 400_000;
            let colon = if text.starts_with(';') { "" } else { ": " };
            let line = format!("{}: {action} {from}{colon}{text}", mail.id);
            if *daemon == "smtpd" {
                world.log.line(at, session.worker, line);
            } else {
                world.say(mta, "cleanup", at, line);
            }
            let permanent = text.starts_with("554") || text.starts_with(';');
            world.truth.record(at, Deed::Rejected { permanent });
            dropped(&mut world, &mail, at + 20_000, "canceled");
            let commands = "ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5";
            world.disconnect(&session, at + 90_000, commands);
        }
        ordinary(&mut world, mta, (start + 3 * MINUTE, start + 40 * MINUTE), 12 * MINUTE);
    }
    // Whether a refused message was also abandoned is a matter of opinion.
    world.truth.leave_out(&["canceled"]);
    world
}

/// Begun and abandoned (Postfix 3.11): the client hangs up, times out, or changes its mind.
pub(crate) fn canceled() -> World {
    let mut world = World::new(310);
    let day = midnight(2026, 3, 18) + 9 * HOUR;
    for (number, ending) in
        (0..).zip(["lost connection after DATA (81920 bytes)", "timeout after DATA (0 bytes)", ""])
    {
        let seen = ending.contains("81920");
        let (session, mail) = begun(&mut world, &NEWEST, day + number * 9 * MINUTE, seen);
        let mut at = mail.arrived + 900_000;
        if ending.starts_with("timeout") {
            at += 5 * MINUTE;
        }
        if !ending.is_empty() {
            let text = format!("{}: {ending} from {SPAMMER}", mail.id);
            world.log.line(at, session.worker, text);
        }
        dropped(&mut world, &mail, at + 1_000, "canceled");
        world.truth.record(at, Deed::Canceled);
        let commands = if ending.is_empty() {
            "ehlo=1 mail=1 rcpt=1 rset=1 quit=1 commands=5"
        } else {
            "ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4"
        };
        world.disconnect(&session, at + 2_000, commands);
    }
    ordinary(&mut world, &NEWEST, (day + 2 * MINUTE, day + 30 * MINUTE), 7 * MINUTE);
    world
}

/// Held and thrown away, by a rule for senders, by a header, by a milter, by an operator, by a transport.
pub(crate) fn held_and_discarded() -> World {
    let mut world = World::new(4_711);
    let day = midnight(2026, 4, 2) + 10 * HOUR;
    let context = format!("from=<{OFFERS}> to=<{ANN}> proto=ESMTP helo=<mail.teasel.example>");
    let actions = [
        ("RCPT", "hold", format!("<{OFFERS}>: Sender address triggers HOLD action")),
        ("RCPT", "discard", format!("<{OFFERS}>: Sender address triggers DISCARD action")),
        ("header", "hold", "header Subject: Invoice 4711".to_owned()),
        ("header", "discard", "header Subject: Invoice 4712".to_owned()),
        ("milter", "milter-hold", "milter triggers HOLD action".to_owned()),
        ("milter", "milter-discard", "milter triggers DISCARD action".to_owned()),
    ];
    let mut held = Vec::new();
    for (number, (by, action, text)) in (0..).zip(&actions) {
        let at = day + number * 4 * MINUTE;
        let session = world.connect(&MX, "smtpd", at, SPAMMER);
        if *by == "RCPT" {
            let line = format!("NOQUEUE: {action}: RCPT from {SPAMMER}: {text}; {context}");
            world.log.line(at + 200_000, session.worker, line);
        }
        let letter = Letter { client: SPAMMER, from: OFFERS, ..Letter::default() };
        let mail = world.transaction(&session, at + 201_000, &letter);
        let ended = mail.arrived + 500_000;
        match *by {
            "header" => {
                let line = format!("{}: {action}: {text} from {SPAMMER}; {context}", mail.id);
                world.say(&MX, "cleanup", mail.arrived + 10_000, line);
            }
            "milter" => {
                let line = format!(
                    "{}: {action}: END-OF-MESSAGE from {SPAMMER}: {text}; {context}",
                    mail.id
                );
                world.say(&MX, "cleanup", ended - 50_000, line);
            }
            _ => {}
        }
        world.disconnect(&session, ended, "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5");
        // Accepted all the same: its size is in no line.
        let deed = Deed::Received { sender: OFFERS.to_owned(), size: 0 };
        world.truth.record(mail.arrived, deed);
        if action.ends_with("hold") {
            world.truth.record(mail.arrived, Deed::Held);
            world.truth.enters(mail.message);
            held.push(mail);
        } else {
            world.truth.record(mail.arrived, Deed::Discarded);
        }
    }
    operator(&mut world, &held, day + HOUR);
    by_transport(&mut world, day + 65 * MINUTE);
    ordinary(&mut world, &MX, (day + MINUTE, day + 70 * MINUTE), 14 * MINUTE);
    // The size of the message released from hold shows only then: opinions differ on when it was received.
    world.truth.leave_out(&["bytes_received"]);
    world
}

/// One of the held messages is released and delivered, one is deleted, the rest stay.
fn operator(world: &mut World, held: &[Mail], at: Micros) {
    if let Some(mail) = held.first() {
        let by = world.worker(&MX, "postsuper");
        world.log.line(at, by, format!("{}: released from hold", mail.id));
        world.log.line(at + 300, by, "Released from hold: 1 message");
        let mut mail = mail.clone();
        OFFERS.clone_into(&mut mail.from);
        mail.size = 4_655;
        world.activate(&mut mail, at + 2 * SECOND, 1);
        let done = world.keep(&mail, ANN);
        world.remove(&mail, done);
    }
    if let Some(mail) = held.get(1) {
        let by = world.worker(&MX, "postsuper");
        world.log.line(at + MINUTE, by, format!("{}: removed", mail.id));
        world.log.line(at + MINUTE + 300, by, "Deleted: 1 message");
        world.truth.leaves(mail.message);
    }
}

/// discard(8) throws away what is sent to an address that nobody reads.
fn by_transport(world: &mut World, at: Micros) {
    let (from, client) = world.dice.pick(&CORRESPONDENTS);
    let mail = world.arrive(&MX, at, &Letter { client, from, size: 2_933, ..Letter::default() });
    let attempt = Attempt {
        program: "discard",
        to: "no-reply@example.net",
        relay: "none",
        waits: [5, 0, 1],
        dsn: "2.0.0",
        outcome: Outcome::Discarded,
        reason: "nobody reads this",
        ..Attempt::default()
    };
    let done = world.deliver(&mail, &attempt);
    world.remove(&mail, done);
}

/// Greylisting on both sides: postgrey here puts strangers off, and some hosts put us off.
pub(crate) fn greylisted() -> World {
    let mut world = World::new(451);
    let day = midnight(2026, 10, 12) + 7 * HOUR;
    for (number, (from, who)) in (0..).zip(CORRESPONDENTS) {
        let at = day + number * 7 * MINUTE;
        put_off(&mut world, at, from, who);
        if number % 2 == 0 {
            // It comes back; spammers do not.
            let letter = Letter { client: who, from, size: 5_120 + number, ..Letter::default() };
            let back = at + 6 * MINUTE + 20 * SECOND;
            postgrey(&mut world, back + 90_000, from, who, "pass", "triplet found, delay=380");
            world.ordinary(&MX, back, &letter, ANN);
        }
    }
    for minutes in [3, 18, 33] {
        put_off(&mut world, day + minutes * MINUTE, "win@sorrel.example", STRANGER);
    }
    let letter = Letter {
        service: "submission/smtpd",
        client: DESK,
        user: ANN,
        from: ANN,
        size: 2_222,
        ..Letter::default()
    };
    let (to, relay) = ("otto@birch.example", "mx.birch.example[192.0.2.30]:25");
    let reason = "host mx.birch.example[192.0.2.30] said: 450 4.2.0 <otto@birch.example>: \
                  Recipient address rejected: Greylisted, see \
                  http://postgrey.example.org/help/birch.example.html (in reply to RCPT TO command)";
    let mut mail = world.arrive(&MX, day + 12 * MINUTE, &letter);
    world.send(&mail, to, relay, "4.2.0", Outcome::Deferred, reason);
    world.activate(&mut mail, day + 18 * MINUTE, 1);
    let done = world.relay_on(&mail, to, relay);
    world.remove(&mail, done);
    world
}

fn postgrey(world: &mut World, at: Micros, from: &str, who: Client, action: &str, reason: &str) {
    let Client { name, address } = who;
    let text = format!(
        "action={action}, reason={reason}, client_name={name}, client_address={address}, \
         sender={from}, recipient={ANN}"
    );
    world.other(&MX, "postgrey", at, text);
}

fn put_off(world: &mut World, at: Micros, from: &str, who: Client) {
    postgrey(world, at + 150_000, from, who, "greylist", "new");
    let reply = format!(
        "450 4.2.0 <{ANN}>: Recipient address rejected: Greylisted, see \
         http://postgrey.example.org/help/example.net.html"
    );
    world.refused(&MX, at, who, &reply, (from, ANN));
}

/// Probes (`reject_unverified_recipient`): messages that are none, and refusals that follow from them.
pub(crate) fn probes() -> World {
    let mut world = World::new(2_150);
    let day = midnight(2026, 9, 1) + 16 * HOUR;
    let relay = "store.example.net[198.51.100.40]:25";
    for (number, to) in
        (0..).zip(["ann@example.net", "olga@example.net", "bob@example.net", "test@example.net"])
    {
        let at = day + number * 5 * MINUTE;
        let (from, who) = world.dice.pick(&CORRESPONDENTS);
        let known = number % 2 == 0;
        let said = format!(
            "host store.example.net[198.51.100.40] said: 550 5.1.1 <{to}>: Recipient address \
             rejected: User unknown (in reply to RCPT TO command)"
        );
        let probed = at + world.moment(300, 500);
        probe(&mut world, probed, to, relay, if known { "" } else { &said });
        if known {
            let letter = Letter { client: who, from, size: 2_300 + number, ..Letter::default() };
            let session = world.connect(&MX, "smtpd", at, who);
            let mail = world.bring(&session, at + 3 * SECOND, &letter);
            let commands = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
            world.disconnect(&session, mail.active + 70_000, commands);
            let done = world.relay_on(&mail, to, relay);
            world.remove(&mail, done);
        } else {
            let session = world.connect(&MX, "smtpd", at, who);
            let reply = format!(
                "450 4.1.1 <{to}>: Recipient address rejected: undeliverable address: {said}"
            );
            world.reject_rcpt(&session, at + 3 * SECOND, &reply, (from, to), who.name);
            let commands = "ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4";
            world.disconnect(&session, at + 4 * SECOND, commands);
        }
    }
    let text =
        "cache btree:/var/lib/postfix/verify_cache full cleanup: retained=1804 dropped=31 entries";
    world.say(&MX, "verify", day + 30 * MINUTE, text);
    world.truth.leave_out(&["generated"]);
    world
}

/// A probe has a sender of its own and no client.
fn probe(world: &mut World, at: Micros, to: &str, relay: &str, refused: &str) {
    let mut mail = world.queue_file(&MX, at, Origin::Again);
    let id = World::own_id(&mail);
    world.message_id(&mut mail, at + 1_000, &id);
    world.accept(&mut mail, at + 6_000, "double-bounce@mx1.example.net", 263, 1);
    let (outcome, dsn, reason) = if refused.is_empty() {
        (Outcome::Deliverable, "2.1.5", "250 2.1.5 Ok")
    } else {
        (Outcome::Undeliverable, "5.1.1", refused)
    };
    let done = world.send(&mail, to, relay, dsn, outcome, reason);
    world.remove(&mail, done);
}

/// Passwords are guessed until one fits; then the account sends as it never did.
pub(crate) fn sasl_guessing() -> World {
    let mut world = World::new(535);
    let day = midnight(2026, 7, 30);
    let attacker = client("unknown", "203.0.113.66");
    let mut at = day + 2 * HOUR + 11 * MINUTE;
    for number in 0..22 {
        let user =
            world.dice.pick(&["admin", "info", "dora@example.net", "test", "dora@example.net"]);
        let session = world.connect(&NEWEST, "submission/smtpd", at, attacker);
        let text = format!(
            "warning: {attacker}: SASL LOGIN authentication failed: (reason unavailable), \
             sasl_username={user}"
        );
        world.log.line(at + 2 * SECOND, session.worker, text);
        if number % 7 == 6 {
            let text = format!(
                "warning: AUTH command rate limit exceeded: 11 from {attacker} for service submission"
            );
            world.log.line(at + 3 * SECOND, session.worker, text);
        }
        let text = format!("NOQUEUE: lost connection after AUTH from {attacker}");
        world.log.line(at + 4 * SECOND, session.worker, text);
        world.disconnect(&session, at + 4 * SECOND + 200, "ehlo=1 auth=0/1 commands=1/2");
        at += world.dice.between(15 * SECOND, 90 * SECOND);
    }
    for number in 0..9 {
        spam_run(&mut world, at + number * 40 * SECOND, attacker);
    }
    ordinary(&mut world, &NEWEST, (day + HOUR, day + 4 * HOUR), 31 * MINUTE);
    world
}

/// A message of the stolen account to five strangers, of whom one does not exist.
fn spam_run(world: &mut World, at: Micros, from: Client) {
    let dora = "dora@example.net";
    let size = world.dice.between(3_900, 4_100);
    let letter = Letter {
        service: "submission/smtpd",
        client: from,
        user: dora,
        from: dora,
        size,
        nrcpt: 5,
    };
    let mail = world.arrive(&NEWEST, at, &letter);
    let mut done = at;
    for _ in 0..4 {
        let number = world.dice.between(100, 999);
        let to = format!("user{number}@walnut.example");
        done = done.max(world.relay_on(&mail, &to, "mx1.walnut.example[192.0.2.90]:25"));
    }
    let to = format!("user{}@walnut.example", world.dice.between(1_000, 9_999));
    let reason = format!(
        "host mx1.walnut.example[192.0.2.90] said: 550 5.1.1 <{to}>: Recipient address rejected: \
         User unknown in relay recipient table (in reply to RCPT TO command)"
    );
    let relay = "mx1.walnut.example[192.0.2.90]:25";
    done = done.max(world.send(&mail, &to, relay, "5.1.1", Outcome::Bounced, &reason));
    let notice = world.notify(&mail, done + 2_000, "sender non-delivery", size + 2_404);
    let kept = world.keep(&notice, dora);
    world.remove(&notice, kept);
    world.remove(&mail, done + 9_000);
}
