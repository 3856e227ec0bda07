//! Which name an event will be asked for, so that it can be looked up ahead.

use crate::names::{Address, Asked, Client, Known, Text};
use crate::postfix::Event;
use crate::postfix::event::{Delivery, Screen};

use super::{Telling, Tracking};

impl Tracking {
    /// The text whose name the tracker will ask for when it takes an event; none for those that
    /// ask for none, or seldom.
    #[must_use]
    pub fn asked<'e>(self, event: &Event<'e>) -> Option<Asked<'e>> {
        Some(match event {
            Event::Delivery(delivery) => Asked::Address(self.recipient(delivery)),
            Event::Active { sender, .. } => Asked::Address(sender),
            Event::Connect { client } => Asked::Client(client),
            Event::Client(arrival) => Asked::Client(arrival.client),
            Event::Screen(Screen::Disconnect { address, .. } | Screen::Action { address, .. }) => {
                Asked::Text(address)
            }
            _ => return None,
        })
    }

    /// The address that a recipient goes by.
    #[must_use]
    pub fn recipient<'d>(self, delivery: &Delivery<'d>) -> &'d [u8] {
        match delivery.orig_to {
            Some(orig_to) if self.use_orig_to && !orig_to.is_empty() => orig_to,
            _ => delivery.recipient,
        }
    }
}

/// What [`Tracking::asked`] asks for is named here and nowhere else.
impl<L> Telling<'_, L> {
    pub(super) fn sender(&mut self, sender: &[u8]) -> Address {
        match self.known {
            Known::Address(known) => known,
            _ => self.names.sender(sender),
        }
    }

    pub(super) fn recipient(&mut self, recipient: &[u8]) -> Address {
        match self.known {
            Known::Address(known) => known,
            _ => self.names.recipient(recipient),
        }
    }

    pub(super) fn client(&mut self, client: &[u8]) -> Client {
        match self.known {
            Known::Client(known) => known,
            _ => self.names.clients.intern_stranger(client),
        }
    }

    pub(super) fn screened(&mut self, address: &[u8]) -> Text {
        match self.known {
            Known::Text(known) => known,
            _ => self.names.texts.intern_stranger(address),
        }
    }
}
