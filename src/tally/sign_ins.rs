//! Sign-ins: who tried in vain, and what signed-in users sent.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Names, Text};
use crate::track::Message;
use crate::words::host::Peer;
use crate::words::network;
use crate::words::warning;

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
    /// How often each network failed so far.
    networks: HashMap<Text, u64, RandomState>,
    buffer: Vec<u8>,
}

impl SignIns {
    /// A warning, which may be of a failed sign-in.
    pub fn warned(&mut self, names: &mut Names, text: &[u8], times: u64) {
        let Some(failure) = warning::sasl_failure(text) else { return };
        network::of(Peer::parse(failure.client).address, &mut self.buffer);
        let network = names.texts.intern(&self.buffer).0;
        let user = names.texts.intern(failure.user.unwrap_or_default()).0;
        *self.failures.entry((network, user)).or_default() += times;
        *self.networks.entry(network).or_default() += times;
    }

    /// A message was accepted.
    pub fn received(&mut self, names: &mut Names, message: &Message) {
        let Some(user) = message.user else { return };
        let sent = self.users.entry(user).or_default();
        sent.messages += 1;
        if let (Some(client), false) = (message.client, self.networks.is_empty()) {
            network::of(Peer::parse(names.clients.text(client)).address, &mut self.buffer);
            let network = names.texts.find(&self.buffer);
            let failed = network.is_some_and(|network| self.networks.contains_key(&network));
            sent.after_failures += u64::from(failed);
        }
    }

    /// A recipient of a user's mail was delivered.
    pub fn delivered(&mut self, user: Option<Text>, times: u64) {
        if let Some(user) = user {
            self.users.entry(user).or_default().recipients += times;
        }
    }
}
