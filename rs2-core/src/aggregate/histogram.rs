//! How many items lie in each bucket.

use super::Aggregator;
use super::number::Number;
use crate::store::Full;
use crate::time::EventTime;
use alloc::vec::Vec;

/// Counts the items by buckets: one for each bound, of the items up to it and above the bound
/// before, and one for those above all. Items that are no numbers are left out.
///
/// ```
/// use rs2_core::aggregate::{Histogram, Running};
/// let mut latency = Running::of(Histogram::bounded_by([10.0, 100.0]));
/// [3, 10, 42, 500].map(|ms| latency.push(ms));
/// assert_eq!(latency.value(), Some(vec![2, 1, 1]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    bounds: Vec<f64>,
}

impl Histogram {
    /// With these bounds, which are put in order.
    pub fn bounded_by(bounds: impl IntoIterator<Item = f64>) -> Self {
        let mut bounds: Vec<f64> = bounds.into_iter().collect();
        bounds.sort_by(f64::total_cmp);
        Self { bounds }
    }
}

impl<T: Number> Aggregator<T> for Histogram {
    type Partial = Vec<u64>;
    type Output = Vec<u64>;
    const INVERTIBLE: bool = true;

    fn lift(&self, ts: EventTime, item: T) -> Vec<u64> {
        let mut counts = alloc::vec![0; self.bounds.len() + 1];
        let _always_has_room = self.add(&mut counts, ts, item);
        counts
    }
    fn combine(&self, left: &mut Vec<u64>, right: &Vec<u64>) {
        left.iter_mut().zip(right).for_each(|(left, right)| *left += right);
    }
    fn lower(&self, whole: Vec<u64>) -> Vec<u64> {
        whole
    }
    fn add(&self, part: &mut Vec<u64>, _ts: EventTime, item: T) -> Result<(), Full<T>> {
        let value = item.to_f64();
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = part.get_mut(bucket).filter(|_| !value.is_nan()) {
            *count += 1;
        }
        Ok(())
    }
    fn subtract(&self, whole: &mut Vec<u64>, earliest: &Vec<u64>) {
        whole.iter_mut().zip(earliest).for_each(|(whole, part)| *whole -= part);
    }
}
