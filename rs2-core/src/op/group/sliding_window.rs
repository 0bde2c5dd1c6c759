//! The last items, after each item.

use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Done;
use crate::store::{Batch, Queue, Storage};
use crate::time::Instant;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`sliding_window_rs2`](super::GroupExt::sliding_window_rs2).
pub struct SlidingWindow<T, St: Storage> {
    // Between two items, those that belong to the next window: one less than its size.
    last: St::Queue<T>,
    window: St::Batch<T>,
    size: usize,
}

impl<T, St: Storage> SlidingWindow<T, St> {
    /// Windows of the size of the memory's capacity.
    pub fn new(window: St) -> Self {
        Self { last: window.queue(), window: window.batch(), size: window.capacity() }
    }
}

impl<T: Clone, St: Storage> Machine for SlidingWindow<T, St> {
    type In = T;
    type Out = Done<St, T>;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<Done<St, T>> {
        if self.last.len() + 1 == self.size {
            for before in self.last.iter() {
                let fits = self.window.push(before.clone());
                debug_assert!(fits.is_ok(), "a window has room for its items");
            }
            let fits = self.window.push(item.clone());
            debug_assert!(fits.is_ok(), "a window has room for its items");
        }
        let pushed = self.last.push(item);
        debug_assert!(pushed.is_ok(), "there is one less than a window has");
        if self.last.len() < self.size {
            return None;
        }
        self.last.pop();
        Some(self.window.finish())
    }

    fn on_end(&mut self, _now: Instant) -> Option<Done<St, T>> {
        self.last.clear();
        None
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let missing = self.size - 1 - self.last.len();
        (low.saturating_sub(missing), high.map(|high| high.saturating_sub(missing)))
    }
}

holds!([T, St: Storage] SlidingWindow<T, St>, this => this.last.len());

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, St: Storage> Snapshot for SlidingWindow<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sliding_window", 1)?;
        to.put_all(self.last.len(), self.last.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sliding_window", 1)?;
        from.take_all(|item| {
            let fits = self.last.push(item).is_ok() && self.last.len() < self.size;
            if fits { Ok(()) } else { Err(SnapshotError::Full("sliding_window")) }
        })
    }
}

impl<T, St: Storage> fmt::Debug for SlidingWindow<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlidingWindow")
            .field("held", &self.last.len())
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
