//! A lock that needs no allocator and that interrupts may take.

#[cfg(not(feature = "std"))]
use core::cell::RefCell;
#[cfg(not(feature = "std"))]
use critical_section::Mutex;
#[cfg(feature = "std")]
use std::sync::Mutex;

/// A lock for a few instructions, without code of the user's. It may stand in a `static`.
///
/// With `std` it parks the thread. Without, it is a critical section, which the program must
/// provide: a spinning lock would never be released by a task that the interrupt which spins has
/// stopped.
pub(crate) struct ShortLock<T> {
    #[cfg(feature = "std")]
    inner: Mutex<T>,
    #[cfg(not(feature = "std"))]
    inner: Mutex<RefCell<T>>,
}

impl<T> ShortLock<T> {
    pub(crate) const fn new(value: T) -> Self {
        #[cfg(feature = "std")]
        return Self { inner: Mutex::new(value) };
        #[cfg(not(feature = "std"))]
        return Self { inner: Mutex::new(RefCell::new(value)) };
    }

    /// Runs `step` on the value.
    #[cfg(feature = "std")]
    pub(crate) fn with<R>(&self, step: impl FnOnce(&mut T) -> R) -> R {
        step(&mut self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Runs `step` on the value.
    #[cfg(not(feature = "std"))]
    pub(crate) fn with<R>(&self, step: impl FnOnce(&mut T) -> R) -> R {
        critical_section::with(|section| step(&mut self.inner.borrow_ref_mut(section)))
    }
}
