//! A mail system of a few daemons: what a world describes happens, every step writes the line
//! that postfix would, and is put on record.

#[path = "cleanup.rs"]
mod cleanup;
#[path = "fates.rs"]
mod fates;
#[path = "pipes.rs"]
mod pipes;
#[path = "rounds.rs"]
mod rounds;

use crate::log::{Log, begin};
use crate::queue_ids::QueueIds;
use crate::truth::{Deed, Truth};
use crate::world::{Arrival, Leg, Letter, Passage, Rule, Setup, Step, Taken, World};

/// Where a queue is: a host and the name of the instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) host: &'static str,
    pub(crate) instance: &'static str,
}

const HERE: Place = Place { host: "mx1", instance: "postfix" };

const SENDERS: [&str; 8] = [
    "",
    "ann@example.net",
    "ann@example.net",
    "Bob@sub.example.net",
    "dead@example.org",
    "stuck@example.org",
    "list-owner@example.co.uk",
    "root@mx1.example.com",
];

const RECIPIENTS: [&str; 12] = [
    "kim@example.com",
    "lee@example.com",
    "Kim@example.com",
    "max@sub.example.com",
    "a+b@example.org",
    "\"odd, one\"@example.org",
    "pat@example.co.uk",
    "zoe@example.co.uk",
    "root@mx1.example.com",
    "team@example.com",
    "x=y@example.org",
    "joe@xn--bcher-kva.example",
];

const CLIENTS: [&str; 6] = [
    "mail.example.net[192.0.2.1]",
    "mail.example.net[192.0.2.1]",
    "unknown[203.0.113.9]",
    "mx.example.org[2001:db8::25]",
    "desk.example.net[198.51.100.7]",
    "out.example.co.uk[192.0.2.40]",
];

/// A queue file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) place: Place,
    pub(crate) id: String,
    /// The message that it holds, or one hop of.
    message: usize,
    /// Under which queue IDs, one after the other: a second hop is another life.
    life: usize,
    sender: String,
    message_id: String,
    size: u64,
    born: i64,
    legs: Vec<Open>,
    /// Whether it has passed the content filter, or never goes there.
    passed: bool,
    is_notice: bool,
}

/// A recipient that is not done with.
#[derive(Clone, Debug)]
struct Open {
    to: String,
    leg: Leg,
    /// The attempts for it that were put off: when, and why.
    tries: Vec<(i64, String)>,
}

/// A client in its session.
#[derive(Clone, Copy)]
struct Client<'a> {
    name: &'a str,
    user: Option<&'a str>,
    pid: u32,
}

/// The mail systems of one world.
pub(crate) struct Postfix {
    setup: Setup,
    pub(crate) log: Log,
    pub(crate) truth: Truth,
    ids: QueueIds,
    until: i64,
    messages: usize,
    pids: u32,
}

/// Lets a world happen.
pub(crate) fn happen(world: &World) -> Postfix {
    let start = begin(world.setup.begins);
    let all: i64 = world.arrivals.iter().map(|(after, _)| i64::from(*after)).sum();
    let until = start + all + i64::from(world.rest) * 1000;
    let mut postfix = Postfix {
        setup: world.setup,
        log: Log::new(world, until),
        truth: Truth::default(),
        ids: QueueIds::new(world.setup),
        until,
        messages: 0,
        pids: 1000,
    };
    let mut at = start;
    for (after, arrival) in &world.arrivals {
        at += i64::from(*after);
        match arrival {
            Arrival::Session { client, signed_in, steps } => {
                postfix.session(at, usize::from(*client), *signed_in, steps);
            }
            Arrival::Local(letter) => postfix.submitted(at, letter),
            Arrival::Screened { temporary } => postfix.screened(at, *temporary),
            Arrival::Probe { to, takes } => postfix.probe(at, usize::from(*to), *takes),
        }
    }
    postfix.truth.whole.append(&mut postfix.ids.soon);
    postfix
}

