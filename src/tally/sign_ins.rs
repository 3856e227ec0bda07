//! Sign-ins: who tried in vain, and what signed-in users sent.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::names::{Client, Names, Text, kind};
use crate::track::Message;
use crate::words::host::Peer;
use crate::words::network;
use crate::words::warning;

use super::noted::Noted;

/// What a signed-in user sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Messages.
    pub messages: u64,
    /// Recipients delivered.
    pub recipients: u64,
    /// Messages from a network that had failed to sign in before.
    pub after_failures: u64,
}

/// Sign-ins that failed, and users who succeeded.
#[derive(Clone, Debug, Default)]
pub struct SignIns {
    /// Failures by client network and user; the user is empty where the log does not say it
    /// (before 3.9).
    pub failures: HashMap<(Text, Text), u64, RandomState>,
    /// Users who sent mail.
    pub users: HashMap<Text, User, RandomState>,
    /// Messages by user and network, of those networks that had failed to sign in before.
    pub after_failures: HashMap<(Text, Text), u64, RandomState>,
    /// The networks that failed so far.
    networks: HashSet<Text, RandomState>,
    /// The network of each client, as far as it was asked for: to make it out took 3 % of the time
    /// of a log of submissions.
    network_of: Noted<kind::Client, Text>,
    buffer: Vec<u8>,
}

impl SignIns {
    /// Nothing yet, in the part of a log that follows another: whoever failed there may
    /// succeed here.
    #[must_use]
    pub fn after(before: &SignIns) -> SignIns {
        SignIns { networks: before.networks.clone(), ..SignIns::default() }
    }

    /// Adds what was counted of the part that follows.
    pub fn merge(&mut self, other: &SignIns) {
        for (who, times) in &other.failures {
            *self.failures.entry(*who).or_default() += times;
        }
        for (user, theirs) in &other.users {
            let mine = self.users.entry(*user).or_default();
            mine.messages += theirs.messages;
            mine.recipients += theirs.recipients;
            mine.after_failures += theirs.after_failures;
        }
        for (who, messages) in &other.after_failures {
            *self.after_failures.entry(*who).or_default() += messages;
        }
        self.networks.extend(&other.networks);
    }

    /// A warning, which may be of a failed sign-in; says whether it is.
    pub fn warned(&mut self, names: &mut Names, text: &[u8], times: u64) -> bool {
        let Some(failure) = warning::failed_sign_in(text) else { return false };
        network::of(Peer::parse(failure.client).address, &mut self.buffer);
        let network = names.texts.intern_stranger(&self.buffer);
        let user = names.texts.intern_stranger(failure.user.unwrap_or_default());
        *self.failures.entry((network, user)).or_default() += times;
        self.networks.insert(network);
        true
    }

    /// A message was accepted.
    pub fn received(&mut self, names: &mut Names, message: &Message) {
        let Some(user) = message.user else { return };
        self.users.entry(user).or_default().messages += 1;
        if let (Some(client), false) = (message.client, self.networks.is_empty()) {
            let network = self.network_of(names, client);
            if self.networks.contains(&network) {
                self.users.entry(user).or_default().after_failures += 1;
                *self.after_failures.entry((user, network)).or_default() += 1;
            }
        }
    }

    /// Gives back what only counting needs.
    pub fn settle(&mut self) {
        self.network_of = Noted::default();
    }

    fn network_of(&mut self, names: &mut Names, client: Client) -> Text {
        let SignIns { network_of, buffer, .. } = self;
        network_of.of(client, || {
            network::of(Peer::parse(names.clients.text(client)).address, buffer);
            names.texts.intern(buffer).0 // of no stranger: mail was accepted
        })
    }

    /// A recipient of a user's mail was delivered.
    pub fn delivered(&mut self, user: Option<Text>, times: u64) {
        if let Some(user) = user {
            self.users.entry(user).or_default().recipients += times;
        }
    }
}
