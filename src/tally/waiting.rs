//! What waits to be counted until there is more of it.
//!
//! The entries that counts are added to lie far apart, and a processor fetches several at once if
//! nothing stands between: 11 % of the time of 10 M lines, boards and outlines together.

/// Things that are still to be counted, in their order.
#[derive(Clone, Debug)]
pub(super) struct Waiting<T>(Vec<T>);

/// How much waits: enough to be fetched together, and little beside a core's own memory.
const ENOUGH: usize = 64;

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Waiting(Vec::new())
    }
}

impl<T> Waiting<T> {
    /// Puts one more to them; true when there are enough to be counted.
    #[must_use]
    pub(super) fn put(&mut self, one: T) -> bool {
        self.0.push(one);
        self.0.len() >= ENOUGH
    }

    /// Takes all of them, and leaves their room.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> {
        self.0.drain(..)
    }

    /// That nothing waits: who reads what was counted has to settle it before.
    pub(super) fn is_over(&self) {
        debug_assert!(self.0.is_empty(), "read before it was settled");
    }
}
