//! A panic instead of an item.

use futures_core::Stream;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A stream that panics once, and then goes on.
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Panics<S> {
        #[pin]
        source: S,
        left: Option<usize>,
    }
}

impl<S> Panics<S> {
    /// `source`, with a panic before the item at `place`, counted from 0.
    pub fn at(source: S, place: usize) -> Self {
        Self { source, left: Some(place) }
    }
}

impl<S: Stream> Stream for Panics<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.left == Some(0) {
            *this.left = None;
            panic!("the source panics, as it was told to");
        }
        let polled = this.source.poll_next(cx);
        if let Poll::Ready(Some(_)) = polled {
            *this.left = this.left.map(|left| left - 1);
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.source.size_hint()
    }
}
