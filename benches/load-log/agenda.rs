//! What is to be done, and when: a heap of moments, and the tasks apart from it so that it stays small.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::clock::Micros;

/// Tasks by the moment at which they are due.
pub(crate) struct Agenda<T> {
    heap: BinaryHeap<Reverse<(Micros, u64, u32)>>,
    tasks: Vec<Option<T>>,
    free: Vec<u32>,
    pushed: u64,
}

impl<T> Agenda<T> {
    pub(crate) fn new() -> Self {
        Self { heap: BinaryHeap::new(), tasks: Vec::new(), free: Vec::new(), pushed: 0 }
    }

    /// Plans a task; of two at the same moment the one planned first comes first.
    pub(crate) fn push(&mut self, at: Micros, task: T) {
        self.pushed += 1;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.tasks.push(None);
            u32::try_from(self.tasks.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(place) = self.tasks.get_mut(slot as usize) {
            *place = Some(task);
        }
        self.heap.push(Reverse((at, self.pushed, slot)));
    }

    /// The next task that is due.
    pub(crate) fn pop(&mut self) -> Option<(Micros, T)> {
        let Reverse((at, _, slot)) = self.heap.pop()?;
        self.free.push(slot);
        let task = self.tasks.get_mut(slot as usize)?.take()?;
        Some((at, task))
    }
}
