//! A look at the last items, after each item.

use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Heap, Storage};
use crate::time::Instant;
use alloc::vec::Vec;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`sliding_window_with_rs2`](super::GroupExt::sliding_window_with_rs2).
///
/// The window is the end of a block twice as long. When the block is full, the window moves to its
/// beginning: `size` moves after every `size` items, and the window stays in one piece.
#[derive(Clone)]
pub struct SlidingWindowWith<T, F> {
    block: Vec<T>,
    size: usize,
    f: F,
}

impl<T, F> SlidingWindowWith<T, F> {
    /// Windows of the size of the memory's capacity.
    pub fn new(window: Heap, f: F) -> Self {
        Self { block: Vec::new(), size: window.capacity(), f }
    }
}

impl<T, U, F: FnMut(&[T]) -> U> Machine for SlidingWindowWith<T, F> {
    type In = T;
    type Out = U;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<U> {
        if self.block.len() == self.size.saturating_mul(2) {
            self.block.drain(..=self.size);
        }
        self.block.push(item);
        let start = self.block.len().checked_sub(self.size)?;
        Some((self.f)(&self.block[start..]))
    }

    fn on_end(&mut self, _now: Instant) -> Option<U> {
        self.block.clear();
        None
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let missing = (self.size - 1).saturating_sub(self.block.len());
        (low.saturating_sub(missing), high.map(|high| high.saturating_sub(missing)))
    }
}

holds!([T, F] SlidingWindowWith<T, F>, this => this.block.len());

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, F> Snapshot for SlidingWindowWith<T, F> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sliding_window_with", 1)?;
        // Of the block only the window matters.
        let window = &self.block[self.block.len().saturating_sub(self.size)..];
        to.put_all(window.len(), window)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sliding_window_with", 1)?;
        from.take_all(|item| {
            self.block.push(item);
            let fits = self.block.len() <= self.size;
            if fits { Ok(()) } else { Err(SnapshotError::Full("sliding_window_with")) }
        })
    }
}

impl<T, F> fmt::Debug for SlidingWindowWith<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlidingWindowWith").field("size", &self.size).finish_non_exhaustive()
    }
}
