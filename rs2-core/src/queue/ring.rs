//! A ring between one producer and one consumer.
//!
//! Lamport's: each end owns a position that only it moves, and remembers what it last saw of the
//! other one, so that it looks at the other's cache line once in a while only. What the two must
//! agree on is in [`Position`]. A slot belongs to the consumer from the step of the producer's
//! position that covers it, and to the producer again from the step of the consumer's.

use super::QueueError;
use super::batch::{RingRecvBatch, RingSend, RingSendBatch};
use super::parts::{Arc, UnsafeCell, flaw};
use super::position::{ABANDONED, ENDED, Position, STEP, place};
use crate::machine::Progress;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};

/// Leaves the lowest bits to the flags, and room to tell a full ring from an empty one.
const MOST_ITEMS: usize = usize::MAX / (4 * STEP);

/// A bounded queue from one producer to one consumer, for when a [`Queue`](super::Queue) is too
/// slow.
///
/// The ends may be in different tasks on any executor. A ring costs one atomic step for each item
/// at either end, or for each batch, and wakes the other end only when that waits: for an item
/// while there was none, or for room while there was none.
///
/// # Backpressure and memory
/// Holds at most `capacity` items. Allocates once, for the next power of two of them.
/// # Panics
/// When `capacity` is zero, or more than a 32nd of the address space.
/// # Examples
/// ```
/// use rs2_core::prelude::*;
/// use rs2_core::queue::spsc;
///
/// # futures_executor::block_on(async {
/// let (mut sender, receiver) = spsc(4);
/// sender.send("a").await.unwrap();
/// sender.send_batch(["b", "c"]).await.unwrap();
/// drop(sender);
/// let items: Vec<_> = receiver.collect_rs2().await;
/// assert_eq!(items, ["a", "b", "c"]);
/// # })
/// ```
#[track_caller]
pub fn spsc<T>(capacity: usize) -> (RingSender<T>, RingReceiver<T>) {
    assert!(capacity > 0, "the capacity of a ring must be greater than zero");
    assert!(capacity <= MOST_ITEMS, "the capacity of a ring is at most {MOST_ITEMS}");
    let slots = (0..capacity.next_power_of_two()).map(|_| Slot::new()).collect();
    let ring = Arc::new(Ring { slots, capacity, tail: Position::new(), head: Position::new() });
    let receiver = RingReceiver { ring: ring.clone(), head: 0, tail: 0, ended: false };
    (RingSender { ring, tail: 0, head: 0 }, receiver)
}

/// The slots from `head` to `tail` hold an item each, and the others none.
struct Ring<T> {
    slots: Box<[Slot<T>]>,
    capacity: usize,
    // Moved by the producer. The consumer waits for it when the ring is empty.
    tail: Position,
    // Moved by the consumer. The producer waits for it when the ring is full.
    head: Position,
}

struct Slot<T>(UnsafeCell<MaybeUninit<T>>);

// SAFETY: at any moment a slot is used by one of the two ends alone, which hands over what it did
// there with the next step of its position. So it is as if the item were sent from task to task.
unsafe impl<T: Send> Sync for Slot<T> {}

impl<T> Slot<T> {
    fn new() -> Self {
        Self(UnsafeCell::new(MaybeUninit::uninit()))
    }
}

impl<T> Ring<T> {
    #[inline]
    fn slot(&self, place: usize) -> &Slot<T> {
        // A power of two, so that the places go round without a gap when they wrap.
        &self.slots[(place / STEP) & (self.slots.len() - 1)]
    }

    /// # Safety
    /// The slot belongs to the caller, and holds no item.
    #[inline]
    unsafe fn put(&self, place: usize, item: T) {
        self.slot(place).0.with_mut(|slot| {
            // SAFETY: the caller alone uses the slot, so the reference is the only one.
            unsafe { (*slot).write(item) };
        });
    }

    /// # Safety
    /// The slot belongs to the caller and holds an item, which nobody takes again.
    #[inline]
    unsafe fn take(&self, place: usize) -> T {
        // SAFETY: the caller alone uses the slot, and says that it holds an item.
        self.slot(place).0.with_mut(|slot| unsafe { (*slot).assume_init_read() })
    }

