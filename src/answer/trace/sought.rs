//! What a trace looks for: one word, which may mean several things.

use std::str::FromStr;

use crate::postfix::QueueId;
use crate::postfix::event::{Event, Verdict};

use super::super::pattern::{AddressPattern, NotAPattern, PeerPattern, has_blank};

/// A queue ID, a message-id, an address, a domain, a user, or a client. What fits several
/// of them is looked for as each.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    queue_id: Option<QueueId>,
    message_id: Option<Vec<u8>>,
    address: Option<AddressPattern>,
    client: Option<PeerPattern>,
    user: Option<Vec<u8>>,
}

impl FromStr for Sought {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        let text = text.trim();
        if text.is_empty()
            || has_blank(
                text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text),
            )
        {
            return Err(NotAPattern::new(
                "accepted are a queue ID, a message-id, an address, @example.org, a user, and a \
                 client's address, network or name",
            ));
        }
        let queue_id = QueueId::parse(text.as_bytes());
        if text.contains('@') || text == "<>" {
            let bare = bare(text.as_bytes());
            let whole = !text.starts_with('@') && !bare.is_empty();
            return Ok(Sought {
                message_id: whole.then(|| bare.to_vec()),
                address: Some(text.parse()?),
                user: whole.then(|| text.as_bytes().to_vec()),
                ..Sought::default()
            });
        }
        if text.starts_with('<') {
            let message_id = Some(bare(text.as_bytes()).to_vec());
            return Ok(Sought { message_id, ..Sought::default() });
        }
        if text.contains(['.', ':', '[', '/', '*']) {
            let message_id = Some(text.as_bytes().to_vec());
            return Ok(Sought { client: Some(text.parse()?), message_id, ..Sought::default() });
        }
        Ok(Sought {
            queue_id,
            address: Some(text.parse()?),
            user: Some(text.as_bytes().to_vec()),
            ..Sought::default()
        })
    }
}

impl Sought {
    /// Whether a line is about what is looked for.
    pub(super) fn is_in(&self, queue_id: Option<QueueId>, event: &Event<'_>) -> bool {
        if queue_id.is_some() && queue_id == self.queue_id {
            return true;
        }
        match event {
            Event::Client(arrival) => {
                self.is_client(arrival.client)
                    || arrival.orig_client.is_some_and(|client| self.is_client(client))
                    || arrival.user.is_some_and(|user| self.is_user(user))
            }
            Event::MessageId(id) => self.message_id.as_deref().is_some_and(|want| want == bare(id)),
            Event::Pickup { sender, .. } | Event::Active { sender, .. } => self.is_address(sender),
            Event::Delivery(delivery) => {
                self.is_address(delivery.recipient)
                    || delivery.orig_to.is_some_and(|orig_to| self.is_address(orig_to))
            }
            Event::Verdict(verdict) => self.is_in_verdict(verdict),
            _ => false,
        }
    }

    /// Whether a rule decided about what is looked for.
    pub(super) fn is_in_verdict(&self, verdict: &Verdict<'_>) -> bool {
        [verdict.sender, verdict.recipient].into_iter().flatten().any(|a| self.is_address(a))
            || self.is_client(verdict.client)
            || verdict.user.is_some_and(|user| self.is_user(user))
    }

    fn is_address(&self, address: &[u8]) -> bool {
        self.address.as_ref().is_some_and(|pattern| pattern.matches_raw(address))
    }

    fn is_client(&self, client: &[u8]) -> bool {
        self.client.as_ref().is_some_and(|pattern| pattern.matches(client))
    }

    fn is_user(&self, user: &[u8]) -> bool {
        self.user.as_ref().is_some_and(|wanted| wanted.eq_ignore_ascii_case(user))
    }
}

/// A message-id or an address without its angle brackets.
pub(super) fn bare(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"<").and_then(|text| text.strip_suffix(b">")).unwrap_or(text)
}
