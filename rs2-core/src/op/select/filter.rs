//! Only the items that satisfy a predicate.

use crate::machine::{Budget, forward_progress, forward_snapshot};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`filter_rs2`](super::SelectExt::filter_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Filter<S, F> {
        #[pin]
        source: S,
        pred: F,
        ended: bool,
    }
}

impl<S, F> Filter<S, F> {
    pub(super) fn new(source: S, pred: F) -> Self {
        Self { source, pred, ended: false }
    }
}

impl<S, F> Stream for Filter<S, F>
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
            if (this.pred)(&item) {
                return Poll::Ready(Some(item));
            }
            ready!(budget.spend(cx));
        }
        *this.ended = true;
        Poll::Ready(None)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { (0, self.source.size_hint().1) }
    }
}

impl<S, F> FusedStream for Filter<S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> bool,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(Filter<S, F>);
forward_snapshot!(Filter<S, F>, "filter");

impl<S: fmt::Debug, F> fmt::Debug for Filter<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter")
            .field("source", &self.source)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
