//! A look at each item.

use crate::machine::{forward_progress, forward_snapshot};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`inspect_rs2`](super::TransformExt::inspect_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Inspect<S, F> {
        #[pin]
        source: S,
        f: F,
        ended: bool,
    }
}

impl<S, F> Inspect<S, F> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, ended: false }
    }
}

impl<S, F> Stream for Inspect<S, F>
where
    S: Stream,
    F: FnMut(&S::Item),
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let item = ready!(this.source.poll_next(cx));
        match &item {
            Some(item) => (this.f)(item),
            None => *this.ended = true,
        }
        Poll::Ready(item)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S, F> FusedStream for Inspect<S, F>
where
    S: Stream,
    F: FnMut(&S::Item),
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(Inspect<S, F>);
forward_snapshot!(Inspect<S, F>, "inspect");

impl<S: fmt::Debug, F> fmt::Debug for Inspect<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspect")
            .field("source", &self.source)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
