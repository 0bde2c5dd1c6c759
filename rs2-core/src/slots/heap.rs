//! Slots on the heap.

use super::Slots;
use crate::error::Full;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::Stream;
use futures_util::stream::FuturesUnordered;

/// Slots on the heap, with a list of those that are ready and a waker for each: a poll costs what
/// was woken, not what is in flight. One allocation per future.
pub struct HeapSlots<F> {
    futures: FuturesUnordered<F>,
    capacity: usize,
}

impl<F> HeapSlots<F> {
    /// Slots for at most `capacity` futures.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn bounded(capacity: usize) -> Self {
        assert!(capacity > 0, "slots need room for at least one future");
        Self { futures: FuturesUnordered::new(), capacity }
    }
}

impl<F: Future> Slots<F> for HeapSlots<F> {
    #[inline]
    fn insert(self: Pin<&mut Self>, future: F) -> Result<(), Full<F>> {
        if self.is_full() {
            return Err(Full(future));
        }
        self.futures.push(future);
        Ok(())
    }

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        Pin::new(&mut self.futures).poll_next(cx)
    }

    fn clear(mut self: Pin<&mut Self>) {
        self.futures.clear();
    }

    #[inline]
    fn len(&self) -> usize {
        self.futures.len()
    }

    #[inline]
    fn capacity(&self) -> usize {
        self.capacity
    }
}

impl<F> fmt::Debug for HeapSlots<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeapSlots")
            .field("len", &self.futures.len())
            .field("capacity", &self.capacity)
            .finish()
    }
}
