//! What share of the items lies below.

use super::Aggregator;
use super::distinct::{add_counts, subtract_counts};
use super::number::Number;
use crate::store::Full;
use crate::time::EventTime;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The place of a quantile among so many sorted values.
fn rank(share: f64, count: u64) -> u64 {
    (share.clamp(0.0, 1.0) * count.saturating_sub(1) as f64) as u64
}

/// Quantiles of the items, exactly: it keeps each item, at most `capacity` in each part. The
/// quantile of a share `q` is the sorted item at place `q` (n - 1), rounded down. Items that are no
/// numbers are left out; of no items it is no number.
///
/// With [`aggregate_window_rs2`](crate::op::AnalyticsExt::aggregate_window_in_rs2) it is the moving
/// median: a window costs O(log n) to find an item's place and O(n) bytes to move for it.
///
/// ```
/// use rs2_core::aggregate::{ExactQuantiles, Running};
/// let mut latency = Running::of(ExactQuantiles::bounded(1_000, [0.5, 1.0]));
/// [12, 15, 90].map(|ms| latency.push(ms));
/// assert_eq!(latency.value(), Some([15.0, 90.0]));
/// ```
#[doc(alias = "percentile")]
#[doc(alias = "median")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactQuantiles<const N: usize> {
    capacity: usize,
    shares: [f64; N],
}

impl<const N: usize> ExactQuantiles<N> {
    /// The quantiles of these shares, of at most `capacity` items for each part.
    pub const fn bounded(capacity: usize, shares: [f64; N]) -> Self {
        Self { capacity, shares }
    }
}

fn insert(sorted: &mut Vec<f64>, value: f64) {
    let place = sorted.partition_point(|other| *other <= value);
    sorted.insert(place, value);
}

impl<T: Number, const N: usize> Aggregator<T> for ExactQuantiles<N> {
    type Partial = Vec<f64>;
    type Output = [f64; N];
    const INVERTIBLE: bool = true;

    fn lift(&self, _ts: EventTime, item: T) -> Vec<f64> {
        let value = item.to_f64();
        if value.is_nan() { Vec::new() } else { alloc::vec![value] }
    }
    fn combine(&self, left: &mut Vec<f64>, right: &Vec<f64>) {
        if let [value] = right[..] {
            return insert(left, value);
        }
        left.extend_from_slice(right);
        // Two sorted runs, which the stable sort merges.
        left.sort_by(f64::total_cmp);
    }
    fn lower(&self, whole: Vec<f64>) -> [f64; N] {
        Aggregator::<T>::peek(self, &whole)
    }
    fn peek(&self, whole: &Vec<f64>) -> [f64; N] {
        let place = |share| rank(share, whole.len() as u64) as usize;
        self.shares.map(|share| whole.get(place(share)).copied().unwrap_or(f64::NAN))
    }
    fn add(&self, part: &mut Vec<f64>, _ts: EventTime, item: T) -> Result<(), Full<T>> {
        let value = item.to_f64();
        if value.is_nan() {
            return Ok(());
        }
        if part.len() >= self.capacity {
            return Err(Full(item));
        }
        insert(part, value);
        Ok(())
    }
    fn subtract(&self, whole: &mut Vec<f64>, earliest: &Vec<f64>) {
        for value in earliest {
            let place = whole.partition_point(|other| *other < *value);
            if place < whole.len() {
                whole.remove(place);
            }
        }
    }
}

/// Quantiles of the items, each within a relative error of the exact one as
/// [`ExactQuantiles`] tells it. Parts combine without adding to the error, in any order, and can be
/// subtracted. Items that are no numbers are left out; of no items it is no number.
///
/// A part has a counter for each range of values that grows by twice the error; with an error of
/// 1 %, values from a millisecond to a day take at most 920 of them, and all numbers there are
/// 71,000 for each sign.
///
/// Source: Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with
/// relative-error guarantees", PVLDB 12(12), 2019, section 2. Ours, since the crate that is kept
/// needs `std`, and a t-digest promises no error and depends on the order in which it is merged.
///
/// ```
/// use rs2_core::aggregate::{Quantiles, Running};
/// let mut latency = Running::of(Quantiles::within(0.01, [0.99]));
/// let [p99] = (0..=1_000).map(|ms| latency.push(ms)).last().unwrap();
/// assert!((p99 - 990.0).abs() <= 0.01 * 990.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles<const N: usize> {
    /// By how much a range ends above its beginning.
    gamma: f64,
    shares: [f64; N],
}

