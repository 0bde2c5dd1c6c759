//! Two streams at once.

use crate::machine::{Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`merge_rs2`](super::CombineExt::merge_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Merge<A, B> {
        #[pin]
        left: A,
        #[pin]
        right: B,
        left_ended: bool,
        right_ended: bool,
        // Whose turn it is: not that of the side which yielded last.
        right_first: bool,
    }
}

impl<A, B> Merge<A, B> {
    pub(super) fn new(left: A, right: B) -> Self {
        Self { left, right, left_ended: false, right_ended: false, right_first: false }
    }
}

/// Polls a side, unless it has ended.
#[inline]
fn poll_side<S: Stream>(
    side: Pin<&mut S>,
    ended: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<Option<S::Item>> {
    if *ended {
        return Poll::Ready(None);
    }
    let polled = side.poll_next(cx);
    *ended = matches!(polled, Poll::Ready(None));
    polled
}

impl<A, B> Stream for Merge<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    type Item = A::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<A::Item>> {
        let mut this = self.project();
        for _turn in 0..2 {
            let polled = if *this.right_first {
                poll_side(this.right.as_mut(), this.right_ended, cx)
            } else {
                poll_side(this.left.as_mut(), this.left_ended, cx)
            };
            *this.right_first = !*this.right_first;
            if let Poll::Ready(Some(item)) = polled {
                return Poll::Ready(Some(item));
            }
        }
        if *this.left_ended && *this.right_ended { Poll::Ready(None) } else { Poll::Pending }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.left_ended { (0, Some(0)) } else { self.left.size_hint() };
        let right = if self.right_ended { (0, Some(0)) } else { self.right.size_hint() };
        let high = left.1.zip(right.1).and_then(|(left, right)| left.checked_add(right));
        (left.0.saturating_add(right.0), high)
    }
}

impl<A, B> FusedStream for Merge<A, B>
where
    A: Stream,
    B: Stream<Item = A::Item>,
{
    fn is_terminated(&self) -> bool {
        self.left_ended && self.right_ended
    }
}

/// Advances both sides.
impl<A, B> Progress for Merge<A, B>
where
    A: Progress,
    B: Progress<Item = A::Item>,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let left = if *this.left_ended { Poll::Ready(()) } else { this.left.poll_progress(cx) };
        let right = if *this.right_ended { Poll::Ready(()) } else { this.right.poll_progress(cx) };
        if left.is_pending() { left } else { right }
    }
}

snapshot_fields!([A: Snapshot, B: Snapshot] Merge<A, B>, "merge", {
    value left_ended,
    value right_ended,
    value right_first,
    part left,
    part right,
});
