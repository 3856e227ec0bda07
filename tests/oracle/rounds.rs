//! What happens to a message in the queue: rounds of attempts, hops, notices, operators.

use super::{File, Open, Place, Postfix};
use crate::truth::{Deed, End};
use crate::world::{Fate, Filter, Goes, Letter, Passage};

/// Seconds after which a deferred message is tried again: doubled each time.
pub(super) const BACKOFF: i64 = 300_000;

/// Why an attempt may be put off: the agent, its relay, the status and the reason. Where there
/// is no relay, the reason may name the host that was tried.
const PUT_OFF: [(&str, &str, &str, &str); 5] = [
    ("smtp", "none", "4.4.1", "connect to mx.example.org[192.0.2.26]:25: Connection timed out"),
    (
        "smtp",
        "mx.example.org[192.0.2.26]:25",
        "4.2.2",
        "host mx.example.org[192.0.2.26] said: 452 4.2.2 Mailbox full (in reply to RCPT TO command)",
    ),
    (
        "error",
        "none",
        "4.4.1",
        "delivery temporarily suspended: connect to mx.example.org[192.0.2.26]:25: Connection timed out",
    ),
    (
        "local",
        "local",
        "4.2.0",
        "cannot update mailbox /var/mail/kim for user kim. unable to lock for exclusive access",
    ),
    (
        "smtp",
        "none",
        "4.4.3",
        "Host or domain name not found. Name service error for name=example.org type=MX: Host not found, try again",
    ),
];

impl Postfix {
    /// The queue manager gets a message.
    pub(super) fn enter(&mut self, at: i64, file: File, letter: &Letter) {
        if file.passed {
            self.live(at, file, letter);
        } else {
            self.pass(at, file, letter);
        }
    }

    pub(super) fn active(&mut self, at: i64, file: &File) {
        let File { sender, size, legs, .. } = file;
        let said = format!("from=<{sender}>, size={size}, nrcpt={} (queue active)", legs.len());
        self.says(at, file, "qmgr", &said);
    }

    /// All recipients go to a filter, another instance, or another host.
    fn pass(&mut self, mut at: i64, mut file: File, letter: &Letter) {
        if self.setup.passage == Passage::PipeFilter {
            return self.pipe(at, file, letter);
        }
        let (relay, program) = match self.setup.passage {
            Passage::Host => ("mx2.example.com[192.0.2.27]:25", "smtp"),
            Passage::FarFilter | Passage::FarSilentFilter => {
                ("filter.example.com[192.0.2.40]:10024", "amavis/smtp")
            }
            Passage::Instance => ("127.0.0.1[127.0.0.1]:10026", "smtp"),
            _ => ("127.0.0.1[127.0.0.1]:10024", "amavis/smtp"),
        };
        // Only its message-id ties what such a filter gives back, and of a period alone the log is
        // read from an hour before.
        let down =
            if self.setup.passage == Passage::FarSilentFilter { 0 } else { letter.passage_down };
        for round in 0..down {
            self.active(at, &file);
            let reason = format!("connect to {relay}: Connection refused");
            for n in 0..file.legs.len() {
                self.put_off(at + 30 + milli(n), &mut file, n, (program, "none", "4.4.1", &reason));
            }
            at += BACKOFF << round;
            if at > self.until {
                return self.stays(&file);
            }
        }
        self.active(at, &file);
        let keeps = letter.filter == Filter::Keeps
            && matches!(self.setup.passage, Passage::Filter | Passage::SilentFilter);
        let when = at + if self.setup.racy { 400 } else { 90 };
        let splits = letter.filter == Filter::Splits && self.setup.passage != Passage::Host;
        let (what, mut reply) =
            ("swallowed_by_filter", "250 2.7.0 Ok, discarded, id=07-01 - spam".to_owned());
        let what = if keeps { what } else { "handed_on" };
        for (n, open) in file.legs.clone().iter().enumerate() {
            if !keeps && (n == 0 || splits) {
                let legs = if splits { vec![open.clone()] } else { file.legs.clone() };
                let again =
                    self.second_hop(at + 50 + milli(n), File { legs, ..file.clone() }, letter);
                reply = format!("250 2.0.0 Ok: queued as {again}");
            }
            let when = when + milli(n);
            self.outcome(when, &file, open, (program, relay, "2.0.0"), "sent", &reply);
            self.deed_to(when, what, &file, open, relay, "2.0.0");
        }
        if keeps {
            self.truth.ends(file.life, when, End::Discarded);
        }
        // Which hop is whose only the message-id tells, if neither the filter nor the reply does.
        let far = matches!(self.setup.passage, Passage::FarFilter | Passage::FarSilentFilter);
        let tied = far || splits && self.setup.passage != Passage::Filter;
        self.truth.whole.push((if tied { file.born } else { at }, when + 10));
        self.removed(when + 10, &file);
    }

