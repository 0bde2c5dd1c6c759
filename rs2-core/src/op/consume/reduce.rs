//! One value of the items' own type out of all of them, by a future for each.

use crate::machine::Budget;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedFuture, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`reduce_rs2`](super::ConsumeExt::reduce_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct Reduce<S, F, Fut>
    where
        S: Stream,
    {
        #[pin]
        source: S,
        f: F,
        // From the first item on the value is here, or in the running step.
        value: Option<S::Item>,
        #[pin]
        step: Option<Fut>,
        // Also set while code of the user runs, so that nothing goes on after a panic there.
        finished: bool,
    }
}

impl<S, F, Fut> Reduce<S, F, Fut>
where
    S: Stream,
    F: FnMut(S::Item, S::Item) -> Fut,
    Fut: Future<Output = S::Item>,
{
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, value: None, step: None, finished: false }
    }

    #[inline]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        let mut budget = Budget::new();
        loop {
            if let Some(step) = this.step.as_mut().as_pin_mut() {
                *this.value = Some(ready!(step.poll(cx)));
                this.step.set(None);
                ready!(budget.spend(cx));
            }
            let Some(item) = ready!(this.source.as_mut().poll_next(cx)) else {
                return Poll::Ready(this.value.take());
            };
            match this.value.take() {
                Some(value) => this.step.set(Some((this.f)(value, item))),
                None => *this.value = Some(item),
            }
        }
    }
}

impl<S, F, Fut> Future for Reduce<S, F, Fut>
where
    S: Stream,
    F: FnMut(S::Item, S::Item) -> Fut,
    Fut: Future<Output = S::Item>,
{
    type Output = Option<S::Item>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        assert!(!self.finished, "a reduce was polled after it had finished");
        *self.as_mut().project().finished = true;
        let polled = self.as_mut().advance(cx);
        *self.project().finished = polled.is_ready();
        polled
    }
}

impl<S, F, Fut> FusedFuture for Reduce<S, F, Fut>
where
    S: Stream,
    F: FnMut(S::Item, S::Item) -> Fut,
    Fut: Future<Output = S::Item>,
{
    fn is_terminated(&self) -> bool {
        self.finished
    }
}

impl<S, F, Fut> fmt::Debug for Reduce<S, F, Fut>
where
    S: Stream<Item: fmt::Debug> + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reduce")
            .field("source", &self.source)
            .field("value", &self.value)
            .field("in_step", &self.step.is_some())
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
