//! A session that is open, or kept for late items.

use crate::aggregate::Aggregator;
use crate::store::Full;
use crate::time::EventTime;
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// When a run begins, and how many were opened before it: two that begin at once differ.
pub(super) type Beginning = (EventTime, u64);

/// What an item stands for: its time, and the end of the gap after it.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) ts: EventTime,
    pub(super) end: EventTime,
}

#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Run<K, P> {
    pub(super) key: K,
    pub(super) first: EventTime,
    pub(super) last: EventTime,
    /// The latest time that an item of it reaches: one before that belongs to it.
    pub(super) end: EventTime,
    pub(super) part: P,
    /// How many were opened before it: of two that are joined, the older one keeps its turn.
    pub(super) opened: u64,
    pub(super) out: Out,
}

/// What went out and is part of the run now: the first items of those sessions. Without an
/// allocator only whether any did.
#[derive(Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Out {
    #[cfg(feature = "alloc")]
    pub(super) firsts: Vec<EventTime>,
    #[cfg(not(feature = "alloc"))]
    any: bool,
}

impl Out {
    pub(super) fn is_empty(&self) -> bool {
        #[cfg(feature = "alloc")]
        return self.firsts.is_empty();
        #[cfg(not(feature = "alloc"))]
        return !self.any;
    }

    /// The one that begins with `first`.
    #[cfg_attr(not(feature = "alloc"), expect(unused_variables, reason = "it is not told"))]
    pub(super) fn of(first: EventTime) -> Self {
        #[cfg(feature = "alloc")]
        return Self { firsts: alloc::vec![first] };
        #[cfg(not(feature = "alloc"))]
        return Self { any: true };
    }

    pub(super) fn join(&mut self, other: Self) {
        #[cfg(feature = "alloc")]
        self.firsts.extend(other.firsts);
        #[cfg(not(feature = "alloc"))]
        {
            self.any |= other.any;
        }
    }
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
    pub(super) fn add<T, A>(&mut self, aggregator: &A, span: Span, item: T) -> Result<(), Full<T>>
    where
        A: Aggregator<T, Partial = P>,
    {
        self.first = self.first.min(span.ts);
        self.last = self.last.max(span.ts);
        self.end = self.end.max(span.end);
        aggregator.add(&mut self.part, span.ts, item)
    }
}
