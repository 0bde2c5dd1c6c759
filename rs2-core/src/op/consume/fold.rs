//! One value out of all items, by a future for each.

use super::meanwhile::{Drives, Meanwhile, Rests};
use crate::machine::Budget;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedFuture, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`fold_rs2`](super::ConsumeExt::fold_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct Fold<S, A, F, Fut, M = Rests> {
        #[pin]
        source: S,
        f: F,
        // The value is here, or in the running step.
        value: Option<A>,
        #[pin]
        step: Option<Fut>,
        meanwhile: PhantomData<fn() -> M>,
        // Also set while code of the user runs, so that nothing goes on after a panic there.
        finished: bool,
    }
}

/// The future of [`drive_fold_rs2`](super::ConsumeExt::drive_fold_rs2).
pub type DriveFold<S, A, F, Fut> = Fold<S, A, F, Fut, Drives>;

impl<S, A, F, Fut, M> Fold<S, A, F, Fut, M>
where
    S: Stream,
    M: Meanwhile<S>,
    F: FnMut(A, S::Item) -> Fut,
    Fut: Future<Output = A>,
{
    pub(super) fn new(source: S, init: A, f: F) -> Self {
        Self { source, f, value: Some(init), step: None, meanwhile: PhantomData, finished: false }
    }

    #[inline]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A> {
        let mut this = self.project();
        let mut budget = Budget::new();
        loop {
            if let Some(step) = this.step.as_mut().as_pin_mut() {
                let Poll::Ready(value) = step.poll(cx) else {
                    M::meanwhile(this.source, cx);
                    return Poll::Pending;
                };
                *this.value = Some(value);
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

impl<S, A, F, Fut, M> Future for Fold<S, A, F, Fut, M>
where
    S: Stream,
    M: Meanwhile<S>,
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

impl<S, A, F, Fut, M> FusedFuture for Fold<S, A, F, Fut, M>
where
    S: Stream,
    M: Meanwhile<S>,
    F: FnMut(A, S::Item) -> Fut,
    Fut: Future<Output = A>,
{
    fn is_terminated(&self) -> bool {
        self.finished
    }
}

impl<S: fmt::Debug, A: fmt::Debug, F, Fut, M> fmt::Debug for Fold<S, A, F, Fut, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fold")
            .field("source", &self.source)
            .field("value", &self.value)
            .field("in_step", &self.step.is_some())
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
