//! Every distinct address, client, domain or phrase, kept once and called by a number.

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::words::{address, domain};

/// A number that stands for a text of the kind `K`; it is never zero, so that having none
/// costs no room.
pub struct Name<K>(NonZeroU32, PhantomData<fn() -> K>);

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident),* $(,)?) => {
        /// The kinds of names, so that a sender is not taken for a client.
        pub mod kind {
            $($(#[$doc])* #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)] pub enum $kind {})*
        }
        $($(#[$doc])* pub type $kind = Name<kind::$kind>;)*
    };
}

kinds! {
    /// An envelope address, its domain in canonical spelling; empty is the null sender.
    Address,
    /// The part of an address behind the `@`, whole.
    Domain,
    /// A client as Postfix logs it: `name[address]`.
    Client,
    /// A relay as Postfix logs it: `name[address]:port`, `none`, a service's name.
    Relay,
    /// Any other phrase: reasons, users, services.
    Text,
}

impl<K> Clone for Name<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Name<K> {}
impl<K> PartialEq for Name<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Name<K> {}
impl<K> std::hash::Hash for Name<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> PartialOrd for Name<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Name<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> fmt::Debug for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index())
    }
}

impl<K> Name<K> {
    /// Place in a dense table.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// The name at a place in a dense table.
    #[must_use]
    pub fn at(index: usize) -> Self {
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        Name(NonZeroU32::new(number).unwrap_or(NonZeroU32::MAX), PhantomData)
    }
}

/// Texts of one kind: an arena, and a table that finds them in it. The hash is seeded,
/// because the texts are chosen by strangers.
pub struct Interner<K> {
    table: HashTable<u32>,
    arena: Vec<u8>,
    ends: Vec<usize>,
    hasher: RandomState,
    kind: PhantomData<fn() -> K>,
}

impl<K> Default for Interner<K> {
    fn default() -> Self {
        Interner {
            table: HashTable::new(),
            arena: Vec::new(),
            ends: Vec::new(),
            hasher: RandomState::default(),
            kind: PhantomData,
        }
    }
}

impl<K> Interner<K> {
    /// The name of a text, a new one if it was never seen; says whether it is new.
    pub fn intern(&mut self, text: &[u8]) -> (Name<K>, bool) {
        let (arena, ends) = (&self.arena, &self.ends);
        let hash = hash_of(&self.hasher, text);
        if let Some(&found) = self.table.find(hash, |&i| slice(arena, ends, i) == text) {
            return (Name::at(found as usize), false);
        }
        let name = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.arena.extend_from_slice(text);
        self.ends.push(self.arena.len());
        let (arena, ends, hasher) = (&self.arena, &self.ends, &self.hasher);
        self.table.insert_unique(hash, name, |&i| hash_of(hasher, slice(arena, ends, i)));
        (Name::at(name as usize), true)
    }

    /// The name of a text that was seen before.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<Name<K>> {
        let hash = hash_of(&self.hasher, text);
        let found = self.table.find(hash, |&i| slice(&self.arena, &self.ends, i) == text)?;
        Some(Name::at(*found as usize))
    }

    /// The text of a name.
    #[must_use]
    pub fn text(&self, name: Name<K>) -> &[u8] {
        slice(&self.arena, &self.ends, u32::try_from(name.index()).unwrap_or(u32::MAX))
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// The hash of the bytes alone: one kind of text needs no mark of its length.
fn hash_of(seed: &RandomState, text: &[u8]) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write(text);
    hasher.finish()
}

/// Whether a domain may have more spellings than those of letter case.
fn is_international(domain: &[u8]) -> bool {
    let mut hyphens = memchr::memchr_iter(b'-', domain);
    !domain.is_ascii()
        || domain.starts_with(b"[")
        || hyphens.any(|at| domain.get(at + 1) == Some(&b'-'))
}

fn slice<'a>(arena: &'a [u8], ends: &[usize], name: u32) -> &'a [u8] {
    let at = name as usize;
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    let end = ends.get(at).copied().unwrap_or(start);
    arena.get(start..end).unwrap_or_default()
}

