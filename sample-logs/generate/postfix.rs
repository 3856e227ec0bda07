//! A small Postfix: sessions and messages whose every step writes its line and records what it did.

use super::clock::{MILLI, MINUTE, Micros, SECOND, civil};
use super::dice::Dice;
use super::log::{Log, Worker};
use super::queue_id;
use super::record;
use super::truth::{Deed, Truth};

/// A mail system: one instance of Postfix on one host.
pub(crate) struct Mta {
    /// The host column.
    pub(crate) host: &'static str,
    /// `syslog_name`, the first part of the tag.
    pub(crate) name: &'static str,
    /// `myhostname`.
    pub(crate) fqdn: &'static str,
    /// The release, as 311 for 3.11: it decides the form of some lines.
    pub(crate) version: u32,
    /// `enable_long_queue_ids`.
    pub(crate) long_ids: bool,
    /// What the wall clock is ahead of UTC.
    pub(crate) offset: Micros,
    /// The first inode of the queue's part of the disk.
    pub(crate) inode: i64,
}

/// Postfix 3.7 on a single mail exchanger: what most of these logs come from.
pub(crate) static MX: Mta = Mta {
    host: "mx1",
    name: "postfix",
    fqdn: "mx1.example.net",
    version: 307,
    long_ids: false,
    offset: 0,
    inode: 0x4_1A0,
};

/// Whoever connects.
#[derive(Clone, Copy, Default)]
pub(crate) struct Client {
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
}

/// A client by name and address.
pub(crate) const fn client(name: &'static str, address: &'static str) -> Client {
    Client { name, address }
}

impl std::fmt::Display for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}[{}]", self.name, self.address)
    }
}

/// An SMTP session, from `connect from` to `disconnect from`.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    pub(crate) mta: &'static Mta,
    pub(crate) worker: Worker,
    pub(crate) client: Client,
}

/// A queue file.
#[derive(Clone)]
pub(crate) struct Mail {
    pub(crate) mta: &'static Mta,
    pub(crate) id: String,
    pub(crate) from: String,
    pub(crate) size: i64,
    pub(crate) arrived: Micros,
    /// When it last entered the active queue.
    pub(crate) active: Micros,
    pub(crate) message: usize,
    pub(crate) origin: Origin,
    /// The client that brought it.
    pub(crate) client: String,
    /// Its message-id, without the angle brackets.
    pub(crate) named: String,
}

/// Where a message comes from, which decides what its acceptance counts as.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Origin {
    /// SMTP, submission or pickup: it counts as received.
    Outside,
    /// A notice or a forward.
    Here,
    /// The second pass through a content filter, a requeue, or a probe: nothing new.
    Again,
}

/// What an attempt ends in.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Outcome {
    #[default]
    Sent,
    /// Handed to a content filter that gives it back.
    HandedOver,
    /// Handed to a content filter that does not.
    Swallowed,
    /// Thrown away by discard(8).
    Discarded,
    Forwarded,
    Deferred,
    /// Deferred in name only: nothing was tried.
    Untried,
    Bounced,
    Softened,
    Deliverable,
    Undeliverable,
}

/// One attempt for one recipient.
#[derive(Clone, Copy, Default)]
pub(crate) struct Attempt<'a> {
    pub(crate) program: &'a str,
    pub(crate) to: &'a str,
    pub(crate) orig_to: &'a str,
    pub(crate) relay: &'a str,
    pub(crate) conn_use: u32,
    /// Milliseconds in the active queue, for the connection, and for the transmission.
    pub(crate) waits: [i64; 3],
    pub(crate) tls: &'a str,
    pub(crate) dsn: &'a str,
    pub(crate) outcome: Outcome,
    pub(crate) reason: &'a str,
}

/// The mail systems of one log, and the truth about them.
pub(crate) struct World {
    pub(crate) log: Log,
    pub(crate) truth: Truth,
    pub(crate) dice: Dice,
    files: i64,
}

impl World {
    /// An empty world; the seed decides every small difference.
    pub(crate) fn new(seed: u64) -> Self {
        Self { log: Log::default(), truth: Truth::default(), dice: Dice::new(seed), files: 0 }
    }

    /// A process of a daemon that works on one thing at a time.
    pub(crate) fn worker(&mut self, mta: &Mta, program: &str) -> Worker {
        self.log.worker(mta.host, &format!("{}/{program}", mta.name))
    }

