//! What a closure makes of each batch.

#[cfg(feature = "snapshot")]
use super::chunk::restore_batch;
use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Batch, Storage};
use crate::time::Instant;
#[cfg(feature = "snapshot")]
use alloc::vec::Vec;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`batch_process_rs2`](super::GroupExt::batch_process_rs2).
pub struct BatchProcess<T, F, R: IntoIterator, St: Storage> {
    batch: St::Batch<T>,
    f: F,
    // What is left of the last batch's results.
    results: Option<R::IntoIter>,
}

impl<T, F, R: IntoIterator, St: Storage> BatchProcess<T, F, R, St> {
    /// `f` of batches of the size of the storage's capacity.
    pub fn new(storage: St, f: F) -> Self {
        Self { batch: storage.batch(), f, results: None }
    }
}

impl<T, F, R, St> BatchProcess<T, F, R, St>
where
    F: FnMut(<St::Batch<T> as Batch<T>>::Done) -> R,
    R: IntoIterator,
    St: Storage,
{
    fn process(&mut self) -> Option<R::Item> {
        let batch = self.batch.finish();
        self.results = Some((self.f)(batch).into_iter());
        self.next_result()
    }
}

impl<T, F, R: IntoIterator, St: Storage> BatchProcess<T, F, R, St> {
    #[inline]
    fn next_result(&mut self) -> Option<R::Item> {
        let result = self.results.as_mut()?.next();
        if result.is_none() {
            self.results = None;
        }
        result
    }
}

impl<T, F, R, St> Machine for BatchProcess<T, F, R, St>
where
    F: FnMut(<St::Batch<T> as Batch<T>>::Done) -> R,
    R: IntoIterator,
    St: Storage,
{
    type In = T;
    type Out = R::Item;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<R::Item> {
        let pushed = self.batch.push(item);
        debug_assert!(pushed.is_ok(), "a full batch is processed at once");
        if self.batch.is_full() { self.process() } else { None }
    }

    fn on_end(&mut self, _now: Instant) -> Option<R::Item> {
        if self.batch.is_empty() { None } else { self.process() }
    }

    #[inline]
    fn more(&mut self) -> Option<R::Item> {
        self.next_result()
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let left = self.results.as_ref().map_or((0, Some(0)), Iterator::size_hint);
        // Nobody knows how many results a batch to come will have, unless none is to come.
        let is_last = high == Some(0) && self.batch.is_empty();
        (left.0, if is_last { left.1 } else { None })
    }
}

holds!([T, F, R: IntoIterator, St: Storage] BatchProcess<T, F, R, St>, this => {
    this.batch.len() + this.results.as_ref().map_or(0, |left| left.size_hint().0)
});

#[cfg(feature = "snapshot")]
impl<T, F, R, St> Snapshot for BatchProcess<T, F, R, St>
where
    T: Serialize + DeserializeOwned,
    R: IntoIterator<Item: Serialize + DeserializeOwned, IntoIter: Clone> + From<Vec<R::Item>>,
    St: Storage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("batch_process", 1)?;
        to.put_all(self.batch.len(), self.batch.as_slice())?;
        save_results::<R>(self.results.as_ref(), to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("batch_process", 1)?;
        restore_batch(&mut self.batch, from)?;
        self.results = Some(restore_results::<R>(from)?);
        Ok(())
    }
}

/// Writes what is left of the results of a batch.
#[cfg(feature = "snapshot")]
pub(super) fn save_results<R>(
    left: Option<&R::IntoIter>,
    to: &mut Writer,
) -> Result<(), SnapshotError>
where
    R: IntoIterator<Item: Serialize, IntoIter: Clone>,
{
    let left: Vec<R::Item> = left.cloned().into_iter().flatten().collect();
    to.put(&left)
}

#[cfg(feature = "snapshot")]
pub(super) fn restore_results<R>(from: &mut Reader<'_>) -> Result<R::IntoIter, SnapshotError>
where
    R: IntoIterator<Item: DeserializeOwned> + From<Vec<R::Item>>,
{
    Ok(R::from(from.take()?).into_iter())
}

impl<T, F, R: IntoIterator, St: Storage> fmt::Debug for BatchProcess<T, F, R, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchProcess")
            .field("held", &self.batch.len())
            .field("size", &self.batch.capacity())
            .field("has_results", &self.results.is_some())
            .finish_non_exhaustive()
    }
}
