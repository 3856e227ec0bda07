//! What happens a hundred times a day: a message arrives in one session, and goes out in one attempt.

use super::clock::{MILLI, Micros};
use super::postfix::{Attempt, Client, Mail, Mta, Outcome, Session, World};
use super::truth::Deed;

/// A message about to arrive in a session of its own.
#[derive(Clone, Copy, Default)]
pub(crate) struct Letter<'a> {
    /// `smtpd`, `submission/smtpd` and the like; empty for `smtpd`.
    pub(crate) service: &'a str,
    pub(crate) client: Client,
    /// The user who has signed in.
    pub(crate) user: &'a str,
    pub(crate) from: &'a str,
    pub(crate) size: i64,
    /// Recipients; 0 for one.
    pub(crate) nrcpt: u32,
}

impl World {
    /// A session that brings one message.
    pub(crate) fn arrive(&mut self, mta: &'static Mta, at: Micros, letter: &Letter) -> Mail {
        let service = if letter.service.is_empty() { "smtpd" } else { letter.service };
        let session = self.connect(mta, service, at, letter.client);
        let mail = self.bring(&session, at, letter);
        let nrcpt = letter.nrcpt.max(1);
        let commands = if letter.user.is_empty() {
            format!("ehlo=1 mail=1 rcpt={nrcpt} data=1 quit=1 commands={}", 4 + nrcpt)
        } else {
            format!(
                "ehlo=2 starttls=1 auth=1 mail=1 rcpt={nrcpt} data=1 quit=1 commands={}",
                7 + nrcpt
            )
        };
        let left = mail.active + self.moment(20, 90);
        self.disconnect(&session, left, &commands);
        mail
    }

    /// A message within a session, up to the queue.
    pub(crate) fn bring(&mut self, session: &Session, at: Micros, letter: &Letter) -> Mail {
        let mut mail = self.transaction(session, at, letter);
        let queued = mail.arrived + self.moment(60, 240);
        self.accept(&mut mail, queued, letter.from, letter.size, letter.nrcpt.max(1));
        mail
    }

    /// A message within a session, up to its message-id: not accepted yet.
    pub(crate) fn transaction(&mut self, session: &Session, at: Micros, letter: &Letter) -> Mail {
        let begun = at + self.moment(110, 480);
        let detail = if letter.user.is_empty() {
            String::new()
        } else {
            format!(", sasl_method=PLAIN, sasl_username={}", letter.user)
        };
        let mut mail = self.begin(session, begun, &detail);
        let named = begun + self.moment(20, 60);
        let id = self.foreign_id(letter.from);
        self.message_id(&mut mail, named, &id);
        mail
    }

    /// The message-id of a mail program at the sender's.
    pub(crate) fn foreign_id(&mut self, from: &str) -> String {
        let domain = from.rsplit_once('@').map_or("example.net", |(_, domain)| domain);
        format!("{:012x}@{domain}", self.dice.between(1 << 44, 1 << 48))
    }

    /// Delivered to a mailbox here.
    pub(crate) fn keep(&mut self, mail: &Mail, to: &str) -> Micros {
        let waits = [self.dice.between(3, 12), 0, self.dice.between(4, 30)];
        let attempt = Attempt {
            program: "local",
            to,
            relay: "local",
            waits,
            dsn: "2.0.0",
            reason: "delivered to maildir",
            ..Attempt::default()
        };
        self.deliver(mail, &attempt)
    }

    /// Sent on to another host, which takes it.
    pub(crate) fn relay_on(&mut self, mail: &Mail, to: &str, relay: &str) -> Micros {
        let reason = self.queued_as();
        self.send(mail, to, relay, "2.0.0", Outcome::Sent, &reason)
    }

    /// What another Postfix answers to a message.
    pub(crate) fn queued_as(&mut self) -> String {
        format!("250 2.0.0 Ok: queued as {:010X}", self.dice.between(1 << 36, 1 << 40))
    }

    /// An attempt by smtp(8) at a host that answers.
    pub(crate) fn send(
        &mut self,
        mail: &Mail,
        to: &str,
        relay: &str,
        dsn: &str,
        outcome: Outcome,
        reason: &str,
    ) -> Micros {
        let waits =
            [self.dice.between(4, 14), self.dice.between(30, 400), self.dice.between(60, 700)];
        let tls = if mail.mta.version >= 311 { "may" } else { "" };
        let attempt = Attempt {
            program: "smtp",
            to,
            relay,
            waits,
            tls,
            dsn,
            outcome,
            reason,
            ..Attempt::default()
        };
        self.deliver(mail, &attempt)
    }

    /// An attempt that reaches nobody, after so many milliseconds.
    pub(crate) fn unreached(
        &mut self,
        mail: &Mail,
        to: &str,
        wait: i64,
        dsn: &str,
        reason: &str,
    ) -> Micros {
        let smtp = self.worker(mail.mta, "smtp");
        if reason.starts_with("connect to") {
            self.log.line(mail.active + (8 + wait) * MILLI, smtp, reason);
        }
        let tls = if mail.mta.version >= 311 { "may?" } else { "" };
        let attempt = Attempt {
            to,
            relay: "none",
            waits: [8, wait, 0],
            tls,
            dsn,
            outcome: Outcome::Deferred,
            reason,
            ..Attempt::default()
        };
        self.deliver_by(smtp, mail, &attempt)
    }

    /// Put off without an attempt, because others have just failed at the same destination.
    ///
    /// `wait` is how many milliseconds it waited in the active queue for these.
    pub(crate) fn suspended(
        &mut self,
        mail: &Mail,
        to: &str,
        wait: i64,
        dsn: &str,
        root: &str,
    ) -> Micros {
        let reason = format!("delivery temporarily suspended: {root}");
        let waits = [wait + self.dice.between(10, 60), 0, self.dice.between(1, 12)];
        let attempt = Attempt {
            program: "error",
            to,
            relay: "none",
            waits,
            dsn,
            outcome: Outcome::Deferred,
            reason: &reason,
            ..Attempt::default()
        };
        self.deliver(mail, &attempt)
    }

    /// A message that comes in for a mailbox here, with nothing special about it.
    pub(crate) fn ordinary(&mut self, mta: &'static Mta, at: Micros, letter: &Letter, to: &str) {
        let mail = self.arrive(mta, at, letter);
        let done = self.keep(&mail, to);
        self.remove(&mail, done);
    }

    /// A user's message to somebody elsewhere, with nothing special about it.
    pub(crate) fn outgoing(
        &mut self,
        mta: &'static Mta,
        at: Micros,
        letter: &Letter,
        (to, relay): (&str, &str),
    ) {
        let mail = self.arrive(mta, at, letter);
        let done = self.relay_on(&mail, to, relay);
        self.remove(&mail, done);
    }

    /// A session in which one recipient is refused.
    pub(crate) fn refused(
        &mut self,
        mta: &'static Mta,
        at: Micros,
        who: Client,
        reply: &str,
        envelope: (&str, &str),
    ) {
        let session = self.connect(mta, "smtpd", at, who);
        let refused = at + self.moment(200, 700);
        let helo = if who.name == "unknown" { "user" } else { who.name };
        self.reject_rcpt(&session, refused, reply, envelope, helo);
        let left = refused + self.moment(40, 200);
        self.disconnect(&session, left, "ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4");
    }

    /// Any line about a message, with a deed of its own.
    pub(crate) fn verdict(&mut self, by: &Session, at: Micros, text: &str, deed: Deed) {
        self.log.line(at, by.worker, text);
        self.truth.record(at, deed);
    }
}
