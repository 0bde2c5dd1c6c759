//! The branches that wait, and the one waker the source of a hub knows.

use crate::sync::flaw::{self, Flaw};
use crate::sync::{Arc, AtomicBool, Lock, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed};
use alloc::task::Wake;
use alloc::vec::Vec;
use core::mem;
use core::task::{Context, Waker};

/// The tasks of the branches that wait, by lane.
///
/// It has a lock of its own, taken for a moment and never while a waker runs, because the source
/// may call its waker while the hub is locked for the source's own poll.
#[derive(Debug)]
pub(super) struct Waiters {
    waiting: Lock<Vec<(usize, Waker)>>,
    // The hub is locked and runs the source. A wake at this moment is left to who runs it: a waker
    // called here could drop a branch, which needs the same lock.
    running: AtomicBool,
    // Somebody called the waker. Noted before it is asked who runs, because that may be answered
    // from before the run.
    woken: AtomicBool,
}

impl Waiters {
    pub(super) fn new() -> Self {
        Self {
            waiting: Lock::new(Vec::new()),
            running: AtomicBool::new(false),
            woken: AtomicBool::new(false),
        }
    }

    /// Wakes the task of `cx` at the next [`wake_all`](Self::wake_all).
    pub(super) fn wait(&self, lane: usize, cx: &Context<'_>) {
        self.waiting.with(|waiting| match waiting.iter_mut().find(|(of, _)| *of == lane) {
            Some((_, waker)) => waker.clone_from(cx.waker()),
            None => waiting.push((lane, cx.waker().clone())),
        });
    }

    /// Forgets a branch that left.
    pub(super) fn forget(&self, lane: usize) {
        let forgotten = self.waiting.with(|waiting| {
            let at = waiting.iter().position(|(of, _)| *of == lane)?;
            Some(waiting.swap_remove(at))
        });
        drop(forgotten);
    }

    pub(super) fn wake_all(&self) {
        let mut woken = self.waiting.with(mem::take);
        for (_, waker) in woken.drain(..) {
            waker.wake();
        }
        // Keeps the allocation for the next time, unless somebody waits already.
        self.waiting.with(|waiting| {
            if waiting.capacity() == 0 {
                mem::swap(waiting, &mut woken);
            }
        });
    }

    /// From now on a wake is noted only.
    ///
    /// What is noted by now was done before the run, which takes it over with the note: the source
    /// then sees what it was woken for. A note that is not seen yet is found at the end.
    pub(super) fn begin(&self) {
        self.running.store(true, Relaxed);
        if self.woken.load(Relaxed) {
            self.woken.swap(false, flaw::order(Flaw::ForgetsUnordered, Acquire));
        }
    }

    /// From now on a wake goes to the tasks. Returns whether one was noted.
    ///
    /// All steps on the one note have an order. A wake that comes before this step is found by it.
    /// One that comes after it sees the end of the run, and everyone who waits.
    pub(super) fn end(&self) -> bool {
        self.running.store(false, Relaxed);
        if flaw::has(Flaw::LooksOnly) {
            return self.woken.load(Acquire);
        }
        self.woken.swap(false, AcqRel)
    }
}

impl Wake for Waiters {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.swap(true, flaw::order(Flaw::NotesUnordered, AcqRel));
        if !self.running.load(Relaxed) {
            self.wake_all();
        }
    }
}
