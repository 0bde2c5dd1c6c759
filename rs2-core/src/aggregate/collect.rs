//! The items themselves.

use super::Aggregator;
use crate::store::Full;
use crate::time::EventTime;
use alloc::vec::Vec;
use core::fmt;

/// Keeps the items themselves, in the order of their time, equal times in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collect {
    capacity: usize,
}

impl Collect {
    /// The items a window keeps when nothing else is said.
    pub const DEFAULT_CAPACITY: usize = 1_000_000;

    /// At most `capacity` items for each part: a session, or a slice of a window.
    pub const fn bounded(capacity: usize) -> Self {
        Self { capacity }
    }
}

impl Default for Collect {
    fn default() -> Self {
        Self::bounded(Self::DEFAULT_CAPACITY)
    }
}

/// The items that [`Collect`] keeps.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Collected<T> {
    items: Vec<(EventTime, T)>,
}

impl<T: Clone> Aggregator<T> for Collect {
    type Partial = Collected<T>;
    type Output = Vec<T>;

    const COMPACT: bool = false;

    fn lift(&self, ts: EventTime, item: T) -> Collected<T> {
        Collected { items: alloc::vec![(ts, item)] }
    }
    fn combine(&self, left: &mut Collected<T>, right: &Collected<T>) {
        left.items.extend_from_slice(&right.items);
    }
    fn lower(&self, mut whole: Collected<T>) -> Vec<T> {
        // Stable, so equal times keep the order of arrival.
        whole.items.sort_by_key(|(ts, _)| *ts);
        whole.items.into_iter().map(|(_, item)| item).collect()
    }
    #[inline]
    fn add(&self, part: &mut Collected<T>, ts: EventTime, item: T) -> Result<(), Full<T>> {
        if part.items.len() >= self.capacity {
            return Err(Full(item));
        }
        part.items.push((ts, item));
        Ok(())
    }
}

impl<T> fmt::Debug for Collected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collected").field("items", &self.items.len()).finish()
    }
}
