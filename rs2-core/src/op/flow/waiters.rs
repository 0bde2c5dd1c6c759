//! The branches that wait, and the one waker the source of a hub knows.

use crate::sync::{Arc, Lock};
use alloc::task::Wake;
use alloc::vec::Vec;
use core::mem;
use core::task::{Context, Waker};
use portable_atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst};

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
    woken: AtomicBool,
}

impl Waiters {
    pub(super) const fn new() -> Self {
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
    pub(super) fn begin(&self) {
        self.running.store(true, Relaxed);
    }

    /// From now on a wake goes to the tasks. Returns whether one was noted.
    ///
    /// Either a waker sees the end of the run and wakes the tasks itself, or its note is seen here:
    /// both sides write first and then read, in one order for all.
    pub(super) fn end(&self) -> bool {
        self.running.store(false, SeqCst);
        self.woken.load(SeqCst) && self.woken.swap(false, SeqCst)
    }
}

impl Wake for Waiters {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.running.load(SeqCst) {
            self.woken.store(true, SeqCst);
            if self.running.load(SeqCst) {
                return;
            }
        }
        self.wake_all();
    }
}
