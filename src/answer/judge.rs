//! Judging: which filters a fact satisfies.

use crate::listing::Listed;
use crate::names::{Address, Client, Names, Relay, Text};
use crate::postfix::event::{Action, Event, Verdict};
use crate::track::{Fact, Handover, Service, What};
use crate::words::cause::Cause;
use crate::words::deferral::deferral;
use crate::words::warning::sasl_failure;

use super::filter::{Filters, is_listed, kind};
use super::pattern::{AddressPattern, Outcome, PeerPattern};

/// What a fact has to do with the recipients that are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It concerns the whole message.
    Whole,
    /// It concerns a recipient who is asked about.
    Asked,
    /// It concerns another recipient.
    Other,
    /// It is a refusal that is asked about; the message does not belong because of it.
    Refusal,
}

fn any_address(patterns: &[AddressPattern], address: &[u8]) -> bool {
    patterns.iter().any(|pattern| pattern.matches(address))
}

fn any_peer(patterns: &[PeerPattern], peer: &[u8]) -> bool {
    patterns.iter().any(|pattern| pattern.matches(peer))
}

impl Filters {
    /// Whether a fact tells that its message is left out, whatever else is asked about.
    pub(super) fn leaves_out(&self, fact: &Fact<'_>) -> bool {
        let Some(beginning) = self.not_message_id else { return false };
        let What::Line { event: Event::MessageId(id), .. } = fact.what else { return false };
        id.strip_prefix(b"<").unwrap_or(id).starts_with(beginning)
    }

    /// The kinds of filters that a fact satisfies for its whole message.
    pub(super) fn satisfied(&self, names: &Names, fact: &Fact<'_>) -> u16 {
        let mut kinds = self.by_service(names, fact.service);
        if let Some(message) = fact.message {
            kinds |= self.by_service(names, message.service);
            kinds |= self.by_sender(names, message.sender);
            kinds |= self.by_client(names, message.client);
            kinds |= self.by_user(names, message.user);
            kinds |= if self.queue_id.contains(&message.queue_id) { kind::QUEUE_ID } else { 0 };
        }
        if let Some(h) = fact.what.handover() {
            kinds |= self.by_sender(names, h.sender) | self.by_client(names, h.client);
            kinds |= self.by_user(names, h.user);
            kinds |= if self.queue_id.contains(&h.queue_id) { kind::QUEUE_ID } else { 0 };
        }
        match fact.what {
            What::Verdict(verdict) => kinds |= self.by_verdict(verdict),
            What::Line { queue_id, event } => {
                kinds |= if self.queue_id.contains(&queue_id) { kind::QUEUE_ID } else { 0 };
                if let Event::MessageId(id) = event {
                    let bare =
                        id.strip_prefix(b"<").and_then(|id| id.strip_suffix(b">")).unwrap_or(id);
                    kinds |= if self.message_id.iter().any(|wanted| wanted == bare) {
                        kind::MESSAGE_ID
                    } else {
                        0
                    };
                }
            }
            What::Session { client, .. } => kinds |= self.by_client(names, Some(client)),
            What::Screened { address, .. } | What::ScreenAction { address, .. } => {
                kinds |= self.by_peer(names.texts.text(address));
            }
            What::Listed { address, .. } => kinds |= self.by_peer(address),
            What::TlsFailure { client, .. } => kinds |= self.by_peer(client),
            What::Diagnosed { text, .. } => kinds |= self.by_diagnosis(text),
            _ => {}
        }
        kinds
    }

    /// `unknown[192.0.2.1]: SASL LOGIN authentication failed: …, sasl_username=ann`
    fn by_diagnosis(&self, text: &[u8]) -> u16 {
        let client = memchr::memmem::find(text, b"]: ").and_then(|end| text.get(..=end));
        let mut kinds = client.map_or(0, |client| self.by_peer(client));
        if !self.user.is_empty()
            && let Some(user) = sasl_failure(text).and_then(|failure| failure.user)
            && is_listed(&self.user, user)
        {
            kinds |= kind::USER;
        }
        kinds
    }

