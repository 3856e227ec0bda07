//! Blocklists: which lists name which clients (`dnsblog(8)`), and how far they overlap.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Names, Text};

/// Clients that blocklists named.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// The lists, in order of appearance, and how often each named a client.
    pub zones: Vec<(Text, u64)>,
    /// The lists that named a client, by bit; those beyond the 64th are counted only.
    clients: HashMap<Text, u64, RandomState>,
}

impl Lists {
    /// A list named a client.
    pub fn add(&mut self, names: &mut Names, zone: &[u8], address: &[u8]) {
        let zone = names.texts.intern(zone).0;
        let known = self.zones.iter().position(|(known, _)| *known == zone);
        let at = known.unwrap_or_else(|| {
            self.zones.push((zone, 0));
            self.zones.len() - 1
        });
        if let Some((_, count)) = self.zones.get_mut(at) {
            *count += 1;
        }
        if at < 64 {
            *self.clients.entry(names.texts.intern(address).0).or_default() |= 1 << at;
        }
    }

    /// How many clients the list at a place named, and how many no other list did.
    #[must_use]
    pub fn clients(&self, at: usize) -> (u64, u64) {
        let bit = if at < 64 { 1 << at } else { 0 };
        let named = self.clients.values().filter(|lists| *lists & bit != 0).count() as u64;
        (named, self.clients.values().filter(|lists| **lists == bit).count() as u64)
    }
}
