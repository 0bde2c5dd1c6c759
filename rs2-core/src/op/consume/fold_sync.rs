//! One value out of all items.

use crate::machine::Budget;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedFuture, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`fold_sync_rs2`](super::ConsumeExt::fold_sync_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct FoldSync<S, A, F> {
        #[pin]
        source: S,
        // Gone when finished, and during a poll, so that nothing goes on after a panic.
        value: Option<A>,
        f: F,
    }
}

impl<S, A, F> FoldSync<S, A, F> {
    pub(super) fn new(source: S, init: A, f: F) -> Self {
        Self { source, value: Some(init), f }
    }
}

impl<S, A, F> Future for FoldSync<S, A, F>
where
    S: Stream,
    F: FnMut(A, S::Item) -> A,
{
    type Output = A;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A> {
        let mut this = self.project();
        // A local value stays in registers; one in the struct would be stored for every item.
        let mut value = this.value.take().expect("a fold was polled after it had finished");
        let mut budget = Budget::new();
        loop {
            match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => value = (this.f)(value, item),
                Poll::Ready(None) => return Poll::Ready(value),
                Poll::Pending => break,
            }
            if budget.spend(cx).is_pending() {
                break;
            }
        }
        *this.value = Some(value);
        Poll::Pending
    }
}

impl<S, A, F> FusedFuture for FoldSync<S, A, F>
where
    S: Stream,
    F: FnMut(A, S::Item) -> A,
{
    fn is_terminated(&self) -> bool {
        self.value.is_none()
    }
}

impl<S: fmt::Debug, A: fmt::Debug, F> fmt::Debug for FoldSync<S, A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoldSync")
            .field("source", &self.source)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
