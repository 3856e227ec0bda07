//! `february-2009.log`: a small server's day with two notices that cannot be returned.
//!
//! Postfix 2.5 on ns.example.org keeps the mailboxes of example.org and is the backup mail exchanger of a few
//! other domains. On the 16th two spam messages for a user who does not exist slip through to one of these; the
//! notices about them go to forged senders whose mail exchanger does not answer, and are tried again and again.

use super::super::clock::{DAY, HOUR, MILLI, MINUTE, Micros, SECOND, midnight};
use super::super::postfix::{Attempt, Client, Mail, Mta, Session, World, client};
use super::backscatter::{backscatter, retries};

pub(crate) static NS: Mta = Mta {
    host: "ns",
    name: "postfix",
    fqdn: "ns.example.org",
    version: 205,
    long_ids: false,
    offset: 0,
    inode: 0x20_8040,
};

/// Local users, whose mail comes from their desks or, for root, from cron(8).
const USERS: [&str; 4] =
    ["ann@example.org", "bob@example.org", "clara@example.org", "dave@example.org"];

/// Senders elsewhere, each with the client that brings the mail.
const SENDERS: [(&str, Client); 27] = [
    ("amy@acacia.example", client("mail.acacia.example", "192.0.2.11")),
    ("billing@alder.example", client("mx.alder.example", "192.0.2.12")),
    ("news@ash.example", client("lists.ash.example", "192.0.2.13")),
    ("arthur@aspen.test", client("smtp.aspen.test", "192.0.2.14")),
    ("orders@beech.example", client("out1.beech.example", "192.0.2.15")),
    ("ben@box.test", client("mail.box.test", "192.0.2.16")),
    ("cat@catalpa.example", client("mail.catalpa.example", "192.0.2.17")),
    ("chris@cherry.example", client("mx2.cherry.example", "192.0.2.18")),
    ("elsa@elder.test", client("relay.elder.test", "192.0.2.19")),
    ("hugo@hazel.example", client("mail.hazel.example", "192.0.2.20")),
    ("henry@hickory.example", client("mail.hickory.example", "192.0.2.21")),
    ("holly@holly.test", client("mx.holly.test", "192.0.2.22")),
    ("notices@hornbeam.example", client("mail.hornbeam.example", "192.0.2.23")),
    ("june@juniper.example", client("smtp.juniper.example", "192.0.2.24")),
    ("owner-mta@linden.example", client("lists.linden.example", "192.0.2.25")),
    ("lee@maple.test", client("mail.maple.test", "192.0.2.26")),
    ("mia@oak.example", client("mx1.oak.example", "192.0.2.27")),
    ("paul@pear.test", client("mail.pear.test", "192.0.2.28")),
    ("pia@pine.example", client("mail.pine.example", "192.0.2.29")),
    ("support@plane.example", client("out.plane.example", "192.0.2.30")),
    ("rose@rowan.test", client("mail.rowan.test", "192.0.2.31")),
    ("yves@yew.example", client("mail.yew.example", "192.0.2.32")),
    ("owner-dns@linden.example", client("lists.linden.example", "192.0.2.25")),
    ("bounce-77@ash.example", client("lists.ash.example", "192.0.2.13")),
    ("max@oak.example", client("mx1.oak.example", "192.0.2.27")),
    ("shop@beech.example", client("out1.beech.example", "192.0.2.15")),
    ("charlotte@cherry.example", client("mx2.cherry.example", "192.0.2.18")),
];

/// Where outgoing and forwarded-on mail goes, each with its relay.
const ELSEWHERE: [(&str, &str); 12] = [
    ("erin@example.net", "mail.example.net[198.51.100.5]:25"),
    ("hostmaster@example.net", "mail.example.net[198.51.100.5]:25"),
    ("gus@birch.example", "mail.birch.example[198.51.100.6]:25"),
    ("info@birch.example", "mail.birch.example[198.51.100.6]:25"),
    ("hana@cedar.example", "mail.cedar.example[198.51.100.7]:25"),
    ("frank@example.com", "mx.example.com[198.51.100.21]:25"),
    ("ivan@elm.example", "mail.elm.example[198.51.100.22]:25"),
    ("jo@fir.test", "mx1.fir.test[198.51.100.23]:25"),
    ("kim@larch.example", "mail.larch.example[198.51.100.24]:25"),
    ("lee@maple.test", "mail.maple.test[192.0.2.26]:25"),
    ("mia@oak.example", "mx1.oak.example[192.0.2.27]:25"),
    ("ned@willow.test", "mail.willow.test[198.51.100.26]:25"),
];
/// How many of these belong to domains for which the server is a backup; the rest get mail from users only.
const BACKED_UP: usize = 5;

