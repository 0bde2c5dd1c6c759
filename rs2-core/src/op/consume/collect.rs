//! All items in a collection.

use crate::machine::Budget;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedFuture, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`collect_rs2`](super::ConsumeExt::collect_rs2).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Collect<S, B> {
        #[pin]
        source: S,
        // Gone when finished, and during a poll, so that nothing goes on after a panic.
        collection: Option<B>,
    }
}

impl<S, B: Default> Collect<S, B> {
    pub(super) fn new(source: S) -> Self {
        Self { source, collection: Some(B::default()) }
    }
}

impl<S, B> Future for Collect<S, B>
where
    S: Stream,
    B: Extend<S::Item>,
{
    type Output = B;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B> {
        let mut this = self.project();
        let mut collection =
            this.collection.take().expect("a collect was polled after it had finished");
        let mut budget = Budget::new();
        loop {
            match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => collection.extend(Some(item)),
                Poll::Ready(None) => return Poll::Ready(collection),
                Poll::Pending => break,
            }
            if budget.spend(cx).is_pending() {
                break;
            }
        }
        *this.collection = Some(collection);
        Poll::Pending
    }
}

impl<S, B> FusedFuture for Collect<S, B>
where
    S: Stream,
    B: Extend<S::Item>,
{
    fn is_terminated(&self) -> bool {
        self.collection.is_none()
    }
}