    /// Writes one line of a daemon: of its only process, or of any that is free.
    pub(crate) fn say(&mut self, mta: &Mta, program: &str, at: Micros, text: impl Into<Vec<u8>>) {
        let tag = format!("{}/{program}", mta.name);
        let worker = match program {
            "qmgr" | "pickup" | "master" | "anvil" | "scache" | "verify" | "postscreen"
            | "tlsmgr" | "postfix-script" => self.log.lasting(mta.host, &tag),
            _ => self.log.worker(mta.host, &tag),
        };
        self.log.line(at, worker, text);
    }

    /// Writes one line of another program.
    pub(crate) fn other(&mut self, mta: &Mta, tag: &str, at: Micros, text: impl Into<Vec<u8>>) {
        let worker = self.log.lasting(mta.host, tag);
        self.log.line(at, worker, text);
    }

    /// Milliseconds in the given range, with microseconds below them.
    pub(crate) fn moment(&mut self, low: i64, high: i64) -> Micros {
        self.dice.between(low * MILLI, high * MILLI)
    }

    /// A client connects to a service such as `smtpd` or `submission/smtpd`.
    pub(crate) fn connect(
        &mut self,
        mta: &'static Mta,
        service: &str,
        at: Micros,
        client: Client,
    ) -> Session {
        let worker = self.worker(mta, service);
        self.log.line(at, worker, format!("connect from {client}"));
        Session { mta, worker, client }
    }

    /// The client is gone; Postfix 3.0 and later tell which commands it gave.
    pub(crate) fn disconnect(&mut self, session: &Session, at: Micros, commands: &str) {
        let Session { mta, worker, client } = session;
        let statistics = if mta.version >= 300 { format!(" {commands}") } else { String::new() };
        self.log.line(at, *worker, format!("disconnect from {client}{statistics}"));
    }

    /// A refusal in a session; `text` is all that follows the client.
    pub(crate) fn reject(&mut self, session: &Session, at: Micros, stage: &str, text: &str) {
        let line = format!("NOQUEUE: reject: {stage} from {}: {text}", session.client);
        self.log.line(at, session.worker, line);
        self.truth.record(at, Deed::Rejected { permanent: text.starts_with('5') });
    }

    /// A refused recipient: reply, envelope and greeting.
    pub(crate) fn reject_rcpt(
        &mut self,
        session: &Session,
        at: Micros,
        reply: &str,
        envelope: (&str, &str),
        helo: &str,
    ) {
        let (from, to) = envelope;
        let text = format!("{reply}; from=<{from}> to=<{to}> proto=ESMTP helo=<{helo}>");
        self.reject(session, at, "RCPT", &text);
    }

    /// A new queue file; nothing is written yet.
    pub(crate) fn queue_file(&mut self, mta: &'static Mta, at: Micros, origin: Origin) -> Mail {
        // Inodes are given back and used again, so a small queue keeps to a few.
        self.files += 1;
        let inode = mta.inode + self.files * 7 % 61;
        let id = if mta.long_ids {
            queue_id::long(at, mta.offset, inode)
        } else {
            queue_id::short(at, inode)
        };
        Mail {
            mta,
            id,
            from: String::new(),
            size: 0,
            arrived: at,
            active: at,
            message: self.truth.message(),
            origin,
            client: String::new(),
            named: String::new(),
        }
    }

    /// The first recipient is taken: `client=`, with whatever follows it.
    pub(crate) fn begin(&mut self, session: &Session, at: Micros, detail: &str) -> Mail {
        let mut mail = self.queue_file(session.mta, at, Origin::Outside);
        mail.client = session.client.to_string();
        let line = format!("{}: client={}{detail}", mail.id, session.client);
        self.log.line(at, session.worker, line);
        mail
    }

    /// A local user hands a message in: pickup(8).
    pub(crate) fn pick_up(&mut self, mta: &'static Mta, at: Micros, uid: u32, from: &str) -> Mail {
        let mail = self.queue_file(mta, at, Origin::Outside);
        self.say(mta, "pickup", at, format!("{}: uid={uid} from=<{from}>", mail.id));
        mail
    }

    /// cleanup(8) has seen the message-id.
    pub(crate) fn message_id(&mut self, mail: &mut Mail, at: Micros, id: &str) {
        id.clone_into(&mut mail.named);
        self.say(mail.mta, "cleanup", at, format!("{}: message-id=<{id}>", mail.id));
    }