impl Postfix {
    fn pid(&mut self) -> u32 {
        self.pids += 1;
        self.pids
    }

    fn line(&mut self, at: i64, place: Place, program: &str, said: String) {
        // The daemons that live long have one process each.
        let pid = match program {
            "qmgr" => 20,
            "cleanup" => 21,
            "bounce" => 22,
            "pickup" => 23,
            _ => self.pid(),
        };
        self.line_of(at, place, program, pid, said);
    }

    /// A line about a message in the queue.
    fn says(&mut self, at: i64, file: &File, program: &str, said: &str) {
        self.truth.told_of(file.life, at);
        self.line(at, file.place, program, format!("{}: {said}", file.id));
    }

    fn line_of(&mut self, at: i64, place: Place, program: &str, pid: u32, said: String) {
        let tag = format!("{}/{program}", place.instance);
        self.log.write(at, place.host, (tag, pid), said);
    }

    fn deed(&mut self, at: i64, what: &'static str, deed: Deed) {
        let wall = self.log.wall(at).div_euclid(1000);
        self.truth.deeds.push(Deed { what, wall, at, ..deed });
    }

    /// A deed that is about a message as a whole.
    fn deed_of(&mut self, at: i64, what: &'static str, file: &File) {
        let sender = Some(file.sender.clone());
        let (message, host, bytes) = (file.message, file.place.host, file.size);
        self.deed(at, what, Deed { message, sender, host, bytes, ..Deed::default() });
    }

    // ---- how mail comes in ----

    fn session(&mut self, start: i64, client: usize, signed_in: bool, steps: &[Step]) {
        let pid = self.pid();
        let user = signed_in.then_some("ann");
        let client = Client { name: CLIENTS[client], user, pid };
        let name = client.name;
        self.smtpd(start, client, format!("connect from {name}"));
        self.deed(start, "connections", Deed { host: "mx1", ..Deed::default() });
        let (mut at, mut commands) = (start + 20, String::from("ehlo=1"));
        for step in steps {
            match step {
                Step::Refused { stage, temporary, only_warned } => {
                    self.refuse(at, client, stage, *temporary, *only_warned);
                    at += 30;
                }
                Step::Letter(letter) => {
                    self.letter(at, client, letter);
                    commands.push_str(" mail=1 rcpt=1 data=1");
                    at += 400;
                    if matches!(letter.taken, Taken::Abandoned) {
                        break; // it is gone
                    }
                }
            }
        }
        self.smtpd(at, client, format!("disconnect from {name} {commands} quit=1 commands=5"));
    }

    fn smtpd(&mut self, at: i64, client: Client<'_>, said: String) {
        let program = if client.user.is_some() { "submission/smtpd" } else { "smtpd" };
        self.line_of(at, HERE, program, client.pid, said);
    }

    fn refuse(&mut self, at: i64, client: Client<'_>, stage: &str, temporary: bool, warn: bool) {
        let (word, code) = (
            if warn { "reject_warning" } else { "reject" },
            if temporary { "450 4.7.1" } else { "554 5.7.1" },
        );
        let context = match stage {
            "CONNECT" => "proto=SMTP",
            "EHLO" => "proto=SMTP helo=<spam>",
            "MAIL" => "from=<x@example.net> proto=ESMTP helo=<spam>",
            _ => "from=<x@example.net> to=<kim@example.com> proto=ESMTP helo=<spam>",
        };
        let name = client.name;
        self.smtpd(at, client, format!(
            "NOQUEUE: {word}: {stage} from {name}: {code} <{name}>: Client host rejected: Access denied; {context}"
        ));
        let what = match (warn, temporary) {
            (true, _) => "reject_warnings",
            (false, true) => "rejected_temporary",
            (false, false) => "rejected_permanent",
        };
        self.deed(at, what, Deed { host: "mx1", ..Deed::default() });
    }

