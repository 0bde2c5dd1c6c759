//! The items that come most often.

use super::Aggregator;
use crate::store::Full;
use crate::time::EventTime;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Finds the items that come most often, in `capacity` counters for each part. Every item that
/// makes up more than one in `capacity` of all is among them; a count is too high by at most that
/// share of all items, and by no more than its `error` says. Exact while there are no more
/// different items than counters.
///
/// Parts may be combined in any order: the counts may differ, the bounds hold.
///
/// Source: Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements in
/// data streams" (Space-Saving), ICDT 2005; combining: Agarwal, Cormode, Huang, Phillips, Wei, Yi,
/// "Mergeable summaries", PODS 2012, section 3.
///
/// ```
/// use rs2_core::aggregate::{Frequent, Running};
/// let mut pages = Running::of(Frequent::bounded(10));
/// ["/", "/about", "/"].map(|page| pages.push(page));
/// assert_eq!(pages.value().unwrap()[0].item, "/");
/// ```
#[doc(alias = "heavy_hitters")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequent {
    capacity: usize,
}

/// An item and how often it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HowOften<T> {
    /// The item.
    pub item: T,
    /// At most so often,
    pub count: u64,
    /// and by at most this less.
    pub error: u64,
}

impl Frequent {
    /// With so many counters for each part.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub const fn bounded(capacity: usize) -> Self {
        assert!(capacity > 0, "a capacity must be greater than zero");
        Self { capacity }
    }

    /// What an item that has no counter may have come: as often as the one with the least.
    fn unseen<T>(&self, counters: &Counters<T>) -> u64 {
        let is_full = counters.len() >= self.capacity;
        counters.values().map(|(count, _)| *count).min().filter(|_| is_full).unwrap_or(0)
    }
}

/// For each item its count, and by how much that may be too high.
type Counters<T> = BTreeMap<T, (u64, u64)>;

impl<T: Ord + Clone> Aggregator<T> for Frequent {
    type Partial = Counters<T>;
    type Output = Vec<HowOften<T>>;

    fn lift(&self, _ts: EventTime, item: T) -> Counters<T> {
        BTreeMap::from([(item, (1, 0))])
    }
    fn combine(&self, left: &mut Counters<T>, right: &Counters<T>) {
        let (unseen_left, unseen_right) = (self.unseen(left), self.unseen(right));
        for (item, (count, error)) in left.iter_mut() {
            let (more, uncertain) =
                right.get(item).copied().unwrap_or((unseen_right, unseen_right));
            *count += more;
            *error += uncertain;
        }
        for (item, (count, error)) in right {
            if !left.contains_key(item) {
                left.insert(item.clone(), (count + unseen_left, error + unseen_left));
            }
        }
        if left.len() > self.capacity {
            let mut counts: Vec<u64> = left.values().map(|(count, _)| *count).collect();
            counts.sort_unstable_by_key(|count| Reverse(*count));
            let least = counts[self.capacity - 1];
            let mut ties = self.capacity - counts.iter().filter(|count| **count > least).count();
            left.retain(|_, (count, _)| {
                let stays = *count > least || (*count == least && ties > 0);
                ties -= usize::from(stays && *count == least);
                stays
            });
        }
    }
    fn lower(&self, whole: Counters<T>) -> Vec<HowOften<T>> {
        let mut all: Vec<_> = whole
            .into_iter()
            .map(|(item, (count, error))| HowOften { item, count, error })
            .collect();
        all.sort_by_key(|often| Reverse(often.count));
        all
    }
    fn add(&self, part: &mut Counters<T>, _ts: EventTime, item: T) -> Result<(), Full<T>> {
        if let Some((count, _)) = part.get_mut(&item) {
            *count += 1;
            return Ok(());
        }
        let mut unseen = 0;
        if part.len() >= self.capacity {
            let least = part.iter().min_by_key(|(_, (count, _))| *count);
            let Some((least, (count, _))) = least.map(|(item, counts)| (item.clone(), *counts))
            else {
                return Err(Full(item));
            };
            part.remove(&least);
            unseen = count;
        }
        part.insert(item, (unseen + 1, unseen));
        Ok(())
    }
}
