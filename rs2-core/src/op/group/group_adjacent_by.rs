//! Runs of items with equal keys.

use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Heap, Storage};
use crate::time::Instant;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

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

    fn run_len(&self) -> usize {
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
        let held = self.run_len();
        let fewest = low.saturating_add(held).div_ceil(self.capacity);
        (fewest, high.and_then(|high| high.checked_add(held.min(1))))
    }
}

holds!([T, K, G] GroupAdjacentBy<T, K, G>, this => this.run_len());

#[cfg(feature = "snapshot")]
impl<T, K, G> Snapshot for GroupAdjacentBy<T, K, G>
where
    T: Serialize + DeserializeOwned,
    K: Serialize + DeserializeOwned,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("group_adjacent_by", 1)?;
        to.put(&self.run)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("group_adjacent_by", 1)?;
        self.run = from.take()?;
        let fits = self.run.as_ref().is_none_or(|(_, items)| items.len() < self.capacity);
        if fits { Ok(()) } else { Err(SnapshotError::Full("group_adjacent_by")) }
    }
}

impl<T, K: fmt::Debug, G> fmt::Debug for GroupAdjacentBy<T, K, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupAdjacentBy")
            .field("key", &self.run.as_ref().map(|(key, _)| key))
            .field("held", &self.run_len())
            .finish_non_exhaustive()
    }
}
