//! The items before the first that fails a predicate.

use crate::machine::{Progress, forward_snapshot};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`take_while_rs2`](super::SelectExt::take_while_rs2).
    #[derive(Clone)]
    #[must_use = "streams do nothing unless polled"]
    pub struct TakeWhile<S, F> {
        #[pin]
        source: S,
        pred: F,
        ended: bool,
    }
}

impl<S, F> TakeWhile<S, F> {
    pub(super) fn new(source: S, pred: F) -> Self {
        Self { source, pred, ended: false }
    }
}

impl<S, F> Stream for TakeWhile<S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> bool,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let item = ready!(this.source.poll_next(cx)).filter(|item| (this.pred)(item));
        *this.ended = item.is_none();
        Poll::Ready(item)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { (0, self.source.size_hint().1) }
    }
}

impl<S, F> FusedStream for TakeWhile<S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> bool,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// After the end nothing in the source is worth moving.
impl<S, F> Progress for TakeWhile<S, F>
where
    S: Progress,
    F: FnMut(&S::Item) -> bool,
{
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended { Poll::Ready(()) } else { this.source.poll_progress(cx) }
    }
}

forward_snapshot!(TakeWhile<S, F>, "take_while");

impl<S: fmt::Debug, F> fmt::Debug for TakeWhile<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeWhile")
            .field("source", &self.source)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
