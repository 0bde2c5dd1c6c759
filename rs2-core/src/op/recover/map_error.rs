//! Another error instead of each.

use crate::machine::{forward_progress, forward_snapshot};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream, TryStream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`map_error_rs2`](super::RecoverExt::map_error_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct MapError<S, F> {
        #[pin]
        source: S,
        f: F,
        // Also set while `f` runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, F> MapError<S, F> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, ended: false }
    }
}

impl<S, F, E> Stream for MapError<S, F>
where
    S: TryStream,
    F: FnMut(S::Error) -> E,
{
    type Item = Result<S::Ok, E>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let polled = ready!(this.source.try_poll_next(cx));
        *this.ended = !matches!(polled, Some(Ok(_)));
        let Some(item) = polled else { return Poll::Ready(None) };
        let item = item.map_err(this.f);
        *this.ended = false;
        Poll::Ready(Some(item))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S, F, E> FusedStream for MapError<S, F>
where
    S: TryStream,
    F: FnMut(S::Error) -> E,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

forward_progress!(MapError<S, F>);
forward_snapshot!(MapError<S, F>, "map_error");

impl<S: fmt::Debug, F> fmt::Debug for MapError<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapError")
            .field("source", &self.source)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