    fn by_service(&self, names: &Names, service: Service) -> u16 {
        let mut kinds = 0;
        if !self.service.is_empty() {
            let name = names.texts.text(service.name);
            let parts = name.split(|byte| *byte == b'/');
            if is_listed(&self.service, name)
                || parts.into_iter().any(|part| is_listed(&self.service, part))
            {
                kinds |= kind::SERVICE;
            }
        }
        kinds
    }

    fn by_sender(&self, names: &Names, sender: Option<Address>) -> u16 {
        let sender = sender.filter(|_| !self.from.is_empty());
        let asked =
            sender.is_some_and(|sender| any_address(&self.from, names.addresses.text(sender)));
        if asked { kind::FROM } else { 0 }
    }

    fn by_client(&self, names: &Names, client: Option<Client>) -> u16 {
        let client = client.filter(|_| !self.client.is_empty());
        client.map_or(0, |client| self.by_peer(names.clients.text(client)))
    }

    fn by_peer(&self, peer: &[u8]) -> u16 {
        if any_peer(&self.client, peer) { kind::CLIENT } else { 0 }
    }

    fn by_user(&self, names: &Names, user: Option<Text>) -> u16 {
        let user = user.filter(|_| !self.user.is_empty());
        let asked = user.is_some_and(|user| is_listed(&self.user, names.texts.text(user)));
        if asked { kind::USER } else { 0 }
    }

    fn by_verdict(&self, verdict: &Verdict<'_>) -> u16 {
        let mut kinds = self.by_peer(verdict.client);
        if let Some(sender) = verdict.sender
            && self.from.iter().any(|from| from.matches_raw(sender))
        {
            kinds |= kind::FROM;
        }
        if verdict.user.is_some_and(|user| is_listed(&self.user, user)) {
            kinds |= kind::USER;
        }
        kinds
    }

    /// Whether a recipient in a listing of the queue is asked about.
    #[must_use]
    pub fn takes_recipient(&self, address: &str) -> bool {
        self.to.is_empty() || self.to.iter().any(|to| to.matches_raw(address.as_bytes()))
    }

    /// Whether a message is asked about of which only the listing of the queue tells: it
    /// does not say who brought it, nor to which host it was to go.
    #[must_use]
    pub fn takes_listed(&self, listed: &Listed) -> bool {
        let untold = !self.client.is_empty()
            || !self.user.is_empty()
            || !self.service.is_empty()
            || !self.message_id.is_empty()
            || !self.relay.is_empty();
        let mut left = listed.recipients.iter();
        !untold
            && (self.queue_id.is_empty() || self.queue_id.contains(&listed.queue_id))
            && (self.from.is_empty()
                || self.from.iter().any(|from| from.matches_raw(listed.sender.as_bytes())))
            && left.any(|(address, reason)| {
                let of_failures = !self.status.is_empty() || self.selects_failures();
                self.takes_recipient(address)
                    && match reason {
                        Some(reason) => self.takes_listed_reason(listed, reason.as_bytes()),
                        None => !of_failures,
                    }
            })
    }

    fn takes_listed_reason(&self, listed: &Listed, reason: &[u8]) -> bool {
        let cause = || Some(Cause::of_listed(reason, listed.sender.is_empty()));
        self.takes(Outcome::Deferred) && self.takes_reason(reason) && self.takes_cause(cause)
    }

