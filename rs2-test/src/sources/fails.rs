//! Errors among the items.

use crate::marbles::Failed;
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

pin_project! {
    /// A stream in which some items are errors.
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Fails<S> {
        #[pin]
        source: S,
        places: BTreeSet<usize>,
        next: usize,
    }
}

impl<S> Fails<S> {
    /// `source`, with an `Err` instead of each item at one of `places`, counted from 0.
    pub fn at(source: S, places: impl IntoIterator<Item = usize>) -> Self {
        Self { source, places: places.into_iter().collect(), next: 0 }
    }
}

impl<S: Stream> Stream for Fails<S> {
    type Item = Result<S::Item, Failed>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let Some(item) = ready!(this.source.poll_next(cx)) else { return Poll::Ready(None) };
        let fails = this.places.contains(this.next);
        *this.next += 1;
        Poll::Ready(Some(if fails { Err(Failed) } else { Ok(item) }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.source.size_hint()
    }
}
