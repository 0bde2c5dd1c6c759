//! What the models of loom break on purpose, to see that loom notices. Outside of them nothing is
//! broken, and the questions cost nothing.

use super::Ordering;

/// One way in which what is decided beside a lock would be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_has_atomic = "ptr"), expect(dead_code, reason = "queues are not built"))]
pub enum Flaw {
    /// A wake while the source of a hub runs is noted without handing over what was done before.
    NotesUnordered,
    /// A note is forgotten at the beginning of a run without taking over what was done before it.
    ForgetsUnordered,
    /// The end of a run looks for a note without leaving a trace of having looked.
    LooksOnly,
    /// A buffer that was low for a moment counts as low.
    LowersBlindly,
    /// A pump that finds its buffer full waits without looking again under the lock.
    WaitsBlindly,
    /// A bracket looks for a signal before it leaves its waker.
    LooksEarly,
    /// The end of a stream is counted without handing over when it was.
    EndsUnordered,
}

#[cfg(not(rs2_loom))]
#[inline]
pub(crate) const fn has(_: Flaw) -> bool {
    false
}

/// `right`, which does not suffice where there is this flaw.
#[inline]
pub(crate) fn order(flaw: Flaw, right: Ordering) -> Ordering {
    if has(flaw) { Ordering::Relaxed } else { right }
}

#[cfg(rs2_loom)]
pub(crate) use model::has;
#[cfg(rs2_loom)]
pub use model::introduce;

#[cfg(rs2_loom)]
mod model {
    use super::Flaw;
    use core::cell::Cell;

    std::thread_local! {
        // loom runs the threads of a model on the thread of the test.
        static FLAW: Cell<Option<Flaw>> = const { Cell::new(None) };
    }

    /// Breaks the code under this test.
    pub fn introduce(flaw: Flaw) {
        FLAW.set(Some(flaw));
    }

    pub(crate) fn has(flaw: Flaw) -> bool {
        FLAW.get() == Some(flaw)
    }
}
