//! Something at a time, ordered by time and then by arrival.

use crate::time::EventTime;
use core::cmp::Ordering;

/// An item with its place in the order of event time.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Entry<T> {
    pub(crate) ts: EventTime,
    /// Counts arrivals, so that no two entries are equal.
    pub(crate) arrival: u64,
    pub(crate) item: T,
}

impl<T> Entry<T> {
    pub(crate) fn place(&self) -> (EventTime, u64) {
        (self.ts, self.arrival)
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}
