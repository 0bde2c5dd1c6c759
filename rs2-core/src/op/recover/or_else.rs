//! A value instead of each error.

use crate::machine::{forward_progress, forward_snapshot};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream, TryStream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`or_else_rs2`](super::RecoverExt::or_else_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct OrElse<S, F> {
        #[pin]
        source: S,
        f: F,
        // Also set while `f` runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, F> OrElse<S, F> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, ended: false }
    }
}

impl<S, F> Stream for OrElse<S, F>
where
    S: TryStream,
    F: FnMut(S::Error) -> S::Ok,
{
    type Item = S::Ok;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Ok>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let polled = ready!(this.source.try_poll_next(cx));
        *this.ended = !matches!(polled, Some(Ok(_)));
        let Some(item) = polled else { return Poll::Ready(None) };
        let item = item.unwrap_or_else(this.f);
        *this.ended = false;
        Poll::Ready(Some(item))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S, F> FusedStream for OrElse<S, F>
where
    S: TryStream,
    F: FnMut(S::Error) -> S::Ok,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(OrElse<S, F>);
forward_snapshot!(OrElse<S, F>, "or_else");

impl<S: fmt::Debug, F> fmt::Debug for OrElse<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrElse")
            .field("source", &self.source)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
