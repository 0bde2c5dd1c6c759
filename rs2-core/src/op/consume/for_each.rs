//! A future for each item, one after the other.

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
    /// The future of [`for_each_rs2`](super::ConsumeExt::for_each_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct ForEach<S, F, Fut, M = Rests> {
        #[pin]
        source: S,
        f: F,
        #[pin]
        step: Option<Fut>,
        meanwhile: PhantomData<fn() -> M>,
        // Also set while code of the user runs, so that nothing goes on after a panic there.
        finished: bool,
    }
}

/// The future of [`drive_each_rs2`](super::ConsumeExt::drive_each_rs2).
pub type DriveEach<S, F, Fut> = ForEach<S, F, Fut, Drives>;

impl<S, F, Fut, M> ForEach<S, F, Fut, M>
where
    S: Stream,
    M: Meanwhile<S>,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, step: None, meanwhile: PhantomData, finished: false }
    }

    #[inline]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let mut budget = Budget::new();
        loop {
            if let Some(step) = this.step.as_mut().as_pin_mut() {
                if step.poll(cx).is_pending() {
                    M::meanwhile(this.source, cx);
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

impl<S, F, Fut, M> Future for ForEach<S, F, Fut, M>
where
    S: Stream,
    M: Meanwhile<S>,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        assert!(!self.finished, "a for_each was polled after it had finished");
        *self.as_mut().project().finished = true;
        let polled = self.as_mut().advance(cx);
        *self.project().finished = polled.is_ready();
        polled
    }
}

impl<S, F, Fut, M> FusedFuture for ForEach<S, F, Fut, M>
where
    S: Stream,
    M: Meanwhile<S>,
    F: FnMut(S::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    fn is_terminated(&self) -> bool {
        self.finished
    }
}

impl<S: fmt::Debug, F, Fut, M> fmt::Debug for ForEach<S, F, Fut, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForEach")
            .field("source", &self.source)
            .field("in_step", &self.step.is_some())
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