    /// The message comes back; gives its second queue ID.
    fn second_hop(&mut self, at: i64, first: File, letter: &Letter) -> String {
        let place = match self.setup.passage {
            Passage::Host => Place { host: "mx2", instance: "postfix" },
            Passage::Instance => Place { host: "mx1", instance: "postfix-out" },
            _ => first.place,
        };
        let id = self.ids.draw(place, at);
        let client = match self.setup.passage {
            Passage::Host => "mx1.example.com[192.0.2.25]",
            Passage::FarFilter | Passage::FarSilentFilter => "filter.example.com[192.0.2.40]",
            _ => "localhost[127.0.0.1]",
        };
        let mut opened = format!("{id}: client={client}");
        if matches!(self.setup.passage, Passage::Filter | Passage::FarFilter) {
            opened = format!(
                "{opened}, orig_queue_id={}, orig_client=mail.example.net[192.0.2.1]",
                first.id
            );
        }
        let pid = self.pid();
        self.line_of(at - 10, place, "smtpd", pid, format!("connect from {client}"));
        self.deed(at - 10, "connections", Deed { host: place.host, ..Deed::default() });
        self.line_of(at, place, "smtpd", pid, opened);
        self.line(at + 5, place, "cleanup", format!("{id}: message-id=<{}>", first.message_id));
        self.line_of(
            at + 30,
            place,
            "smtpd",
            pid,
            format!("disconnect from {client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"),
        );
        self.messages += 1;
        let file = File {
            place,
            id: id.clone(),
            life: self.messages,
            size: first.size + 211,
            legs: first
                .legs
                .iter()
                .map(|open| Open { tries: Vec::new(), ..open.clone() })
                .collect(),
            passed: true,
            ..first
        };
        self.deed_of(at, "hops_folded", &file);
        self.truth.hops.insert(file.life, (file.message, at));
        self.live(at + 10, file, letter);
        id
    }

    /// Rounds of attempts until nobody is left to try.
    pub(super) fn live(&mut self, mut at: i64, mut file: File, letter: &Letter) {
        let fate = if file.is_notice { Fate::None } else { letter.fate };
        for round in 0.. {
            self.active(at, &file);
            let mut when = at + 40;
            let bounced = self.round(&mut when, &mut file);
            if bounced {
                self.notice(when + 10, &file, "sender non-delivery notification");
            }
            if file.legs.is_empty() {
                return self.removed(when + 20, &file);
            }
            if letter.delay_notice && round == 1 && !file.is_notice {
                self.notice(when + 10, &file, "sender delay notification");
            }
            let next = at + (BACKOFF << round.min(6));
            let Some(fated) = self.befall(round + 1, when + 5_000, next, file, fate) else {
                return;
            };
            (at, file) = fated;
            if at > self.until {
                return self.stays(&file);
            }
        }
    }

    /// One attempt for each recipient; tells whether one of them was given up.
    fn round(&mut self, when: &mut i64, file: &mut File) -> bool {
        let (mut left, mut bounced) = (Vec::new(), false);
        for n in 0..file.legs.len() {
            *when += 15;
            let open = file.legs[n].clone();
            let waits =
                open.leg.goes == Goes::Never || open.tries.len() < usize::from(open.leg.put_off);
            if waits {
                self.put_off(*when, file, n, PUT_OFF[usize::from(open.leg.why)]);
                left.push(n);
            } else {
                bounced |= open.leg.goes == Goes::Bounce;
                self.done(*when, file, &open);
            }
        }
        let mut n = 0;
        file.legs.retain(|_| {
            n += 1;
            left.contains(&(n - 1))
        });
        bounced
    }

    pub(super) fn put_off(
        &mut self,
        at: i64,
        file: &mut File,
        n: usize,
        (program, relay, dsn, reason): (&str, &str, &str, &str),
    ) {
        let open = &mut file.legs[n];
        open.tries.push((at, reason.to_owned()));
        let open = open.clone();
        // soft_bounce=yes calls a bounce so, and keeps the message.
        let status =
            if open.leg.why == 1 && open.tries.len() == 2 { "SOFTBOUNCE" } else { "deferred" };
        self.outcome(at, file, &open, (program, relay, dsn), status, reason);
        let named = reason.split_once("connect to ").or_else(|| reason.split_once("for name="));
        let tried = named.and_then(|(_, host)| host.split(['[', ' ']).next());
        self.deed_to(at, "deferrals", file, &open, tried.unwrap_or(relay), dsn);
    }

