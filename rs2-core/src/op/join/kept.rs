//! Items that are kept, in the order of their time.

use crate::store::{Full, Queue};
use crate::time::EventTime;
#[cfg(feature = "snapshot")]
use serde::{Deserialize, Serialize};

/// An item that is kept for what may match it.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(Serialize, Deserialize))]
pub(super) struct Kept<V> {
    pub(super) ts: EventTime,
    /// Counts arrivals on both sides, so that no two are equal.
    pub(super) arrival: u64,
    pub(super) matched: bool,
    pub(super) item: V,
}

impl<V> Kept<V> {
    pub(super) fn place(&self) -> (EventTime, u64) {
        (self.ts, self.arrival)
    }
}

/// Keeps an item that came after all others, in the order of time.
#[inline]
pub(super) fn insert_by_time<V>(queue: &mut impl Queue<Kept<V>>, kept: Kept<V>) {
    let pushed = match queue.back() {
        Some(last) if last.ts > kept.ts => insert_before(queue, kept),
        _ => queue.push(kept),
    };
    debug_assert!(pushed.is_ok(), "a key has as much room as all items");
}

/// Apart, so that the way of an item in order stays short.
#[inline(never)]
fn insert_before<V, Q: Queue<Kept<V>>>(queue: &mut Q, kept: Kept<V>) -> Result<(), Full<Kept<V>>> {
    let index = last_before(queue, |other| other.ts > kept.ts);
    queue.insert(index, kept)
}

/// How many items at the front `is_before` says yes of; it says no of all behind the first no. Most
/// often there are none.
#[inline]
pub(super) fn first_after<V>(queue: &impl Queue<V>, is_before: impl Fn(&V) -> bool) -> usize {
    match queue.front() {
        Some(first) if is_before(first) => search(queue, is_before),
        _ => 0,
    }
}

/// How many items there are before those at the back that `is_after` says yes of; it says no of all
/// in front of the last no. Most often all.
#[inline]
pub(super) fn last_before<V>(queue: &impl Queue<V>, is_after: impl Fn(&V) -> bool) -> usize {
    match queue.back() {
        Some(last) if is_after(last) => search(queue, |item| !is_after(item)),
        _ => queue.len(),
    }
}

#[inline(never)]
fn search<V>(queue: &impl Queue<V>, is_before: impl Fn(&V) -> bool) -> usize {
    let (mut low, mut high) = (0, queue.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if queue.get(middle).is_some_and(&is_before) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
