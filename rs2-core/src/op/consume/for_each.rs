//! An asynchronous closure for each item.

use crate::machine::Budget;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedFuture, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`for_each_rs2`](super::ConsumeExt::for_each_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct ForEach<S, F, Fut> {
        #[pin]
        source: S,
        f: F,
        #[pin]
        step: Option<Fut>,
        done: bool,
    }
}

impl<S, F, Fut> ForEach<S, F, Fut> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, step: None, done: false }
    }
}

impl<S, F, Fut> Future for ForEach<S, F, Fut>
where
    S: Stream,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        assert!(!*this.done, "the future is not polled after its end");
        let mut budget = Budget::new();
        loop {
            if let Some(step) = this.step.as_mut().as_pin_mut() {
                ready!(step.poll(cx));
                this.step.set(None);
                ready!(budget.spend(cx));
            }
            let Some(item) = ready!(this.source.as_mut().poll_next(cx)) else {
                *this.done = true;
                return Poll::Ready(());
            };
            this.step.set(Some((this.f)(item)));
        }
    }
}

impl<S, F, Fut> FusedFuture for ForEach<S, F, Fut>
where
    S: Stream,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    fn is_terminated(&self) -> bool {
        self.done
    }
}

impl<S: fmt::Debug, F, Fut> fmt::Debug for ForEach<S, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForEach")
            .field("source", &self.source)
            .field("in_step", &self.step.is_some())
            .finish_non_exhaustive()
    }
}
