//! The tasks that wait for a queue.

#[cfg(feature = "heapless")]
use crate::store::Inline;
use crate::store::{Queue, Storage};
use core::mem;
use core::task::Waker;

/// A task and its ticket.
type Task = (u64, Waker);

/// Tasks in the order in which they began to wait, each with a ticket.
///
/// It is kept under the lock of its queue and wakes nobody itself. Wakers are handed out, to be
/// woken or dropped without the lock: either may run code that comes back to the queue.
pub(super) struct Waiting<St: Storage> {
    room: St,
    // Tickets rise from front to back.
    tasks: St::Queue<Task>,
    // The last ticket.
    last: u64,
}

/// As many tasks wait as there are places, and all of them for longer.
#[derive(Debug)]
pub(super) struct NoPlace;

#[cfg(feature = "heapless")]
impl<const N: usize> Waiting<Inline<N>> {
    /// Room for `N` tasks.
    pub(super) const fn in_place() -> Self {
        let room = Inline::new();
        Self { tasks: room.empty_queue(), room, last: 0 }
    }
}

impl<St: Storage> Waiting<St> {
    pub(super) fn new(room: St) -> Self {
        Self { tasks: room.queue(), room, last: 0 }
    }

    /// Lets a task wait under the ticket it has, or under a new one. Who was called in vain keeps
    /// its place before those who came later: where there is no other place, the last one is called
    /// to give up its own.
    pub(super) fn wait(
        &mut self,
        ticket: &mut Option<u64>,
        waker: &Waker,
    ) -> Result<Left, NoPlace> {
        let number = ticket.unwrap_or(self.last + 1);
        let mut left = Left::default();
        match self.place(number) {
            Ok(place) => {
                let old = self.tasks.get_mut(place).map(|(_, old)| old);
                left.unused = old
                    .filter(|old| !old.will_wake(waker))
                    .map(|old| mem::replace(old, waker.clone()));
            }
            Err(place) => {
                if self.tasks.is_full() {
                    let last = self.tasks.len() - 1;
                    if place > last {
                        return Err(NoPlace);
                    }
                    left.called = self.tasks.remove(last).map(|(_, waker)| waker);
                }
                let added = self.tasks.insert(place, (number, waker.clone()));
                debug_assert!(added.is_ok(), "there is a place");
            }
        }
        self.last = self.last.max(number);
        *ticket = Some(number);
        Ok(left)
    }

    /// Forgets a ticket. Returns the waker if it was still waiting.
    pub(super) fn leave(&mut self, ticket: Option<u64>) -> Option<Waker> {
        let place = self.place(ticket?).ok()?;
        self.tasks.remove(place).map(|(_, waker)| waker)
    }

    /// Calls whoever waits longest.
    pub(super) fn call_one(&mut self) -> Option<Waker> {
        self.tasks.pop().map(|(_, waker)| waker)
    }

    /// Calls everyone.
    pub(super) fn call_all(&mut self) -> Called<St> {
        Called(mem::replace(&mut self.tasks, self.room.queue()))
    }

    /// Where a ticket is, or would be.
    fn place(&self, ticket: u64) -> Result<usize, usize> {
        let (mut low, mut high) = (0, self.tasks.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.tasks.get(middle) {
                Some((number, _)) if *number == ticket => return Ok(middle),
                Some((number, _)) if *number < ticket => low = middle + 1,
                _ => high = middle,
            }
        }
        Err(low)
    }
}

/// Wakers to be seen to without the lock.
#[derive(Debug, Default)]
#[must_use = "somebody may be waiting"]
pub(super) struct Left {
    /// Of who does not wait any more, or not with this one.
    pub(super) unused: Option<Waker>,
    /// Of who is called.
    pub(super) called: Option<Waker>,
}

impl Left {
    pub(super) fn settle(self) {
        drop(self.unused);
        if let Some(waker) = self.called {
            waker.wake();
        }
    }
}

/// Those who were called, until they are woken.
#[must_use = "they are waiting"]
pub(super) struct Called<St: Storage>(St::Queue<Task>);

impl<St: Storage> Called<St> {
    pub(super) fn wake(mut self) {
        while let Some((_, waker)) = self.0.pop() {
            waker.wake();
        }
    }
}