    /// A new message, not yet in the queue; its recipients are those of a letter, each once.
    fn file(&mut self, at: i64, letter: &Letter) -> File {
        let mut legs: Vec<Open> = Vec::new();
        for leg in &letter.legs {
            let to = RECIPIENTS[usize::from(leg.to)];
            if !legs.iter().any(|open| open.to.eq_ignore_ascii_case(to)) {
                legs.push(Open { to: to.to_owned(), leg: leg.clone(), tries: Vec::new() });
            }
        }
        self.messages += 1;
        let message = self.messages;
        File {
            place: HERE,
            id: self.ids.draw(HERE, at),
            message,
            life: message,
            sender: SENDERS[usize::from(letter.sender)].to_owned(),
            message_id: format!("{message}.{at}@client.example.net"),
            size: u64::from(letter.size),
            born: at,
            legs,
            passed: matches!(self.setup.passage, Passage::Straight | Passage::Proxy),
            is_notice: false,
        }
    }

    /// A message by SMTP: from the first recipient to the reply to the end of the data.
    fn letter(&mut self, at: i64, client: Client<'_>, letter: &Letter) {
        let is_plain = matches!(letter.taken, Taken::Queued) && !letter.one_refused;
        if self.setup.passage == Passage::Proxy && is_plain && client.user.is_none() {
            return self.through_proxy(at, client, letter);
        }
        let file = self.file(at, letter);
        let name = client.name;
        let (sender, first) = (&file.sender, &file.legs[0].to);
        let context = format!("from=<{sender}> to=<{first}> proto=ESMTP helo=<mail.example.net>");
        let by_access = |word: &str| {
            format!(
                "NOQUEUE: {word}: RCPT from {name}: <{first}>: Recipient address triggers {} action; {context}",
                word.to_uppercase(),
            )
        };
        match letter.taken {
            Taken::Held(Rule::Access, _) => {
                self.truth.whole.push((at - 1, at));
                self.smtpd(at - 1, client, by_access("hold"));
                self.deed_of(at - 1, "held", &file);
            }
            Taken::Thrown(Rule::Access) => {
                self.truth.whole.push((at - 1, at));
                self.smtpd(at - 1, client, by_access("discard"));
                self.deed_of(at - 1, "discarded", &file);
            }
            _ => {}
        }
        let mut opened = format!("{}: client={name}", file.id);
        if let Some(user) = client.user {
            opened = format!("{opened}, sasl_method=PLAIN, sasl_username={user}");
        }
        self.smtpd(at, client, opened);
        if letter.one_refused {
            self.smtpd(at + 2, client, format!(
                "{}: reject: RCPT from {name}: 550 5.1.1 <none@example.com>: Recipient address rejected: User unknown; from=<{sender}> to=<none@example.com> proto=ESMTP helo=<mail.example.net>",
                file.id,
            ));
            self.deed_of(at + 2, "rejected_permanent", &file);
        }
        let user = client.user.map(str::to_owned);
        self.taken(at, file, letter, Some(client), &format!("from {name}; {context}"), user);
    }

    /// A message through a filter before the queue: it comes from outside, though the queue ID
    /// is that of the smtpd behind the filter.
    fn through_proxy(&mut self, at: i64, client: Client<'_>, letter: &Letter) {
        let file = self.file(at, letter);
        let (name, pid) = (client.name, self.pid());
        let (id, behind, back) = (file.id.clone(), "10025/smtpd", "localhost[127.0.0.1]");
        let context = format!(
            "from=<{}> to=<{}> proto=ESMTP helo=<mail.example.net>",
            file.sender, file.legs[0].to
        );
        self.smtpd(at - 8, client, format!("NOQUEUE: client={name}"));
        self.line_of(at - 4, HERE, behind, pid, format!("connect from {back}"));
        self.deed(at - 4, "connections", Deed { host: "mx1", ..Deed::default() });
        let mut said = format!("{id}: client={back}");
        if !file.size.is_multiple_of(2) {
            said = format!("{said}, orig_client={name}"); // XFORWARD
        }
        self.line_of(at, HERE, behind, pid, said);
        self.taken(at, file, letter, Some(client), &context, None);
        let accepted =
            format!("proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as {id}; {context}");
        // The answer may be told before the queue manager has it.
        let answered = at + if self.setup.racy { 30 } else { 60 };
        self.smtpd(answered, client, accepted);
        let said = format!("disconnect from {back} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5");
        self.line_of(at + 70, HERE, behind, pid, said);
        self.truth.whole.push((at - 8, at + 70));
    }

