//! A look at the last items, after each item.

use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Run;
use crate::store::Storage;
use crate::time::Instant;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`sliding_window_with_rs2`](super::GroupExt::sliding_window_with_rs2).
pub struct SlidingWindowWith<T, F, St: Storage> {
    // Between two items, those that belong to the next window.
    run: Run<T, St::Batch<T>>,
    size: usize,
    f: F,
}

impl<T, F, St: Storage> SlidingWindowWith<T, F, St> {
    /// What `f` makes of windows of `size` items.
    ///
    /// # Panics
    /// When `size` is zero, or `block` has no room for so many items.
    #[track_caller]
    pub fn new(block: St, size: usize, f: F) -> Self {
        assert!(size > 0, "a window must have items");
        assert!(block.capacity() >= size, "a window must find room");
        Self { run: Run::of(block.small_batch()), size, f }
    }
}

impl<T, U, F: FnMut(&[T]) -> U, St: Storage> Machine for SlidingWindowWith<T, F, St> {
    type In = T;
    type Out = U;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<U> {
        let pushed = self.run.push(item);
        debug_assert!(pushed.is_ok(), "there is room for a window");
        if self.run.len() < self.size {
            return None;
        }
        let out = (self.f)(self.run.items());
        self.run.drop_first(1);
        Some(out)
    }

    fn on_end(&mut self, _now: Instant) -> Option<U> {
        self.run.clear();
        None
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let missing = self.size - 1 - self.run.len();
        (low.saturating_sub(missing), high.map(|high| high.saturating_sub(missing)))
    }
}

holds!([T, F, St: Storage] SlidingWindowWith<T, F, St>, this => this.run.len());

#[cfg(feature = "snapshot")]
impl<T, F, St> Snapshot for SlidingWindowWith<T, F, St>
where
    T: Serialize + DeserializeOwned,
    St: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sliding_window_with", 1)?;
        self.run.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sliding_window_with", 1)?;
        self.run.restore(from)?;
        let fits = self.run.len() < self.size;
        if fits { Ok(()) } else { Err(SnapshotError::Full("sliding_window_with")) }
    }
}

impl<T, F, St: Storage> fmt::Debug for SlidingWindowWith<T, F, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlidingWindowWith").field("size", &self.size).finish_non_exhaustive()
    }
}
