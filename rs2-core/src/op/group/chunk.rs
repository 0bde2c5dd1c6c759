//! Runs of items of one size.

use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Batch, Storage};
use crate::time::Instant;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`chunk_rs2`](super::GroupExt::chunk_rs2).
pub struct Chunk<T, St: Storage> {
    batch: St::Batch<T>,
}

impl<T, St: Storage> Chunk<T, St> {
    /// Chunks of the size of the storage's capacity.
    pub fn new(storage: St) -> Self {
        Self { batch: storage.batch() }
    }
}

impl<T, St: Storage> Machine for Chunk<T, St> {
    type In = T;
    type Out = <St::Batch<T> as Batch<T>>::Done;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<Self::Out> {
        let pushed = self.batch.push(item);
        debug_assert!(pushed.is_ok(), "a full chunk is handed on at once");
        if self.batch.is_full() { Some(self.batch.finish()) } else { None }
    }

    fn on_end(&mut self, _now: Instant) -> Option<Self::Out> {
        if self.batch.is_empty() { None } else { Some(self.batch.finish()) }
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let size = self.batch.capacity();
        let held = self.batch.len();
        let chunks = |items: usize| items.saturating_add(held).div_ceil(size);
        (chunks(low), high.and_then(|high| high.checked_add(held)).map(|all| all.div_ceil(size)))
    }
}

holds!([T, St: Storage] Chunk<T, St>, this => this.batch.len());

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, St: Storage> Snapshot for Chunk<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("chunk", 1)?;
        to.put_all(self.batch.len(), self.batch.as_slice())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("chunk", 1)?;
        restore_batch(&mut self.batch, from)
    }
}

/// Reads a batch that has room for one more item: a full one would have gone out.
#[cfg(feature = "snapshot")]
pub(super) fn restore_batch<T: DeserializeOwned, B: Batch<T>>(
    batch: &mut B,
    from: &mut Reader<'_>,
) -> Result<(), SnapshotError> {
    from.take_all(|item| {
        let pushed = batch.push(item);
        if pushed.is_err() || batch.is_full() { Err(SnapshotError::Full("chunk")) } else { Ok(()) }
    })
}

impl<T, St: Storage> fmt::Debug for Chunk<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("held", &self.batch.len())
            .field("size", &self.batch.capacity())
            .finish()
    }
}
