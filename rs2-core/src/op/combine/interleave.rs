//! Several streams by turns, past those that have nothing.

use crate::machine::{Progress, Turns, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use alloc::vec::Vec;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// The stream of [`interleave_rs2`](super::CombineExt::interleave_rs2).
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Interleave<A, B> {
    lanes: Turns<A, B>,
}

impl<A, B> Interleave<A, B> {
    pub(super) fn new(first: A, others: Vec<B>) -> Self {
        Self { lanes: Turns::new(first, others) }
    }
}

impl<A, B> Stream for Interleave<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    type Item = A::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<A::Item>> {
        for _lane in 0..self.lanes.len() {
            match self.lanes.poll_front(cx) {
                Poll::Ready(Some(item)) => return Poll::Ready(Some(item)),
                Poll::Ready(None) => {}
                Poll::Pending => self.lanes.pass(),
            }
        }
        if self.is_terminated() { Poll::Ready(None) } else { Poll::Pending }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.lanes.size_hint()
    }
}

impl<A, B> FusedStream for Interleave<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    fn is_terminated(&self) -> bool {
        self.lanes.len() == 0
    }
}

/// Advances all streams.
impl<A, B> Progress for Interleave<A, B>
where
    A: Progress,
    B: Progress<Item = A::Item>,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.lanes.poll_progress(cx)
    }
}

snapshot_fields!(
    [A: Snapshot + Unpin, B: Snapshot + Unpin] Interleave<A, B>,
    "interleave",
    { part lanes }
);