impl<const N: usize> Quantiles<N> {
    /// The quantiles of these shares, within a relative `error` of each.
    ///
    /// # Panics
    /// When `error` is not from 0.0001 to 0.5.
    #[track_caller]
    pub fn within(error: f64, shares: [f64; N]) -> Self {
        assert!((0.0001..=0.5).contains(&error), "an error must be from 0.0001 to 0.5");
        Self { gamma: (1.0 + error) / (1.0 - error), shares }
    }

    /// The range that a magnitude lies in, by its number.
    fn range_of(&self, magnitude: f64) -> i32 {
        libm::ceil(libm::log(magnitude) / libm::log(self.gamma)) as i32
    }

    /// What stands for all magnitudes in a range.
    fn middle_of(&self, range: i32) -> f64 {
        2.0 * libm::exp(f64::from(range) * libm::log(self.gamma)) / (self.gamma + 1.0)
    }

    fn count_in(&self, ranges: &mut Ranges, value: f64) {
        if value > 0.0 {
            *ranges.above.entry(self.range_of(value)).or_default() += 1;
        } else if value < 0.0 {
            *ranges.below.entry(self.range_of(-value)).or_default() += 1;
        } else if value == 0.0 {
            ranges.zeros += 1;
        }
    }

    fn quantile(&self, ranges: &Ranges, share: f64) -> f64 {
        let negative = ranges.below.iter().rev().map(|(range, n)| (-self.middle_of(*range), *n));
        let positive = ranges.above.iter().map(|(range, n)| (self.middle_of(*range), *n));
        let all = negative.chain([(0.0, ranges.zeros)]).chain(positive);
        let mut before = rank(share, ranges.count());
        for (value, count) in all {
            if before < count {
                return value;
            }
            before -= count;
        }
        f64::NAN
    }
}

/// How many items lie in each range of values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Ranges {
    below: BTreeMap<i32, u64>,
    zeros: u64,
    above: BTreeMap<i32, u64>,
}

impl Ranges {
    fn count(&self) -> u64 {
        self.zeros + self.below.values().sum::<u64>() + self.above.values().sum::<u64>()
    }
}

impl<T: Number, const N: usize> Aggregator<T> for Quantiles<N> {
    type Partial = Ranges;
    type Output = [f64; N];
    const INVERTIBLE: bool = true;

    fn lift(&self, _ts: EventTime, item: T) -> Ranges {
        let mut ranges = Ranges::default();
        self.count_in(&mut ranges, item.to_f64());
        ranges
    }
    fn combine(&self, left: &mut Ranges, right: &Ranges) {
        add_counts(&mut left.below, &right.below);
        add_counts(&mut left.above, &right.above);
        left.zeros += right.zeros;
    }
    fn lower(&self, whole: Ranges) -> [f64; N] {
        Aggregator::<T>::peek(self, &whole)
    }
    fn peek(&self, whole: &Ranges) -> [f64; N] {
        self.shares.map(|share| self.quantile(whole, share))
    }
    fn add(&self, part: &mut Ranges, _ts: EventTime, item: T) -> Result<(), Full<T>> {
        self.count_in(part, item.to_f64());
        Ok(())
    }
    fn subtract(&self, whole: &mut Ranges, earliest: &Ranges) {
        subtract_counts(&mut whole.below, &earliest.below);
        subtract_counts(&mut whole.above, &earliest.above);
        whole.zeros = whole.zeros.saturating_sub(earliest.zeros);
    }
}
