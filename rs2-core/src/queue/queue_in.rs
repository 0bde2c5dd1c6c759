//! A queue that is shared by reference and needs no allocator.

use super::QueueError;
use super::rule::{Order, Room, Rule};
use super::waiting::Waiting;
use crate::machine::Progress;
use crate::metrics::{Counters, Loss, Losses, Reports};
use crate::state::{Limits, OnFull};
use crate::store::{Inline, Queue, Storage};
use crate::sync::ShortLock;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};

/// A queue between tasks in a memory of the caller's choice, first in, first out.
///
/// It is shared by reference: in a `static`, or on the stack of a task between futures that are
/// joined. All the rest is as with a queue on the heap: several may put items in, several may take
/// them out, each item goes to one consumer, and after the [`close`](Self::close) what is pending
/// is still delivered. Nothing else ends it, since references leave no trace.
///
/// Three ways to put something in are three answers to a full queue. [`enqueue`](Self::enqueue)
/// waits, [`try_enqueue`](Self::try_enqueue) gives the item back, and [`offer`](Self::offer) does
/// what the queue was told by its [`OnFull`].
///
/// # Backpressure and memory
/// At most as many items as `St` has room for, and for producers and for consumers as many tasks
/// that wait as `Ws` has. [`BYTES`](Self::BYTES) is all it takes in place. A producer for which
/// there is no place to wait gets its item back, as [`QueueError::Full`]; there are no more
/// consumers than places.
/// # Cost
/// A lock for a few instructions and O(1); to wait, O(log w) for w tasks that do, and O(w) out of
/// turn. Without the feature `std` the lock is a critical section of the crate `critical-section`:
/// interrupts may use the queue, and the program says what such a section is on its processor.
/// # Examples
/// In a `static`, where the oldest item gives way and is counted:
/// ```
/// use futures_util::{StreamExt, future::join};
/// use rs2_core::metrics::{Counters, Loss, Losses};
/// use rs2_core::{queue::QueueIn, state::OnFull, store::Inline};
///
/// static LOST: Counters = Counters::new();
/// static READINGS: QueueIn<u32, Inline<2>, Inline<1>> = QueueIn::in_static(OnFull::Evict, &LOST);
///
/// # futures_executor::block_on(async {
/// let sensor = async {
///     for reading in 1..=3 {
///         READINGS.offer(reading).unwrap();
///     }
///     READINGS.close();
/// };
/// let radio = READINGS.dequeue().collect::<Vec<_>>();
/// let ((), sent) = join(sensor, radio).await;
/// assert_eq!(sent, [2, 3]);
/// assert_eq!(Losses::in_static(&LOST).of(Loss::Evicted), 1);
/// # })
/// ```
pub struct QueueIn<T, St: Storage, Ws: Storage> {
    state: ShortLock<State<T, St, Ws>>,
    capacity: usize,
    on_full: OnFull,
    losses: Losses,
}

struct State<T, St: Storage, Ws: Storage> {
    rule: Rule<InTurn<T, St>, Ws>,
    // How many more there may be. Each has a place to wait.
    streams_left: usize,
}

/// The oldest item leaves first.
struct InTurn<T, St: Storage> {
    items: St::Queue<T>,
}

impl<T, St: Storage> Room for InTurn<T, St> {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn is_full(&self) -> bool {
        self.items.is_full()
    }
}

impl<T, St: Storage> Order for InTurn<T, St> {
    type In = T;
    type Out = T;
    type Rest = ();

    fn push(&mut self, item: T) {
        let pushed = self.items.push(item);
        debug_assert!(pushed.is_ok(), "it is asked where there is room");
    }

    fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }
}