    /// How many items are in the ring.
    fn len(&self) -> usize {
        // The head first: it never passes a tail that is read later.
        let head = place(self.head.load());
        (place(self.tail.load()).wrapping_sub(head) / STEP).min(self.capacity)
    }
}

impl<T> Drop for Ring<T> {
    /// Drops what the receiver could not, because an item panicked while it did.
    fn drop(&mut self) {
        let (mut head, tail) = (place(self.head.load()), place(self.tail.load()));
        while head != tail {
            // SAFETY: both ends are gone, so all slots are ours, and each is passed once.
            drop(unsafe { self.take(head) });
            head = head.wrapping_add(STEP);
        }
    }
}

/// The end of a ring that items are put in at; see [`spsc`].
///
/// Dropping it ends the receiver, which gets what was sent before.
pub struct RingSender<T> {
    ring: Arc<Ring<T>>,
    // Where the next item goes.
    tail: usize,
    // What was last seen of the head. The ring may have become emptier since.
    head: usize,
}

impl<T> RingSender<T> {
    /// Puts an item in, as soon as there is room.
    ///
    /// # End and errors
    /// [`QueueError::Closed`] gives the item back once the receiver is gone.
    /// # Cancel safety
    /// A future that is dropped before it was ready drops the item it owns, which has not been put
    /// in. Nothing else is lost.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::queue::{QueueError, spsc};
    /// # futures_executor::block_on(async {
    /// let (mut sender, receiver) = spsc(1);
    /// sender.send("a").await.unwrap();
    /// drop(receiver);
    /// assert_eq!(sender.send("b").await, Err(QueueError::Closed("b")));
    /// # })
    /// ```
    #[inline]
    pub fn send(&mut self, item: T) -> RingSend<'_, T> {
        RingSend::new(self, item)
    }

    /// Puts all of `items` in, as many at a time as there is room for.
    ///
    /// # End and errors
    /// [`QueueError::Closed`] gives back the iterator, with what it still has, once the receiver is
    /// gone. What was put in before is lost with the receiver.
    /// # Cancel safety
    /// A future that is dropped before it was ready drops the iterator, with what it still has. To
    /// keep that, lend the iterator: `send_batch(&mut items)`.
    /// # Cost
    /// One atomic step for as many items as there is room for.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::queue::spsc;
    /// # futures_executor::block_on(async {
    /// let (mut sender, receiver) = spsc(4);
    /// let mut buffer = vec![1, 2, 3];
    /// sender.send_batch(buffer.drain(..)).await.unwrap();
    /// drop(sender);
    /// let items: Vec<u32> = receiver.collect_rs2().await;
    /// assert_eq!(items, [1, 2, 3]);
    /// # })
    /// ```
    #[inline]
    pub fn send_batch<I>(&mut self, items: I) -> RingSendBatch<'_, T, I::IntoIter>
    where
        I: IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    {
        RingSendBatch::new(self, items.into_iter())
    }

    /// Puts an item in if there is room now. Never waits.
    ///
    /// # End and errors
    /// [`QueueError`] says why the item was not taken, and gives it back.
    /// # Examples
    /// ```
    /// # use rs2_core::queue::{QueueError, spsc};
    /// let (mut sender, receiver) = spsc(1);
    /// assert_eq!(sender.try_send(1), Ok(()));
    /// assert_eq!(sender.try_send(2), Err(QueueError::Full(2)));
    /// drop(receiver);
    /// assert_eq!(sender.try_send(3), Err(QueueError::Closed(3)));
    /// ```
    #[inline]
    pub fn try_send(&mut self, item: T) -> Result<(), QueueError<T>> {
        if self.room(1) == 0 {
            return Err(if self.is_closed() {
                QueueError::Closed(item)
            } else {
                QueueError::Full(item)
            });
        }
        // SAFETY: there is room, so the slot at the tail is the sender's and empty.
        unsafe { self.ring.put(self.tail, item) };
        self.tail = self.tail.wrapping_add(STEP);
        let before = self.ring.tail.advance(1);
        if before & ABANDONED != 0 && !flaw::takes_nothing_back() {
            return Err(QueueError::Closed(self.take_back()));
        }
        Ok(())
    }

    /// Puts in what there is room for, in one step. Returns whether the receiver is there.
    pub(super) fn fill(&mut self, items: &mut impl ExactSizeIterator<Item = T>) -> bool {
        let room = self.room(items.len());
        let mut filling = Filling { sender: self, items: 0 };
        for item in items.take(room) {
            let place = filling.sender.tail.wrapping_add(filling.items * STEP);
            // SAFETY: there is room for all of these, so the slot is the sender's and empty.
            unsafe { filling.sender.ring.put(place, item) };
            filling.items += 1;
        }
        drop(filling);
        !self.is_closed()
    }

    /// Waits for room. False when the receiver is gone.
    pub(super) fn poll_room(&mut self, cx: &Context<'_>) -> Poll<bool> {
        loop {
            // A receiver that leaves a full ring empties it, which wakes the sender.
            if self.is_closed() {
                return Poll::Ready(false);
            }
            if self.room(1) > 0 {
                return Poll::Ready(true);
            }
            let head = self.ring.head.load();
            if place(head) == self.head && self.ring.head.wait(head, cx) {
                return Poll::Pending;
            }
        }
    }

    /// How many of `wanted` items there is room for.
    #[inline]
    fn room(&mut self, wanted: usize) -> usize {
        let mut room = self.ring.capacity - self.tail.wrapping_sub(self.head) / STEP;
        if room < wanted {
            self.head = place(self.ring.head.load());
            room = self.ring.capacity - self.tail.wrapping_sub(self.head) / STEP;
        }
        room.min(wanted)
    }

    /// Takes the last item out again that was put in after the receiver had left.
    #[cold]
    fn take_back(&mut self) -> T {
        self.ring.tail.step_back(1);
        self.tail = self.tail.wrapping_sub(STEP);
        // SAFETY: the receiver empties the ring up to where the tail was when it left. This slot is
        // beyond that, so it is the sender's, and it holds what the sender has put in.
        unsafe { self.ring.take(self.tail) }
    }

    /// Whether the receiver is gone.
    pub fn is_closed(&self) -> bool {
        self.ring.tail.load() & ABANDONED != 0
    }

    /// How many items the ring may hold.
    pub fn capacity(&self) -> usize {
        self.ring.capacity
    }

    /// How many items are in the ring.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether nothing is in the ring.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Drop for RingSender<T> {
    fn drop(&mut self) {
        self.ring.tail.end();
    }
}

