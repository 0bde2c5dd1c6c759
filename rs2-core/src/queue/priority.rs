//! A queue of which the most urgent item leaves first.

use super::QueueError;
use super::levels::Levels;
use super::rule::{Pushed, Room, Rule};
use super::waiting::Waiting;
use crate::machine::Progress;
use crate::store::Heap;
use crate::sync::{Arc, Lock};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// A queue between tasks of which the item of the highest priority leaves first, and among equals
/// the oldest.
///
/// Priorities are strict: as long as something more urgent is pending, nothing else leaves. All the
/// rest is as with [`Queue`](super::Queue): clones share one queue, each item goes to one consumer,
/// and after the close, or when no handle is left, what is pending is still delivered.
///
/// # Backpressure and memory
/// A bounded queue holds at most `capacity` items of all priorities together. When it is full, an
/// urgent item waits for room as any other does. Room wakes whoever waits longest, who keeps its
/// place where somebody else was faster.
/// # Cost
/// A lock for a moment, and O(log p) for p different priorities that something is pending of.
/// # Panics
/// A comparison of priorities that panics does so for who enqueues, and leaves the queue as it was.
/// # Examples
/// ```
/// use rs2_core::prelude::*;
/// use rs2_core::queue::PriorityQueue;
///
/// #[derive(PartialEq, Eq, PartialOrd, Ord)]
/// enum Priority { Low, High }
///
/// # futures_executor::block_on(async {
/// let queue = PriorityQueue::bounded(10);
/// queue.enqueue(Priority::Low, "clean up").await.unwrap();
/// queue.enqueue(Priority::High, "fire").await.unwrap();
/// queue.enqueue(Priority::High, "flood").await.unwrap();
/// queue.close();
/// let items: Vec<_> = queue.dequeue().collect_rs2().await;
/// assert_eq!(items, ["fire", "flood", "clean up"]);
/// # })
/// ```
pub struct PriorityQueue<T, P> {
    handle: Arc<Handle<T, P>>,
}

/// What the clones of a queue share; the streams share only what is in it.
struct Handle<T, P> {
    shared: Arc<Shared<T, P>>,
}

struct Shared<T, P> {
    state: Lock<State<T, P>>,
}

type State<T, P> = Rule<Levels<T, P>, Heap>;

impl<T, P> Shared<T, P> {
    fn close(&self) {
        for called in self.state.with(State::close) {
            called.wake();
        }
    }
}

impl<T, P> Drop for Handle<T, P> {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl<T, P: Ord> PriorityQueue<T, P> {
    /// A queue that holds at most `capacity` items.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn bounded(capacity: usize) -> Self {
        assert!(capacity > 0, "the capacity of a queue must be greater than zero");
        Self::with(Some(capacity))
    }

    /// A queue without any limit: whatever its consumers do not keep up with stays in memory.
    pub fn unbounded() -> Self {
        Self::with(None)
    }

    fn with(capacity: Option<usize>) -> Self {
        // A task that waits is one more of what has no limit already.
        let waiting = || Waiting::new(Heap::bounded(usize::MAX));
        let state = State {
            pending: Levels::new(capacity),
            closed: false,
            consumers: waiting(),
            producers: waiting(),
        };
        let shared = Arc::new(Shared { state: Lock::new(state) });
        Self { handle: Arc::new(Handle { shared }) }
    }

    fn state<R>(&self, step: impl FnOnce(&mut State<T, P>) -> R) -> R {
        self.handle.shared.state.with(step)
    }

    /// Puts an item behind those of its priority, as soon as there is room.
    ///
    /// # End and errors
    /// [`QueueError::Closed`] gives priority and item back, also when the queue is closed during
    /// the wait.
    /// # Cancel safety
    /// A future that is dropped before it was ready drops the item it owns, which has not been
    /// enqueued. Nothing else is lost: its turn goes to the next producer that waits.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::queue::PriorityQueue;
    /// # futures_executor::block_on(async {
    /// let queue = PriorityQueue::unbounded();
    /// queue.enqueue(1, "a").await.unwrap();
    /// assert_eq!(queue.len(), 1);
    /// # })
    /// ```
    #[doc(alias("send", "push", "offer"))]
    pub fn enqueue(&self, priority: P, item: T) -> PriorityEnqueue<'_, T, P> {
        PriorityEnqueue { queue: self, item: Some((priority, item)), ticket: None }
    }

    /// Puts an item behind those of its priority if there is room now. Never waits.
    ///
    /// # End and errors
    /// [`QueueError`] says why the item was not taken, and gives it back with its priority.
    /// # Examples
    /// ```
    /// # use rs2_core::queue::{PriorityQueue, QueueError};
    /// let queue = PriorityQueue::bounded(1);
    /// assert_eq!(queue.try_enqueue(1, "a"), Ok(()));
    /// assert_eq!(queue.try_enqueue(9, "b"), Err(QueueError::Full((9, "b"))));
    /// ```
    #[doc(alias = "try_send")]
    pub fn try_enqueue(&self, priority: P, item: T) -> Result<(), QueueError<(P, T)>> {
        self.state(|state| state.push((priority, item))).map(Pushed::settle)
    }

    /// Yields the items of the queue, the most urgent first.
    ///
    /// # Shape
    /// Every item of the queue goes to exactly one of its streams, whichever asks first.
    /// # End and errors
    /// Ends when the queue is closed, or no handle of it is left, and nothing is pending.
    /// # Cancel safety
    /// Dropping the stream loses nothing: what is pending stays for other streams, and the queue
    /// stays open.
    /// # Cost
    /// A lock for a moment. The first item after a time without any wakes every stream that waits.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::queue::PriorityQueue;
    /// # futures_executor::block_on(async {
    /// let queue = PriorityQueue::unbounded();
    /// for n in 1..=4 {
    ///     queue.try_enqueue(n % 2, n).unwrap();
    /// }
    /// queue.close();
    /// let items: Vec<u32> = queue.dequeue().collect_rs2().await;
    /// assert_eq!(items, [1, 3, 2, 4]);
    /// # })
    /// ```
    #[doc(alias("recv", "poll", "pop"))]
    pub fn dequeue(&self) -> PriorityDequeue<T, P> {
        PriorityDequeue { shared: Some(self.handle.shared.clone()), ticket: None }
    }
}

