//! What the ring is made of in the models of loom, and the flaws that loom must find in it.

pub(super) use loom::cell::UnsafeCell;
pub(super) use loom::sync::Arc;
pub(super) use loom::sync::atomic::{AtomicUsize, Ordering};

use core::task::Waker;
use loom::sync::Mutex;

/// One step for each call, as it looks from outside. loom's own writes a line of text at each,
/// which is too much for a model with many runs.
#[derive(Debug)]
pub(super) struct AtomicWaker(Mutex<Option<Waker>>);

impl AtomicWaker {
    pub(super) fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(super) fn register(&self, waker: &Waker) {
        let old = self.0.lock().expect("nothing panics under this lock").replace(waker.clone());
        drop(old);
    }

    pub(super) fn wake(&self) {
        let waker = self.0.lock().expect("nothing panics under this lock").take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// One way in which the ring would be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A position moves without handing over what was written before.
    Unordered,
    /// Who waits does not look again after leaving its waker.
    WaitsBlindly,
    /// The mark of who waits is removed after it was woken, and not before.
    ClearsLate,
    /// A position moves, or an end leaves, without waking who waits.
    Silent,
    /// What was put in after the receiver had left stays in.
    TakesNothingBack,
}

pub mod flaw {
    //! The flaw of this test. loom runs the threads of a model on the thread of the test.

    extern crate std;

    use super::{Flaw, Ordering};
    use std::cell::Cell;

    std::thread_local! {
        static FLAW: Cell<Option<Flaw>> = const { Cell::new(None) };
    }

    /// Gives the rings of this test a flaw.
    pub fn introduce(flaw: Flaw) {
        FLAW.set(Some(flaw));
    }

    fn has(flaw: Flaw) -> bool {
        FLAW.get() == Some(flaw)
    }

    pub(in crate::queue) fn publishing() -> Ordering {
        if has(Flaw::Unordered) { Ordering::Relaxed } else { Ordering::AcqRel }
    }

    pub(in crate::queue) fn waits_blindly() -> bool {
        has(Flaw::WaitsBlindly)
    }

    pub(in crate::queue) fn clears_late() -> bool {
        has(Flaw::ClearsLate)
    }

    pub(in crate::queue) fn is_silent() -> bool {
        has(Flaw::Silent)
    }

    pub(in crate::queue) fn takes_nothing_back() -> bool {
        has(Flaw::TakesNothingBack)
    }
}
