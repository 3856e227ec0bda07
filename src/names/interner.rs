//! Texts of one kind, each kept once: an arena, and a table that finds a text in it.

use std::hash::{BuildHasher, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::Name;

/// What stands for all texts of strangers that are not kept.
pub const OTHERS: &[u8] = b"(others)";

/// Texts of one kind: an arena, and a table that finds them in it. The hash is seeded,
/// because the texts are chosen by strangers.
pub struct Interner<K> {
    /// 32 bits of each text's hash, so that most other texts are told apart, and the table
    /// grows, without a look into the arena; and where it stands there.
    table: HashTable<(u32, u32)>,
    /// Each text behind its name and its length: a look-up ends here, and not in a third table.
    arena: Vec<u8>,
    /// Where each name stands in the arena.
    places: Vec<u32>,
    hasher: RandomState,
    /// How many texts there may be before those of strangers are turned away.
    pub(super) kept: usize,
    pub(super) turned_away: u64,
    kind: PhantomData<fn() -> K>,
}

impl<K> Default for Interner<K> {
    fn default() -> Self {
        Interner {
            table: HashTable::new(),
            arena: Vec::new(),
            places: Vec::new(),
            hasher: RandomState::default(),
            kept: usize::MAX,
            turned_away: 0,
            kind: PhantomData,
        }
    }
}

impl<K> Interner<K> {
    /// The name of a text, a new one if it was never seen; says whether it is new.
    pub fn intern(&mut self, text: &[u8]) -> (Name<K>, bool) {
        let hash = hash_of(&self.hasher, text);
        match self.find_hashed(hash, text) {
            Some(name) => (name, false),
            None => (self.add(hash, text), true),
        }
    }

    /// The name of a text that a stranger chose, such as a refused recipient. It is
    /// [`OTHERS`] for a new one when as many as may be are kept already, so that guessing ten
    /// million addresses does not fill the memory; whoever came before is counted on.
    pub fn intern_stranger(&mut self, text: &[u8]) -> Name<K> {
        let hash = hash_of(&self.hasher, text);
        match self.find_hashed(hash, text) {
            Some(name) => name,
            None if self.places.len() < self.kept => self.add(hash, text),
            None => self.others(),
        }
    }

    /// [`OTHERS`], in place of a text that is not kept.
    pub fn others(&mut self) -> Name<K> {
        self.turned_away += 1;
        self.intern(OTHERS).0
    }

    /// How often a text was called [`OTHERS`].
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.turned_away
    }

    #[inline] // see `intern`
    fn find_hashed(&self, hash: u32, text: &[u8]) -> Option<Name<K>> {
        let mut found = None;
        let same = |&(h, place): &(u32, u32)| {
            h == hash && {
                let (name, known) = entry(&self.arena, place);
                found = Some(name);
                known == text
            }
        };
        self.table.find(spread(hash), same)?;
        found
    }

    #[inline(never)]
    fn add(&mut self, hash: u32, text: &[u8]) -> Name<K> {
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (name, place) = (Name::at(self.places.len()), number(self.arena.len()));
        self.places.push(place);
        self.arena.extend_from_slice(&name.0.get().to_le_bytes());
        self.arena.extend_from_slice(&number(text.len()).to_le_bytes());
        self.arena.extend_from_slice(text);
        self.table.insert_unique(spread(hash), (hash, place), |&(hash, _)| spread(hash));
        name
    }

    /// The name of a text that was seen before.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<Name<K>> {
        self.find_hashed(hash_of(&self.hasher, text), text)
    }

    /// All texts.
    pub fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.places.iter().map(|&place| entry::<K>(&self.arena, place).1)
    }

    /// The text of a name.
    #[must_use]
    pub fn text(&self, name: Name<K>) -> &[u8] {
        self.places.get(name.index()).map_or(&[], |&place| entry::<K>(&self.arena, place).1)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// The hash of the bytes alone: one kind of text needs no mark of its length.
#[inline] // see `Interner::intern`
#[allow(clippy::cast_possible_truncation)] // half of it is enough
fn hash_of(seed: &RandomState, text: &[u8]) -> u32 {
    let mut hasher = seed.build_hasher();
    hasher.write(text);
    hasher.finish() as u32
}

/// The hash as the table wants it: it looks at the lowest and at the seven highest bits.
#[inline] // see `Interner::intern`
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// What stands in an arena: a name and its text.
#[inline] // see `Interner::intern`
fn entry<K>(arena: &[u8], place: u32) -> (Name<K>, &[u8]) {
    let found = arena.get(place as usize..).and_then(|rest| {
        let (name, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let name = Name(NonZeroU32::new(u32::from_le_bytes(*name))?, PhantomData);
        Some((name, rest.get(..u32::from_le_bytes(*length) as usize)?))
    });
    found.unwrap_or((Name::at(0), &[]))
}
