//! Hosts and domains as the report names them: by what somebody registered.

use std::sync::{Arc, OnceLock};

use crate::names::{Client, Interner, Names, kind};
use crate::words::domain::{canonical, registrable};
use crate::words::host::Peer;

/// Folds hosts and domains, and remembers those of clients, which many lists name.
pub(super) struct Folding {
    whole: bool,
    /// Folded hosts.
    pub(super) hosts: Interner<kind::Text>,
    /// Where they will be found once all are folded.
    shared: Hosts,
    of_client: Vec<u32>,
    /// Where each host stands, or stood, in a list that is made.
    places: Vec<u32>,
    spelled: Vec<u8>,
}

/// The folded hosts that lists show; there are none before all are folded.
pub(super) type Hosts = Arc<OnceLock<Interner<kind::Text>>>;

/// No folded host yet.
const UNASKED: u32 = u32::MAX;

impl Folding {
    /// Folds to registrable domains, unless they are to stay `whole`.
    pub(super) fn new(whole: bool) -> Folding {
        Folding {
            whole,
            hosts: Interner::default(),
            shared: Hosts::default(),
            of_client: Vec::new(),
            places: Vec::new(),
            spelled: Vec::new(),
        }
    }

    /// Where lists will find the hosts that were folded for them.
    pub(super) fn hosts_to_come(&self) -> Hosts {
        Arc::clone(&self.shared)
    }

    /// All are folded.
    pub(super) fn finish(self) {
        self.shared.get_or_init(|| self.hosts);
    }

    /// Where a host stands in a list that is made; if it is not `there`, it will be at `next`.
    pub(super) fn place(
        &mut self,
        host: crate::names::Text,
        next: usize,
        there: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        if host.index() >= self.places.len() {
            self.places.resize(host.index().max(self.hosts.len()) + 1, 0);
        }
        let place = self.places.get_mut(host.index())?;
        // It may be the place in another list.
        if there(*place as usize) {
            return Some(*place as usize);
        }
        *place = u32::try_from(next).unwrap_or(u32::MAX);
        None
    }

    /// The domain an address's domain counts for.
    pub(super) fn domain<'t>(&self, domain: &'t [u8]) -> &'t [u8] {
        if self.whole { domain } else { registrable(domain) }
    }

    /// The host or domain a client counts for.
    pub(super) fn client(&mut self, names: &Names, client: Client) -> crate::names::Text {
        let at = client.index();
        if at >= self.of_client.len() {
            self.of_client.resize(at.max(names.clients.len()) + 1, UNASKED);
        }
        let known = self.of_client.get(at).copied().unwrap_or(UNASKED);
        if known != UNASKED {
            return crate::names::Name::at(known as usize);
        }
        let peer = Peer::parse(names.clients.text(client));
        if self.whole {
            canonical(peer.fqdn(), &mut self.spelled);
        } else {
            peer.folded(&mut self.spelled);
        }
        let host = self.hosts.intern(&self.spelled).0;
        if let Some(slot) = self.of_client.get_mut(at) {
            *slot = u32::try_from(host.index()).unwrap_or(UNASKED);
        }
        host
    }
}
