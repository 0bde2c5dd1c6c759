//! The last items, after each item.

use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Heap, Storage};
use crate::time::Instant;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`sliding_window_rs2`](super::GroupExt::sliding_window_rs2).
#[derive(Clone, Debug)]
pub struct SlidingWindow<T> {
    // Between two items, those that belong to the next window: one less than its size.
    last: VecDeque<T>,
    size: usize,
}

impl<T> SlidingWindow<T> {
    /// Windows of the size of the memory's capacity.
    pub fn new(window: Heap) -> Self {
        Self { last: VecDeque::new(), size: window.capacity() }
    }
}

impl<T: Clone> Machine for SlidingWindow<T> {
    type In = T;
    type Out = Vec<T>;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<Vec<T>> {
        if self.last.len() + 1 < self.size {
            self.last.push_back(item);
            return None;
        }
        let mut window = Vec::with_capacity(self.size);
        let (older, newer) = self.last.as_slices();
        window.extend_from_slice(older);
        window.extend_from_slice(newer);
        window.push(item.clone());
        self.last.push_back(item);
        self.last.pop_front();
        Some(window)
    }

    fn on_end(&mut self, _now: Instant) -> Option<Vec<T>> {
        self.last.clear();
        None
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let missing = self.size - 1 - self.last.len();
        (low.saturating_sub(missing), high.map(|high| high.saturating_sub(missing)))
    }
}

holds!([T] SlidingWindow<T>, this => this.last.len());

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned> Snapshot for SlidingWindow<T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sliding_window", 1)?;
        to.put_all(self.last.len(), &self.last)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sliding_window", 1)?;
        from.take_all(|item| {
            self.last.push_back(item);
            let fits = self.last.len() < self.size;
            if fits { Ok(()) } else { Err(SnapshotError::Full("sliding_window")) }
        })
    }
}
