//! A stream whose end is an item.

use crate::machine::{Progress, forward_snapshot};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// Yields the items of a stream, and `None` as one more item for its end.
    ///
    /// For rules that have something to wait for after their source has ended.
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct WithEnd<S> {
        #[pin]
        source: S,
        ended: bool,
    }
}

impl<S> WithEnd<S> {
    /// The items of `source` and its end.
    pub fn new(source: S) -> Self {
        Self { source, ended: false }
    }
}

impl<S: Stream> Stream for WithEnd<S> {
    type Item = Option<S::Item>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Option<S::Item>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let this = self.project();
        let item = ready!(this.source.poll_next(cx));
        *this.ended = item.is_none();
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (low, high) = self.source.size_hint();
        (low.saturating_add(1), high.and_then(|high| high.checked_add(1)))
    }
}

impl<S: Stream> FusedStream for WithEnd<S> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<S: Progress> Progress for WithEnd<S> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended { Poll::Ready(()) } else { this.source.poll_progress(cx) }
    }
}

forward_snapshot!(WithEnd<S>, "with_end");