    /// The attempt after which a recipient is done with.
    fn done(&mut self, at: i64, file: &File, open: &Open) {
        let (program, relay, dsn, what, text) = match open.leg.goes {
            Goes::Local => ("local", "local", "2.0.0", "delivered", "delivered to mailbox".to_owned()),
            Goes::Virtual => ("virtual", "virtual", "2.0.0", "delivered", "delivered to maildir".to_owned()),
            Goes::Lmtp => ("lmtp", "mx1.example.com[private/dovecot-lmtp]", "2.0.0", "delivered", "250 2.0.0 <kim@example.com> aB3 Saved".to_owned()),
            Goes::Pipe => ("pipe", "dovecot", "2.0.0", "delivered", "delivered via dovecot service".to_owned()),
            Goes::Redirect => {
                self.redirect(at, file, open);
                ("pipe", "dovecot", "2.0.0", "delivered", "delivered via dovecot service".to_owned())
            }
            Goes::Trash => ("discard", "none", "2.0.0", "discarded_by_transport", "nobody reads this".to_owned()),
            Goes::Forward => {
                let new = self.forward(at - 8, file, open);
                ("local", "local", "2.0.0", "forwarded", format!("forwarded as {new}"))
            }
            Goes::Bounce => ("smtp", "mx.example.org[192.0.2.26]:25", "5.1.1", "bounced", "host mx.example.org[192.0.2.26] said: 550 5.1.1 User unknown (in reply to RCPT TO command)".to_owned()),
            _ => ("smtp", "mx.example.org[192.0.2.26]:25", "2.0.0", "delivered", format!("250 2.0.0 Ok: queued as 9D2F{:X}", file.message)),
        };
        let status = if what == "bounced" { "bounced" } else { "sent" };
        self.outcome(at, file, open, (program, relay, dsn), status, &text);
        self.deed_to(at, what, file, open, relay, dsn);
        match open.leg.goes {
            Goes::Bounce => self.truth.ends(file.life, at, End::Bounced),
            Goes::Trash => self.truth.ends(file.life, at, End::Discarded),
            _ => self.truth.ends(file.life, at, End::Delivered),
        }
    }

    /// The line of an attempt.
    pub(super) fn outcome(
        &mut self,
        at: i64,
        file: &File,
        open: &Open,
        (program, relay, dsn): (&str, &str, &str),
        status: &str,
        text: &str,
    ) {
        let Open { to, leg, .. } = open;
        let orig_to = if leg.alias { ", orig_to=<team@example.com>" } else { "" };
        let tls = if self.setup.new && program.ends_with("smtp") { ", tls=may" } else { "" };
        let delay = seconds(at - file.born);
        let said = format!(
            "to=<{to}>{orig_to}, relay={relay}, delay={delay}, delays={delay}/0/0/0{tls}, dsn={dsn}, status={status} ({text})",
        );
        self.says(at, file, program, &said);
    }

    pub(super) fn deed_to(
        &mut self,
        at: i64,
        what: &'static str,
        file: &File,
        open: &Open,
        relay: &str,
        dsn: &str,
    ) {
        self.deed(
            at,
            what,
            Deed {
                message: file.life,
                sender: Some(file.sender.clone()),
                recipient: Some(open.to.clone()),
                relay: Some(relay.to_owned()),
                dsn: Some(dsn.to_owned()),
                host: file.place.host,
                bytes: file.size,
                ..Deed::default()
            },
        );
    }

    pub(super) fn removed(&mut self, at: i64, file: &File) {
        self.says(at, file, "qmgr", "removed");
        self.ids.free(file.place, (file.born, at), &file.id);
    }
}

/// As Postfix writes a number of seconds: two digits, no zeros behind.
fn seconds(milli: i64) -> String {
    match milli {
        10_000.. => (milli / 1000).to_string(),
        1_000.. => format!("{}.{}", milli / 1000, milli % 1000 / 100),
        _ => format!("{}", f64::from(u32::try_from(milli).unwrap_or(0) / 10) / 100.0),
    }
}

/// A little later for each that goes before.
pub(super) fn milli(n: usize) -> i64 {
    i64::try_from(n).unwrap()
}
