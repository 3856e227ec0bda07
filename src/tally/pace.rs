//! How much those of this house send in each hour: signed-in users, programs of this host,
//! hosts of a private network.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Address, Client, Names, Text};
use crate::syslog::Moment;
use crate::track::Message;
use crate::track::message::Origin;
use crate::words::host::Peer;
use crate::words::network;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// A signed-in user.
    User(Text),
    /// A program of this host, by its envelope sender.
    Local(Address),
    /// A host of a private network, which needs not sign in.
    Host(Client),
}

/// Messages by source and hour. Strangers are left out: how much they send is their affair.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// Hours are counted from 1970-01-01 on the wall clock.
    messages: HashMap<(Source, i64), u64, RandomState>,
    /// Whether a client is of a private network, as far as it was asked for.
    private: Vec<Option<bool>>,
}

impl Pace {
    /// A message was accepted.
    pub fn received(&mut self, names: &Names, message: &Message, at: Moment) {
        let source = match (message.user, message.origin, message.client) {
            (Some(user), ..) => Source::User(user),
            (None, Origin::Local, _) => match message.sender {
                Some(sender) => Source::Local(sender),
                None => return,
            },
            (None, _, Some(client)) => {
                if !self.is_private(names, client) {
                    return;
                }
                Source::Host(client)
            }
            _ => return,
        };
        *self.messages.entry((source, at.wall.div_euclid(3_600))).or_default() += 1;
    }

    fn is_private(&mut self, names: &Names, client: Client) -> bool {
        if self.private.len() <= client.index() {
            self.private.resize(client.index() + 1, None);
        }
        let tell = || network::is_private(Peer::parse(names.clients.text(client)).address);
        match self.private.get_mut(client.index()) {
            Some(known) => *known.get_or_insert_with(tell),
            None => tell(),
        }
    }

    /// Messages by source and hour, in no order.
    pub fn iter(&self) -> impl Iterator<Item = ((Source, i64), u64)> {
        self.messages.iter().map(|(key, count)| (*key, *count))
    }

    /// Adds another.
    pub fn merge(&mut self, other: &Pace) {
        for (key, count) in &other.messages {
            *self.messages.entry(*key).or_default() += count;
        }
    }
}
