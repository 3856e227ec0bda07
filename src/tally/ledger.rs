//! The ledger: messages that began, and what became of them; its two sides must be equal.

use crate::track::{Fate, Start};

/// Counts of messages by beginning and by end.
///
/// The left side is counted where a message begins, the right side where it ends, by
/// different rules: if they differ, one of the rules is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Messages that began before the log, or before the period.
    pub before: u64,
    /// Messages received.
    pub received: u64,
    /// Messages made here.
    pub generated: u64,
    /// Ends, in the order of [`Fate`].
    pub ends: [u64; 8],
}

impl Ledger {
    /// Notes a beginning.
    pub fn begin(&mut self, start: Start) {
        match start {
            Start::Before => self.before += 1,
            Start::Received => self.received += 1,
            Start::Generated => self.generated += 1,
        }
    }

    /// Notes an end.
    pub fn end(&mut self, fate: Fate) {
        if let Some(count) = self.ends.get_mut(fate as usize) {
            *count += 1;
        }
    }

    /// How many messages met a fate.
    #[must_use]
    pub fn met(&self, fate: Fate) -> u64 {
        self.ends.get(fate as usize).copied().unwrap_or(0)
    }

    /// Both sides: what began, and what ended.
    #[must_use]
    pub fn sides(&self) -> (u64, u64) {
        (self.before + self.received + self.generated, self.ends.iter().sum())
    }

    /// Whether the books close.
    #[must_use]
    pub fn closes(&self) -> bool {
        let (began, ended) = self.sides();
        began == ended
    }

    /// Adds another ledger.
    pub fn merge(&mut self, other: &Ledger) {
        self.before += other.before;
        self.received += other.received;
        self.generated += other.generated;
        for (mine, theirs) in self.ends.iter_mut().zip(&other.ends) {
            *mine += theirs;
        }
    }
}
