//! Items by priority.

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
    // The memory of a level that went empty, for the next one.
    spare: VecDeque<T>,
}

impl<T, P> Levels<T, P> {
    pub(super) const fn new() -> Self {
        Self { levels: BTreeMap::new(), len: 0, spare: VecDeque::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }
}

impl<T, P: Ord> Levels<T, P> {
    /// Returns the priority when its level has one already.
    pub(super) fn push(&mut self, priority: P, item: T) -> Option<P> {
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
    pub(super) fn pop(&mut self) -> Option<(T, Option<P>)> {
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
