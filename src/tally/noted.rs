//! What was made out of a text once, by its name.

use std::marker::PhantomData;

use crate::names::Name;

/// A value for each name of kind `K` that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Noted<K, V> {
    values: Vec<Option<V>>,
    kind: PhantomData<fn() -> K>,
}

impl<K, V> Default for Noted<K, V> {
    fn default() -> Self {
        Noted { values: Vec::new(), kind: PhantomData }
    }
}

impl<K, V: Copy> Noted<K, V> {
    /// The value of a name, which is made out if it was never asked for.
    pub(super) fn of(&mut self, name: Name<K>, make_out: impl FnOnce() -> V) -> V {
        let index = name.index();
        if self.values.len() <= index {
            self.values.resize(index + 1, None);
        }
        match self.values.get_mut(index) {
            Some(known) => *known.get_or_insert_with(make_out),
            None => make_out(),
        }
    }
}
