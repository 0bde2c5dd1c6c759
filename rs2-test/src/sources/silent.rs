//! Silence.

use futures_core::Stream;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A stream that falls silent for ever: it is pending, and wakes nobody.
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Silent<S> {
        #[pin]
        source: S,
        left: usize,
    }
}

impl<S> Silent<S> {
    /// `source`, silent after `items` items, even if it would have ended there.
    pub fn after(source: S, items: usize) -> Self {
        Self { source, left: items }
    }
}

impl<S: Stream> Stream for Silent<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.left == 0 {
            return Poll::Pending;
        }
        let polled = this.source.poll_next(cx);
        if let Poll::Ready(Some(_)) = polled {
            *this.left -= 1;
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (_, high) = self.source.size_hint();
        (0, Some(high.map_or(self.left, |high| high.min(self.left))))
    }
}
