//! The items from the first that fails a predicate.

use crate::machine::{Budget, forward_progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`skip_while_rs2`](super::SelectExt::skip_while_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct SkipWhile<S, F> {
        #[pin]
        source: S,
        pred: F,
        skipping: bool,
        ended: bool,
    }
}

impl<S, F> SkipWhile<S, F> {
    pub(super) fn new(source: S, pred: F) -> Self {
        Self { source, pred, skipping: true, ended: false }
    }
}

impl<S, F> Stream for SkipWhile<S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> bool,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let mut budget = Budget::new();
        while let Some(item) = ready!(this.source.as_mut().poll_next(cx)) {
            *this.skipping = *this.skipping && (this.pred)(&item);
            if !*this.skipping {
                return Poll::Ready(Some(item));
            }
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
        (if self.skipping { 0 } else { low }, high)
    }
}

impl<S, F> FusedStream for SkipWhile<S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> bool,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(SkipWhile<S, F>);

snapshot_fields!([S: Snapshot, F] SkipWhile<S, F>, "skip_while", {
    value skipping,
    value ended,
    part source,
});

impl<S: fmt::Debug, F> fmt::Debug for SkipWhile<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkipWhile")
            .field("source", &self.source)
            .field("skipping", &self.skipping)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
