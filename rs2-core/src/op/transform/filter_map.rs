//! One item out for some of the items in.

use crate::machine::{Budget, forward_progress, forward_snapshot};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`filter_map_rs2`](super::TransformExt::filter_map_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct FilterMap<S, F> {
        #[pin]
        source: S,
        f: F,
        ended: bool,
    }
}

impl<S, F> FilterMap<S, F> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, ended: false }
    }
}

impl<S, F, U> Stream for FilterMap<S, F>
where
    S: Stream,
    F: FnMut(S::Item) -> Option<U>,
{
    type Item = U;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<U>> {
        let mut this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let mut budget = Budget::new();
        while let Some(item) = ready!(this.source.as_mut().poll_next(cx)) {
            let made = (this.f)(item);
            if made.is_some() {
                return Poll::Ready(made);
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

impl<S, F, U> FusedStream for FilterMap<S, F>
where
    S: Stream,
    F: FnMut(S::Item) -> Option<U>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(FilterMap<S, F>);
forward_snapshot!(FilterMap<S, F>, "filter_map");

impl<S: fmt::Debug, F> fmt::Debug for FilterMap<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterMap")
            .field("source", &self.source)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
