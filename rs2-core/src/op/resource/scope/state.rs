//! What the handles of a scope share: who is open, which releases run, who waits.

use super::super::Cause;
use crate::metrics::Losses;
use crate::sync::{AtomicU64, Lock, Ordering::Relaxed};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::future::Future;
use core::mem;
use core::ops::Range;
use core::pin::Pin;
use core::task::Waker;

/// The bit of [`Shared::signal`] that is set at shutdown; the others count the interruptions.
const SHUT: u64 = 1;

pub(super) type BoxedRelease = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(super) struct Shared {
    pub(super) capacity: usize,
    pub(super) losses: Losses,
    // Changed only under the lock, read without. Who reads it has been under the lock before, to
    // leave a waker: a change from then on calls that, and one before then is seen. So no order of
    // memory is asked for.
    signal: AtomicU64,
    state: Lock<State>,
}

/// Wakers are called and dropped only when the lock is released: both may run code of the user's
/// that comes back here.
#[derive(Default)]
pub(super) struct State {
    // Numbers everything in here, in the order in which it came.
    next: u64,
    pub(super) handles: usize,
    pub(super) seats: BTreeMap<u64, Sitting>,
    /// Releases taken over and not finished, by ticket, with their names.
    pub(super) running: BTreeMap<u64, &'static str>,
    /// Those of them that nobody polls yet.
    pub(super) queue: Vec<Entry>,
    waiters: BTreeMap<u64, Waker>,
}

/// An open bracket.
pub(super) struct Sitting {
    pub(super) name: &'static str,
    pub(super) waker: Option<Waker>,
}

/// A release that was taken over. It comes after all that were taken over since `since`.
pub(super) struct Entry {
    pub(super) ticket: u64,
    pub(super) since: u64,
    pub(super) release: BoxedRelease,
}

impl State {
    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Whether all releases with these tickets have finished.
    pub(super) fn is_settled(&self, tickets: Range<u64>) -> bool {
        tickets.is_empty() || self.running.range(tickets).next().is_none()
    }

    /// Registers a waiter and returns the waker it had before.
    pub(super) fn wait(&mut self, id: u64, waker: Waker) -> Option<Waker> {
        self.waiters.insert(id, waker)
    }

    pub(super) fn forget(&mut self, id: u64) -> Option<Waker> {
        self.waiters.remove(&id)
    }
}

impl Shared {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            losses: Losses::new(),
            signal: AtomicU64::new(0),
            state: Lock::new(State::default()),
        }
    }

    pub(super) fn with<R>(&self, step: impl FnOnce(&mut State) -> R) -> R {
        self.state.with(step)
    }

    pub(super) fn signal(&self) -> u64 {
        self.signal.load(Relaxed)
    }

    pub(super) fn is_shut(&self) -> bool {
        self.signal() & SHUT != 0
    }

    /// What has become of a bracket since it saw the signal.
    pub(super) fn cut(&self, seen: u64) -> Option<Cause> {
        let signal = self.signal();
        match signal {
            _ if signal & SHUT != 0 => Some(Cause::Shutdown),
            _ if signal != seen => Some(Cause::Interrupted),
            _ => None,
        }
    }

    pub(super) fn interrupt(&self) {
        self.raise(|signal| signal + 2 * SHUT);
    }

    pub(super) fn shut(&self) {
        if !self.is_shut() {
            self.raise(|signal| signal | SHUT);
            self.wake_waiters();
        }
    }

    fn raise(&self, change: impl FnOnce(u64) -> u64) {
        let woken = self.with(|state| {
            self.signal.store(change(self.signal()), Relaxed);
            let seats = state.seats.values_mut();
            seats.filter_map(|sitting| sitting.waker.take()).collect::<Vec<_>>()
        });
        woken.into_iter().for_each(Waker::wake);
    }

    /// Wakes everyone who waits for something to come or to finish.
    pub(super) fn wake_waiters(&self) {
        let woken = self.with(|state| mem::take(&mut state.waiters));
        woken.into_values().for_each(Waker::wake);
    }

    /// A release came to its end.
    pub(super) fn finish(&self, ticket: u64) {
        let forgotten = self.with(|state| {
            state.running.remove(&ticket);
            state.forget(ticket)
        });
        drop(forgotten);
        self.wake_waiters();
    }
}
