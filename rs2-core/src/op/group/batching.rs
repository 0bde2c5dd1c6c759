//! When a batch goes out: by size, by weight, by time.

use super::chunk_within::ChunkWithin;
use crate::machine::{Machine, holds, snapshot_fields};
#[cfg(feature = "alloc")]
use crate::store::Heap;
use crate::store::{Batch, Storage};
use crate::time::Instant;
#[cfg(feature = "snapshot")]
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// What makes a batch complete: a number of items, their weight, the time since the first.
///
/// ```
/// use rs2_core::op::group::Batching;
/// use std::time::Duration;
/// // At most 500 lines and 64 KiB, and none waits longer than a second for company.
/// let batching = Batching::of(500)
///     .weighing(64 * 1_024, |line: &String| line.len())
///     .within(Duration::from_secs(1));
/// ```
pub struct Batching<T, W = fn(&T) -> usize> {
    size: usize,
    max_weight: usize,
    weigh: W,
    max_wait: Option<Duration>,
    items: PhantomData<fn(&T)>,
}

impl<T> Batching<T> {
    /// Batches of at most `size` items.
    ///
    /// # Panics
    /// When `size` is zero.
    #[track_caller]
    pub fn of(size: usize) -> Self {
        assert!(size > 0, "a batch needs room for at least one item");
        Self { size, max_weight: usize::MAX, weigh: |_| 0, max_wait: None, items: PhantomData }
    }
}

impl<T, W> Batching<T, W> {
    /// And of a weight of at most `max_weight`, but for an item that alone weighs more: it makes a
    /// batch of its own. An item that would exceed the weight begins the next batch.
    ///
    /// # Panics
    /// When `max_weight` is zero.
    #[must_use]
    #[track_caller]
    pub fn weighing<V: FnMut(&T) -> usize>(self, max_weight: usize, weigh: V) -> Batching<T, V> {
        assert!(max_weight > 0, "a batch must be allowed to weigh something");
        let Self { size, max_wait, items, .. } = self;
        Batching { size, max_weight, weigh, max_wait, items }
    }

    /// And none that goes out later than `max_wait` after its first item came.
    #[must_use]
    pub fn within(self, max_wait: Duration) -> Self {
        Self { max_wait: Some(max_wait), ..self }
    }
}

impl<T, W: Clone> Clone for Batching<T, W> {
    fn clone(&self) -> Self {
        Self { weigh: self.weigh.clone(), ..*self }
    }
}

impl<T, W> fmt::Debug for Batching<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batching")
            .field("size", &self.size)
            .field("max_weight", &self.max_weight)
            .field("max_wait", &self.max_wait)
            .finish_non_exhaustive()
    }
}

/// The rule of [`chunk_by_weight_rs2`](super::GroupExt::chunk_by_weight_rs2): runs of items of one
/// size, weight or time.
pub struct ChunkByWeight<T, W, St: Storage> {
    chunk: ChunkWithin<T, St>,
    weight: usize,
    max_weight: usize,
    weigh: W,
    has_deadline: bool,
    // The chunk of an item that completed the one before it, and its own.
    next: Option<<St::Batch<T> as Batch<T>>::Done>,
}

#[cfg(feature = "alloc")]
impl<T, W> ChunkByWeight<T, W, Heap> {
    /// Chunks that are complete when `batching` says so.
    pub fn of(batching: Batching<T, W>) -> Self {
        let Batching { size, max_weight, weigh, max_wait, .. } = batching;
        let chunk = ChunkWithin::new(Heap::bounded(size), max_wait.unwrap_or(Duration::MAX));
        let has_deadline = max_wait.is_some();
        Self { chunk, weight: 0, max_weight, weigh, has_deadline, next: None }
    }
}

impl<T, W, St: Storage> ChunkByWeight<T, W, St> {
    /// Chunks of a weight of at most `max_weight`, and of the storage's capacity.
    ///
    /// # Panics
    /// When `max_weight` is zero.
    #[track_caller]
    pub fn new(storage: St, max_weight: usize, weigh: W) -> Self {
        assert!(max_weight > 0, "a batch must be allowed to weigh something");
        let chunk = ChunkWithin::new(storage, Duration::MAX);
        Self { chunk, weight: 0, max_weight, weigh, has_deadline: false, next: None }
    }

    fn flush(&mut self) -> Option<<St::Batch<T> as Batch<T>>::Done> {
        self.weight = 0;
        self.chunk.flush()
    }
}

impl<T, W: FnMut(&T) -> usize, St: Storage> Machine for ChunkByWeight<T, W, St> {
    type In = T;
    type Out = <St::Batch<T> as Batch<T>>::Done;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<Self::Out> {
        let weight = (self.weigh)(&item);
        let exceeds = self.weight.checked_add(weight).is_none_or(|sum| sum > self.max_weight);
        let before = if exceeds { self.flush() } else { None };
        self.weight = self.weight.saturating_add(weight);
        let mut own = self.chunk.on_item(now, item);
        if own.is_some() || self.weight >= self.max_weight {
            own = own.or_else(|| self.chunk.flush());
            self.weight = 0;
        }
        if before.is_none() {
            return own;
        }
        self.next = own;
        before
    }

    fn on_deadline(&mut self, _now: Instant) -> Option<Self::Out> {
        self.flush()
    }

    fn on_end(&mut self, _now: Instant) -> Option<Self::Out> {
        self.flush()
    }

    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        self.next.take()
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        if self.has_deadline { self.chunk.deadline() } else { None }
    }

    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        let next = usize::from(self.next.is_some());
        let (low, high) = self.chunk.size_hint(source);
        (low.saturating_add(next), high.and_then(|high| high.checked_add(next)))
    }
}

// A chunk that waits has the one item that completed the chunk before it.
holds!([T, W, St: Storage] ChunkByWeight<T, W, St>, this => {
    this.chunk.held() + usize::from(this.next.is_some())
});

snapshot_fields!([
    T: Serialize + DeserializeOwned,
    W,
    St: Storage<Batch<T>: Batch<T, Done = Vec<T>>>
] ChunkByWeight<T, W, St>, "chunk_by_weight", {
    value weight,
    value next,
    part chunk,
});

impl<T, W, St: Storage> fmt::Debug for ChunkByWeight<T, W, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkByWeight")
            .field("chunk", &self.chunk)
            .field("weight", &self.weight)
            .field("max_weight", &self.max_weight)
            .finish_non_exhaustive()
    }
}
