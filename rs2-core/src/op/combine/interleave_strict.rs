//! Several streams by turns, waiting for each.

use crate::machine::{Progress, Turns, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use alloc::vec::Vec;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};

/// The stream of [`interleave_strict_rs2`](super::CombineExt::interleave_strict_rs2).
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct InterleaveStrict<A, B> {
    lanes: Turns<A, B>,
}

impl<A, B> InterleaveStrict<A, B> {
    pub(super) fn new(first: A, others: Vec<B>) -> Self {
        Self { lanes: Turns::new(first, others) }
    }
}

impl<A, B> Stream for InterleaveStrict<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    type Item = A::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<A::Item>> {
        while self.lanes.len() > 0 {
            if let Some(item) = ready!(self.lanes.poll_front(cx)) {
                return Poll::Ready(Some(item));
            }
        }
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.lanes.size_hint()
    }
}

impl<A, B> FusedStream for InterleaveStrict<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    fn is_terminated(&self) -> bool {
        self.lanes.len() == 0
    }
}

/// Advances all streams.
impl<A, B> Progress for InterleaveStrict<A, B>
where
    A: Progress,
    B: Progress<Item = A::Item>,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.lanes.poll_progress(cx)
    }
}

snapshot_fields!(
    [A: Snapshot + Unpin, B: Snapshot + Unpin] InterleaveStrict<A, B>,
    "interleave_strict",
    { part lanes }
);