/// How addresses are spelled before they are compared: pflogsumm's options `-i`, `-m`,
/// `--verp-mung` and `--srs-mung`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    /// Lower-case the local part, too.
    pub ignore_case: bool,
    /// Turn bang paths into addresses.
    pub uucp: bool,
    /// Make VERP senders one: 0 not, 1 the numbers, 2 the recipient as well.
    pub verp: u8,
    /// Undo the rewriting of SRS in senders.
    pub srs: bool,
}

/// All names of a run.
#[derive(Default)]
pub struct Names {
    /// Envelope addresses.
    pub addresses: Interner<kind::Address>,
    /// Whole domains of addresses.
    pub domains: Interner<kind::Domain>,
    /// Clients, as logged.
    pub clients: Interner<kind::Client>,
    /// Relays, as logged.
    pub relays: Interner<kind::Relay>,
    /// Everything else.
    pub texts: Interner<kind::Text>,
    domain_of: Vec<Domain>,
    spelling: Spelling,
    spelled: Vec<u8>,
    scratch: Vec<u8>,
}

impl Names {
    /// No names yet; addresses will be spelled as `spelling` says.
    #[must_use]
    pub fn new(spelling: Spelling) -> Names {
        Names { spelling, ..Names::default() }
    }

    /// The name of an envelope sender.
    pub fn sender(&mut self, raw: &[u8]) -> Address {
        let Spelling { verp, srs, uucp, .. } = self.spelling;
        if verp == 0 && !srs && !uucp {
            return self.address(raw);
        }
        let mut spelled = raw.to_vec();
        if uucp {
            address::uucp(raw, &mut self.scratch);
            std::mem::swap(&mut spelled, &mut self.scratch);
        }
        let spelled = self.spelled_sender(&spelled);
        self.address(&spelled)
    }

    /// A sender's address with VERP and SRS undone, as far as that is wanted.
    #[must_use]
    pub fn spelled_sender(&self, raw: &[u8]) -> Vec<u8> {
        let (mut spelled, mut next) = (raw.to_vec(), Vec::new());
        if self.spelling.verp > 0 {
            address::verp(&spelled, self.spelling.verp, &mut next);
            std::mem::swap(&mut spelled, &mut next);
        }
        if self.spelling.srs {
            address::srs(&spelled, &mut next);
            std::mem::swap(&mut spelled, &mut next);
        }
        spelled
    }

    /// The name of an envelope recipient.
    pub fn recipient(&mut self, raw: &[u8]) -> Address {
        if !self.spelling.uucp {
            return self.address(raw);
        }
        let mut out = std::mem::take(&mut self.scratch);
        address::uucp(raw, &mut out);
        let name = self.address(&out);
        self.scratch = out;
        name
    }

    /// The name of an address: its domain in canonical spelling, because letter case and
    /// IDN spelling do not make two domains of one.
    fn address(&mut self, raw: &[u8]) -> Address {
        let at = memchr::memrchr(b'@', raw).map_or(raw.len(), |at| at + 1);
        let (local, domain) = raw.split_at_checked(at).unwrap_or((raw, b""));
        self.spelled.clear();
        self.spelled.extend_from_slice(local);
        if self.spelling.ignore_case {
            self.spelled.make_ascii_lowercase();
        }
        self.spelled.extend_from_slice(domain);
        if let Some(domain) = self.spelled.get_mut(local.len()..) {
            domain.make_ascii_lowercase();
        }
        if is_international(domain) {
            domain::canonical(domain, &mut self.scratch);
            self.spelled.truncate(local.len());
            self.spelled.extend_from_slice(&self.scratch);
        }
        let (name, new) = self.addresses.intern(&self.spelled);
        if new {
            let domain = self.spelled.get(local.len()..).unwrap_or_default();
            let domain = if domain.is_empty() { &self.spelled } else { domain };
            let domain = self.domains.intern(domain).0;
            self.domain_of.push(domain);
        }
        name
    }

    /// The domain of an address; an address without `@` is its own domain.
    #[must_use]
    pub fn domain_of(&self, address: Address) -> Domain {
        self.domain_of.get(address.index()).copied().unwrap_or(Name::at(0))
    }
}
