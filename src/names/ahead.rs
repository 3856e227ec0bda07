//! Names that will be asked for, looked up many at a time.
//!
//! To look a name up is to wait for memory three times over: for the mark of its hash, for its
//! place, for its text. Where the lines of a block are known before they are followed, a
//! processor waits for many names at once (12 % of the time of 10 M lines on two threads).

use foldhash::fast::RandomState;

use super::interner::hash_of;
use super::{Address, Client, Names, Spelling, Text};

/// A text whose name will be asked for.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'t> {
    /// Of an envelope address.
    Address(&'t [u8]),
    /// Of a client.
    Client(&'t [u8]),
    /// Of another text.
    Text(&'t [u8]),
}

/// A name that was found before it is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// Not found, or not looked for: the text is new as far as one knows.
    #[default]
    Nothing,
    /// An envelope address.
    Address(Address),
    /// A client.
    Client(Client),
    /// Another text.
    Text(Text),
}

/// Texts of a block that will be asked for, by kind.
#[derive(Debug, Default)]
pub struct Calls<'t> {
    addresses: Vec<Call<'t>>,
    clients: Vec<Call<'t>>,
    texts: Vec<Call<'t>>,
}

/// A text, its hash, and the number of the step that will ask for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'t> {
    pub(super) hash: u64,
    pub(super) text: &'t [u8],
    pub(super) at: u32,
}

/// What makes calls, on whichever thread: the hashes of the tables.
#[derive(Clone, Debug)]
pub struct Caller {
    addresses: RandomState,
    clients: RandomState,
    texts: RandomState,
    /// Whether an address is looked for as it is written.
    as_written: bool,
}

impl Caller {
    /// Notes that the step with this number will ask for a name.
    #[inline(always)] // once a line
    pub fn call<'t>(&self, calls: &mut Calls<'t>, at: usize, asked: Asked<'t>) {
        let (list, hasher, text) = match asked {
            Asked::Address(_) if !self.as_written => return,
            Asked::Address(text) => (&mut calls.addresses, &self.addresses, text),
            Asked::Client(text) => (&mut calls.clients, &self.clients, text),
            Asked::Text(text) => (&mut calls.texts, &self.texts, text),
        };
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        list.push(Call { hash: hash_of(hasher, text), text, at });
    }
}

impl Calls<'_> {
    /// Room for other calls.
    #[must_use]
    pub fn emptied(self) -> Calls<'static> {
        let none = |calls: Vec<Call<'_>>| calls.into_iter().map_while(|_| None).collect();
        let Calls { addresses, clients, texts } = self;
        Calls { addresses: none(addresses), clients: none(clients), texts: none(texts) }
    }
}

impl Names {
    /// What makes calls to these names.
    #[must_use]
    pub fn caller(&self) -> Caller {
        let Spelling { verp, srs, uucp, .. } = self.spelling;
        Caller {
            addresses: self.addresses.hasher.clone(),
            clients: self.clients.hasher.clone(),
            texts: self.texts.hasher.clone(),
            as_written: verp == 0 && !srs && !uucp,
        }
    }

    /// Looks all calls up; writes what is known at the numbers of their steps.
    pub fn look_up(&self, calls: &Calls<'_>, known: &mut [Known]) {
        let mut tell = |at: u32, name| {
            if let Some(known) = known.get_mut(at as usize) {
                *known = name;
            }
        };
        self.addresses.find_many(&calls.addresses, |at, name| tell(at, Known::Address(name)));
        self.clients.find_many(&calls.clients, |at, name| tell(at, Known::Client(name)));
        self.texts.find_many(&calls.texts, |at, name| tell(at, Known::Text(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_up_at_once_is_what_is_found_one_by_one() {
        let mut names = Names::new(Spelling::default(), usize::MAX);
        let text = |at: usize| format!("user{at}@host{}.example", at % 7).into_bytes();
        for at in (0..6_000).step_by(2) {
            names.recipient(&text(at));
            names.clients.intern(&text(at + 1));
        }
        let texts: Vec<Vec<u8>> = (0..6_000).map(text).collect();
        let (caller, mut calls) = (names.caller(), Calls::default());
        for (at, text) in texts.iter().enumerate() {
            caller.call(&mut calls, 2 * at, Asked::Address(text));
            caller.call(&mut calls, 2 * at + 1, Asked::Client(text));
        }
        let mut known = vec![Known::Nothing; 12_000];
        names.look_up(&calls, &mut known);
        for ((at, text), known) in texts.iter().enumerate().zip(known.chunks(2)) {
            let (address, client) = (names.addresses.find(text), names.clients.find(text));
            assert_eq!((address.is_some(), client.is_some()), (at % 2 == 0, at % 2 == 1));
            let address = address.map_or(Known::Nothing, Known::Address);
            let client = client.map_or(Known::Nothing, Known::Client);
            assert_eq!(known, [address, client], "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn an_address_that_will_be_spelled_otherwise_is_not_looked_for() {
        let mut names = Names::new(Spelling { verp: 1, ..Spelling::default() }, usize::MAX);
        names.recipient(b"a@b.example");
        let mut calls = Calls::default();
        names.caller().call(&mut calls, 0, Asked::Address(b"a@b.example"));
        let mut known = [Known::Nothing];
        names.look_up(&calls, &mut known);
        assert_eq!(known, [Known::Nothing]);
    }
}
