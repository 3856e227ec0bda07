//! Filters: which messages, and which of their deliveries, are asked about.

use regex::bytes::Regex;

use crate::names::Names;
use crate::postfix::QueueId;
use crate::track::Fact;
use crate::words::cause::Cause;

use super::cause::of_fact;
use super::pattern::{AddressPattern, Outcome, PeerPattern};

/// What is asked about. Of one kind of filter any may hold, of several kinds all must.
///
/// A message belongs if its facts satisfy each kind: the message may have come under one
/// queue ID and gone under another. `to`, `relay`, `status`, `cause` and `reason` select
/// deliveries as well: of a message with ten recipients only those asked about are left.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Envelope senders.
    pub from: Vec<AddressPattern>,
    /// Envelope recipients.
    pub to: Vec<AddressPattern>,
    /// Who brought the message, or connected.
    pub client: Vec<PeerPattern>,
    /// To whom it was delivered, or was to be.
    pub relay: Vec<PeerPattern>,
    /// Signed-in users.
    pub user: Vec<Vec<u8>>,
    /// Services: `smtpd`, `submission/smtpd`, or its first or last part.
    pub service: Vec<Vec<u8>>,
    /// Queue IDs.
    pub queue_id: Vec<QueueId>,
    /// Message-ids, without the angle brackets.
    pub message_id: Vec<Vec<u8>>,
    /// What a message-id begins with that is not asked about.
    pub not_message_id: Option<&'static [u8]>,
    /// What became of a recipient.
    pub status: Vec<Outcome>,
    /// Root causes of deferrals, bounces and refusals.
    pub cause: Vec<Cause>,
    /// Matches the reason of a deferral, a bounce or a verdict, or a warning.
    pub reason: Option<Regex>,
}

/// The kinds of filters that a message as a whole satisfies, as bits.
pub(super) mod kind {
    pub(in crate::answer) const FROM: u16 = 1;
    pub(in crate::answer) const CLIENT: u16 = 1 << 1;
    pub(in crate::answer) const USER: u16 = 1 << 2;
    pub(in crate::answer) const SERVICE: u16 = 1 << 3;
    pub(in crate::answer) const QUEUE_ID: u16 = 1 << 4;
    pub(in crate::answer) const MESSAGE_ID: u16 = 1 << 5;
}

impl Filters {
    /// Whether everything is asked about.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds() == 0 && !self.selects_deliveries() && self.not_message_id.is_none()
    }

    /// Whether some deliveries of a message may be left out.
    #[must_use]
    pub fn selects_deliveries(&self) -> bool {
        let none = self.to.is_empty() && self.relay.is_empty() && self.status.is_empty();
        !none || self.selects_failures()
    }

    /// Whether only what went wrong may be asked about.
    pub(super) fn selects_failures(&self) -> bool {
        !self.cause.is_empty() || self.reason.is_some()
    }

    /// The kinds that are set, of those that concern whole messages.
    pub(super) fn kinds(&self) -> u16 {
        let set = [
            (self.from.is_empty(), kind::FROM),
            (self.client.is_empty(), kind::CLIENT),
            (self.user.is_empty(), kind::USER),
            (self.service.is_empty(), kind::SERVICE),
            (self.queue_id.is_empty(), kind::QUEUE_ID),
            (self.message_id.is_empty(), kind::MESSAGE_ID),
        ];
        set.iter().filter(|(empty, _)| !empty).fold(0, |kinds, (_, kind)| kinds | kind)
    }

    /// Whether an outcome is asked about.
    pub(super) fn takes(&self, outcome: Outcome) -> bool {
        let sent = outcome == Outcome::Forwarded && self.status.contains(&Outcome::Sent);
        self.status.is_empty() || self.status.contains(&outcome) || sent
    }

    /// Whether it is asked about why something went wrong, in these words.
    pub(super) fn takes_failure(&self, names: &Names, fact: &Fact<'_>, text: &[u8]) -> bool {
        self.takes_reason(text) && self.takes_cause(|| of_fact(names, fact))
    }

    /// Whether a reason is asked about.
    pub(super) fn takes_reason(&self, text: &[u8]) -> bool {
        self.reason.as_ref().is_none_or(|reason| reason.is_match(text))
    }

    /// Whether a root cause is asked about; `None` is one that is not said.
    pub(super) fn takes_cause(&self, cause: impl FnOnce() -> Option<Cause>) -> bool {
        self.cause.is_empty() || cause().is_some_and(|cause| self.cause.contains(&cause))
    }
}

/// Whether a filter that is a list of texts holds of a text.
pub(super) fn is_listed(list: &[Vec<u8>], text: &[u8]) -> bool {
    list.iter().any(|wanted| wanted.eq_ignore_ascii_case(text))
}
