//! How many different items there are, exactly.

use super::Aggregator;
use crate::store::Full;
use crate::time::EventTime;
use alloc::collections::BTreeMap;

/// Counts the different items, exactly: it keeps each of them, at most `capacity` in each part.
/// [`HyperLogLog`](super::HyperLogLog) does with little memory, within an error.
///
/// ```
/// use rs2_core::aggregate::{CountDistinct, Running};
/// let mut visitors = Running::of(CountDistinct::bounded(1_000));
/// assert_eq!(["ann", "bob", "ann"].map(|name| visitors.push(name)), [1, 2, 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountDistinct {
    capacity: usize,
}

impl CountDistinct {
    /// At most `capacity` different items for each part: a session, or a slice of a window.
    pub const fn bounded(capacity: usize) -> Self {
        Self { capacity }
    }
}

impl<T: Ord + Clone> Aggregator<T> for CountDistinct {
    /// Each with how often it came, so that it can be taken away.
    type Partial = BTreeMap<T, u64>;
    type Output = usize;
    const INVERTIBLE: bool = true;

    fn lift(&self, _ts: EventTime, item: T) -> BTreeMap<T, u64> {
        BTreeMap::from([(item, 1)])
    }
    fn combine(&self, left: &mut BTreeMap<T, u64>, right: &BTreeMap<T, u64>) {
        add_counts(left, right);
    }
    fn lower(&self, whole: BTreeMap<T, u64>) -> usize {
        whole.len()
    }
    fn peek(&self, whole: &BTreeMap<T, u64>) -> usize {
        whole.len()
    }
    fn add(&self, part: &mut BTreeMap<T, u64>, _ts: EventTime, item: T) -> Result<(), Full<T>> {
        if let Some(count) = part.get_mut(&item) {
            *count += 1;
        } else if part.len() < self.capacity {
            part.insert(item, 1);
        } else {
            return Err(Full(item));
        }
        Ok(())
    }
    fn subtract(&self, whole: &mut BTreeMap<T, u64>, earliest: &BTreeMap<T, u64>) {
        subtract_counts(whole, earliest);
    }
}

pub(super) fn add_counts<K: Ord + Clone>(left: &mut BTreeMap<K, u64>, right: &BTreeMap<K, u64>) {
    for (key, more) in right {
        match left.get_mut(key) {
            Some(count) => *count += more,
            None => drop(left.insert(key.clone(), *more)),
        }
    }
}

pub(super) fn subtract_counts<K: Ord>(whole: &mut BTreeMap<K, u64>, part: &BTreeMap<K, u64>) {
    for (key, fewer) in part {
        let left = whole.get_mut(key).map(|count| {
            *count = count.saturating_sub(*fewer);
            *count
        });
        if left == Some(0) {
            whole.remove(key);
        }
    }
}
