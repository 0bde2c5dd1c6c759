//! Places for futures in flight.
//!
//! A set of [`Slots`] is bounded, keeps its futures pinned, and polls those that were woken. An
//! operator that holds futures in flight is written once over it.

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod heap;
#[cfg(feature = "heapless")]
#[allow(unsafe_code)]
mod inline;
pub(crate) mod outputs;

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use heap::HeapSlots;
#[cfg(feature = "heapless")]
pub use inline::InlineSlots;

use crate::error::Full;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use crate::store::Heap;
#[cfg(feature = "heapless")]
use crate::store::Inline;
use crate::store::Storage;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// A bounded set of futures in flight.
pub trait Slots<F: Future> {
    /// Takes a future in. It is not polled before the next [`poll_next`](Self::poll_next).
    ///
    /// # Errors
    /// [`Full`] gives the future back when every slot is taken.
    fn insert(self: Pin<&mut Self>, future: F) -> Result<(), Full<F>>;

    /// The output of a future that has finished, in no particular order; `None` when no future is
    /// in flight. `Pending` leaves the task's waker with those that are.
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>>;

    /// Drops all futures in flight.
    fn clear(self: Pin<&mut Self>);

    /// Futures in flight.
    fn len(&self) -> usize;

    /// Futures that can be in flight at once.
    fn capacity(&self) -> usize;

    /// Whether no future is in flight.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every slot is taken.
    fn is_full(&self) -> bool {
        self.len() >= self.capacity()
    }
}

/// A memory that has room for futures in flight.
pub trait SlotStorage: Storage {
    /// Slots in this memory.
    type Slots<F: Future>: Slots<F>;
    /// As many empty slots as the capacity says.
    fn slots<F: Future>(&self) -> Self::Slots<F>;
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl SlotStorage for Heap {
    type Slots<F: Future> = HeapSlots<F>;

    fn slots<F: Future>(&self) -> HeapSlots<F> {
        HeapSlots::bounded(self.capacity())
    }
}

#[cfg(feature = "heapless")]
impl<const N: usize> SlotStorage for Inline<N> {
    type Slots<F: Future> = InlineSlots<F, N>;

    fn slots<F: Future>(&self) -> InlineSlots<F, N> {
        InlineSlots::new()
    }
}