    /// The message-id that Postfix gives to mail that has none.
    pub(crate) fn own_id(mail: &Mail) -> String {
        if mail.mta.long_ids {
            return format!("{}@{}", mail.id, mail.mta.fqdn);
        }
        let stamp = civil(mail.arrived - mail.mta.offset).compact();
        format!("{stamp}.{}@{}", mail.id, mail.mta.fqdn)
    }

    /// The message enters the queue: it is accepted.
    pub(crate) fn accept(
        &mut self,
        mail: &mut Mail,
        at: Micros,
        from: &str,
        size: i64,
        nrcpt: u32,
    ) {
        from.clone_into(&mut mail.from);
        mail.size = size;
        self.truth.enters(mail.message);
        match mail.origin {
            Origin::Outside => {
                let deed = Deed::Received { sender: from.to_owned(), size };
                self.truth.record(mail.arrived, deed);
            }
            Origin::Here => self.truth.record(mail.arrived, Deed::Generated),
            Origin::Again => {}
        }
        self.activate(mail, at, nrcpt);
    }

    /// The message enters the active queue, once more perhaps.
    pub(crate) fn activate(&mut self, mail: &mut Mail, at: Micros, nrcpt: u32) {
        mail.active = at;
        let Mail { mta, id, from, size, .. } = mail;
        self.say(
            mta,
            "qmgr",
            at,
            format!("{id}: from=<{from}>, size={size}, nrcpt={nrcpt} (queue active)"),
        );
    }

    /// One attempt; gives the moment of its line.
    pub(crate) fn deliver(&mut self, mail: &Mail, attempt: &Attempt) -> Micros {
        let worker = self.worker(mail.mta, attempt.program);
        self.deliver_by(worker, mail, attempt)
    }

    /// One attempt by a process that has done something before.
    pub(crate) fn deliver_by(&mut self, worker: Worker, mail: &Mail, attempt: &Attempt) -> Micros {
        let [queued, connecting, sending] = attempt.waits.map(|wait| wait * MILLI);
        let at = mail.active + queued + connecting + sending + self.moment(0, 1);
        let delays = [mail.active - mail.arrived, queued, connecting, sending];
        self.log.line(at, worker, record::delivery(&mail.id, at - mail.arrived, delays, attempt));
        let deed = match attempt.outcome {
            Outcome::Sent => Deed::Delivered { recipient: attempt.to.to_owned(), size: mail.size },
            Outcome::Swallowed => Deed::Swallowed,
            Outcome::Discarded => Deed::DiscardedByTransport,
            Outcome::Forwarded => Deed::Forwarded,
            Outcome::Deferred | Outcome::Softened => Deed::Deferral { message: mail.message },
            Outcome::Bounced => Deed::Bounced,
            Outcome::HandedOver
            | Outcome::Untried
            | Outcome::Deliverable
            | Outcome::Undeliverable => return at,
        };
        self.truth.record(at, deed);
        at
    }

    /// The queue manager removes the queue file.
    pub(crate) fn remove(&mut self, mail: &Mail, at: Micros) {
        self.truth.leaves(mail.message);
        let at = at + self.moment(0, 2);
        self.say(mail.mta, "qmgr", at, format!("{}: removed", mail.id));
    }

    /// A notice about a message: a new queue file with the null sender.
    ///
    /// Postfix 3.11 names the notice before its own lines, older releases after them.
    pub(crate) fn notify(&mut self, mail: &Mail, at: Micros, kind: &str, size: i64) -> Mail {
        let mut notice = self.queue_file(mail.mta, at, Origin::Here);
        let named = format!("{}: {kind} notification: {}", mail.id, notice.id);
        let first = mail.mta.version >= 311;
        if first {
            self.say(mail.mta, "bounce", at, named.clone());
        }
        let id = Self::own_id(&notice);
        self.message_id(&mut notice, at + 1, &id);
        let active = at + self.moment(2, 9);
        self.accept(&mut notice, active, "", size, 1);
        if !first {
            let later = at + self.moment(1, 2);
            self.say(mail.mta, "bounce", later, named);
        }
        notice
    }

    /// anvil(8) tells its maxima some minutes after it has been busy.
    pub(crate) fn anvil(&mut self, mta: &Mta, at: Micros, service: &str, address: &str) {
        let when = civil(at).postlogd();
        let later = at + 3 * MINUTE + 20 * SECOND;
        for text in [
            format!("statistics: max connection rate 1/60s for ({service}:{address}) at {when}"),
            format!("statistics: max connection count 1 for ({service}:{address}) at {when}"),
            format!("statistics: max cache size 1 at {when}"),
        ] {
            self.say(mta, "anvil", later, text);
        }
    }
}
