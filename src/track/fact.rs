//! Facts: what happened, told once, when it is certain.

use crate::names::{Address, Client, Relay, Text};
use crate::postfix::QueueId;
use crate::postfix::event::{Delivery, Event, Level, Verdict};
use crate::syslog::Moment;

use super::message::{Fate, Message, Start};
use super::service::Service;

/// Something that happened.
#[derive(Clone, Copy)]
pub struct Fact<'a> {
    /// When it happened, which may be before it became certain.
    pub at: Moment,
    /// Who told it.
    pub service: Service,
    /// The message it happened to.
    pub message: Option<&'a Message>,
    /// What it is.
    pub what: What<'a>,
    /// How often it happened: more than once where syslog left out equal lines.
    pub times: u32,
}

impl Fact<'_> {
    /// How old the message was at an attempt, in milliseconds: behind a content filter, with the
    /// time before it.
    #[must_use]
    pub fn age(&self, delivery: &Delivery<'_>) -> u64 {
        delivery.delay + self.message.map_or(0, |message| message.lead)
    }
}

/// What can happen.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum What<'a> {
    /// A message was accepted from outside.
    Received,
    /// A message was made here: a notice or a forward.
    Generated,
    /// A message turned up whose arrival is not in the log.
    Begun,
    /// A recipient was handed over for good.
    Delivered(Handover),
    /// A recipient was replaced by a new message.
    Forwarded(Handover),
    /// A recipient was handed to a content filter, or to another host or instance of this
    /// log: the message goes on under another queue ID.
    HandedOn(Handover),
    /// A content filter took a recipient and did not give it back.
    Swallowed(Handover),
    /// The discard transport threw a recipient away.
    ThrownAway(Handover),
    /// A second queue ID of a message was recognized.
    HopFolded,
    /// An attempt was put off.
    Deferred {
        /// Whose.
        recipient: Address,
        /// By whom.
        relay: Relay,
        /// When the message was last deferred before.
        previous: Option<Moment>,
        /// The line.
        delivery: &'a Delivery<'a>,
    },
    /// A message was put off as a whole, because a notice about it could not be written.
    PutOff {
        /// When it was last deferred before.
        previous: Option<Moment>,
    },
    /// A recipient was given up.
    Bounced {
        /// Who.
        recipient: Address,
        /// By whom.
        relay: Relay,
        /// The line.
        delivery: &'a Delivery<'a>,
    },
    /// An address was tried without mail.
    Probed {
        /// Whether it would take mail.
        deliverable: bool,
    },
    /// A message was given up because it had been queued for too long.
    Expired {
        /// Whether an operator said so.
        forced: bool,
    },
    /// A message was abandoned before it became mail.
    Canceled,
    /// A rule decided. That it held or discarded a message is told once a message, and only when it
    /// is certain that the message was accepted.
    Verdict(&'a Verdict<'a>),
    /// A rule decided to hold or to discard a message that has no queue ID yet. Told only to who
    /// asks for every line; [`What::Verdict`] follows if it comes to that.
    Forestalled(&'a Verdict<'a>),
    /// A delivery said how it was secured (3.11).
    RelaySecured {
        /// The relay.
        relay: Relay,
        /// The level: `may`, `encrypt`.
        level: &'a [u8],
    },
    /// A queue ID left the queue, or is in it when the log ends.
    Queued {
        /// When it arrived.
        began: Moment,
        /// Whether it is still there.
        still: bool,
    },
    /// A message's life came to its end, or to the end of the log.
    Ended {
        /// When its life in this log began.
        began: Moment,
        /// How.
        start: Start,
        /// What became of it.
        fate: Fate,
        /// The family of its hops: the last of them may be gone without a trace.
        family: Option<u32>,
    },
    /// A line about a queue ID, after it took effect (if it ends a life, before). Told only
    /// to who asks for it ([`Listener::EVERY_LINE`](super::Listener::EVERY_LINE)), as is
    /// [`What::Gone`].
    Line {
        /// Whose, whether or not a message is known by it.
        queue_id: QueueId,
        /// What it says.
        event: &'a Event<'a>,
    },
    /// The tracker forgot a queue ID, and no [`What::Ended`] tells so.
    Gone,
    /// A client's connection to smtpd ended, or never did.
    Session {
        /// Whose.
        client: Client,
        /// When it began.
        began: Moment,
        /// How long it lasted; `None` if its end is not in the log.
        seconds: Option<u64>,
    },
    /// postscreen let a connection go, or passed it on.
    Screened {
        /// How long it lasted.
        seconds: u64,
        /// The client's address.
        address: Text,
    },
    /// postscreen did something with a client.
    ScreenAction {
        /// `PASS NEW`, `PREGREET`.
        action: &'a [u8],
        /// The client's address.
        address: Text,
    },
    /// A blocklist named a client (dnsblog).
    Listed {
        /// The list.
        zone: &'a [u8],
        /// The client's address.
        address: &'a [u8],
    },
    /// A TLS connection was made.
    Secured {
        /// Whether the peer connected to us.
        inbound: bool,
        /// `Anonymous`, `Trusted`.
        trust: &'a [u8],
        /// `TLSv1.3`.
        protocol: &'a [u8],
    },
    /// A client's TLS handshake failed.
    TlsFailure {
        /// What failed.
        text: &'a [u8],
        /// Why.
        detail: &'a [u8],
        /// Whose.
        client: &'a [u8],
    },
    /// A host did not answer our SMTP client.
    Unreachable {
        /// `name[address]:port`.
        host: &'a [u8],
        /// Why.
        text: &'a [u8],
    },
    /// A warning, an error or worse.
    Diagnosed {
        /// How bad.
        level: Level,
        /// What it says.
        text: &'a [u8],
    },
    /// The master daemon said something.
    Master(&'a [u8]),
}

impl What<'_> {
    /// The recipient that was handed over, if that is what happened.
    #[must_use]
    pub fn handover(self) -> Option<Handover> {
        match self {
            What::Delivered(handover)
            | What::Forwarded(handover)
            | What::HandedOn(handover)
            | What::Swallowed(handover)
            | What::ThrownAway(handover) => Some(handover),
            _ => None,
        }
    }
}

/// A recipient that a delivery agent was done with.
#[derive(Clone, Copy, Debug)]
pub struct Handover {
    /// Number of the message.
    pub message: u64,
    /// Who brought the message.
    pub client: Option<Client>,
    /// Who.
    pub recipient: Address,
    /// To whom.
    pub relay: Relay,
    /// Bytes of the message, if the log says them.
    pub size: Option<u64>,
    /// From arrival to now, in milliseconds.
    pub delay: u64,
    /// Its four parts, in milliseconds: before the queue manager, in it, connecting,
    /// transmitting.
    pub delays: [u64; 4],
    /// Who sent it, if the log says so.
    pub sender: Option<Address>,
    /// The signed-in user who sent it.
    pub user: Option<Text>,
    /// The level of TLS it was delivered with (3.11): `may`, `encrypt`.
    pub tls: Option<Text>,
    /// The queue ID that was delivered.
    pub queue_id: QueueId,
}

impl Handover {
    /// The same, of a message that had been on its way for so long before this hop.
    pub(super) fn after(self, lead: u64) -> Handover {
        Handover { delay: self.delay + lead, ..self }
    }
}