impl<T, const N: usize, const W: usize> QueueIn<T, Inline<N>, Inline<W>> {
    /// A queue for a `static`, with room for `N` items and for `W` tasks that wait on either side.
    /// What [`offer`](Self::offer) loses is counted in `losses`.
    pub const fn in_static(on_full: OnFull, losses: &'static Counters) -> Self {
        let rule = Rule {
            pending: InTurn { items: Inline::<N>::new().empty_queue() },
            closed: false,
            consumers: Waiting::in_place(),
            producers: Waiting::in_place(),
        };
        let state = ShortLock::new(State { rule, streams_left: W });
        Self { state, capacity: N, on_full, losses: Losses::in_static(losses) }
    }
}

impl<T, St: Storage, Ws: Storage> QueueIn<T, St, Ws> {
    /// How many bytes it takes in place.
    pub const BYTES: usize = size_of::<Self>();

    /// A queue in the storage of `limits`, with room in `waiting` for the tasks that wait on either
    /// side. A bare storage evicts, and counts in losses of its own.
    ///
    /// ```
    /// use futures_util::{StreamExt, future::join};
    /// use rs2_core::{queue::QueueIn, store::Inline};
    ///
    /// # futures_executor::block_on(async {
    /// let queue = QueueIn::new(Inline::<1>::new(), Inline::<1>::new());
    /// let produce = async {
    ///     for n in 0..4 {
    ///         queue.enqueue(n).await.unwrap();
    ///     }
    ///     queue.close();
    /// };
    /// let ((), items) = join(produce, queue.dequeue().collect::<Vec<_>>()).await;
    /// assert_eq!(items, [0, 1, 2, 3]);
    /// # })
    /// ```
    pub fn new(limits: impl Into<Limits<St>>, waiting: Ws) -> Self
    where
        Ws: Clone,
    {
        let Limits { storage, on_full, losses } = limits.into();
        let streams_left = waiting.capacity();
        let rule = Rule {
            pending: InTurn { items: storage.queue() },
            closed: false,
            consumers: Waiting::new(waiting.clone()),
            producers: Waiting::new(waiting),
        };
        let state = ShortLock::new(State { rule, streams_left });
        Self { state, capacity: storage.capacity(), on_full, losses }
    }

