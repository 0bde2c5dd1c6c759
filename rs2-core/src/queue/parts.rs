//! What the ring is made of. For the models of loom, `model.rs` stands in its place.

pub(super) use crate::sync::Arc;
pub(super) use futures_util::task::AtomicWaker;
pub(super) use portable_atomic::{AtomicUsize, Ordering};

/// A cell with the form of loom's.
#[derive(Debug)]
pub(super) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(core::cell::UnsafeCell::new(value))
    }

    /// Lends the place for exclusive use.
    #[inline]
    pub(super) fn with_mut<R>(&self, step: impl FnOnce(*mut T) -> R) -> R {
        step(self.0.get())
    }
}

/// What the models break on purpose, to see that loom notices. Nothing is broken here.
pub(super) mod flaw {
    use super::Ordering;

    #[inline]
    pub(in crate::queue) const fn publishing() -> Ordering {
        Ordering::AcqRel
    }

    #[inline]
    pub(in crate::queue) const fn waits_blindly() -> bool {
        false
    }

    #[inline]
    pub(in crate::queue) const fn clears_late() -> bool {
        false
    }

    #[inline]
    pub(in crate::queue) const fn is_silent() -> bool {
        false
    }

    #[inline]
    pub(in crate::queue) const fn takes_nothing_back() -> bool {
        false
    }
}
