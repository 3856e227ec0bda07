//! Blocklists: which lists name which clients (`dnsblog(8)`), and how far they overlap.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Names, Text};

/// Clients that blocklists named.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// The lists, in order of appearance, and how often each named a client.
    pub zones: Vec<(Text, u64)>,
    /// Where each of them stands there.
    places: HashMap<Text, usize, RandomState>,
    /// The lists that named a client, by bit; those beyond the 64th are counted only.
    clients: HashMap<Text, u64, RandomState>,
}

impl Lists {
    /// A list named a client.
    pub fn add(&mut self, names: &mut Names, zone: &[u8], address: &[u8]) {
        let at = self.count(names.texts.intern(zone).0, 1);
        let client = names.texts.intern_stranger(address);
        *self.clients.entry(client).or_default() |= bit(at);
    }

    /// Counts answers of a list; returns its place.
    fn count(&mut self, zone: Text, times: u64) -> usize {
        let next = self.zones.len();
        let at = *self.places.entry(zone).or_insert(next);
        if at == next {
            self.zones.push((zone, 0));
        }
        if let Some((_, count)) = self.zones.get_mut(at) {
            *count += times;
        }
        at
    }

    /// Adds what another part counted; its lists may stand in another order.
    pub fn merge(&mut self, other: &Lists) {
        let places: Vec<usize> =
            other.zones.iter().map(|&(zone, times)| self.count(zone, times)).collect();
        for (client, lists) in &other.clients {
            let named = (0..).zip(&places).filter(|(theirs, _)| lists & bit(*theirs) != 0);
            let here = named.fold(0, |lists, (_, mine)| lists | bit(*mine));
            *self.clients.entry(*client).or_default() |= here;
        }
    }

    /// Of each of the first 64 lists: how many clients it named, and how many no other list did.
    #[must_use]
    pub fn clients(&self) -> Vec<(u64, u64)> {
        let told = |at: usize| {
            let bit = bit(at);
            let named = self.clients.values().filter(|lists| *lists & bit != 0).count() as u64;
            (named, self.clients.values().filter(|lists| **lists == bit).count() as u64)
        };
        (0..self.zones.len().min(64)).map(told).collect()
    }
}

/// The bit of the list at a place; none beyond the 64th.
fn bit(at: usize) -> u64 {
    u32::try_from(at).ok().and_then(|at| 1_u64.checked_shl(at)).unwrap_or(0)
}
