//! Something at a time, ordered by time, then as ties are broken, and then by arrival.

use super::ties::{ByArrival, Ties};
use crate::time::EventTime;
use core::cmp::Ordering;

/// An item with its place in the order of event time.
#[derive(Clone, Debug)]
pub(crate) struct Entry<T, C = ByArrival> {
    pub(crate) ts: EventTime,
    /// Counts arrivals, so that no two entries are equal.
    pub(crate) arrival: u64,
    pub(crate) item: T,
    /// With each of them, since they are compared where nothing else is at hand. A function has no
    /// size.
    pub(crate) ties: C,
}

impl<T> Entry<T> {
    pub(crate) fn new(ts: EventTime, arrival: u64, item: T) -> Self {
        Self { ts, arrival, item, ties: ByArrival }
    }
}

impl<T, C> Entry<T, C> {
    pub(crate) fn place(&self) -> (EventTime, u64) {
        (self.ts, self.arrival)
    }

    /// What of it goes into a snapshot.
    #[cfg(feature = "snapshot")]
    pub(crate) fn saved(&self) -> (EventTime, u64, &T) {
        (self.ts, self.arrival, &self.item)
    }
}

impl<T, C: Ties<T>> PartialEq for Entry<T, C> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T, C: Ties<T>> Eq for Entry<T, C> {}

impl<T, C: Ties<T>> PartialOrd for Entry<T, C> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T, C: Ties<T>> Ord for Entry<T, C> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_time = self.ts.cmp(&other.ts);
        let by_ties = || self.ties.compare(&self.item, &other.item);
        by_time.then_with(by_ties).then(self.arrival.cmp(&other.arrival))
    }
}
