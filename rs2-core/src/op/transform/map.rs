//! One item out for each item in.

use crate::machine::{forward_progress, forward_snapshot};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`map_rs2`](super::TransformExt::map_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Map<S, F> {
        #[pin]
        source: S,
        f: F,
        ended: bool,
    }
}

impl<S, F> Map<S, F> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, ended: false }
    }
}

impl<S, F, U> Stream for Map<S, F>
where
    S: Stream,
    F: FnMut(S::Item) -> U,
{
    type Item = U;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<U>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        match this.source.poll_next(cx) {
            Poll::Ready(Some(item)) => Poll::Ready(Some((this.f)(item))),
            Poll::Ready(None) => {
                *this.ended = true;
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S, F, U> FusedStream for Map<S, F>
where
    S: Stream,
    F: FnMut(S::Item) -> U,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(Map<S, F>);
forward_snapshot!(Map<S, F>, "map");

impl<S: fmt::Debug, F> fmt::Debug for Map<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map").field("source", &self.source).field("ended", &self.ended).finish()
    }
}
