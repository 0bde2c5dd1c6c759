//! A session that is open, or kept for late items.

use crate::aggregate::Aggregator;
use crate::store::Full;
use crate::time::EventTime;
use alloc::vec::Vec;

/// When a run begins, and how many were opened before it: two that begin at once differ.
pub(super) type Beginning = (EventTime, u64);

#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Run<K, P> {
    pub(super) key: K,
    pub(super) first: EventTime,
    pub(super) last: EventTime,
    pub(super) part: P,
    /// How many were opened before it: of two that are joined, the older one keeps its turn.
    pub(super) opened: u64,
    /// The first items of the sessions that went out and are part of it now.
    pub(super) out: Vec<EventTime>,
}

impl<K, P> Run<K, P> {
    pub(super) fn beginning(&self) -> Beginning {
        (self.first, self.opened)
    }

    /// How long it is once it reaches from `first` to `last`.
    pub(super) fn length(&self, first: EventTime, last: EventTime) -> u64 {
        let (first, last) = (self.first.min(first), self.last.max(last));
        last.as_micros().abs_diff(first.as_micros())
    }

    #[inline]
    pub(super) fn add<T, A>(
        &mut self,
        aggregator: &A,
        ts: EventTime,
        item: T,
    ) -> Result<(), Full<T>>
    where
        A: Aggregator<T, Partial = P>,
    {
        self.first = self.first.min(ts);
        self.last = self.last.max(ts);
        aggregator.add(&mut self.part, ts, item)
    }
}

#[inline]
pub(super) fn end_after(last: EventTime, gap: i64) -> EventTime {
    EventTime::from_micros(last.as_micros().saturating_add(gap))
}