/// Items in slots that the tail does not cover yet. It does when this is dropped, also by a panic
/// of the iterator.
struct Filling<'a, T> {
    sender: &'a mut RingSender<T>,
    items: usize,
}

impl<T> Drop for Filling<'_, T> {
    fn drop(&mut self) {
        if self.items == 0 {
            return;
        }
        let sender = &mut *self.sender;
        sender.tail = sender.tail.wrapping_add(self.items * STEP);
        let before = sender.ring.tail.advance(self.items);
        if before & ABANDONED != 0 && !flaw::takes_nothing_back() {
            for _ in 0..self.items {
                drop(sender.take_back());
            }
        }
    }
}

/// The end of a ring that items come out at, as a stream; see [`spsc`].
///
/// # End and errors
/// Ends when the sender is gone and nothing is left.
/// # Cancel safety
/// Dropping it drops what is in the ring; the sender gets back what it puts in from then on.
#[must_use = "streams do nothing unless polled"]
pub struct RingReceiver<T> {
    ring: Arc<Ring<T>>,
    // Where the next item comes from.
    head: usize,
    // What was last seen of the tail. There may be more by now.
    tail: usize,
    ended: bool,
}

impl<T> RingReceiver<T> {
    /// Takes as many items as there are, but at most `max`, as soon as there are any. Adds them to
    /// `into` and yields how many; zero when the stream has ended.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    /// # Cost
    /// One atomic step for all of them.
    /// # Panics
    /// When `max` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use rs2_core::queue::spsc;
    /// # futures_executor::block_on(async {
    /// let (mut sender, mut receiver) = spsc(4);
    /// sender.send_batch([1, 2, 3]).await.unwrap();
    /// let mut items = Vec::new();
    /// assert_eq!(receiver.recv_batch(&mut items, 2).await, 2);
    /// assert_eq!(receiver.recv_batch(&mut items, 2).await, 1);
    /// assert_eq!(items, [1, 2, 3]);
    /// # })
    /// ```
    #[inline]
    #[track_caller]
    pub fn recv_batch<'a>(&'a mut self, into: &'a mut Vec<T>, max: usize) -> RingRecvBatch<'a, T> {
        assert!(max > 0, "a batch must be greater than zero");
        RingRecvBatch::new(self, into, max)
    }

