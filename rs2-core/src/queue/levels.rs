//! Items by priority.

use super::rule::{Order, Room};
use alloc::collections::{BTreeMap, VecDeque};
use core::mem;

/// One queue for each priority that something is pending of.
///
/// A tree of queues and not a heap of items: the usual few priorities make a tree of one node, and
/// a comparison that panics finds the tree as it was. Taking an item compares nothing.
#[derive(Debug)]
pub(super) struct Levels<T, P> {
    // No queue in it is empty.
    levels: BTreeMap<P, VecDeque<T>>,
    len: usize,
    capacity: Option<usize>,
    // The memory of a level that went empty, for the next one.
    spare: VecDeque<T>,
}

impl<T, P> Levels<T, P> {
    pub(super) const fn new(capacity: Option<usize>) -> Self {
        Self { levels: BTreeMap::new(), len: 0, capacity, spare: VecDeque::new() }
    }

    pub(super) fn capacity(&self) -> Option<usize> {
        self.capacity
    }
}

impl<T, P> Room for Levels<T, P> {
    fn len(&self) -> usize {
        self.len
    }

    fn is_full(&self) -> bool {
        self.capacity.is_some_and(|capacity| self.len >= capacity)
    }
}

impl<T, P: Ord> Order for Levels<T, P> {
    type In = (P, T);
    type Out = (T, Option<P>);
    /// The priority, when its level has one already.
    type Rest = Option<P>;

    fn push(&mut self, (priority, item): (P, T)) -> Option<P> {
        let unused = match self.levels.get_mut(&priority) {
            Some(level) => {
                level.push_back(item);
                Some(priority)
            }
            None => {
                let mut level = mem::take(&mut self.spare);
                level.push_back(item);
                self.levels.insert(priority, level);
                None
            }
        };
        self.len += 1;
        unused
    }

    /// The oldest item of the highest priority, and the priority when it was the last one of it.
    fn pop(&mut self) -> Option<(T, Option<P>)> {
        let mut highest = self.levels.last_entry()?;
        let item = highest.get_mut().pop_front()?;
        self.len -= 1;
        if !highest.get().is_empty() {
            return Some((item, None));
        }
        let (priority, level) = highest.remove_entry();
        self.spare = level;
        Some((item, Some(priority)))
    }
}