    /// Puts an item at the end, as soon as there is room.
    ///
    /// # End and errors
    /// [`QueueError::Closed`] gives the item back, also when the queue is closed during the wait;
    /// [`QueueError::Full`] does when as many tasks wait for room as there are places.
    /// # Cancel safety
    /// A future that is dropped before it was ready drops the item it owns, which has not been
    /// enqueued. Nothing else is lost: its turn goes to the next producer that waits.
    /// # Examples
    /// ```
    /// # use rs2_core::{queue::QueueIn, store::Inline};
    /// # futures_executor::block_on(async {
    /// let queue = QueueIn::new(Inline::<2>::new(), Inline::<1>::new());
    /// queue.enqueue(1).await.unwrap();
    /// assert_eq!(queue.len(), 1);
    /// # })
    /// ```
    #[doc(alias("send", "push"))]
    pub fn enqueue(&self, item: T) -> EnqueueIn<'_, T, St, Ws> {
        EnqueueIn { queue: self, item: Some(item), ticket: None }
    }

    /// Puts an item at the end if there is room now. Never waits, whoever else does.
    ///
    /// # End and errors
    /// [`QueueError`] says why the item was not taken, and gives it back.
    /// # Examples
    /// ```
    /// # use rs2_core::{queue::{QueueError, QueueIn}, store::Inline};
    /// let queue = QueueIn::new(Inline::<1>::new(), Inline::<1>::new());
    /// assert_eq!(queue.try_enqueue(1), Ok(()));
    /// assert_eq!(queue.try_enqueue(2), Err(QueueError::Full(2)));
    /// queue.close();
    /// assert_eq!(queue.try_enqueue(3), Err(QueueError::Closed(3)));
    /// ```
    #[doc(alias = "try_send")]
    pub fn try_enqueue(&self, item: T) -> Result<(), QueueError<T>> {
        self.state.with(|state| state.rule.push(item)).map(|pushed| pushed.settle())
    }

    /// Puts an item at the end and never waits. When the queue is full, its [`OnFull`] says what
    /// happens:
    ///
    /// - `Evict`: the oldest item goes, counted as [`Loss::Evicted`].
    /// - `Reject`: this item comes back, counted as [`Loss::Full`].
    /// - `Stop`: this item comes back and the queue is closed, so that what comes out of it has no
    ///   gap; [`Losses::is_stopped`] tells why it ended.
    ///
    /// # End and errors
    /// [`QueueError`] says why the item was not taken, and gives it back.
    /// # Examples
    /// ```
    /// # use rs2_core::{metrics::{Loss, Reports}, queue::QueueIn, store::Inline};
    /// # use rs2_core::state::{Limits, OnFull};
    /// let limits = Limits::of(Inline::<1>::new()).on_full(OnFull::Reject);
    /// let queue = QueueIn::new(limits, Inline::<1>::new());
    /// assert!(queue.offer("first").is_ok());
    /// assert!(queue.offer("second").is_err());
    /// assert_eq!(queue.losses().of(Loss::Full), 1);
    /// ```
    #[doc(alias("force_send", "drop_oldest", "drop_newest"))]
    pub fn offer(&self, item: T) -> Result<(), QueueError<T>> {
        let (pushed, evicted, closed) = self.state.with(|state| {
            let rule = &mut state.rule;
            let evicts = self.on_full == OnFull::Evict && !rule.closed && rule.pending.is_full();
            let evicted = if evicts { rule.pending.pop() } else { None };
            let pushed = rule.push(item);
            let stops = self.on_full == OnFull::Stop && matches!(pushed, Err(QueueError::Full(_)));
            (pushed, evicted, stops.then(|| rule.close()))
        });
        if evicted.is_some() {
            self.losses.count(Loss::Evicted);
        }
        if let Some(called) = closed {
            self.losses.stop();
            called.into_iter().for_each(|called| called.wake());
        } else if matches!(pushed, Err(QueueError::Full(_))) {
            self.losses.count(Loss::Full);
        }
        pushed.map(|pushed| pushed.settle())
    }

    /// Yields the items of the queue, the oldest first.
    ///
    /// # Shape
    /// Every item of the queue goes to exactly one of its streams, whichever asks first.
    /// # End and errors
    /// Ends when the queue is closed and nothing is pending.
    /// # Cancel safety
    /// Dropping the stream loses nothing: what is pending stays for other streams, and the queue
    /// stays open.
    /// # Cost
    /// A lock for a few instructions. The first item after a time without any wakes every stream
    /// that waits.
    /// # Panics
    /// When there are as many streams of this queue as it has places for tasks that wait.
    /// # Examples
    /// ```
    /// # use futures_util::StreamExt;
    /// # use rs2_core::{queue::QueueIn, store::Inline};
    /// # futures_executor::block_on(async {
    /// let queue = QueueIn::new(Inline::<4>::new(), Inline::<1>::new());
    /// queue.try_enqueue(1).unwrap();
    /// queue.try_enqueue(2).unwrap();
    /// queue.close();
    /// assert_eq!(queue.dequeue().collect::<Vec<_>>().await, [1, 2]);
    /// # })
    /// ```
    #[doc(alias("recv", "poll", "receiver"))]
    #[track_caller]
    pub fn dequeue(&self) -> DequeueIn<'_, T, St, Ws> {
        let has_place = self.state.with(|state| {
            let left = state.streams_left.checked_sub(1);
            state.streams_left = left.unwrap_or(0);
            left.is_some()
        });
        assert!(has_place, "a queue has no more streams than places for tasks that wait");
        DequeueIn { queue: self, ended: false, ticket: None }
    }

    /// Takes nothing more. What is pending is still delivered; who waits to put an item in gets it
    /// back. Never waits.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{queue::{QueueError, QueueIn}, store::Inline};
    /// let queue = QueueIn::new(Inline::<1>::new(), Inline::<1>::new());
    /// queue.close();
    /// assert_eq!(queue.try_enqueue(1), Err(QueueError::Closed(1)));
    /// ```
    pub fn close(&self) {
        for called in self.state.with(|state| state.rule.close()) {
            called.wake();
        }
    }

    /// How many items it may hold.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many items are pending.
    pub fn len(&self) -> usize {
        self.state.with(|state| state.rule.pending.len())
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it was closed. Something may still be pending.
    pub fn is_closed(&self) -> bool {
        self.state.with(|state| state.rule.closed)
    }
}

