//! What a closure makes of each batch.

use crate::machine::Machine;
use crate::store::{Batch, Storage};
use crate::time::Instant;
use core::fmt;

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

impl<T, F, R: IntoIterator, St: Storage> fmt::Debug for BatchProcess<T, F, R, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchProcess")
            .field("held", &self.batch.len())
            .field("size", &self.batch.capacity())
            .field("has_results", &self.results.is_some())
            .finish_non_exhaustive()
    }
}