/// Messages of the 17th with two recipients, by size; their sizes count twice among the bytes delivered.
const DOUBLES: [i64; 5] = [31_204, 22_317, 9_120, 4_833, 2_026];
const MESSAGES: usize = 101;
const BYTES: i64 = 1_293_900;
const REFUSED: usize = 104;

/// Builds the log of 16 to 18 February 2009; the truth is told of the 17th.
pub(crate) fn build() -> (World, Micros) {
    let mut world = World::new(20_090_217);
    let day = midnight(2009, 2, 17);
    start(&mut world, day - DAY + 16 * HOUR + 10 * MINUTE);
    let notices = backscatter(&mut world, day - DAY + 19 * HOUR + 12 * MINUTE + 40 * SECOND);
    retries(&mut world, &notices, day);
    traffic(&mut world, (day - 7 * HOUR, day - 2 * MINUTE), 24, None);
    traffic(&mut world, (day + 3 * MINUTE, day + DAY - 4 * MINUTE), MESSAGES, Some(BYTES));
    traffic(&mut world, (day + DAY + 5 * MINUTE, day + DAY + 9 * HOUR), 28, None);
    refusals(&mut world, (day - 7 * HOUR, day - 2 * MINUTE), 21);
    refusals(&mut world, (day + 2 * MINUTE, day + DAY - 5 * MINUTE), REFUSED);
    refusals(&mut world, (day + DAY + 2 * MINUTE, day + DAY + 9 * HOUR), 30);
    (world, day)
}

fn start(world: &mut World, at: Micros) {
    world.say(&NS, "postfix-script", at, "starting the Postfix mail system");
    let version = "daemon started -- version 2.5.5, configuration /etc/postfix";
    world.say(&NS, "master", at + 40 * MILLI, version);
}

/// A message to be: who sends it to whom, and how large it is.
struct Letter {
    from: Sender,
    to: Vec<usize>,
    size: i64,
}

#[derive(Clone, Copy, PartialEq)]
enum Sender {
    Cron,
    User(usize),
    Remote(usize),
}

/// Messages at random moments of a span: with a sum of bytes, everybody sends and gets something.
fn traffic(world: &mut World, span: (Micros, Micros), messages: usize, bytes: Option<i64>) {
    let mut letters = letters(world, messages);
    sizes(world, &mut letters, bytes);
    let mut moments: Vec<Micros> = letters.iter().map(|_| moment(world, span)).collect();
    moments.sort_unstable();
    for (letter, at) in letters.iter().zip(moments) {
        match letter.from {
            Sender::Cron => cron(world, at, letter),
            Sender::User(user) => submission(world, at, user, letter),
            Sender::Remote(remote) => inbound(world, at, remote, letter),
        }
    }
}

/// Every sender once, then whoever; every recipient once, then whoever.
fn letters(world: &mut World, messages: usize) -> Vec<Letter> {
    let mut letters = Vec::new();
    for number in 0..messages {
        let from = match number {
            0..4 => Sender::User(number),
            4 => Sender::Cron,
            5..32 => Sender::Remote(number - 5),
            _ => match world.dice.between(0, 20) {
                0 => Sender::Cron,
                1..4 => Sender::User(usize::try_from(world.dice.between(0, 4)).unwrap_or(0)),
                _ => {
                    // The first senders write most.
                    let remote = world.dice.between(0, 27).min(world.dice.between(0, 27));
                    Sender::Remote(usize::try_from(remote).unwrap_or(0))
                }
            },
        };
        let to = first_recipient(world, number, from);
        letters.push(Letter { from, to: vec![to], size: 0 });
    }
    // Everybody outside gets at least one message from a user.
    let mut wanted = (0..ELSEWHERE.len()).skip(BACKED_UP);
    for letter in &mut letters {
        if let Sender::User(_) = letter.from
            && let Some(to) = wanted.next()
        {
            letter.to = vec![USERS.len() + to];
        }
    }
    world.dice.shuffle(&mut letters);
    letters
}

/// Mail for users stays here, mail from users goes out, and some is for the domains backed up.
fn first_recipient(world: &mut World, number: usize, from: Sender) -> usize {
    let (low, high) = match from {
        Sender::Cron => return ROOT,
        Sender::User(_) => (4 + 5, 4 + 12),
        Sender::Remote(remote) if number < 32 => return remote % 9,
        Sender::Remote(_) => {
            if world.dice.between(0, 4) == 0 {
                (4, 4 + 5)
            } else {
                (0, 4)
            }
        }
    };
    usize::try_from(world.dice.between(low, high)).unwrap_or(0)
}