impl<T, P> PriorityQueue<T, P> {
    /// Takes nothing more. What is pending is still delivered; who waits to put an item in gets it
    /// back. Never waits.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::queue::{PriorityQueue, QueueError};
    /// let queue = PriorityQueue::unbounded();
    /// queue.close();
    /// assert_eq!(queue.try_enqueue(1, "a"), Err(QueueError::Closed((1, "a"))));
    /// ```
    pub fn close(&self) {
        self.handle.shared.close();
    }

    /// How many items it may hold; `None` when it is unbounded.
    pub fn capacity(&self) -> Option<usize> {
        self.handle.shared.state.with(|state| state.pending.capacity())
    }

    /// How many items are pending.
    pub fn len(&self) -> usize {
        self.handle.shared.state.with(|state| state.pending.len())
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it was closed. Something may still be pending.
    pub fn is_closed(&self) -> bool {
        self.handle.shared.state.with(|state| state.closed)
    }
}

impl<T, P> Clone for PriorityQueue<T, P> {
    fn clone(&self) -> Self {
        Self { handle: self.handle.clone() }
    }
}

impl<T, P> fmt::Debug for PriorityQueue<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PriorityQueue")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .field("closed", &self.is_closed())
            .finish()
    }
}

/// The future of [`PriorityQueue::enqueue`].
#[must_use = "futures do nothing unless polled"]
pub struct PriorityEnqueue<'a, T, P> {
    queue: &'a PriorityQueue<T, P>,
    // None once it has been taken or given back.
    item: Option<(P, T)>,
    ticket: Option<u64>,
}

// Nothing in it is pinned in place.
impl<T, P> Unpin for PriorityEnqueue<'_, T, P> {}

impl<T, P: Ord> Future for PriorityEnqueue<'_, T, P> {
    type Output = Result<(), QueueError<(P, T)>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let (priority, item) = this.item.take().expect("a future is not polled after it was ready");
        let (ticket, waker) = (&mut this.ticket, cx.waker());
        let (put, left) =
            this.queue.state(|state| state.poll_push((priority, item), ticket, waker));
        left.settle();
        put.settle(&mut this.item)
    }
}

impl<T, P> Drop for PriorityEnqueue<'_, T, P> {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            let state = &self.queue.handle.shared.state;
            state.with(|state| state.forget_producer(self.ticket)).settle();
        }
    }
}

impl<T, P> fmt::Debug for PriorityEnqueue<'_, T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PriorityEnqueue")
            .field("waits", &self.ticket.is_some())
            .finish_non_exhaustive()
    }
}

/// The stream of [`PriorityQueue::dequeue`].
#[must_use = "streams do nothing unless polled"]
pub struct PriorityDequeue<T, P> {
    // None once it has ended.
    shared: Option<Arc<Shared<T, P>>>,
    ticket: Option<u64>,
}

impl<T, P: Ord> Stream for PriorityDequeue<T, P> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let Some(shared) = &this.shared else { return Poll::Ready(None) };
        let ticket = &mut this.ticket;
        let (popped, left) = shared.state.with(|state| state.poll_pop(ticket, cx.waker()));
        left.settle();
        popped.map(|popped| match popped {
            Some((item, _priority)) => Some(item),
            None => {
                this.shared = None;
                None
            }
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let Some(shared) = &self.shared else { return (0, Some(0)) };
        shared.state.with(|state| state.size_hint())
    }
}

impl<T, P: Ord> FusedStream for PriorityDequeue<T, P> {
    fn is_terminated(&self) -> bool {
        self.shared.is_none()
    }
}

impl<T, P: Ord> Progress for PriorityDequeue<T, P> {
    /// Nothing is in flight in a queue.
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<T, P> Drop for PriorityDequeue<T, P> {
    fn drop(&mut self) {
        let left = self
            .shared
            .as_ref()
            .and_then(|shared| shared.state.with(|state| state.consumers.leave(self.ticket)));
        drop(left);
    }
}

impl<T, P> fmt::Debug for PriorityDequeue<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PriorityDequeue")
            .field("waits", &self.ticket.is_some())
            .field("ended", &self.shared.is_none())
            .finish()
    }
}
