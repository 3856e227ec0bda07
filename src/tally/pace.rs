//! How much those of this house send in each hour: signed-in users, programs of this host,
//! hosts of a private network.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Address, Client, Names, Text, kind};
use crate::syslog::Moment;
use crate::track::Message;
use crate::track::message::Origin;
use crate::words::host::Peer;
use crate::words::network;

use super::noted::Noted;
use super::waiting::Waiting;

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
    messages: HashMap<Source, Hours, RandomState>,
    /// Whether a client is of a private network, as far as it was asked for.
    private: Noted<kind::Client, bool>,
    /// Sources and hours of messages.
    waiting: Waiting<(Source, i32)>,
}

/// Messages by hour, counted from 1970-01-01 on the wall clock, in the order of hours. A log of
/// months has thousands of them for each source: each takes eight bytes.
#[derive(Clone, Debug, Default)]
struct Hours(Vec<(i32, u32)>);

impl Hours {
    /// Adds to an hour, which mostly is the last one.
    fn add(&mut self, hour: i32, messages: u32) {
        let later = self.0.iter().rev().take_while(|(other, _)| *other > hour).count();
        let behind = self.0.len() - later;
        match behind.checked_sub(1).and_then(|at| self.0.get_mut(at)) {
            Some((same, sum)) if *same == hour => *sum = sum.saturating_add(messages),
            _ => self.0.insert(behind, (hour, messages)),
        }
    }
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
        let hour = i32::try_from(at.wall.div_euclid(3_600)).unwrap_or(i32::MAX);
        if self.waiting.put((source, hour)) {
            self.settle();
        }
    }

    /// Counts what waits; what was counted can be read then.
    #[inline(never)] // many at once, with nothing between them
    pub fn settle(&mut self) {
        for (source, hour) in self.waiting.drain() {
            self.messages.entry(source).or_default().add(hour, 1);
        }
    }

    fn is_private(&mut self, names: &Names, client: Client) -> bool {
        let address = || Peer::parse(names.clients.text(client)).address;
        self.private.of(client, || network::is_private(address()))
    }

    /// The hours of each source and its messages in them, in no order of sources.
    pub fn iter(&self) -> impl Iterator<Item = (Source, impl Iterator<Item = (i64, u64)>)> {
        self.waiting.is_over();
        let counted = |&(hour, messages): &(i32, u32)| (hour.into(), messages.into());
        self.messages.iter().map(move |(source, hours)| (*source, hours.0.iter().map(counted)))
    }

    /// Adds another, which is settled.
    pub fn merge(&mut self, other: &Pace) {
        for (source, theirs) in &other.messages {
            let ours = self.messages.entry(*source).or_default();
            theirs.0.iter().for_each(|&(hour, messages)| ours.add(hour, messages));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_come_in_any_order_and_stand_in_theirs() {
        let mut hours = Hours::default();
        for hour in [5, 7, 5, 6, 7, 4, 9, 6, 4, 4] {
            hours.add(hour, 1);
        }
        assert_eq!(hours.0, [(4, 3), (5, 2), (6, 2), (7, 2), (9, 1)]);
    }
}
