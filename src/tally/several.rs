//! Several names: which ones were met, one bit each.

use std::marker::PhantomData;

use crate::names::Name;

/// A set of names of kind `K`.
#[derive(Clone, Debug)]
pub struct Several<K> {
    /// A bit for each name, lowest first.
    met: Vec<u64>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Default for Several<K> {
    fn default() -> Self {
        Several { met: Vec::new(), kind: PhantomData }
    }
}

impl<K> Several<K> {
    /// Adds a name.
    pub fn add(&mut self, name: Name<K>) {
        let (word, bit) = (name.index() / 64, name.index() % 64);
        if word >= self.met.len() {
            self.met.resize(word + 1, 0);
        }
        if let Some(word) = self.met.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// Adds those of another.
    pub fn merge(&mut self, other: &Several<K>) {
        if self.met.len() < other.met.len() {
            self.met.resize(other.met.len(), 0);
        }
        for (mine, theirs) in self.met.iter_mut().zip(&other.met) {
            *mine |= theirs;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.met.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.met.iter().all(|word| *word == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{Text, kind};

    #[test]
    fn a_name_counts_once_here_and_in_what_is_added() {
        let (mut some, mut others) = (Several::<kind::Text>::default(), Several::default());
        assert!(some.is_empty());
        for index in [0, 63, 64, 0, 500] {
            some.add(Text::at(index));
        }
        for index in [63, 65, 501] {
            others.add(Text::at(index));
        }
        assert_eq!((some.len(), others.len()), (4, 3));
        others.merge(&some);
        some.merge(&others);
        assert_eq!((some.len(), others.len()), (6, 6));
    }
}
