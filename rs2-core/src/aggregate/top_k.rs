//! The largest items.

use super::Aggregator;
use crate::time::EventTime;
use alloc::vec::Vec;

/// The items with the `k` largest keys, largest first; of equal keys the earlier ones. An item
/// whose key compares with nothing, as a NaN, is left out. Exact, with `k` items of memory; which
/// items come most often is [`Frequent`](super::Frequent).
///
/// ```
/// use rs2_core::aggregate::{Running, TopK};
/// let mut longest = Running::of(TopK::by(2, |word: &&str| word.len()));
/// ["a", "stream", "of"].map(|word| longest.push(word));
/// assert_eq!(longest.value(), Some(vec!["stream", "of"]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TopK<F> {
    k: usize,
    key: F,
}

impl<F> TopK<F> {
    /// The items with the `k` largest keys.
    pub const fn by(k: usize, key: F) -> Self {
        Self { k, key }
    }

    fn insert<K: PartialOrd, T>(&self, top: &mut Vec<(K, T)>, key: K, item: T) {
        let place = top.partition_point(|(other, _)| *other >= key);
        if place < self.k {
            top.truncate(self.k - 1);
            top.insert(place, (key, item));
        }
    }
}

impl<T: Clone, K: PartialOrd + Clone, F: Fn(&T) -> K> Aggregator<T> for TopK<F> {
    type Partial = Vec<(K, T)>;
    type Output = Vec<T>;

    fn lift(&self, _ts: EventTime, item: T) -> Vec<(K, T)> {
        let key = (self.key)(&item);
        let mut top = Vec::new();
        if key.partial_cmp(&key).is_some() {
            self.insert(&mut top, key, item);
        }
        top
    }
    fn combine(&self, left: &mut Vec<(K, T)>, right: &Vec<(K, T)>) {
        for (key, item) in right {
            self.insert(left, key.clone(), item.clone());
        }
    }
    fn lower(&self, whole: Vec<(K, T)>) -> Vec<T> {
        whole.into_iter().map(|(_, item)| item).collect()
    }
}