    /// Takes an item if there is one now.
    #[inline]
    pub fn try_recv(&mut self) -> Option<T> {
        if self.available(1) == 0 {
            return None;
        }
        // SAFETY: the tail covers the slot at the head, so it holds an item and is the receiver's.
        // The head passes it with the next step.
        let item = unsafe { self.ring.take(self.head) };
        self.passed(1);
        Some(item)
    }

    /// Takes what there is, at most `max`, in one step.
    pub(super) fn drain(&mut self, into: &mut Vec<T>, max: usize) -> usize {
        let items = self.available(max);
        into.reserve(items);
        for taken in 0..items {
            let place = self.head.wrapping_add(taken * STEP);
            // SAFETY: the tail covers all of these, so the slot holds an item and is the
            // receiver's. The head passes all of them after the loop, in which nothing panics,
            // since there is room in the vector.
            into.push(unsafe { self.ring.take(place) });
        }
        if items > 0 {
            self.passed(items);
        }
        items
    }

    /// Waits for an item. False when it has ended.
    #[inline]
    pub(super) fn poll_available(&mut self, cx: &Context<'_>) -> Poll<bool> {
        loop {
            if self.head != self.tail {
                return Poll::Ready(true);
            }
            if self.ended {
                return Poll::Ready(false);
            }
            let word = self.ring.tail.load();
            self.tail = place(word);
            if self.tail != self.head {
                return Poll::Ready(true);
            }
            self.ended = word & ENDED != 0;
            if !self.ended && self.ring.tail.wait(word, cx) {
                return Poll::Pending;
            }
        }
    }

    /// How many of `wanted` items there are.
    #[inline]
    fn available(&mut self, wanted: usize) -> usize {
        if self.tail.wrapping_sub(self.head) / STEP < wanted {
            self.tail = place(self.ring.tail.load());
        }
        (self.tail.wrapping_sub(self.head) / STEP).min(wanted)
    }

    /// Gives slots back to the sender.
    #[inline]
    fn passed(&mut self, items: usize) {
        self.head = self.head.wrapping_add(items * STEP);
        self.ring.head.advance(items);
    }

    /// How many items the ring may hold.
    pub fn capacity(&self) -> usize {
        self.ring.capacity
    }

    /// How many items are in the ring.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether nothing is in the ring.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Drop for RingReceiver<T> {
    fn drop(&mut self) {
        // Whatever the sender puts in after this step it takes back itself.
        self.tail = place(self.ring.tail.abandon());
        while self.head != self.tail {
            drop(self.try_recv());
        }
    }
}

impl<T> Stream for RingReceiver<T> {
    type Item = T;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let is_there = ready!(self.poll_available(cx));
        Poll::Ready(if is_there { self.try_recv() } else { None })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let word = self.ring.tail.load();
        let left = place(word).wrapping_sub(self.head) / STEP;
        (left, (word & ENDED != 0).then_some(left))
    }
}

impl<T> FusedStream for RingReceiver<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T> Progress for RingReceiver<T> {
    /// Nothing is in flight in a ring.
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<T> fmt::Debug for RingSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingSender")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .field("closed", &self.is_closed())
            .finish()
    }
}

impl<T> fmt::Debug for RingReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingReceiver")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .field("ended", &self.ended)
            .finish()
    }
}