impl<T, St: Storage, Ws: Storage> Reports for QueueIn<T, St, Ws> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T, St: Storage, Ws: Storage> fmt::Debug for QueueIn<T, St, Ws> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueIn")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .field("closed", &self.is_closed())
            .field("losses", &self.losses)
            .finish()
    }
}

/// The future of [`QueueIn::enqueue`].
#[must_use = "futures do nothing unless polled"]
pub struct EnqueueIn<'a, T, St: Storage, Ws: Storage> {
    queue: &'a QueueIn<T, St, Ws>,
    // None once it has been taken or given back.
    item: Option<T>,
    ticket: Option<u64>,
}

// Nothing in it is pinned in place.
impl<T, St: Storage, Ws: Storage> Unpin for EnqueueIn<'_, T, St, Ws> {}

impl<T, St: Storage, Ws: Storage> Future for EnqueueIn<'_, T, St, Ws> {
    type Output = Result<(), QueueError<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let item = this.item.take().expect("a future is not polled after it was ready");
        let (ticket, waker) = (&mut this.ticket, cx.waker());
        let (put, left) = this.queue.state.with(|state| state.rule.poll_push(item, ticket, waker));
        left.settle();
        put.settle(&mut this.item)
    }
}

impl<T, St: Storage, Ws: Storage> Drop for EnqueueIn<'_, T, St, Ws> {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.queue.state.with(|state| state.rule.forget_producer(self.ticket)).settle();
        }
    }
}

impl<T, St: Storage, Ws: Storage> fmt::Debug for EnqueueIn<'_, T, St, Ws> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnqueueIn").field("waits", &self.ticket.is_some()).finish_non_exhaustive()
    }
}

/// The stream of [`QueueIn::dequeue`].
#[must_use = "streams do nothing unless polled"]
pub struct DequeueIn<'a, T, St: Storage, Ws: Storage> {
    queue: &'a QueueIn<T, St, Ws>,
    ended: bool,
    ticket: Option<u64>,
}

impl<T, St: Storage, Ws: Storage> Stream for DequeueIn<'_, T, St, Ws> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        let (ticket, waker) = (&mut this.ticket, cx.waker());
        let (popped, left) = this.queue.state.with(|state| state.rule.poll_pop(ticket, waker));
        left.settle();
        this.ended = matches!(popped, Poll::Ready(None));
        popped
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        self.queue.state.with(|state| state.rule.size_hint())
    }
}

impl<T, St: Storage, Ws: Storage> FusedStream for DequeueIn<'_, T, St, Ws> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T, St: Storage, Ws: Storage> Progress for DequeueIn<'_, T, St, Ws> {
    /// Nothing is in flight in a queue.
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<T, St: Storage, Ws: Storage> Drop for DequeueIn<'_, T, St, Ws> {
    fn drop(&mut self) {
        let left = self.queue.state.with(|state| {
            state.streams_left += 1;
            state.rule.consumers.leave(self.ticket)
        });
        drop(left);
    }
}

impl<T, St: Storage, Ws: Storage> fmt::Debug for DequeueIn<'_, T, St, Ws> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DequeueIn")
            .field("waits", &self.ticket.is_some())
            .field("ended", &self.ended)
            .finish()
    }
}
