//! Reference counts, atomics and a lock, or what stands for them in the models of loom.

#[cfg(target_has_atomic = "ptr")]
pub(crate) use alloc::sync::{Arc, Weak};
#[cfg(rs2_loom)]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
#[cfg(all(not(rs2_loom), target_has_atomic = "ptr"))]
pub(crate) use portable_atomic::{AtomicBool, AtomicUsize};
#[cfg(not(rs2_loom))]
pub(crate) use portable_atomic::{AtomicU64, Ordering};
#[cfg(not(target_has_atomic = "ptr"))]
pub(crate) use portable_atomic_util::{Arc, Weak};

#[cfg(rs2_loom)]
use loom::sync::Mutex;
#[cfg(not(any(feature = "std", rs2_loom)))]
use spin::mutex::SpinMutex as Mutex;
#[cfg(all(feature = "std", not(rs2_loom)))]
use std::sync::Mutex;

/// A lock that is held for one step of a stream and never across a wait.
///
/// With `std` it parks the thread; without, it spins, which on one core never happens because a
/// poll is not interrupted by another.
#[derive(Debug, Default)]
pub(crate) struct Lock<T> {
    inner: Mutex<T>,
}

impl<T> Lock<T> {
    #[cfg(not(rs2_loom))]
    pub(crate) const fn new(value: T) -> Self {
        Self { inner: Mutex::new(value) }
    }

    #[cfg(rs2_loom)]
    pub(crate) fn new(value: T) -> Self {
        Self { inner: Mutex::new(value) }
    }

    /// Runs `step` on the value. A panic in an earlier step does not block later ones; who must
    /// not continue then keeps a flag in the value.
    pub(crate) fn with<R>(&self, step: impl FnOnce(&mut T) -> R) -> R {
        #[cfg(feature = "std")]
        let mut guard = self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        #[cfg(not(feature = "std"))]
        let mut guard = self.inner.lock();
        step(&mut guard)
    }
}
