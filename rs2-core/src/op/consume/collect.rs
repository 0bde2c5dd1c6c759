//! All items, in a collection.

use crate::machine::Budget;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedFuture, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`collect_rs2`](super::ConsumeExt::collect_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct Collect<S, B> {
        #[pin]
        source: S,
        items: B,
        done: bool,
    }
}

impl<S, B: Default> Collect<S, B> {
    pub(super) fn new(source: S) -> Self {
        Self { source, items: B::default(), done: false }
    }
}

impl<S, B> Future for Collect<S, B>
where
    S: Stream,
    B: Default + Extend<S::Item>,
{
    type Output = B;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B> {
        let mut this = self.project();
        assert!(!*this.done, "the future is not polled after its end");
        let mut budget = Budget::new();
        loop {
            let Some(item) = ready!(this.source.as_mut().poll_next(cx)) else {
                *this.done = true;
                return Poll::Ready(mem::take(this.items));
            };
            this.items.extend(Some(item));
            ready!(budget.spend(cx));
        }
    }
}

impl<S, B> FusedFuture for Collect<S, B>
where
    S: Stream,
    B: Default + Extend<S::Item>,
{
    fn is_terminated(&self) -> bool {
        self.done
    }
}

impl<S: fmt::Debug, B> fmt::Debug for Collect<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collect")
            .field("source", &self.source)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}
