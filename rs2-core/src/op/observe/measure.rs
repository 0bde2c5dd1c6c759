//! What an item counts as.

use crate::metrics::Metrics;

/// How an item is counted.
pub trait Measure<I> {
    /// Counts one item.
    fn record(&mut self, metrics: &Metrics, item: &I);
}

/// Counts every item, with the memory it takes itself; what it points to is not looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnSize;

/// Counts every item, with the size that the closure says.
#[derive(Clone, Copy, Debug)]
pub struct SizeBy<F>(pub(super) F);

/// Counts an `Ok` as an item, with the memory it takes itself, and an `Err` as an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcomes;

impl<I> Measure<I> for OwnSize {
    #[inline]
    fn record(&mut self, metrics: &Metrics, item: &I) {
        metrics.record_item(size_of_val(item) as u64);
    }
}

impl<I, F: FnMut(&I) -> usize> Measure<I> for SizeBy<F> {
    #[inline]
    fn record(&mut self, metrics: &Metrics, item: &I) {
        metrics.record_item((self.0)(item) as u64);
    }
}

impl<T, E> Measure<Result<T, E>> for Outcomes {
    #[inline]
    fn record(&mut self, metrics: &Metrics, item: &Result<T, E>) {
        match item {
            Ok(item) => metrics.record_item(size_of_val(item) as u64),
            Err(_) => metrics.record_error(),
        }
    }
}
