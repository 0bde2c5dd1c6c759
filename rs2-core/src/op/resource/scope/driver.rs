//! Polling the releases that a scope has taken over.

use super::super::exit::caught;
use super::state::{BoxedRelease, Entry, Shared, State};
use crate::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::Stream;
use futures_util::stream::FuturesUnordered;

/// Polls what has been taken over; what it did not finish goes back into the queue when it is
/// dropped, for the next one.
pub(super) struct Driver {
    shared: Arc<Shared>,
    id: u64,
    turns: FuturesUnordered<Turn>,
}

impl Driver {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let id = shared.with(State::number);
        Self { shared: shared.clone(), id, turns: FuturesUnordered::new() }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Moves everything along, and leaves the task's waker for whatever comes or finishes.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        loop {
            while let Poll::Ready(Some(())) = Pin::new(&mut self.turns).poll_next(cx) {}
            let waker = cx.waker().clone();
            let (fresh, before) = self.shared.with(|state| {
                // Registered and looked at in one step, so that nothing comes in between.
                let before = state.wait(self.id, waker);
                (mem::take(&mut state.queue), before)
            });
            drop(before);
            if fresh.is_empty() {
                return;
            }
            self.turns.extend(fresh.into_iter().map(|entry| Turn::new(&self.shared, entry)));
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let left: Vec<Entry> =
            mem::take(&mut self.turns).into_iter().filter_map(Turn::give_back).collect();
        let is_left = !left.is_empty();
        let forgotten = self.shared.with(|state| {
            let tickets = left.iter().map(|entry| entry.ticket);
            let ids = tickets.chain([self.id]);
            let forgotten: Vec<_> = ids.filter_map(|id| state.forget(id)).collect();
            state.queue.extend(left);
            forgotten
        });
        drop(forgotten);
        if is_left {
            self.shared.wake_waiters();
        }
    }
}

/// One release, in its turn.
struct Turn {
    shared: Arc<Shared>,
    ticket: u64,
    since: u64,
    release: Option<BoxedRelease>,
}

impl Turn {
    fn new(shared: &Arc<Shared>, entry: Entry) -> Self {
        let Entry { ticket, since, release } = entry;
        Self { shared: shared.clone(), ticket, since, release: Some(release) }
    }

    fn give_back(mut self) -> Option<Entry> {
        let release = self.release.take()?;
        Some(Entry { ticket: self.ticket, since: self.since, release })
    }

    /// Whether those that come first have finished; else the task is woken when one has.
    fn is_due(&mut self, cx: &Context<'_>) -> bool {
        if self.since >= self.ticket {
            return true;
        }
        let waker = cx.waker().clone();
        let (is_due, before) = self.shared.with(|state| {
            if state.is_settled(self.since..self.ticket) {
                return (true, state.forget(self.ticket));
            }
            (false, state.wait(self.ticket, waker))
        });
        drop(before);
        if is_due {
            self.since = self.ticket;
        }
        is_due
    }
}

impl Future for Turn {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_due(cx) {
            return Poll::Pending;
        }
        let Some(release) = &mut self.release else { return Poll::Ready(()) };
        // One that panics counts itself, and the others go on.
        if let Some(Poll::Pending) = caught(|| release.as_mut().poll(cx)) {
            return Poll::Pending;
        }
        self.release = None;
        self.shared.finish(self.ticket);
        Poll::Ready(())
    }
}
