//! All but the first items.

use crate::machine::{Budget, forward_progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`skip_rs2`](super::SelectExt::skip_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Skip<S> {
        #[pin]
        source: S,
        // How many are still to be dropped.
        left: usize,
        ended: bool,
    }
}

impl<S> Skip<S> {
    pub(super) fn new(source: S, count: usize) -> Self {
        Self { source, left: count, ended: false }
    }
}

impl<S: Stream> Stream for Skip<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let mut budget = Budget::new();
        while let Some(item) = ready!(this.source.as_mut().poll_next(cx)) {
            if *this.left == 0 {
                return Poll::Ready(Some(item));
            }
            *this.left -= 1;
            ready!(budget.spend(cx));
        }
        *this.ended = true;
        Poll::Ready(None)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (low, high) = self.source.size_hint();
        (low.saturating_sub(self.left), high.map(|high| high.saturating_sub(self.left)))
    }
}

impl<S: Stream> FusedStream for Skip<S> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(Skip<S>);

snapshot_fields!([S: Snapshot] Skip<S>, "skip", { value left, value ended, part source });
