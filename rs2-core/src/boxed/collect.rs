//! All items in a collection, batch by batch.

use super::erased::Erased;
use super::{RS2Stream, batch, batches};
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::FusedFuture;

/// The future of [`RS2Stream::collect_rs2`].
#[must_use = "futures do nothing unless polled"]
pub struct BatchCollect<T, B, D: ?Sized = dyn Erased<T> + Send> {
    source: RS2Stream<T, D>,
    // Empty between two polls.
    items: Vec<T>,
    // Gone when finished, and during a poll, so that nothing goes on after a panic.
    collection: Option<B>,
}

impl<T, B: Default, D: ?Sized> BatchCollect<T, B, D> {
    pub(super) fn new(source: RS2Stream<T, D>) -> Self {
        Self { source, items: Vec::new(), collection: Some(B::default()) }
    }
}

// Nothing of it is pinned but what is in the box.
impl<T, B, D: ?Sized> Unpin for BatchCollect<T, B, D> {}

impl<T, B, D> Future for BatchCollect<T, B, D>
where
    D: ?Sized + Erased<T>,
    B: Extend<T>,
{
    type Output = B;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B> {
        let this = self.get_mut();
        let mut collection =
            this.collection.take().expect("a collect was polled after it had finished");
        this.items.reserve(const { batch::<T>() });
        for _ in 0..const { batches::<T>() } {
            let polled = this.source.poll_batch(cx, &mut this.items);
            collection.extend(this.items.drain(..));
            match polled {
                Poll::Ready(true) => {}
                Poll::Ready(false) => return Poll::Ready(collection),
                Poll::Pending => {
                    this.collection = Some(collection);
                    return Poll::Pending;
                }
            }
        }
        cx.waker().wake_by_ref();
        this.collection = Some(collection);
        Poll::Pending
    }
}

impl<T, B, D> FusedFuture for BatchCollect<T, B, D>
where
    D: ?Sized + Erased<T>,
    B: Extend<T>,
{
    fn is_terminated(&self) -> bool {
        self.collection.is_none()
    }
}

impl<T, B: fmt::Debug, D: ?Sized> fmt::Debug for BatchCollect<T, B, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchCollect")
            .field("source", &self.source)
            .field("collection", &self.collection)
            .finish_non_exhaustive()
    }
}
