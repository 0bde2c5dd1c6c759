//! A pause for other tasks now and then.

use crate::machine::{forward_progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::num::NonZeroUsize;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`yield_every_rs2`](super::TransformExt::yield_every_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct YieldEvery<S> {
        #[pin]
        source: S,
        most: NonZeroUsize,
        // Items that may still go out before the task is given back.
        left: usize,
        ended: bool,
    }
}

impl<S> YieldEvery<S> {
    pub(super) fn new(source: S, most: NonZeroUsize) -> Self {
        Self { source, most, left: most.get(), ended: false }
    }
}

impl<S: Stream> Stream for YieldEvery<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        if *this.left == 0 {
            *this.left = this.most.get();
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = this.source.poll_next(cx);
        match &polled {
            Poll::Ready(Some(_)) => *this.left -= 1,
            Poll::Ready(None) => *this.ended = true,
            // Others have their turn now.
            Poll::Pending => *this.left = this.most.get(),
        }
        polled
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S: Stream> FusedStream for YieldEvery<S> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(YieldEvery<S>);

snapshot_fields!([S: Snapshot] YieldEvery<S>, "yield_every", {
    value left,
    value ended,
    part source,
});
