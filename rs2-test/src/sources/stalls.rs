//! Pauses.

use futures_core::Stream;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A stream that is pending some times before each answer, and wakes its task each time.
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Stalls<S> {
        #[pin]
        source: S,
        polls: usize,
        left: usize,
    }
}

impl<S> Stalls<S> {
    /// `source`, pending for `polls` polls before each answer, the end too.
    pub fn new(source: S, polls: usize) -> Self {
        Self { source, polls, left: polls }
    }
}

impl<S: Stream> Stream for Stalls<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.left > 0 {
            *this.left -= 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = this.source.poll_next(cx);
        if polled.is_ready() {
            *this.left = *this.polls;
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.source.size_hint()
    }
}
