//! Runs of items with equal keys.

use crate::machine::Machine;
use crate::store::{Heap, Storage};
use crate::time::Instant;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// The rule of [`group_adjacent_by_rs2`](super::GroupExt::group_adjacent_by_rs2).
pub struct GroupAdjacentBy<T, K, G> {
    key_of: G,
    // The run so far. It has an item, and room for one more.
    run: Option<(K, Vec<T>)>,
    capacity: usize,
}

impl<T, K, G> GroupAdjacentBy<T, K, G> {
    /// Runs of at most as many items as the memory's capacity.
    pub fn new(groups: Heap, key_of: G) -> Self {
        Self { key_of, run: None, capacity: groups.capacity() }
    }

    fn held(&self) -> usize {
        self.run.as_ref().map_or(0, |(_, items)| items.len())
    }
}

impl<T, K, G> Machine for GroupAdjacentBy<T, K, G>
where
    K: PartialEq,
    G: FnMut(&T) -> K,
{
    type In = T;
    type Out = (K, Vec<T>);

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<(K, Vec<T>)> {
        let key = (self.key_of)(&item);
        if let Some((current, items)) = &mut self.run
            && *current == key
        {
            items.push(item);
            return if items.len() < self.capacity { None } else { self.run.take() };
        }
        let items = vec![item];
        if self.capacity == 1 {
            return Some((key, items));
        }
        self.run.replace((key, items))
    }

    fn on_end(&mut self, _now: Instant) -> Option<(K, Vec<T>)> {
        self.run.take()
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let held = self.held();
        let fewest = low.saturating_add(held).div_ceil(self.capacity);
        (fewest, high.and_then(|high| high.checked_add(held.min(1))))
    }
}

impl<T, K: fmt::Debug, G> fmt::Debug for GroupAdjacentBy<T, K, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupAdjacentBy")
            .field("key", &self.run.as_ref().map(|(key, _)| key))
            .field("held", &self.held())
            .finish_non_exhaustive()
    }
}
