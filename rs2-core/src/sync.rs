//! The shared parts of what can be used from several tasks.

pub(crate) use alloc::sync::Arc;

/// A lock that is held for one step of a stream and never across a wait.
///
/// With `std` it parks the thread; without, it spins, which on one core never happens because a
/// poll is not interrupted by another.
#[derive(Debug, Default)]
pub(crate) struct Lock<T> {
    #[cfg(feature = "std")]
    inner: std::sync::Mutex<T>,
    #[cfg(not(feature = "std"))]
    inner: spin::mutex::SpinMutex<T>,
}

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Self {
        #[cfg(feature = "std")]
        let inner = std::sync::Mutex::new(value);
        #[cfg(not(feature = "std"))]
        let inner = spin::mutex::SpinMutex::new(value);
        Self { inner }
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
