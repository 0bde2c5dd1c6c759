//! One value out of all items, by a future for each.

use crate::machine::Budget;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedFuture, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`fold_rs2`](super::ConsumeExt::fold_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct Fold<S, A, F, Fut> {
        #[pin]
        source: S,
        f: F,
        // The value is here, or in the running step.
        value: Option<A>,
        #[pin]
        step: Option<Fut>,
        // Also set while code of the user runs, so that nothing goes on after a panic there.
        finished: bool,
    }
}

impl<S, A, F, Fut> Fold<S, A, F, Fut>
where
    S: Stream,
    F: FnMut(A, S::Item) -> Fut,
    Fut: Future<Output = A>,
{
    pub(super) fn new(source: S, init: A, f: F) -> Self {
        Self { source, f, value: Some(init), step: None, finished: false }
    }

    #[inline]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A> {
        let mut this = self.project();
        let mut budget = Budget::new();
        loop {
            if let Some(step) = this.step.as_mut().as_pin_mut() {
                *this.value = Some(ready!(step.poll(cx)));
                this.step.set(None);
                ready!(budget.spend(cx));
            }
            let item = ready!(this.source.as_mut().poll_next(cx));
            let value = this.value.take().expect("no step runs, so the value is here");
            match item {
                Some(item) => this.step.set(Some((this.f)(value, item))),
                None => return Poll::Ready(value),
            }
        }
    }
}

impl<S, A, F, Fut> Future for Fold<S, A, F, Fut>
where
    S: Stream,
    F: FnMut(A, S::Item) -> Fut,
    Fut: Future<Output = A>,
{
    type Output = A;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A> {
        assert!(!self.finished, "a fold was polled after it had finished");
        *self.as_mut().project().finished = true;
        let polled = self.as_mut().advance(cx);
        *self.project().finished = polled.is_ready();
        polled
    }
}

impl<S, A, F, Fut> FusedFuture for Fold<S, A, F, Fut>
where
    S: Stream,
    F: FnMut(A, S::Item) -> Fut,
    Fut: Future<Output = A>,
{
    fn is_terminated(&self) -> bool {
        self.finished
    }
}

impl<S: fmt::Debug, A: fmt::Debug, F, Fut> fmt::Debug for Fold<S, A, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fold")
            .field("source", &self.source)
            .field("value", &self.value)
            .field("in_step", &self.step.is_some())
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