/// The number of root's mailbox among recipients: after the users and those elsewhere.
const ROOT: usize = USERS.len() + ELSEWHERE.len();

/// Sizes with a long tail that add up; five messages get a second recipient.
fn sizes(world: &mut World, letters: &mut [Letter], bytes: Option<i64>) {
    let mut doubles = DOUBLES.into_iter();
    let mut rest = Vec::new();
    for letter in letters.iter_mut() {
        let local = matches!(letter.from, Sender::Remote(_)) && letter.to.iter().all(|to| *to < 4);
        let double = if local && bytes.is_some() { doubles.next() } else { None };
        if let Some(size) = double {
            let second = letter.to.iter().map(|to| (to + 1) % 4).collect::<Vec<_>>();
            letter.to.extend(second);
            letter.size = size;
        } else {
            let tail = world.dice.between(1, 40) * world.dice.between(1, 40);
            letter.size = 900 + world.dice.between(0, 1_900) + tail * tail / 24;
            rest.push(letter);
        }
    }
    let Some(bytes) = bytes else { return };
    let wanted = bytes - DOUBLES.iter().sum::<i64>();
    let drawn: i64 = rest.iter().map(|letter| letter.size).sum();
    for letter in &mut rest {
        letter.size = (letter.size * wanted / drawn).max(712);
    }
    let short: i64 = wanted - rest.iter().map(|letter| letter.size).sum::<i64>();
    if let Some(largest) = rest.into_iter().max_by_key(|letter| letter.size) {
        largest.size += short;
    }
}

/// A moment in a span, rather by day than by night.
fn moment(world: &mut World, (from, to): (Micros, Micros)) -> Micros {
    loop {
        let at = world.dice.between(from, to);
        let hour = at.rem_euclid(DAY) / HOUR;
        let busy = match hour {
            0..6 => 25,
            6..8 | 20..24 => 45,
            8..18 => 100,
            _ => 70,
        };
        if world.dice.between(0, 100) < busy {
            return at;
        }
    }
}

/// cron(8) writes to root.
fn cron(world: &mut World, at: Micros, letter: &Letter) {
    let mut mail = world.pick_up(&NS, at, 0, "root");
    let id = World::own_id(&mail);
    world.message_id(&mut mail, at + 6 * MILLI, &id);
    let queued = at + world.moment(12, 30);
    world.accept(&mut mail, queued, "root@example.org", letter.size, 1);
    hand_over(world, &mail, letter);
}

/// A user sends from a desk.
fn submission(world: &mut World, at: Micros, user: usize, letter: &Letter) {
    let address = USERS.get(user).copied().unwrap_or_default();
    let name = address.split('@').next().unwrap_or_default();
    let desk = client("pool-7.example.com", "198.51.100.77");
    let detail = format!(", sasl_method=PLAIN, sasl_username={name}");
    let session = world.connect(&NS, "smtpd", at, desk);
    let id = format!(
        "{:08X}.{:07}@example.org",
        0x499A_0000 + at.rem_euclid(DAY) / SECOND,
        at % 9_999_991
    );
    message(world, &session, at, address, &detail, &id, letter);
}

/// A client elsewhere brings mail.
fn inbound(world: &mut World, at: Micros, remote: usize, letter: &Letter) {
    let (address, from) = SENDERS.get(remote).copied().unwrap_or_default();
    let session = world.connect(&NS, "smtpd", at, from);
    let id = format!("{}.{}@{}", at / SECOND * 3 % 99_999_989, at % 9_973, from.name);
    message(world, &session, at, address, "", &id, letter);
}

fn message(
    world: &mut World,
    session: &Session,
    at: Micros,
    from: &str,
    detail: &str,
    id: &str,
    letter: &Letter,
) {
    let begun = at + world.moment(180, 900);
    let mut mail = world.begin(session, begun, detail);
    let named = begun + world.moment(90, 400);
    world.message_id(&mut mail, named, id);
    let queued = named + world.moment(20, 120) + letter.size * 4;
    let nrcpt = u32::try_from(letter.to.len()).unwrap_or(1);
    world.accept(&mut mail, queued, from, letter.size, nrcpt);
    let left = queued + world.moment(60, 300);
    world.disconnect(session, left, "");
    hand_over(world, &mail, letter);
    if world.dice.between(0, 4) == 0 {
        world.anvil(&NS, at, "smtp", session.client.address);
    }
}

