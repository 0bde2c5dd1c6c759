//! Pairs of items of two streams.

use crate::machine::{Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`zip_rs2`](super::CombineExt::zip_rs2).
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Zip<A, B>
    where
        A: Stream,
        B: Stream,
    {
        #[pin]
        left: A,
        #[pin]
        right: B,
        // An item whose partner has not come yet; its side is not polled meanwhile.
        left_item: Option<A::Item>,
        right_item: Option<B::Item>,
        ended: bool,
    }
}

impl<A: Stream, B: Stream> Zip<A, B> {
    pub(super) fn new(left: A, right: B) -> Self {
        Self { left, right, left_item: None, right_item: None, ended: false }
    }
}

/// Makes sure that a side has an item; `false` when it has ended.
#[inline]
fn fill<S: Stream>(side: Pin<&mut S>, item: &mut Option<S::Item>, cx: &mut Context<'_>) -> bool {
    if item.is_some() {
        return true;
    }
    match side.poll_next(cx) {
        Poll::Ready(next) => {
            *item = next;
            item.is_some()
        }
        Poll::Pending => true,
    }
}

impl<A: Stream, B: Stream> Stream for Zip<A, B> {
    type Item = (A::Item, B::Item);

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let goes_on = fill(this.left, this.left_item, cx) && fill(this.right, this.right_item, cx);
        if !goes_on {
            *this.ended = true;
            (*this.left_item, *this.right_item) = (None, None);
            return Poll::Ready(None);
        }
        match (this.left_item.take(), this.right_item.take()) {
            (Some(left), Some(right)) => Poll::Ready(Some((left, right))),
            (left, right) => {
                (*this.left_item, *this.right_item) = (left, right);
                Poll::Pending
            }
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let left = with_held(self.left.size_hint(), self.left_item.is_some());
        let right = with_held(self.right.size_hint(), self.right_item.is_some());
        let high = match (left.1, right.1) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (left, right) => left.or(right),
        };
        (left.0.min(right.0), high)
    }
}

/// The bounds of a side, with the item that was already taken from it.
fn with_held((low, high): (usize, Option<usize>), holds: bool) -> (usize, Option<usize>) {
    let held = usize::from(holds);
    (low.saturating_add(held), high.and_then(|high| high.checked_add(held)))
}

impl<A: Stream, B: Stream> FusedStream for Zip<A, B> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances both sides.
impl<A: Progress, B: Progress> Progress for Zip<A, B> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(());
        }
        let left = this.left.poll_progress(cx);
        let right = this.right.poll_progress(cx);
        if left.is_pending() { left } else { right }
    }
}

snapshot_fields!(
    [
        A: Stream<Item: Serialize + DeserializeOwned> + Snapshot,
        B: Stream<Item: Serialize + DeserializeOwned> + Snapshot
    ] Zip<A, B>,
    "zip",
    { value left_item, value right_item, value ended, part left, part right }
);
