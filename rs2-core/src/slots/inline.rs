//! Slots in place, without an allocator.
//!
//! A set of pinned futures in an array cannot be written without unsafe code: the projection from
//! the pinned array to one of its elements is the one thing here that needs it.

use super::Slots;
use crate::error::Full;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Slots within the stream itself. Every poll polls all that is in flight, each with the waker of
/// the task: what a few futures cost, and what timers of executors need that know only the wakers
/// they made themselves.
pub struct InlineSlots<F, const N: usize> {
    // A future that is here is pinned: it does not move until it is dropped in its place.
    slots: [Option<F>; N],
    // Where the next poll begins, so that a future that is always ready cannot starve the others.
    first: usize,
}

impl<F, const N: usize> InlineSlots<F, N> {
    /// Empty slots for `N` futures.
    pub(super) const fn new() -> Self {
        const { assert!(N > 0, "slots need room for at least one future") };
        Self { slots: [const { None }; N], first: 0 }
    }
}

/// The slot with this number, pinned.
fn slot<F, const N: usize>(
    slots: Pin<&mut InlineSlots<F, N>>,
    number: usize,
) -> Pin<&mut Option<F>> {
    // SAFETY: `slots` is pinned structurally. Nothing moves out of the array: its elements are only
    // read, or reached through this projection, and `Pin::set` drops in place. There is no `Drop`
    // of ours, and `InlineSlots` is `Unpin` only where `F` is.
    unsafe { slots.map_unchecked_mut(|slots| &mut slots.slots[number]) }
}

impl<F: Future, const N: usize> Slots<F> for InlineSlots<F, N> {
    fn insert(mut self: Pin<&mut Self>, future: F) -> Result<(), Full<F>> {
        match (0..N).find(|&number| self.slots[number].is_none()) {
            Some(number) => {
                slot(self.as_mut(), number).set(Some(future));
                Ok(())
            }
            None => Err(Full(future)),
        }
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        let first = self.first;
        let mut is_empty = true;
        for number in (first..N).chain(0..first) {
            let mut slot = slot(self.as_mut(), number);
            let Some(future) = slot.as_mut().as_pin_mut() else { continue };
            is_empty = false;
            if let Poll::Ready(output) = future.poll(cx) {
                slot.set(None);
                let next = if number + 1 == N { 0 } else { number + 1 };
                // SAFETY: `first` is a number and not pinned with the futures.
                unsafe { self.as_mut().get_unchecked_mut().first = next };
                return Poll::Ready(Some(output));
            }
        }
        if is_empty { Poll::Ready(None) } else { Poll::Pending }
    }

    fn clear(mut self: Pin<&mut Self>) {
        for number in 0..N {
            slot(self.as_mut(), number).set(None);
        }
    }

    fn len(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    fn capacity(&self) -> usize {
        N
    }

    fn is_full(&self) -> bool {
        self.slots.iter().all(Option::is_some)
    }
}

impl<F, const N: usize> fmt::Debug for InlineSlots<F, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InlineSlots")
            .field("len", &self.slots.iter().flatten().count())
            .field("capacity", &N)
            .finish()
    }
}
