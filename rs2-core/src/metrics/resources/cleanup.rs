//! What can give memory back when it is asked to.

use crate::sync::{Arc, Lock, Weak};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// Why a cleanup runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cleanup {
    /// It is time again.
    Periodic,
    /// Memory is nearly exhausted.
    Emergency,
}

type Run = dyn Fn(Cleanup) + Send + Sync;

/// Keeps a cleanup registered; it no longer runs once this is dropped.
#[must_use = "the cleanup is no longer registered once this is dropped"]
pub struct CleanupHandle {
    _run: Arc<Run>,
}

impl fmt::Debug for CleanupHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CleanupHandle").finish_non_exhaustive()
    }
}

#[derive(Default)]
pub(super) struct Cleanups(Lock<Vec<Weak<Run>>>);

impl Cleanups {
    pub(super) fn register(&self, run: Box<Run>) -> CleanupHandle {
        let run: Arc<Run> = run.into();
        self.0.with(|registered| {
            registered.retain(|other| other.strong_count() > 0);
            registered.push(Arc::downgrade(&run));
        });
        CleanupHandle { _run: run }
    }

    /// Runs all, without the lock: they may register others, and give back what they hold.
    pub(super) fn run(&self, why: Cleanup) {
        let all: Vec<_> = self.0.with(|all| all.iter().filter_map(Weak::upgrade).collect());
        all.iter().for_each(|run| run(why));
    }
}
