//! What a line of Postfix says: types only.

use super::QueueId;

/// One thing that one line says.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// smtpd, qmqpd: `client=`, a message begins.
    Client(Arrival<'a>),
    /// pickup: `uid= from=`, a message begins.
    Pickup {
        /// Envelope sender.
        sender: &'a [u8],
        /// The queue ID it had before `postsuper -r`.
        orig_id: Option<QueueId>,
    },
    /// cleanup: `message-id=`.
    MessageId(&'a [u8]),
    /// qmgr: `(queue active)`, for the first time or again.
    Active {
        /// Envelope sender; empty for notices.
        sender: &'a [u8],
        /// Bytes of content.
        size: u64,
    },
    /// A delivery agent's `to= … status=`.
    Delivery(Delivery<'a>),
    /// qmgr: `status=expired` or `status=force-expired`.
    Expired {
        /// Whether an operator said so.
        forced: bool,
    },
    /// qmgr: `status=deferred (bounce failed)`: nobody's delivery, but a notice, or the record for
    /// it, could not be written, and the message stays for that.
    PutOff(&'a [u8]),
    /// qmgr, postsuper: `removed`.
    Removed,
    /// cleanup: `removed (canceled)`, since 3.10.
    Canceled,
    /// cleanup: `removed (discarded)`, since 3.10.
    Dropped,
    /// postsuper: `placed on hold`.
    PlacedOnHold,
    /// postsuper: `released from hold`.
    Released,
    /// postsuper: `requeued`; comes back through pickup with another queue ID.
    Requeued,
    /// postsuper: the total at the end of a run; of all messages of a queue it is all that is said.
    Operated {
        /// What was done.
        deed: Deed,
        /// To how many messages.
        messages: u64,
    },
    /// bounce: a notice was made, under a queue ID of its own.
    Notification {
        /// About what.
        kind: Notification,
        /// The queue ID of the notice.
        queue_id: QueueId,
    },
    /// A rule decided: reject, hold, discard, filter and so on.
    Verdict(Verdict<'a>),
    /// smtpd: a before-queue filter took the message.
    ProxyAccept {
        /// The queue ID in the filter's reply.
        queued_as: Option<QueueId>,
    },
    /// smtpd: `connect from`.
    Connect {
        /// `name[address]`.
        client: &'a [u8],
    },
    /// smtpd: `disconnect from`.
    Disconnect {
        /// `name[address]`.
        client: &'a [u8],
        /// The statistics behind it, if there are any (3.0).
        commands: &'a [u8],
    },
    /// smtpd: `lost connection after`, `timeout after`, `too many errors after`.
    Lost {
        /// What happened, up to the client: `lost connection after STARTTLS`.
        text: &'a [u8],
        /// The last command: `DATA`, `RCPT`.
        stage: &'a [u8],
        /// `name[address]`.
        client: &'a [u8],
    },
    /// postscreen, tlsproxy: what happened to a connection.
    Screen(Screen<'a>),
    /// `TLS connection established`.
    Secured {
        /// `Anonymous`, `Untrusted`, `Trusted`, `Verified`.
        trust: &'a [u8],
        /// Whether the peer connected to us.
        inbound: bool,
        /// `name[address]`, with a port when we connected.
        peer: &'a [u8],
        /// `TLSv1.3`.
        protocol: &'a [u8],
    },
    /// smtpd: a TLS handshake failed.
    TlsFailure {
        /// `SSL_accept error`, `STARTTLS …`.
        text: &'a [u8],
        /// What follows the client, without `: `.
        detail: &'a [u8],
        /// `name[address]`.
        client: &'a [u8],
    },
    /// smtp, lmtp: `connect to HOST[ADDR]:PORT: TEXT`: one host of several did not answer.
    Unreachable {
        /// `name[address]:port`.
        host: &'a [u8],
        /// Why: `Connection refused`.
        text: &'a [u8],
    },
    /// `warning:`, `error:`, `fatal:`, `panic:`.
    Diagnostic {
        /// How bad.
        level: Level,
        /// What it says, without the word.
        text: &'a [u8],
    },
    /// The master daemon's other messages: starts, reloads, signals.
    Master(&'a [u8]),
    /// Known, and of no consequence to any number.
    Remark,
}

/// The start of a message that came by SMTP or QMQP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Arrival<'a> {
    /// `name[address]`, with a port if Postfix logs it.
    pub client: &'a [u8],
    /// `sasl_username=`.
    pub user: Option<&'a [u8]>,
    /// The queue ID before a content filter, told by XFORWARD (2.8).
    pub orig_queue_id: Option<QueueId>,
    /// The client before a content filter, told by XFORWARD (2.8).
    pub orig_client: Option<&'a [u8]>,
}

/// One attempt for one recipient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delivery<'a> {
    /// After rewriting.
    pub recipient: &'a [u8],
    /// Before rewriting, if that was another.
    pub orig_to: Option<&'a [u8]>,
    /// `name[address]:port`, `none`, or a service's name.
    pub relay: &'a [u8],
    /// From arrival to now, in milliseconds.
    pub delay: u64,
    /// The four parts of the delay, in milliseconds.
    pub delays: Option<[u64; 4]>,
    /// The `tls=` field of 3.11: `may`, `!encrypt`, `secure/requiretls`.
    pub tls: Option<&'a [u8]>,
    /// Enhanced status code.
    pub dsn: &'a [u8],
    /// What became of it.
    pub status: Status,
    /// The text in parentheses, without them; may be cut short.
    pub text: &'a [u8],
}

/// The word behind `status=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Handed over.
    Sent,
    /// Put off; `SOFTBOUNCE` is told apart because the error was a permanent one.
    Deferred {
        /// `soft_bounce = yes` turned a bounce into this.
        soft_bounce: bool,
    },
    /// Given up.
    Bounced,
    /// The answer to an address probe (`verify(8)`, `sendmail -bv`): no mail moved.
    Probed {
        /// Whether the address would take mail.
        deliverable: bool,
    },
}

/// What an operator did to messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// `Deleted: 2 messages`.
    Deleted,
    /// `Placed on hold: 2 messages`.
    Held,
    /// `Released from hold: 2 messages`.
    Released,
}

/// What kind of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notification {
    /// Undeliverable, to the sender.
    NonDelivery,
    /// Not delivered yet, to the sender.
    Delay,
    /// Success, or the report of `sendmail -bv`.
    Success,
    /// A copy to the postmaster.
    Postmaster,
}

/// What a rule decided about a command or a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// What was done.
    pub action: Action,
    /// Who decided.
    pub by: Decider,
    /// `RCPT`, `END-OF-MESSAGE`, `header`, `body`.
    pub stage: &'a [u8],
    /// `name[address]`, `[address]:port`, `local`; empty if the line has none.
    pub client: &'a [u8],
    /// Reply or reason, without client and envelope.
    pub text: &'a [u8],
    /// The text behind the envelope in cleanup's header and body checks.
    pub reply: &'a [u8],
    /// The whole text from the client's `: ` (or the header) to the end of the line.
    pub whole: &'a [u8],
    /// Envelope sender.
    pub sender: Option<&'a [u8]>,
    /// Envelope recipient.
    pub recipient: Option<&'a [u8]>,
    /// What the client called itself.
    pub helo: Option<&'a [u8]>,
    /// `sasl_username=`.
    pub user: Option<&'a [u8]>,
    /// Whether a refusal is temporary (4xx): the first digit of the reply.
    pub temporary: bool,
}

