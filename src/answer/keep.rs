//! Facts kept until it is clear whether they are asked about: owned copies.

use crate::names::{Names, Relay};
use crate::postfix::event::{Delivery, Status};
use crate::postfix::kept::{KeptVerdict, Texts};
use crate::syslog::Moment;
use crate::track::{Fact, Listener, Message, Service, What};

/// A fact that owns all it says.
pub(super) struct Kept {
    at: Moment,
    service: Service,
    message: Option<Message>,
    times: u32,
    what: KeptWhat,
    /// Whether it counts even if no delivery of its message does: a refusal.
    pub(super) alone: bool,
}

enum KeptWhat {
    Plain(What<'static>),
    Deferred {
        recipient: crate::names::Address,
        relay: Relay,
        previous: Option<Moment>,
        delivery: KeptDelivery,
    },
    Bounced {
        recipient: crate::names::Address,
        relay: Relay,
        delivery: KeptDelivery,
    },
    Verdict(KeptVerdict),
    RelaySecured {
        relay: Relay,
        level: Box<[u8]>,
    },
}

/// A line of a delivery agent that owns its texts, which lie one after the other.
struct KeptDelivery {
    texts: Texts<6>,
    orig_to: bool,
    tls: bool,
    delay: u64,
    delays: Option<[u64; 4]>,
    status: Status,
}

impl KeptDelivery {
    fn of(d: &Delivery<'_>) -> KeptDelivery {
        let texts = [
            d.recipient,
            d.orig_to.unwrap_or_default(),
            d.relay,
            d.dsn,
            d.text,
            d.tls.unwrap_or_default(),
        ];
        KeptDelivery {
            texts: Texts::of(texts),
            orig_to: d.orig_to.is_some(),
            tls: d.tls.is_some(),
            delay: d.delay,
            delays: d.delays,
            status: d.status,
        }
    }

    fn line(&self) -> Delivery<'_> {
        Delivery {
            recipient: self.texts.get(0),
            orig_to: self.orig_to.then(|| self.texts.get(1)),
            relay: self.texts.get(2),
            delay: self.delay,
            delays: self.delays,
            tls: self.tls.then(|| self.texts.get(5)),
            dsn: self.texts.get(3),
            status: self.status,
            text: self.texts.get(4),
        }
    }
}

impl Kept {
    /// A copy of a fact about a message; `None` for what no tally counts, and for what is
    /// nobody's.
    pub(super) fn of(fact: &Fact<'_>, alone: bool) -> Option<Kept> {
        let what = match fact.what {
            What::Deferred { recipient, relay, previous, delivery } => KeptWhat::Deferred {
                recipient,
                relay,
                previous,
                delivery: KeptDelivery::of(delivery),
            },
            What::Bounced { recipient, relay, delivery } => {
                KeptWhat::Bounced { recipient, relay, delivery: KeptDelivery::of(delivery) }
            }
            What::Verdict(verdict) => KeptWhat::Verdict(KeptVerdict::of(verdict)),
            What::RelaySecured { relay, level } => {
                KeptWhat::RelaySecured { relay, level: level.into() }
            }
            what => KeptWhat::Plain(plain(what)?),
        };
        let message = match fact.what {
            // What is counted of these is by whom they wait for.
            What::Queued { .. } | What::Expired { .. } => fact.message.cloned(),
            _ => fact.message.map(Message::outline),
        };
        Some(Kept { at: fact.at, service: fact.service, message, times: fact.times, what, alone })
    }

    /// Tells the fact at last.
    pub(super) fn tell<L: Listener>(&self, names: &mut Names, out: &mut L) {
        let mut hear = |what: What<'_>| {
            let (at, service, message, times) =
                (self.at, self.service, self.message.as_ref(), self.times);
            out.hear(names, &Fact { at, service, message, what, times });
        };
        match &self.what {
            KeptWhat::Plain(what) => hear(*what),
            KeptWhat::Deferred { recipient, relay, previous, delivery } => hear(What::Deferred {
                recipient: *recipient,
                relay: *relay,
                previous: *previous,
                delivery: &delivery.line(),
            }),
            KeptWhat::Bounced { recipient, relay, delivery } => {
                hear(What::Bounced {
                    recipient: *recipient,
                    relay: *relay,
                    delivery: &delivery.line(),
                });
            }
            KeptWhat::Verdict(verdict) => hear(What::Verdict(&verdict.verdict())),
            KeptWhat::RelaySecured { relay, level } => {
                hear(What::RelaySecured { relay: *relay, level });
            }
        }
    }
}

/// A fact of a message that borrows nothing.
fn plain(what: What<'_>) -> Option<What<'static>> {
    Some(match what {
        What::Received => What::Received,
        What::Generated => What::Generated,
        What::Begun => What::Begun,
        What::Delivered(handover) => What::Delivered(handover),
        What::Forwarded(handover) => What::Forwarded(handover),
        What::HandedOn(handover) => What::HandedOn(handover),
        What::Swallowed(handover) => What::Swallowed(handover),
        What::ThrownAway(handover) => What::ThrownAway(handover),
        What::HopFolded => What::HopFolded,
        What::Probed { deliverable } => What::Probed { deliverable },
        What::Expired { forced } => What::Expired { forced },
        What::Canceled => What::Canceled,
        What::PutOff { previous } => What::PutOff { previous },
        What::Queued { began, still } => What::Queued { began, still },
        What::Ended { began, start, fate, family } => What::Ended { began, start, fate, family },
        _ => return None,
    })
}
