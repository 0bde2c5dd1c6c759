//! What a closure makes of each batch, of batches by size, weight or time.

#[cfg(feature = "snapshot")]
use super::batch_process::{restore_results, save_results};
use super::batching::{Batching, ChunkByWeight};
use crate::machine::{Machine, holds};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::Heap;
use crate::time::Instant;
use alloc::vec::Vec;
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`batch_process_with_rs2`](super::GroupExt::batch_process_with_on_rs2).
pub struct BatchProcessWith<T, W, F, R: IntoIterator> {
    batches: ChunkByWeight<T, W, Heap>,
    f: F,
    // What is left of the last batch's results.
    results: Option<R::IntoIter>,
}

impl<T, W, F, R> BatchProcessWith<T, W, F, R>
where
    W: FnMut(&T) -> usize,
    F: FnMut(Vec<T>) -> R,
    R: IntoIterator,
{
    /// `f` of batches that are complete when `batching` says so.
    pub fn new(batching: Batching<T, W>, f: F) -> Self {
        Self { batches: ChunkByWeight::of(batching), f, results: None }
    }

    fn process(&mut self, batch: Option<Vec<T>>) -> Option<R::Item> {
        self.results = Some((self.f)(batch?).into_iter());
        self.more()
    }
}

impl<T, W, F, R> Machine for BatchProcessWith<T, W, F, R>
where
    W: FnMut(&T) -> usize,
    F: FnMut(Vec<T>) -> R,
    R: IntoIterator,
{
    type In = T;
    type Out = R::Item;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<R::Item> {
        let batch = self.batches.on_item(now, item);
        self.process(batch)
    }

    fn on_deadline(&mut self, now: Instant) -> Option<R::Item> {
        let batch = self.batches.on_deadline(now);
        self.process(batch)
    }

    fn on_end(&mut self, now: Instant) -> Option<R::Item> {
        let batch = self.batches.on_end(now);
        self.process(batch)
    }

    #[inline]
    fn more(&mut self) -> Option<R::Item> {
        loop {
            if let Some(result) = self.results.as_mut().and_then(Iterator::next) {
                return Some(result);
            }
            self.results = None;
            let next = self.batches.more()?;
            self.results = Some((self.f)(next).into_iter());
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.batches.deadline()
    }

    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        let left = self.results.as_ref().map_or((0, Some(0)), Iterator::size_hint);
        // Nobody knows how many results a batch to come will have, unless none is to come.
        let is_last = self.batches.size_hint(source).1 == Some(0);
        (left.0, if is_last { left.1 } else { None })
    }
}

holds!([T, W, F, R: IntoIterator] BatchProcessWith<T, W, F, R>, this => {
    this.batches.held() + this.results.as_ref().map_or(0, |left| left.size_hint().0)
});

#[cfg(feature = "snapshot")]
impl<T, W, F, R> Snapshot for BatchProcessWith<T, W, F, R>
where
    T: Serialize + DeserializeOwned,
    R: IntoIterator<Item: Serialize + DeserializeOwned, IntoIter: Clone> + From<Vec<R::Item>>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("batch_process_with", 1)?;
        self.batches.save(to)?;
        save_results::<R>(self.results.as_ref(), to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("batch_process_with", 1)?;
        self.batches.restore(from)?;
        self.results = Some(restore_results::<R>(from)?);
        Ok(())
    }
}

impl<T, W, F, R: IntoIterator> fmt::Debug for BatchProcessWith<T, W, F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchProcessWith")
            .field("batches", &self.batches)
            .field("has_results", &self.results.is_some())
            .finish_non_exhaustive()
    }
}
