//! Texts of one kind, each kept once: an arena, and a table that finds a text in it.

use std::hash::{BuildHasher, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::Name;
use super::ahead::Call;

/// What stands for all texts of strangers that are not kept.
pub const OTHERS: &[u8] = b"(others)";

/// How many texts are looked for at once.
const AT_ONCE: usize = 64;

/// Places in an arena are numbers of four bytes; behind it there is room for [`OTHERS`].
const MOST: usize = u32::MAX as usize - 64;

/// Texts of one kind: an arena, and a table that finds them in it. The hash is seeded,
/// because the texts are chosen by strangers.
pub struct Interner<K> {
    /// Where each text stands in the arena. Its hash does not stand beside that: a table that
    /// grows looks each text up once, and one of half the size is looked up in faster.
    table: HashTable<u32>,
    /// Each text behind its name and its length: a look-up ends here, and not in a third table.
    arena: Vec<u8>,
    /// Where each name stands in the arena.
    places: Vec<u32>,
    pub(super) hasher: RandomState,
    /// How many texts there may be before those of strangers are turned away.
    pub(super) kept: usize,
    pub(super) turned_away: u64,
    /// How many bytes the arena may have.
    most: usize,
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
            most: MOST,
            kind: PhantomData,
        }
    }
}

impl<K> Interner<K> {
    /// The name of a text, a new one if it was never seen; says whether it is new.
    #[inline(always)] // once a line or twice
    pub fn intern(&mut self, text: &[u8]) -> (Name<K>, bool) {
        let hash = self.hash(text);
        match self.find_hashed(hash, text) {
            Some(name) => (name, false),
            None => self.add(hash, text),
        }
    }

    /// The name of a text that a stranger chose, such as a refused recipient. It is
    /// [`OTHERS`] for a new one when as many as may be are kept already, so that guessing ten
    /// million addresses does not fill the memory; whoever came before is counted on.
    #[inline(always)] // see `intern`
    pub fn intern_stranger(&mut self, text: &[u8]) -> Name<K> {
        let hash = self.hash(text);
        match self.find_hashed(hash, text) {
            Some(name) => name,
            None if self.is_full() => self.others(),
            None => self.add(hash, text).0,
        }
    }

    /// Whether further texts of strangers are turned away.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.places.len() >= self.kept
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

    #[inline(always)] // see `intern`
    fn find_hashed(&self, hash: u64, text: &[u8]) -> Option<Name<K>> {
        let mut found = None;
        let same = |&place: &u32| {
            let (name, known) = entry(&self.arena, place);
            found = Some(name);
            known == text
        };
        self.table.find(hash, same)?;
        found
    }

    /// A new name, or [`OTHERS`] if the arena has no room for the text; says whether it is new.
    #[inline(never)]
    fn add(&mut self, hash: u64, text: &[u8]) -> (Name<K>, bool) {
        if self.arena.len() + text.len() > self.most && text != OTHERS {
            self.turned_away += 1;
            return self.intern(OTHERS);
        }
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (name, place) = (Name::at(self.places.len()), number(self.arena.len()));
        self.places.push(place);
        self.arena.extend_from_slice(&name.0.get().to_le_bytes());
        match u8::try_from(text.len()) {
            Ok(length) if length < LONG => self.arena.push(length),
            _ => {
                self.arena.push(LONG);
                self.arena.extend_from_slice(&number(text.len()).to_le_bytes());
            }
        }
        self.arena.extend_from_slice(text);
        let Interner { table, arena, hasher, .. } = self;
        table.insert_unique(hash, place, hash_at::<K>(hasher, arena));
        (name, true)
    }

    /// The name of a text that was seen before.
    #[must_use]
    pub fn find(&mut self, text: &[u8]) -> Option<Name<K>> {
        let hash = self.hash(text);
        self.find_hashed(hash, text)
    }

    /// The names of those texts that were seen before.
    pub(super) fn find_many(&self, calls: &[Call<'_>], mut found: impl FnMut(u32, Name<K>)) {
        for calls in calls.chunks(AT_ONCE) {
            // First where each text stands if the mark of its hash does not deceive, then the texts:
            // nothing here waits for what was found of another.
            let mut places = [None; AT_ONCE];
            for (place, call) in places.iter_mut().zip(calls) {
                *place = self.table.find(call.hash, |_| true).copied();
            }
            for (place, &Call { hash, text, at }) in places.iter().zip(calls) {
                let Some(place) = *place else { continue };
                match entry(&self.arena, place) {
                    (name, same) if same == text => found(at, name),
                    _ => self.find_hashed(hash, text).into_iter().for_each(|name| found(at, name)),
                }
            }
        }
    }

    /// Gives back the room of the table. It is laid out again when a text is looked for; texts
    /// are found by their names without it.
    pub fn settle(&mut self) {
        self.table = HashTable::new();
    }

    /// The hash of a text, for a look into the table.
    #[inline] // see `intern`
    fn hash(&mut self, text: &[u8]) -> u64 {
        if self.table.len() != self.places.len() {
            self.lay_out();
        }
        hash_of(&self.hasher, text)
    }

    #[cold]
    fn lay_out(&mut self) {
        let Interner { table, arena, places, hasher, .. } = self;
        let hash = hash_at::<K>(hasher, arena);
        table.clear();
        for place in places.iter() {
            table.insert_unique(hash(place), *place, &hash);
        }
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
pub(super) fn hash_of(seed: &RandomState, text: &[u8]) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write(text);
    hasher.finish()
}

/// The hashes of texts by where they stand.
fn hash_at<'a, K>(seed: &'a RandomState, arena: &'a [u8]) -> impl Fn(&u32) -> u64 + 'a {
    |&place| hash_of(seed, entry::<K>(arena, place).1)
}

/// Stands for the length of a text that is too long for a byte; four bytes with it follow.
const LONG: u8 = u8::MAX;

/// What stands in an arena: a name and its text.
#[inline] // see `Interner::intern`
fn entry<K>(arena: &[u8], place: u32) -> (Name<K>, &[u8]) {
    let found = arena.get(place as usize..).and_then(|rest| {
        let (&[a, b, c, d, length], rest) = rest.split_first_chunk::<5>()?;
        let name = Name(NonZeroU32::new(u32::from_le_bytes([a, b, c, d]))?, PhantomData);
        if length < LONG {
            return Some((name, rest.get(..usize::from(length))?));
        }
        let (length, rest) = rest.split_first_chunk::<4>()?;
        Some((name, rest.get(..u32::from_le_bytes(*length) as usize)?))
    });
    found.unwrap_or((Name::at(0), &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::kind;

    #[test]
    fn what_finds_no_room_in_the_arena_is_one_of_the_others() {
        let mut names = Interner::<kind::Text> { most: 100, ..Interner::default() };
        let text = |at: usize| format!("a text of twenty, {at:02}").into_bytes();
        let given: Vec<_> = (0..10).map(|at| names.intern(&text(at))).collect();
        let (kept, others) = given.split_at(4); // each takes 25 bytes
        for (at, (name, new)) in kept.iter().enumerate() {
            assert!(*new && names.text(*name) == text(at) && names.find(&text(at)) == Some(*name));
        }
        for (at, (name, new)) in others.iter().enumerate() {
            assert!(names.text(*name) == OTHERS && *new == (at == 0));
        }
        assert_eq!((names.len(), names.turned_away()), (5, 6));
        assert_eq!(names.intern(&text(2)), (Name::at(2), false), "who came before is known");
    }
}