    /// What a fact has to do with the recipients that are asked about.
    pub(super) fn part(&self, names: &Names, fact: &Fact<'_>) -> Part {
        let asked = |asked: bool| if asked { Part::Asked } else { Part::Other };
        match fact.what {
            What::Delivered(h) | What::HandedOn(h) | What::Swallowed(h) | What::ThrownAway(h) => {
                asked(self.takes(Outcome::Sent) && self.takes_handover(names, h))
            }
            What::Forwarded(h) => {
                asked(self.takes(Outcome::Forwarded) && self.takes_handover(names, h))
            }
            What::Deferred { delivery, .. } => asked(
                self.takes(Outcome::Deferred)
                    && self.waits(names, fact)
                    && self.takes_failure(names, fact, delivery.text),
            ),
            What::Bounced { delivery, .. } => asked(
                self.takes(Outcome::Bounced)
                    && self.waits(names, fact)
                    && self.takes_failure(names, fact, delivery.text),
            ),
            What::RelaySecured { relay, .. } => {
                let more =
                    !self.to.is_empty() || !self.status.is_empty() || self.selects_failures();
                asked(
                    !more
                        && (self.relay.is_empty()
                            || any_peer(&self.relay, names.relays.text(relay))),
                )
            }
            What::Probed { .. } => asked(!self.selects_deliveries()),
            What::Verdict(verdict) => self.part_of_verdict(names, fact, verdict),
            _ => Part::Whole,
        }
    }

    fn takes_handover(&self, names: &Names, handover: Handover) -> bool {
        !self.selects_failures() && self.takes_delivery(names, handover.recipient, handover.relay)
    }

    pub(super) fn takes_delivery(&self, names: &Names, recipient: Address, relay: Relay) -> bool {
        self.takes_name(names, recipient)
            && (self.relay.is_empty() || any_peer(&self.relay, names.relays.text(relay)))
    }

    fn takes_name(&self, names: &Names, recipient: Address) -> bool {
        self.to.is_empty() || any_address(&self.to, names.addresses.text(recipient))
    }

    /// Whether the recipient of a failed attempt is one of those asked about, whatever
    /// became of the attempt.
    pub(super) fn waits(&self, names: &Names, fact: &Fact<'_>) -> bool {
        match fact.what {
            What::Deferred { recipient, relay, delivery, .. }
            | What::Bounced { recipient, relay, delivery } => {
                // `relay=none`: the text names the host to which it was to be given.
                let host = || deferral(delivery.text).host;
                let was_to_go = || host().is_some_and(|host| any_peer(&self.relay, host));
                self.takes_delivery(names, recipient, relay)
                    || self.takes_name(names, recipient) && was_to_go()
            }
            _ => false,
        }
    }

    fn part_of_verdict(&self, names: &Names, fact: &Fact<'_>, verdict: &Verdict<'_>) -> Part {
        if !self.selects_deliveries() {
            return Part::Whole;
        }
        let outcome = match verdict.action {
            Action::Reject | Action::RejectWarning => Outcome::Rejected,
            Action::Hold => Outcome::Held,
            Action::Discard => Outcome::Discarded,
            Action::Other => return Part::Other,
        };
        let to = |recipient: &[u8]| self.to.iter().any(|to| to.matches_raw(recipient));
        let asked = self.takes(outcome)
            && self.relay.is_empty()
            && (self.to.is_empty() || verdict.recipient.is_some_and(to))
            && self.takes_failure(names, fact, verdict.whole);
        match (asked, outcome) {
            (false, _) => Part::Other,
            (true, Outcome::Rejected) => Part::Refusal,
            (true, _) => Part::Asked,
        }
    }

    /// Whether a fact that is no message's is asked about, or is of one that is over and
    /// satisfied some kinds of filters.
    pub(super) fn takes_alone(&self, names: &Names, fact: &Fact<'_>, known: u16) -> bool {
        if self.kinds() & !(known | self.satisfied(names, fact)) != 0 {
            return false;
        }
        match fact.what {
            What::Delivered(_)
            | What::Forwarded(_)
            | What::HandedOn(_)
            | What::Swallowed(_)
            | What::ThrownAway(_)
            | What::Verdict(_) => !matches!(self.part(names, fact), Part::Other),
            What::Unreachable { host, text } => {
                let fits = self.relay.is_empty() || any_peer(&self.relay, host);
                fits && self.to.is_empty()
                    && self.status.is_empty()
                    && self.takes_failure(names, fact, text)
            }
            What::Diagnosed { text, .. } => {
                let none = self.to.is_empty() && self.relay.is_empty() && self.status.is_empty();
                none && self.takes_failure(names, fact, text)
            }
            _ => !self.selects_deliveries(),
        }
    }
}
