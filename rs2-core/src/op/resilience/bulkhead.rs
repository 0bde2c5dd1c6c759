//! At most so many at once, the others in line.

use crate::error::Full;
use crate::sync::{Arc, Lock};
use alloc::collections::VecDeque;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

/// Lets at most so many in at once, and lets at most so many more wait, first come, first served.
///
/// A handle: clones share the places, so that several streams and plain futures together do not
/// ask more of a resource than it bears. A place that comes free goes to who has waited longest,
/// and to nobody else.
///
/// In a stream it stands inside the closure of an operator with futures:
///
/// ```
/// use rs2_core::error::Full;
/// use rs2_core::op::resilience::Bulkhead;
/// use rs2_core::prelude::*;
/// # futures_executor::block_on(async {
/// let database = Bulkhead::new(4, 100);
/// let load = async |id: u32| database.call(async move { id * 10 }).await;
/// let rows: Vec<Result<u32, _>> =
///     from_iter(1..=3).par_eval_map_inline_rs2(16, load).collect_rs2().await;
/// let rows: Vec<u32> = rows.into_iter().map(|row| row.unwrap_or(0)).collect();
/// assert_eq!(rows, [10, 20, 30]);
/// # })
/// ```
#[doc(alias = "Semaphore")]
#[derive(Clone)]
pub struct Bulkhead {
    line: Arc<Line>,
}

struct Line {
    limit: usize,
    max_waiting: usize,
    state: Lock<State>,
}

/// Where somebody waits who was not let in, no place is free.
struct State {
    free: usize,
    // By ticket. The first `admitted` have a place and have not yet come to take it.
    waiting: VecDeque<Waiter>,
    admitted: usize,
    next_ticket: u64,
}

struct Waiter {
    ticket: u64,
    // Nothing once it was woken.
    waker: Option<Waker>,
}

impl Bulkhead {
    /// At most `limit` at once, and at most `max_waiting` who wait for it.
    ///
    /// # Panics
    /// When `limit` is zero.
    #[track_caller]
    pub fn new(limit: usize, max_waiting: usize) -> Self {
        assert!(limit > 0, "with a limit of zero nobody would ever be let in");
        let state = State { free: limit, waiting: VecDeque::new(), admitted: 0, next_ticket: 0 };
        Self { line: Arc::new(Line { limit, max_waiting, state: Lock::new(state) }) }
    }

    /// Takes a place if one is free.
    ///
    /// # Errors
    /// [`Full`] when none is.
    pub fn try_enter(&self) -> Result<Permit, Full<()>> {
        let entered = self.line.state.with(|state| {
            let free = state.free.checked_sub(1);
            state.free = free.unwrap_or(0);
            free.is_some()
        });
        if entered { Ok(Permit { line: self.line.clone() }) } else { Err(Full(())) }
    }

    /// Takes a place, once one is free and who came earlier has one.
    ///
    /// The place in line counts from the first poll. Its output is [`Full`] when too many wait.
    /// Dropping the future leaves the line; a place that it had just been given goes to the next.
    /// One that is kept and no longer polled keeps the place that it is given.
    pub fn enter(&self) -> Enter {
        Enter { line: self.line.clone(), ticket: None }
    }

    /// Runs `future` in a place of its own. Other futures may run in the meantime; dropping this
    /// one drops `future` and gives the place back, and so does a panic.
    ///
    /// # Errors
    /// [`Full`] gives the future back, not polled, when too many wait.
    pub async fn call<F: Future>(&self, future: F) -> Result<F::Output, Full<F>> {
        let Ok(_permit) = self.enter().await else { return Err(Full(future)) };
        Ok(future.await)
    }

    /// How many have a place.
    pub fn entered(&self) -> usize {
        self.line.limit - self.line.state.with(|state| state.free)
    }

    /// How many wait for one.
    pub fn waiting(&self) -> usize {
        self.line.state.with(|state| state.waiting.len() - state.admitted)
    }
}

impl State {
    fn place_of(&self, ticket: u64) -> Option<usize> {
        self.waiting.binary_search_by_key(&ticket, |waiter| waiter.ticket).ok()
    }

    /// Takes a waiter out of the line; also whether it was let in.
    fn remove(&mut self, place: usize) -> (Option<Waiter>, bool) {
        let was_admitted = place < self.admitted;
        self.admitted -= usize::from(was_admitted);
        (self.waiting.remove(place), was_admitted)
    }
}

impl Line {
    /// Wakers are cloned before the lock and dropped after it: they are code of others, which may
    /// come back here.
    fn poll_enter(&self, ticket: &mut Option<u64>, cx: &Context<'_>) -> Poll<Result<(), Full<()>>> {
        let mut waker = Some(cx.waker().clone());
        let (polled, _left) = self.state.with(|state| {
            if let Some(place) = ticket.and_then(|ticket| state.place_of(ticket)) {
                if place < state.admitted {
                    *ticket = None;
                    return (Poll::Ready(Ok(())), state.remove(place).0);
                }
                core::mem::swap(&mut state.waiting[place].waker, &mut waker);
                return (Poll::Pending, None);
            }
            if state.free > 0 {
                state.free -= 1;
                return (Poll::Ready(Ok(())), None);
            }
            if state.waiting.len() - state.admitted >= self.max_waiting {
                return (Poll::Ready(Err(Full(()))), None);
            }
            *ticket = Some(state.next_ticket);
            state.waiting.push_back(Waiter { ticket: state.next_ticket, waker: waker.take() });
            state.next_ticket += 1;
            (Poll::Pending, None)
        });
        polled
    }

    /// Hands a place to the next in line.
    fn leave(&self) {
        let next = self.state.with(|state| match state.waiting.get_mut(state.admitted) {
            Some(waiter) => {
                state.admitted += 1;
                waiter.waker.take()
            }
            None => {
                state.free += 1;
                None
            }
        });
        if let Some(waker) = next {
            waker.wake();
        }
    }

    /// Forgets somebody who waits no longer.
    fn forget(&self, ticket: u64) {
        let (_left, was_admitted) = self.state.with(|state| match state.place_of(ticket) {
            Some(place) => state.remove(place),
            None => (None, false),
        });
        if was_admitted {
            self.leave();
        }
    }
}

/// The future of [`Bulkhead::enter`].
#[must_use = "futures do nothing unless polled"]
pub struct Enter {
    line: Arc<Line>,
    // While it waits.
    ticket: Option<u64>,
}

impl Future for Enter {
    type Output = Result<Permit, Full<()>>;
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { line, ticket } = self.get_mut();
        line.poll_enter(ticket, cx).map_ok(|()| Permit { line: line.clone() })
    }
}

impl Drop for Enter {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.line.forget(ticket);
        }
    }
}

/// A place in a [`Bulkhead`]. Dropping it hands the place on.
#[must_use = "dropping the permit gives the place back"]
pub struct Permit {
    line: Arc<Line>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.line.leave();
    }
}

impl fmt::Debug for Bulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulkhead")
            .field("limit", &self.line.limit)
            .field("entered", &self.entered())
            .field("waiting", &self.waiting())
            .field("max_waiting", &self.line.max_waiting)
            .finish()
    }
}

impl fmt::Debug for Enter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enter").field("waits", &self.ticket.is_some()).finish()
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit(..)")
    }
}
