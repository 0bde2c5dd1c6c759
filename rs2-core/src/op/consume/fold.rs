//! One value of all items, by an asynchronous closure.

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
        // Between two items there is a value; while a step runs there is its future; at the end
        // there is neither.
        value: Option<A>,
        #[pin]
        step: Option<Fut>,
        f: F,
    }
}

impl<S, A, F, Fut> Fold<S, A, F, Fut> {
    pub(super) fn new(source: S, init: A, f: F) -> Self {
        Self { source, value: Some(init), step: None, f }
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
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A> {
        let mut this = self.project();
        let mut budget = Budget::new();
        loop {
            if let Some(step) = this.step.as_mut().as_pin_mut() {
                let value = ready!(step.poll(cx));
                this.step.set(None);
                *this.value = Some(value);
                ready!(budget.spend(cx));
            }
            assert!(this.value.is_some(), "the future is not polled after its end");
            let item = ready!(this.source.as_mut().poll_next(cx));
            let Some(value) = this.value.take() else { unreachable!("checked above") };
            let Some(item) = item else { return Poll::Ready(value) };
            this.step.set(Some((this.f)(value, item)));
        }
    }
}

impl<S, A, F, Fut> FusedFuture for Fold<S, A, F, Fut>
where
    S: Stream,
    F: FnMut(A, S::Item) -> Fut,
    Fut: Future<Output = A>,
{
    fn is_terminated(&self) -> bool {
        self.value.is_none() && self.step.is_none()
    }
}

impl<S: fmt::Debug, A, F, Fut> fmt::Debug for Fold<S, A, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fold")
            .field("source", &self.source)
            .field("in_step", &self.step.is_some())
            .finish_non_exhaustive()
    }
}
