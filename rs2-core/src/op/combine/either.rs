//! Whichever of two streams yields first.

use crate::machine::{Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`either_rs2`](super::CombineExt::either_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Either<A, B> {
        // A side is dropped when it has ended and when the other one has won.
        #[pin]
        left: Option<A>,
        #[pin]
        right: Option<B>,
    }
}

impl<A, B> Either<A, B> {
    pub(super) fn new(left: A, right: B) -> Self {
        Self { left: Some(left), right: Some(right) }
    }
}

/// Polls a side, if it is still there, and drops it at its end. An item decides for this side:
/// the other one is dropped.
#[inline]
fn poll_side<S: Stream, Other>(
    mut side: Pin<&mut Option<S>>,
    mut other: Pin<&mut Option<Other>>,
    cx: &mut Context<'_>,
) -> Poll<Option<S::Item>> {
    let Some(stream) = side.as_mut().as_pin_mut() else { return Poll::Ready(None) };
    let polled = stream.poll_next(cx);
    match &polled {
        Poll::Ready(Some(_)) => other.set(None),
        Poll::Ready(None) => side.set(None),
        Poll::Pending => {}
    }
    polled
}

impl<A, B> Stream for Either<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    type Item = A::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<A::Item>> {
        let mut this = self.project();
        let left = poll_side(this.left.as_mut(), this.right.as_mut(), cx);
        if let Poll::Ready(Some(item)) = left {
            return Poll::Ready(Some(item));
        }
        match poll_side(this.right, this.left, cx) {
            // The left side may still come.
            Poll::Ready(None) => left,
            right => right,
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.left.as_ref().map(Stream::size_hint);
        let right = self.right.as_ref().map(Stream::size_hint);
        match (left, right) {
            (Some(left), Some(right)) => {
                let high = left.1.zip(right.1).map(|(left, right)| left.max(right));
                (left.0.min(right.0), high)
            }
            (one, other) => one.or(other).unwrap_or((0, Some(0))),
        }
    }
}

impl<A, B> FusedStream for Either<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    fn is_terminated(&self) -> bool {
        self.left.is_none() && self.right.is_none()
    }
}

/// Advances the side that has won, or both.
impl<A, B> Progress for Either<A, B>
where
    A: Progress,
    B: Progress<Item = A::Item>,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let left = this.left.as_pin_mut().map_or(Poll::Ready(()), |it| it.poll_progress(cx));
        let right = this.right.as_pin_mut().map_or(Poll::Ready(()), |it| it.poll_progress(cx));
        if left.is_pending() { left } else { right }
    }
}

snapshot_fields!([A: Snapshot, B: Snapshot] Either<A, B>, "either", { part left, part right });