/// Delivers to each recipient, here or by a relay, and is done.
fn hand_over(world: &mut World, mail: &Mail, letter: &Letter) {
    let mut last = mail.active;
    for &to in &letter.to {
        let remote = to.checked_sub(USERS.len()).and_then(|at| ELSEWHERE.get(at));
        let at = if let Some((to, relay)) = remote.copied() {
            let reason =
                format!("250 2.0.0 Ok: queued as {:010X}", world.dice.between(1 << 36, 1 << 40));
            let waits = [10, world.dice.between(60, 900), world.dice.between(110, 2_400)];
            world.deliver(
                mail,
                &Attempt {
                    program: "smtp",
                    to,
                    relay,
                    waits,
                    dsn: "2.0.0",
                    reason: &reason,
                    ..Attempt::default()
                },
            )
        } else {
            let waits = [world.dice.between(4, 30), 0, world.dice.between(4, 60)];
            let (to, orig_to) = match USERS.get(to) {
                Some(user) => (*user, ""),
                None => ("root@example.org", "root"),
            };
            world.deliver(
                mail,
                &Attempt {
                    program: "local",
                    to,
                    orig_to,
                    relay: "local",
                    waits,
                    dsn: "2.0.0",
                    reason: "delivered to mailbox",
                    ..Attempt::default()
                },
            )
        };
        last = last.max(at);
    }
    world.remove(mail, last);
}

/// Spam: sessions in which one to four recipients are refused, until there are enough.
fn refusals(world: &mut World, span: (Micros, Micros), wanted: usize) {
    let mut left = wanted;
    while left > 0 {
        let at = moment(world, span);
        let several = usize::try_from(world.dice.between(1, 5)).unwrap_or(1).min(left);
        left -= several;
        refused_session(world, at, several);
    }
}

const STRANGERS: [Client; 9] = [
    client("unknown", "203.0.113.17"),
    client("unknown", "203.0.113.58"),
    client("dsl-203-0-113-61.example.net", "203.0.113.61"),
    client("unknown", "203.0.113.88"),
    client("host-203-0-113-102.example.com", "203.0.113.102"),
    client("unknown", "203.0.113.140"),
    client("cable-203-0-113-151.example.com", "203.0.113.151"),
    client("unknown", "203.0.113.199"),
    client("unknown", "203.0.113.230"),
];
const FORGED: [&str; 6] = [
    "winner@magnolia.example",
    "ann@example.org",
    "qxzvv@tamarind.test",
    "rx-offers@sorrel.example",
    "service@ginkgo.test",
    "no-reply@teasel.example",
];
const GREETINGS: [&str; 5] =
    ["example.org", "192.0.2.53", "friend", "home-pc", "mail.sorrel.example"];
const NOBODY: [&str; 7] = ["admin", "info", "sales", "test", "webmaster", "mike", "susan"];

fn refused_session(world: &mut World, at: Micros, recipients: usize) {
    let who = world.dice.pick(&STRANGERS);
    let (from, helo) = (world.dice.pick(&FORGED), world.dice.pick(&GREETINGS));
    if who.name == "unknown" && world.dice.between(0, 3) == 0 {
        let Client { address, .. } = who;
        let name = format!("static.{}.example.net", address.replace('.', "-"));
        let text = format!("warning: {address}: address not listed for hostname {name}");
        world.say(&NS, "smtpd", at - 2 * MILLI, text);
    }
    let session = world.connect(&NS, "smtpd", at, who);
    let why = world.dice.between(0, 10);
    let mut now = at;
    for _ in 0..recipients {
        now += world.moment(140, 1_900);
        let nobody = world.dice.pick(&NOBODY);
        let (to, reply) = match why {
            0..2 => {
                let to = format!("{nobody}@yahoo.example");
                let reply = format!("554 5.7.1 <{to}>: Relay access denied");
                (to, reply)
            }
            2..6 => {
                let to = format!("{nobody}@example.org");
                let reply = format!(
                    "550 5.1.1 <{to}>: Recipient address rejected: User unknown in local recipient table"
                );
                (to, reply)
            }
            _ => {
                let Client { address, .. } = who;
                let reply = format!(
                    "554 5.7.1 Service unavailable; Client host [{address}] blocked using \
                     dnsbl.example.net; http://www.example.net/query?ip={address}"
                );
                (world.dice.pick(&USERS).to_owned(), reply)
            }
        };
        world.reject_rcpt(&session, now, &reply, (from, &to), helo);
    }
    now += world.moment(90, 700);
    if world.dice.between(0, 3) == 0 {
        let text = format!("lost connection after RCPT from {who}");
        world.log.line(now, session.worker, text);
    }
    world.disconnect(&session, now + 2 * MILLI, "");
}
