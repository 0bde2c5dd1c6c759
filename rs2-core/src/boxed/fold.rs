//! One value out of all items, batch by batch.

use super::erased::Erased;
use super::{RS2Stream, batch, batches};
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::FusedFuture;

/// The future of [`RS2Stream::fold_sync_rs2`].
#[must_use = "futures do nothing unless polled"]
pub struct BatchFold<T, A, F, D: ?Sized = dyn Erased<T> + Send> {
    source: RS2Stream<T, D>,
    // Empty between two polls.
    items: Vec<T>,
    // Gone when finished, and during a poll, so that nothing goes on after a panic.
    value: Option<A>,
    f: F,
}

impl<T, A, F, D: ?Sized> BatchFold<T, A, F, D> {
    pub(super) fn new(source: RS2Stream<T, D>, init: A, f: F) -> Self {
        Self { source, items: Vec::new(), value: Some(init), f }
    }
}

// Nothing of it is pinned but what is in the box.
impl<T, A, F, D: ?Sized> Unpin for BatchFold<T, A, F, D> {}

impl<T, A, F, D> Future for BatchFold<T, A, F, D>
where
    D: ?Sized + Erased<T>,
    F: FnMut(A, T) -> A,
{
    type Output = A;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A> {
        let this = self.get_mut();
        let mut value = this.value.take().expect("a fold was polled after it had finished");
        this.items.reserve(const { batch::<T>() });
        for _ in 0..const { batches::<T>() } {
            let polled = this.source.poll_batch(cx, &mut this.items);
            value = this.items.drain(..).fold(value, &mut this.f);
            match polled {
                Poll::Ready(true) => {}
                Poll::Ready(false) => return Poll::Ready(value),
                Poll::Pending => {
                    this.value = Some(value);
                    return Poll::Pending;
                }
            }
        }
        cx.waker().wake_by_ref();
        this.value = Some(value);
        Poll::Pending
    }
}

impl<T, A, F, D> FusedFuture for BatchFold<T, A, F, D>
where
    D: ?Sized + Erased<T>,
    F: FnMut(A, T) -> A,
{
    fn is_terminated(&self) -> bool {
        self.value.is_none()
    }
}

impl<T, A: fmt::Debug, F, D: ?Sized> fmt::Debug for BatchFold<T, A, F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchFold")
            .field("source", &self.source)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
