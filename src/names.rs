//! Every distinct address, client, domain or phrase, kept once and called by a number.

mod ahead;
mod interner;

pub use ahead::{Asked, Caller, Calls, Known};
pub use interner::{Interner, OTHERS};

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;

use crate::near::last_place;
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

/// Whether a domain is surely in canonical spelling.
fn is_plain(domain: &[u8]) -> bool {
    let plain = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    domain.iter().all(plain) && !is_international(domain)
}

/// Whether a domain may have more spellings than those of letter case.
fn is_international(domain: &[u8]) -> bool {
    let mut hyphens = memchr::memchr_iter(b'-', domain);
    !domain.is_ascii()
        || domain.starts_with(b"[")
        || hyphens.any(|at| domain.get(at + 1) == Some(&b'-'))
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
    /// The empty address, once it was met.
    null: Option<Address>,
    spelling: Spelling,
    spelled: Vec<u8>,
    scratch: Vec<u8>,
}

impl Names {
    /// No names yet; addresses will be spelled as `spelling` says. Strangers may fill the
    /// tables of clients, texts and addresses up to `kept` each.
    #[must_use]
    pub fn new(spelling: Spelling, kept: usize) -> Names {
        let mut names = Names { spelling, ..Names::default() };
        (names.clients.kept, names.texts.kept, names.addresses.kept) = (kept, kept, kept);
        names
    }

    /// The log is over: what only looking names up needs is given back, and made again if another
    /// log follows. It is a tenth of all memory, and the report needs as much.
    pub fn settle(&mut self) {
        self.addresses.settle();
        self.domains.settle();
        self.clients.settle();
        self.relays.settle();
        self.texts.settle();
    }

    /// How often a client or a text was called [`OTHERS`], or an address not kept.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.clients.turned_away + self.texts.turned_away + self.addresses.turned_away
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

    /// The name of an address that a stranger chose and no mail was accepted from or for; none
    /// if as many addresses as may be are kept already.
    pub fn stranger(&mut self, name: impl FnOnce(&mut Names) -> Address) -> Option<Address> {
        if self.addresses.len() < self.addresses.kept {
            return Some(name(self));
        }
        self.addresses.turned_away += 1;
        None
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
        // What is known by these letters is in canonical spelling, as most are.
        self.addresses.find(raw).unwrap_or_else(|| self.new_address(raw))
    }

    fn new_address(&mut self, raw: &[u8]) -> Address {
        let at = last_place(raw, b'@').map_or(raw.len(), |at| at + 1);
        let domain = raw.get(at..).unwrap_or_default();
        if !self.spelling.ignore_case && is_plain(domain) {
            return self.spelled_address(raw, at); // as most are: nothing to copy
        }
        self.spell(raw, at);
        let spelled = std::mem::take(&mut self.spelled);
        let name = self.spelled_address(&spelled, at);
        self.spelled = spelled;
        name
    }

    /// Writes an address whose domain begins at `at` in its final spelling, into `spelled`.
    fn spell(&mut self, raw: &[u8], at: usize) {
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
    }

    /// What the name of an envelope sender would say, without one: it may be a stranger's.
    pub fn sender_as_spelled(&mut self, raw: &[u8]) -> &[u8] {
        let mut spelled = raw.to_vec();
        if self.spelling.uucp {
            address::uucp(raw, &mut spelled);
        }
        let spelled = self.spelled_sender(&spelled);
        self.as_spelled(&spelled)
    }

    /// The same of an envelope recipient.
    pub fn recipient_as_spelled(&mut self, raw: &[u8]) -> &[u8] {
        let mut spelled = raw.to_vec();
        if self.spelling.uucp {
            address::uucp(raw, &mut spelled);
        }
        self.as_spelled(&spelled)
    }

    fn as_spelled(&mut self, address: &[u8]) -> &[u8] {
        self.spell(address, last_place(address, b'@').map_or(address.len(), |at| at + 1));
        &self.spelled
    }

    /// The name of an address in its final spelling, whose domain begins at `at`.
    #[inline] // twice in `address`
    fn spelled_address(&mut self, spelled: &[u8], at: usize) -> Address {
        let (name, new) = self.addresses.intern(spelled);
        if new {
            if spelled.is_empty() {
                self.null = Some(name);
            }
            let domain = spelled.get(at..).filter(|domain| !domain.is_empty()).unwrap_or(spelled);
            let is_kept = self.addresses.text(name) == spelled;
            self.domain_of.push(self.domains.intern(if is_kept { domain } else { OTHERS }).0);
        }
        name
    }

    /// Whether an address is that of the null sender.
    #[must_use]
    pub fn is_null(&self, address: Address) -> bool {
        self.null == Some(address)
    }

    /// The domain of an address; an address without `@` is its own domain.
    #[must_use]
    pub fn domain_of(&self, address: Address) -> Domain {
        self.domain_of.get(address.index()).copied().unwrap_or(Name::at(0))
    }
}
