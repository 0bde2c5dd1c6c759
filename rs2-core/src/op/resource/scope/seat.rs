//! The place of an open bracket in a scope.

use super::super::Cause;
use super::driver::Driver;
use super::state::{Entry, Shared, Sitting};
use crate::sync::Arc;
use crate::sync::flaw::{self, Flaw};
use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::ops::Range;
use core::task::{Context, Poll, Waker};

/// The place of an open bracket in its scope, from its first poll until its resource is released.
pub struct Seat {
    shared: Arc<Shared>,
    id: u64,
    // The signal of the scope when the bracket opened.
    seen: u64,
    // Releases taken over from here on are of what the bracket dropped: they come before its own.
    since: Option<u64>,
    waker: Option<Waker>,
}

impl Seat {
    pub(super) fn new(shared: &Arc<Shared>, name: &'static str) -> Self {
        let (id, seen) = shared.with(|state| {
            let id = state.number();
            state.seats.insert(id, Sitting { name, waker: None });
            (id, shared.signal())
        });
        Self { shared: shared.clone(), id, seen, since: None, waker: None }
    }

    /// Why the bracket must end, if it must.
    #[inline]
    pub(in super::super) fn cut(&self) -> Option<Cause> {
        self.shared.cut(self.seen)
    }

    pub(in super::super) fn poll_cut(&mut self, cx: &Context<'_>) -> Poll<Cause> {
        let early = if flaw::has(Flaw::LooksEarly) { Some(self.cut()) } else { None };
        let is_known = self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()));
        if !is_known {
            self.waker = Some(cx.waker().clone());
            let waker = cx.waker().clone();
            let before = self.shared.with(|state| {
                state.seats.get_mut(&self.id).and_then(|sitting| sitting.waker.replace(waker))
            });
            drop(before);
        }
        // After the waker is in its place: a signal from now on calls it.
        early.unwrap_or_else(|| self.cut()).map_or(Poll::Pending, Poll::Ready)
    }

    /// What is taken over from now on comes first.
    pub(in super::super) fn mark(&mut self) {
        self.since = Some(self.shared.with(|state| state.number()));
    }

    fn inner(&self, until: u64) -> Range<u64> {
        self.since.unwrap_or(until)..until
    }

    /// Whether the releases that come first have finished.
    pub(in super::super) fn is_settled(&self) -> bool {
        self.shared.with(|state| state.is_settled(self.inner(u64::MAX)))
    }

    /// Waits for the releases that come first; `None` where there are none.
    pub(in super::super) fn settling(&self) -> Option<Settling> {
        let tickets = self.shared.with(|state| {
            let tickets = self.inner(state.number());
            (!state.is_settled(tickets.clone())).then_some(tickets)
        })?;
        Some(Settling { driver: Driver::new(&self.shared), tickets })
    }

    /// Leaves a release behind, without a moment at which the scope knows of neither.
    pub(super) fn hand_over<F>(self, release: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let shared = self.shared.clone();
        let release = Box::pin(release);
        let rejected = shared.with(|state| {
            if state.running.len() >= shared.capacity {
                return Some(release);
            }
            let ticket = state.number();
            let name = state.seats.get(&self.id).map_or("", |sitting| sitting.name);
            state.running.insert(ticket, name);
            state.queue.push(Entry { ticket, since: self.inner(ticket).start, release });
            None
        });
        drop(rejected);
        drop(self);
        shared.wake_waiters();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let sitting = self.shared.with(|state| state.seats.remove(&self.id));
        drop(sitting);
        // Before a shutdown nobody waits for this.
        if self.shared.is_shut() {
            self.shared.wake_waiters();
        }
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Waits for releases that come first, and moves them along itself: perhaps nobody else does.
pub(in super::super) struct Settling {
    driver: Driver,
    tickets: Range<u64>,
}

impl Settling {
    pub(in super::super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.driver.poll(cx);
        let is_settled = self.driver.shared().with(|it| it.is_settled(self.tickets.clone()));
        if is_settled { Poll::Ready(()) } else { Poll::Pending }
    }
}
