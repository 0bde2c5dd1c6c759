//! Runs of items with equal keys.

#[cfg(feature = "snapshot")]
use super::chunk::restore_batch;
use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Batch, Storage};
use crate::time::Instant;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`group_adjacent_by_rs2`](super::GroupExt::group_adjacent_by_rs2).
pub struct GroupAdjacentBy<T, K, G, St: Storage> {
    key_of: G,
    // The run so far: its key if it has an item. It has room for one more.
    key: Option<K>,
    items: St::Batch<T>,
}

/// A run and its key.
type Run<T, K, St> = (K, <<St as Storage>::Batch<T> as Batch<T>>::Done);

impl<T, K, G, St: Storage> GroupAdjacentBy<T, K, G, St> {
    /// Runs of at most as many items as the storage's capacity.
    pub fn new(groups: St, key_of: G) -> Self {
        Self { key_of, key: None, items: groups.small_batch() }
    }

    fn take_run(&mut self) -> Option<Run<T, K, St>> {
        Some((self.key.take()?, self.items.finish()))
    }
}

impl<T, K, G, St> Machine for GroupAdjacentBy<T, K, G, St>
where
    K: PartialEq,
    G: FnMut(&T) -> K,
    St: Storage,
{
    type In = T;
    type Out = Run<T, K, St>;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<Self::Out> {
        let key = (self.key_of)(&item);
        let goes_on = self.key.as_ref() == Some(&key);
        let before = if goes_on { None } else { self.take_run() };
        self.key = Some(key);
        let pushed = self.items.push(item);
        debug_assert!(pushed.is_ok(), "a full run is handed on at once");
        // With room for one item no run is held, so none was before.
        if self.items.is_full() { self.take_run() } else { before }
    }

    fn on_end(&mut self, _now: Instant) -> Option<Self::Out> {
        self.take_run()
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let held = self.items.len();
        let fewest = low.saturating_add(held).div_ceil(self.items.capacity());
        (fewest, high.and_then(|high| high.checked_add(held.min(1))))
    }
}

holds!([T, K, G, St: Storage] GroupAdjacentBy<T, K, G, St>, this => this.items.len());

#[cfg(feature = "snapshot")]
impl<T, K, G, St> Snapshot for GroupAdjacentBy<T, K, G, St>
where
    T: Serialize + DeserializeOwned,
    K: Serialize + DeserializeOwned,
    St: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("group_adjacent_by", 2)?;
        to.put(&self.key)?;
        to.put_all(self.items.len(), self.items.as_slice())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("group_adjacent_by", 2)?;
        self.key = from.take()?;
        restore_batch(&mut self.items, from)
    }
}

impl<T, K: fmt::Debug, G, St: Storage> fmt::Debug for GroupAdjacentBy<T, K, G, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupAdjacentBy")
            .field("key", &self.key)
            .field("held", &self.items.len())
            .finish_non_exhaustive()
    }
}
