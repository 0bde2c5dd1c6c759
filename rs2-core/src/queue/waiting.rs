//! The tasks that wait for a queue.

use alloc::collections::VecDeque;
use core::task::Waker;

/// Tasks in the order in which they began to wait, each with a ticket.
///
/// It is kept under the lock of its queue and wakes nobody itself. Wakers are handed out, to be
/// woken or dropped without the lock: either may run code that comes back to the queue.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    // Tickets rise from front to back.
    tasks: VecDeque<(u64, Waker)>,
    // The last ticket.
    last: u64,
}

impl Waiting {
    /// Lets a task wait under the ticket it has, or under a new one. Who was called in vain keeps
    /// its place before those who came later. Returns the waker that this one replaces.
    pub(super) fn wait(&mut self, ticket: &mut Option<u64>, waker: &Waker) -> Option<Waker> {
        let ticket = *ticket.get_or_insert_with(|| {
            self.last += 1;
            self.last
        });
        match self.tasks.binary_search_by_key(&ticket, |(ticket, _)| *ticket) {
            Ok(place) => {
                let old = &mut self.tasks[place].1;
                (!old.will_wake(waker)).then(|| core::mem::replace(old, waker.clone()))
            }
            Err(place) => {
                self.tasks.insert(place, (ticket, waker.clone()));
                None
            }
        }
    }

    /// Forgets a ticket. Returns the waker if it was still waiting.
    pub(super) fn leave(&mut self, ticket: Option<u64>) -> Option<Waker> {
        let (_, waker) = self.tasks.remove(self.place(ticket)?)?;
        Some(waker)
    }

    /// Calls whoever waits longest.
    pub(super) fn call_one(&mut self) -> Option<Waker> {
        Some(self.tasks.pop_front()?.1)
    }

    /// Calls everyone.
    pub(super) fn call_all(&mut self) -> Called {
        Called(core::mem::take(&mut self.tasks))
    }

    fn place(&self, ticket: Option<u64>) -> Option<usize> {
        let ticket = ticket?;
        self.tasks.binary_search_by_key(&ticket, |(ticket, _)| *ticket).ok()
    }
}

/// Those who were called, until they are woken.
#[derive(Debug, Default)]
#[must_use = "they are waiting"]
pub(super) struct Called(VecDeque<(u64, Waker)>);

impl Called {
    pub(super) fn wake(self) {
        for (_, waker) in self.0 {
            waker.wake();
        }
    }
}
