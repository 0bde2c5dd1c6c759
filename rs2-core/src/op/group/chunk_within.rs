//! Runs of items of one size, or of a time.

#[cfg(feature = "snapshot")]
use super::chunk::restore_batch;
use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Batch, Storage};
use crate::time::Instant;
use core::fmt;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`chunk_within_rs2`](super::GroupExt::chunk_within_on_rs2).
pub struct ChunkWithin<T, St: Storage> {
    batch: St::Batch<T>,
    max_wait: Duration,
    // When the chunk must go out; none while it is empty.
    due: Option<Instant>,
}

impl<T, St: Storage> ChunkWithin<T, St> {
    /// Chunks of the size of the storage's capacity, or of what came within `max_wait`.
    pub fn new(storage: St, max_wait: Duration) -> Self {
        Self { batch: storage.batch(), max_wait, due: None }
    }

    pub(super) fn flush(&mut self) -> Option<<St::Batch<T> as Batch<T>>::Done> {
        self.due = None;
        if self.batch.is_empty() { None } else { Some(self.batch.finish()) }
    }
}

impl<T, St: Storage> Machine for ChunkWithin<T, St> {
    type In = T;
    type Out = <St::Batch<T> as Batch<T>>::Done;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<Self::Out> {
        if self.batch.is_empty() {
            self.due = Some(now.saturating_add(self.max_wait));
        }
        let pushed = self.batch.push(item);
        debug_assert!(pushed.is_ok(), "a full chunk is handed on at once");
        if self.batch.is_full() { self.flush() } else { None }
    }

    fn on_deadline(&mut self, _now: Instant) -> Option<Self::Out> {
        self.flush()
    }

    fn on_end(&mut self, _now: Instant) -> Option<Self::Out> {
        self.flush()
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.due
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let held = self.batch.len();
        let fewest = low.saturating_add(held).div_ceil(self.batch.capacity());
        (fewest, high.and_then(|high| high.checked_add(held.min(1))))
    }
}

holds!([T, St: Storage] ChunkWithin<T, St>, this => this.batch.len());

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, St: Storage> Snapshot for ChunkWithin<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("chunk_within", 1)?;
        to.put_deadline(self.due)?;
        to.put_all(self.batch.len(), self.batch.as_slice())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("chunk_within", 1)?;
        self.due = from.take_deadline()?;
        restore_batch(&mut self.batch, from)
    }
}

impl<T, St: Storage> fmt::Debug for ChunkWithin<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkWithin")
            .field("held", &self.batch.len())
            .field("size", &self.batch.capacity())
            .field("due", &self.due)
            .finish()
    }
}
