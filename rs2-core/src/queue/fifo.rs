//! A queue of several producers and several consumers, first in, first out.

use super::QueueError;
use crate::machine::Progress;
use alloc::boxed::Box;
use async_channel::{Receiver, SendError, Sender, TrySendError};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

/// A queue between tasks: several may put items in, several may take them out, on any executor.
///
/// Clones share one queue. Each item goes to one consumer, the oldest first. When the queue is
/// closed, or its last handle is gone, what is pending is still delivered, and then the streams of
/// [`dequeue`](Self::dequeue) end.
///
/// # Backpressure and memory
/// A bounded queue holds at most `capacity` items, for which it allocates when it is made; an
/// unbounded one grows, without any limit, by blocks of 31.
/// # Cost
/// That of the channel of `async-channel` it is made of, which takes no lock while nobody waits.
/// # Examples
/// ```
/// use rs2_core::prelude::*;
/// use rs2_core::queue::QueueError;
///
/// # futures_executor::block_on(async {
/// let queue = Queue::bounded(2);
/// queue.enqueue("a").await.unwrap();
/// queue.try_enqueue("b").unwrap();
/// assert_eq!(queue.try_enqueue("c"), Err(QueueError::Full("c")));
///
/// queue.close();
/// assert_eq!(queue.enqueue("d").await, Err(QueueError::Closed("d")));
/// let items: Vec<_> = queue.dequeue().collect_rs2().await;
/// assert_eq!(items, ["a", "b"]);
/// # })
/// ```
#[doc(alias = "channel")]
pub struct Queue<T> {
    sender: Sender<T>,
    // Keeps the channel open while there is no consumer, and makes the new ones.
    receiver: Receiver<T>,
}

impl<T> Queue<T> {
    /// A queue that holds at most `capacity` items.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn bounded(capacity: usize) -> Self {
        assert!(capacity > 0, "the capacity of a queue must be greater than zero");
        let (sender, receiver) = async_channel::bounded(capacity);
        Self { sender, receiver }
    }

    /// A queue without any limit: whatever its consumers do not keep up with stays in memory.
    pub fn unbounded() -> Self {
        let (sender, receiver) = async_channel::unbounded();
        Self { sender, receiver }
    }

    /// Puts an item at the end, as soon as there is room.
    ///
    /// # End and errors
    /// [`QueueError::Closed`] gives the item back, also when the queue is closed during the wait.
    /// # Cancel safety
    /// A future that is dropped before it was ready drops the item it owns, which has not been
    /// enqueued. Nothing else is lost: its turn goes to the next producer that waits.
    /// # Cost
    /// O(1); allocates while it has to wait.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let queue = Queue::bounded(1);
    /// queue.enqueue(1).await.unwrap();
    /// assert_eq!(queue.len(), 1);
    /// # })
    /// ```
    #[doc(alias("send", "push", "offer"))]
    #[inline]
    pub fn enqueue(&self, item: T) -> Enqueue<'_, T> {
        Enqueue { send: self.sender.send(item) }
    }

    /// Puts an item at the end if there is room now. Never waits, whoever else does.
    ///
    /// # End and errors
    /// [`QueueError`] says why the item was not taken, and gives it back.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// use rs2_core::queue::QueueError;
    ///
    /// let queue = Queue::bounded(1);
    /// assert_eq!(queue.try_enqueue(1), Ok(()));
    /// assert_eq!(queue.try_enqueue(2), Err(QueueError::Full(2)));
    /// queue.close();
    /// assert_eq!(queue.try_enqueue(3), Err(QueueError::Closed(3)));
    /// ```
    #[doc(alias = "try_send")]
    #[inline]
    pub fn try_enqueue(&self, item: T) -> Result<(), QueueError<T>> {
        self.sender.try_send(item).map_err(|refused| match refused {
            TrySendError::Full(item) => QueueError::Full(item),
            TrySendError::Closed(item) => QueueError::Closed(item),
        })
    }

    /// Yields the items of the queue, the oldest first.
    ///
    /// # Shape
    /// Every item of the queue goes to exactly one of its streams, whichever asks first.
    /// # End and errors
    /// Ends when the queue is closed, or no handle of it is left, and nothing is pending.
    /// # Cancel safety
    /// Dropping the stream loses nothing: what is pending stays for other streams, and the queue
    /// stays open.
    /// # Cost
    /// O(1) for each item. One allocation for each stream, and one for each wait. An item wakes
    /// every stream that waits.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let queue = Queue::unbounded();
    /// for n in 1..=4 {
    ///     queue.try_enqueue(n).unwrap();
    /// }
    /// let first: Vec<u32> = queue.dequeue().take_rs2(1).collect_rs2().await;
    /// queue.close();
    /// let others: Vec<u32> = queue.dequeue().collect_rs2().await;
    /// assert_eq!((first, others), (vec![1], vec![2, 3, 4]));
    /// # })
    /// ```
    #[doc(alias("recv", "poll", "receiver"))]
    pub fn dequeue(&self) -> Dequeue<T> {
        Dequeue { source: Some(Box::pin(self.receiver.clone())) }
    }

    /// Takes nothing more. What is pending is still delivered; who waits to put an item in gets it
    /// back. Never waits.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.enqueue("last").await.unwrap();
    /// queue.close();
    /// assert!(queue.is_closed());
    /// let items: Vec<_> = queue.dequeue().collect_rs2().await;
    /// assert_eq!(items, ["last"]);
    /// # })
    /// ```
    pub fn close(&self) {
        self.sender.close();
    }

    /// How many items it may hold; `None` when it is unbounded.
    pub fn capacity(&self) -> Option<usize> {
        self.sender.capacity()
    }

    /// How many items are pending.
    pub fn len(&self) -> usize {
        self.sender.len()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.sender.is_empty()
    }

    /// Whether it was closed. Something may still be pending.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), receiver: self.receiver.clone() }
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .field("closed", &self.is_closed())
            .finish()
    }
}

pin_project! {
    /// The future of [`Queue::enqueue`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Enqueue<'a, T> {
        #[pin]
        send: async_channel::Send<'a, T>,
    }
}

impl<T> Future for Enqueue<'_, T> {
    type Output = Result<(), QueueError<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let sent = ready!(self.project().send.poll(cx));
        Poll::Ready(sent.map_err(|SendError(item)| QueueError::Closed(item)))
    }
}

impl<T> fmt::Debug for Enqueue<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enqueue").finish_non_exhaustive()
    }
}

/// The stream of [`Queue::dequeue`].
#[must_use = "streams do nothing unless polled"]
pub struct Dequeue<T> {
    // In a box, so that the stream can be moved while it waits; none once it has ended.
    source: Option<Pin<Box<Receiver<T>>>>,
}

impl<T> Stream for Dequeue<T> {
    type Item = T;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let Some(source) = &mut self.source else { return Poll::Ready(None) };
        let item = ready!(source.as_mut().poll_next(cx));
        if item.is_none() {
            self.source = None;
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.source {
            None => (0, Some(0)),
            // Other streams may take what is pending, but nothing comes any more.
            Some(source) if source.is_closed() => (0, Some(source.len())),
            Some(_) => (0, None),
        }
    }
}

impl<T> FusedStream for Dequeue<T> {
    fn is_terminated(&self) -> bool {
        self.source.is_none()
    }
}

impl<T> Progress for Dequeue<T> {
    /// Nothing is in flight in a queue.
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<T> fmt::Debug for Dequeue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pending = self.source.as_ref().map_or(0, |source| source.len());
        f.debug_struct("Dequeue")
            .field("pending", &pending)
            .field("ended", &self.source.is_none())
            .finish()
    }
}
