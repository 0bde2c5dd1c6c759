//! False bounds.

use futures_core::Stream;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A stream whose `size_hint` is false.
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Lies<S> {
        #[pin]
        source: S,
        hint: (usize, Option<usize>),
    }
}

impl<S> Lies<S> {
    /// `source`, always with this `size_hint`.
    pub fn new(source: S, hint: (usize, Option<usize>)) -> Self {
        Self { source, hint }
    }
}

impl<S: Stream> Stream for Lies<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.project().source.poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.hint
    }
}