    /// A message from sendmail(1).
    fn submitted(&mut self, at: i64, letter: &Letter) {
        let mut file = self.file(at, letter);
        // What pickup brings is not filtered: the filter gives back to it.
        file.passed |= self.setup.passage == Passage::PipeFilter;
        self.line(at, HERE, "pickup", format!("{}: uid=1000 from=<{}>", file.id, file.sender));
        let taken = match letter.taken {
            // Only SMTP knows these.
            Taken::Refused { .. } | Taken::Abandoned => Taken::Queued,
            Taken::Held(Rule::Access, after) => Taken::Held(Rule::Header, after),
            Taken::Thrown(Rule::Access) => Taken::Thrown(Rule::Header),
            taken => taken,
        };
        let letter = Letter { taken, ..letter.clone() };
        let context = format!("from local; from=<{}> to=<{}>", file.sender, file.legs[0].to);
        self.taken(at, file, &letter, None, &context, None);
    }

    /// postscreen(8) turns a client away.
    fn screened(&mut self, at: i64, temporary: bool) {
        let pid = self.pid();
        let peer = format!("[203.0.113.77]:{pid}");
        let said = if temporary {
            format!("{peer}: 450 4.3.2 Service currently unavailable")
        } else {
            format!(
                "{peer}: 550 5.7.1 Service unavailable; client [203.0.113.77] blocked using dnsbl.example.org"
            )
        };
        let what = if temporary { "rejected_temporary" } else { "rejected_permanent" };
        for (after, said) in [
            (0, format!("CONNECT from {peer} to [192.0.2.25]:25")),
            (
                5_000,
                format!(
                    "NOQUEUE: reject: RCPT from {said}; from=<a@example.org>, to=<kim@example.com>, proto=ESMTP, helo=<spam>"
                ),
            ),
            (5_100, format!("DISCONNECT {peer}")),
        ] {
            self.line_of(at + after, HERE, "postscreen", 24, said);
        }
        self.deed(at + 5_000, what, Deed { host: "mx1", ..Deed::default() });
    }

    /// An address is tried without mail: verify(8) has a message made that is none.
    fn probe(&mut self, at: i64, to: usize, takes: bool) {
        let id = self.ids.draw(HERE, at);
        let (dsn, status) =
            if takes { ("2.1.5", "deliverable") } else { ("5.1.1", "undeliverable") };
        self.line(at, HERE, "cleanup", format!("{id}: message-id=<20261103.{id}@mx1.example.com>"));
        self.line(
            at + 10,
            HERE,
            "qmgr",
            format!("{id}: from=<double-bounce@mx1.example.com>, size=250, nrcpt=1 (queue active)"),
        );
        self.line(at + 300, HERE, "smtp", format!(
            "{id}: to=<{}>, relay=mx.example.org[192.0.2.26]:25, delay=0.3, delays=0/0/0.2/0.1, dsn={dsn}, status={status} (250 2.1.5 Ok)",
            RECIPIENTS[to],
        ));
        self.line(at + 310, HERE, "qmgr", format!("{id}: removed"));
        self.truth.whole.push((at, at + 310));
        self.deed(at + 300, "probes", Deed { host: "mx1", ..Deed::default() });
        self.ids.free(HERE, (at, at + 310), &id);
    }
}
