//! A future for each item, one after the other, and nothing in flight stands still meanwhile.

use crate::machine::{Budget, Progress};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::FusedFuture;
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`drive_each_rs2`](super::ConsumeExt::drive_each_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct DriveEach<S, F, Fut> {
        #[pin]
        source: S,
        f: F,
        #[pin]
        step: Option<Fut>,
        // Also set while code of the user runs, so that nothing goes on after a panic there.
        finished: bool,
    }
}

impl<S, F, Fut> DriveEach<S, F, Fut>
where
    S: Progress,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, step: None, finished: false }
    }

    #[inline]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let mut budget = Budget::new();
        loop {
            if let Some(step) = this.step.as_mut().as_pin_mut() {
                if step.poll(cx).is_pending() {
                    // The step may wait for what the source has in flight. Whatever that sets free
                    // wakes the step, which left its waker just now.
                    let _ = this.source.poll_progress(cx);
                    return Poll::Pending;
                }
                this.step.set(None);
                ready!(budget.spend(cx));
            }
            match ready!(this.source.as_mut().poll_next(cx)) {
                Some(item) => this.step.set(Some((this.f)(item))),
                None => return Poll::Ready(()),
            }
        }
    }
}

impl<S, F, Fut> Future for DriveEach<S, F, Fut>
where
    S: Progress,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        assert!(!self.finished, "a drive_each was polled after it had finished");
        *self.as_mut().project().finished = true;
        let polled = self.as_mut().advance(cx);
        *self.project().finished = polled.is_ready();
        polled
    }
}

impl<S, F, Fut> FusedFuture for DriveEach<S, F, Fut>
where
    S: Progress,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    fn is_terminated(&self) -> bool {
        self.finished
    }
}

impl<S: fmt::Debug, F, Fut> fmt::Debug for DriveEach<S, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriveEach")
            .field("source", &self.source)
            .field("in_step", &self.step.is_some())
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
