//! One value out of all items, by a future for each, and nothing in flight stands still meanwhile.

use crate::machine::{Budget, Progress};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::FusedFuture;
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`drive_fold_rs2`](super::ConsumeExt::drive_fold_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct DriveFold<S, A, F, Fut> {
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

impl<S, A, F, Fut> DriveFold<S, A, F, Fut>
where
    S: Progress,
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
                let Poll::Ready(value) = step.poll(cx) else {
                    // The step may wait for what the source has in flight. Whatever that sets free
                    // wakes the step, which left its waker just now.
                    let _ = this.source.poll_progress(cx);
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

impl<S, A, F, Fut> Future for DriveFold<S, A, F, Fut>
where
    S: Progress,
    F: FnMut(A, S::Item) -> Fut,
    Fut: Future<Output = A>,
{
    type Output = A;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A> {
        assert!(!self.finished, "a drive_fold was polled after it had finished");
        *self.as_mut().project().finished = true;
        let polled = self.as_mut().advance(cx);
        *self.project().finished = polled.is_ready();
        polled
    }
}

impl<S, A, F, Fut> FusedFuture for DriveFold<S, A, F, Fut>
where
    S: Progress,
    F: FnMut(A, S::Item) -> Fut,
    Fut: Future<Output = A>,
{
    fn is_terminated(&self) -> bool {
        self.finished
    }
}

impl<S: fmt::Debug, A: fmt::Debug, F, Fut> fmt::Debug for DriveFold<S, A, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriveFold")
            .field("source", &self.source)
            .field("value", &self.value)
            .field("in_step", &self.step.is_some())
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