impl<'a> Verdict<'a> {
    /// The words of the rule that decided: in header and body checks they stand behind the envelope.
    #[must_use]
    pub fn words(&self) -> &'a [u8] {
        if self.reply.is_empty() { self.text } else { self.reply }
    }
}

impl Verdict<'_> {
    /// A verdict that says nothing yet.
    pub(crate) const EMPTY: Verdict<'static> = Verdict {
        action: Action::Other,
        by: Decider::Smtpd,
        stage: b"",
        client: b"",
        text: b"",
        reply: b"",
        whole: b"",
        sender: None,
        recipient: None,
        helo: None,
        user: None,
        temporary: false,
    };
}

/// What a verdict does to the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// A command or a message was refused.
    Reject,
    /// It would have been refused (`warn_if_reject`).
    RejectWarning,
    /// Accepted, into the hold queue.
    Hold,
    /// Accepted, and thrown away.
    Discard,
    /// Logged, or changed in a way that moves no number: `warn`, `info`, `filter`,
    /// `redirect`, `bcc`, `replace`, `prepend`, `strip`, `permit` …
    Other,
}

/// Who gave a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Decider {
    /// smtpd's own restrictions, policy services and limits.
    Smtpd,
    /// cleanup's header and body checks.
    Checks,
    /// A milter.
    Milter,
    /// A before-queue content filter.
    Proxy,
    /// postscreen.
    Postscreen,
}

/// A line of postscreen about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen<'a> {
    /// `CONNECT from [A]:P to [B]:Q`.
    Connect {
        /// Client address.
        address: &'a [u8],
        /// Client port.
        port: u32,
    },
    /// `DISCONNECT [A]:P`.
    Disconnect {
        /// Client address.
        address: &'a [u8],
        /// Client port.
        port: u32,
    },
    /// `PASS NEW [A]:P`, `PREGREET …`, `DNSBL rank 6 for …`, `HANGUP …`.
    Action {
        /// The words in front: `PASS NEW`, `DNSBL rank 6`.
        action: &'a [u8],
        /// Client address.
        address: &'a [u8],
        /// Client port.
        port: u32,
        /// Whether postscreen is done with the connection.
        ends: bool,
    },
    /// dnsblog: `addr A listed by domain ZONE as VALUE`.
    Listed {
        /// Client address.
        address: &'a [u8],
        /// The list.
        zone: &'a [u8],
    },
}

/// The words Postfix puts before what is not merely informational.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Something is wrong, and was dealt with.
    Warning,
    /// Something failed (own label since 2.9).
    Error,
    /// The process gave up.
    Fatal,
    /// The process found itself broken.
    Panic,
}
