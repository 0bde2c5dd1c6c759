//! A session that is open, or kept for late items.

#[cfg(feature = "alloc")]
use super::window_types::Timing;
use crate::aggregate::Aggregator;
use crate::store::Full;
use crate::time::EventTime;
#[cfg(feature = "alloc")]
use alloc::{collections::VecDeque, vec::Vec};
#[cfg(not(feature = "alloc"))]
use core::marker::PhantomData;

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
    pub(super) out: Out<P>,
}

/// What went out and is part of the run now. Without an allocator only whether any did.
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Out<P> {
    #[cfg(feature = "alloc")]
    pub(super) gone: Vec<Gone<P>>,
    #[cfg(not(feature = "alloc"))]
    any: bool,
    #[cfg(not(feature = "alloc"))]
    parts: PhantomData<fn(P)>,
}

/// A session that went out, with what it had if it may have to be taken back.
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(not(feature = "alloc"), expect(dead_code, reason = "it is not told"))]
pub(super) struct Gone<P> {
    pub(super) first: EventTime,
    pub(super) last: EventTime,
    pub(super) end: EventTime,
    pub(super) part: Option<P>,
}

/// A session that is about to go out.
#[cfg(feature = "alloc")]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Outgoing<K, P> {
    pub(super) run: Run<K, P>,
    pub(super) timing: Timing,
    pub(super) is_final: bool,
    pub(super) is_retraction: bool,
}

#[cfg(feature = "alloc")]
pub(super) type Ready<K, P> = VecDeque<Outgoing<K, P>>;

impl<P> Out<P> {
    pub(super) const NOTHING: Self = Self {
        #[cfg(feature = "alloc")]
        gone: Vec::new(),
        #[cfg(not(feature = "alloc"))]
        any: false,
        #[cfg(not(feature = "alloc"))]
        parts: PhantomData,
    };

    pub(super) fn is_empty(&self) -> bool {
        #[cfg(feature = "alloc")]
        return self.gone.is_empty();
        #[cfg(not(feature = "alloc"))]
        return !self.any;
    }

    /// This one.
    #[cfg_attr(not(feature = "alloc"), expect(unused_variables, reason = "it is not told"))]
    pub(super) fn of(gone: Gone<P>) -> Self {
        #[cfg(feature = "alloc")]
        return Self { gone: alloc::vec![gone] };
        #[cfg(not(feature = "alloc"))]
        return Self { any: true, parts: PhantomData };
    }

    pub(super) fn join(&mut self, other: Self) {
        #[cfg(feature = "alloc")]
        self.gone.extend(other.gone);
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
