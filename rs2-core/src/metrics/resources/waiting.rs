//! Who waits for the breaker.

use super::ResourceManager;
use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::task::{Context, Waker};
use core::time::Duration;

/// The tasks that wait, each under the number of its place.
#[derive(Default)]
pub(super) struct Waiting {
    wakers: Vec<(u64, Waker)>,
    places: u64,
}

impl Waiting {
    pub(super) fn place(&mut self) -> u64 {
        self.places += 1;
        self.places
    }

    /// Returns the waker that this one replaces; it must be dropped outside of the lock.
    pub(super) fn wait(&mut self, place: u64, cx: &Context<'_>) -> Option<Waker> {
        match self.wakers.iter_mut().find(|(at, _)| *at == place) {
            Some((_, old)) if old.will_wake(cx.waker()) => None,
            Some((_, old)) => Some(mem::replace(old, cx.waker().clone())),
            None => {
                self.wakers.push((place, cx.waker().clone()));
                None
            }
        }
    }

    /// Takes the waker of a place out; it must be dropped outside of the lock.
    pub(super) fn leave(&mut self, place: u64) -> Option<Waker> {
        let at = self.wakers.iter().position(|(at, _)| *at == place)?;
        Some(self.wakers.swap_remove(at).1)
    }

    pub(super) fn take_all(&mut self) -> Vec<(u64, Waker)> {
        mem::take(&mut self.wakers)
    }
}

/// A place in front of the breaker, given up when it is dropped.
pub(crate) struct Gate {
    manager: ResourceManager,
    place: u64,
}

impl Gate {
    pub(crate) fn new(manager: &ResourceManager) -> Self {
        let place = manager.with_waiting(Waiting::place);
        Self { manager: manager.clone(), place }
    }

    /// Nothing when the breaker is not open. Otherwise how long to sleep before asking again; the
    /// task of `cx` is woken if it ceases to be open before.
    pub(crate) fn closed_for(&self, cx: &Context<'_>) -> Option<Duration> {
        self.manager.closed_for(self.place, cx)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let waker = self.manager.with_waiting(|waiting| waiting.leave(self.place));
        drop(waker);
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gate").field(&self.manager).finish()
    }
}
