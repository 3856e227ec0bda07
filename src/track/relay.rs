//! Relays: which of them are filters of this host, and what they swallowed.

use crate::names::{Client, Names, Relay};
use crate::near::place;
use crate::postfix::Program;

use super::message::{Key, Later};
use super::{Handover, Listener, Telling, Tracker, What};

/// After so many hand-offs of which none came back, a relay is taken for a final one.
pub(super) const TRIALS: usize = 1_000;

/// What is known of a relay.
#[derive(Default)]
pub(super) struct RelayState {
    pub(super) kind: RelayKind,
    /// How many hosts of the log were known when it was looked at: 0 if no line has named it.
    looked_at: usize,
    /// Mail came back from it: it is a filter.
    pub(super) came_back: bool,
    /// Its replies name what it gives back.
    names: bool,
    pub(super) settled: bool,
    /// How many messages a pipe took before one came back.
    pub(super) trials: usize,
    /// Hand-offs that are deliveries, or mail that a filter swallowed.
    pub(super) waiting: Vec<Later>,
}

/// Where a relay is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RelayKind {
    /// Elsewhere, or a mailbox.
    #[default]
    Remote,
    /// On this host, or another host of this log.
    Inward,
    /// A program that pipe(8) runs.
    Pipe,
    /// A filter elsewhere: mail came back from it.
    Elsewhere,
}

/// Where a client or relay is, as far as it can be told by what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On this host: only its own programs have such addresses.
    Here,
    /// On a host of this log, or one that is only called like it.
    Namesake,
    /// Anywhere.
    Elsewhere,
}

/// `192.0.2.9` of `filter.example.org[192.0.2.9]:10024`.
fn address(peer: &[u8]) -> Option<&[u8]> {
    let inside = peer.get(place(peer, b'[')? + 1..)?;
    inside.get(..place(inside, b']')?)
}

/// Whether a client has the address of a relay.
pub(super) fn is_at(client: Client, relay: Relay, names: &Names) -> bool {
    let from = address(names.clients.text(client));
    from.is_some() && from == address(names.relays.text(relay))
}

/// Whether a relay is a socket of this host: `mx.example.org[private/dovecot-lmtp]`.
fn is_socket(relay: &[u8]) -> bool {
    address(relay).is_some_and(|path| path.starts_with(b"private/") || path.starts_with(b"/"))
}

impl Tracker {
    /// Where a client or relay (`name[address]…`) is. Other addresses of 127.0.0.0/8 are elsewhere:
    /// where mail hosts are tried out, as in `tests/real-postfix`, they are other hosts'.
    pub(super) fn place_of(&self, peer: &[u8]) -> Place {
        let Some(open) = place(peer, b'[') else { return Place::Elsewhere };
        let (name, address) = peer.split_at_checked(open).unwrap_or((peer, b""));
        let inside = address.get(1..).unwrap_or_default();
        match () {
            () if inside.starts_with(b"127.0.0.1]") || inside.starts_with(b"::1]") => Place::Here,
            () if name == b"localhost" => Place::Here,
            () if self.services.is_host(name) => Place::Namesake,
            () => Place::Elsewhere,
        }
    }

    /// Whether a client or relay is of this host, or of a host of this log as its name goes.
    fn is_inward(&self, peer: &[u8]) -> bool {
        self.place_of(peer) != Place::Elsewhere
    }

    /// Looks at a relay that a line names: for the first time, or for the first time since another
    /// host wrote, which it may be.
    pub(super) fn look_at_relay(&mut self, relay: Relay, text: &[u8], program: Program) {
        let inward = self.is_inward(text);
        if self.hops.relays.len() <= relay.index() {
            self.hops.relays.resize_with(relay.index() + 1, RelayState::default);
        }
        let hosts = self.services.hosts().len();
        let Some(state) = self.hops.relays.get_mut(relay.index()) else { return };
        if state.looked_at == 0 {
            state.kind = kind_of(text, program, inward);
        } else if state.kind == RelayKind::Remote && inward {
            state.kind = RelayKind::Inward;
        }
        state.looked_at = hosts;
    }

    /// Whether a relay was looked at since the last host wrote its first line.
    pub(super) fn knows_relay(&self, relay: Relay) -> bool {
        let state = self.hops.relays.get(relay.index());
        state.is_some_and(|state| state.looked_at == self.services.hosts().len())
    }

    /// Whether mail may come back from a relay under another queue ID.
    pub(super) fn is_inward_relay(&self, relay: Relay) -> bool {
        let state = self.hops.relays.get(relay.index());
        self.tracking.fold && state.is_some_and(|state| state.kind != RelayKind::Remote)
    }

    /// Mail came back from a relay: it is a filter, and what did not come back it swallowed.
    pub(super) fn came_back<L: Listener>(&mut self, relay: Relay, telling: &mut Telling<'_, L>) {
        let Some(state) = self.hops.relays.get_mut(relay.index()) else { return };
        if !state.came_back {
            state.came_back = true;
            self.settle_relay(relay, telling);
        }
    }

    /// A reply of this relay named the second hop.
    pub(super) fn names_what_it_gives_back(&mut self, relay: Relay) {
        if let Some(state) = self.hops.relays.get_mut(relay.index()) {
            state.names = true;
        }
    }

    /// Whether its replies name what it gives back: what it kept has no name.
    pub(super) fn names_hops(&self, relay: Relay) -> bool {
        self.hops.relays.get(relay.index()).is_some_and(|state| state.names)
    }

    /// Mail that this relay took came back by XFORWARD, which no mailbox server knows to use; but of
    /// a message that went to several relays it is open from which. A socket is that of a mailbox
    /// server as a rule, and of a filter that names what it gives back.
    pub(super) fn came_back_by_xforward<L: Listener>(
        &mut self,
        relay: Relay,
        telling: &mut Telling<'_, L>,
    ) {
        if !is_socket(telling.names.relays.text(relay)) {
            self.came_back(relay, telling);
        }
    }

    /// Tells what became of the hand-offs that waited for this.
    pub(super) fn settle_relay<L: Listener>(&mut self, relay: Relay, telling: &mut Telling<'_, L>) {
        let Some(state) = self.hops.relays.get_mut(relay.index()) else { return };
        let swallowed = state.came_back;
        let meaning = if swallowed { What::Swallowed } else { What::Delivered };
        for later in std::mem::take(&mut state.waiting) {
            let Handover { queue_id, message, .. } = later.handover;
            let key = Key { instance: later.service.instance_number, queue_id };
            telling.tell_later(&later, self.still(key, message), meaning);
        }
    }
}

/// Where a relay is that a line of this program names first.
fn kind_of(text: &[u8], program: Program, inward: bool) -> RelayKind {
    match program {
        Program::Smtp | Program::Lmtp if is_socket(text) || inward => RelayKind::Inward,
        Program::Agent if !matches!(text, b"local" | b"virtual" | b"none") => RelayKind::Pipe,
        _ => RelayKind::Remote,
    }
}
