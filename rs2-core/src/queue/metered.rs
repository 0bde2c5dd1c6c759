//! A queue whose items are counted on a meter.

use super::{Dequeue, Queue, QueueError};
use crate::machine::Progress;
use crate::metrics::{Meter, ResourceError};
use core::error::Error;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};

/// A [`Queue`] that asks a meter for the memory of each item, and gives it back when the item
/// leaves, by a consumer or with the queue. Where the meter refuses, so does the queue: usually a
/// [`ResourceManager`](crate::metrics::ResourceManager), whose breaker then stops producers too.
///
/// An item that [`try_enqueue`](Self::try_enqueue) finds no room for is told to the meter as an
/// overflow; one that waits for room is not.
///
/// # Cost
/// That of the queue, and two calls of the meter for each item.
/// # Examples
/// ```
/// # use rs2_core::{prelude::*, time::NoTimer};
/// use rs2_core::metrics::{ResourceConfig, ResourceError, ResourceManager};
/// use rs2_core::queue::{MeteredError, MeteredQueue};
///
/// # futures_executor::block_on(async {
/// let config = ResourceConfig { max_memory_bytes: 100, ..ResourceConfig::default() };
/// let manager = ResourceManager::on(NoTimer, config)?;
/// let queue = MeteredQueue::bounded(8, manager.clone()).sized_by(|text: &&str| text.len() as u64);
/// queue.enqueue("twelve bytes").await?;
/// assert_eq!(manager.metrics().current_memory_bytes, 12);
///
/// manager.track_memory_allocation(80).await?; // 92 %: the breaker opens.
/// let refused = MeteredError::Refused("more", ResourceError::CircuitBreakerOpen);
/// assert_eq!(queue.try_enqueue("more"), Err(refused));
///
/// queue.close();
/// assert_eq!(queue.dequeue().collect_rs2::<Vec<_>>().await, ["twelve bytes"]);
/// assert_eq!(manager.metrics().current_memory_bytes, 80);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct MeteredQueue<T, M: Meter> {
    queue: Queue<Counted<T, M>>,
    meter: M,
    size: fn(&T) -> u64,
}

/// An item, and what was taken for it.
struct Counted<T, M: Meter> {
    // None once it was taken out.
    item: Option<T>,
    bytes: u64,
    meter: M,
}

impl<T, M: Meter> Counted<T, M> {
    fn take(mut self) -> Option<T> {
        self.item.take()
    }
}

impl<T, M: Meter> Drop for Counted<T, M> {
    fn drop(&mut self) {
        self.meter.release(self.bytes);
    }
}

/// Why an item was not taken, and the item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MeteredError<T> {
    /// There is no room now.
    Full(T),
    /// Nobody will take it any more.
    Closed(T),
    /// The meter does not allow it.
    Refused(T, ResourceError),
}

impl<T, M: Meter + Clone> MeteredQueue<T, M> {
    /// A queue that holds at most `capacity` items, each counted with the memory it takes itself.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn bounded(capacity: usize, meter: M) -> Self {
        Self { queue: Queue::bounded(capacity), meter, size: own_size }
    }

    /// A queue without a limit but that of the meter.
    pub fn unbounded(meter: M) -> Self {
        Self { queue: Queue::unbounded(), meter, size: own_size }
    }

    /// This queue with another size for its items, in bytes.
    #[must_use]
    pub fn sized_by(self, size: fn(&T) -> u64) -> Self {
        Self { size, ..self }
    }

    fn count(&self, item: T) -> Result<Counted<T, M>, MeteredError<T>> {
        // The meter is not asked for what nobody will take: its refusal could open a breaker.
        if self.queue.is_closed() {
            return Err(MeteredError::Closed(item));
        }
        let bytes = (self.size)(&item);
        match self.meter.allocate(bytes) {
            Ok(()) => Ok(Counted { item: Some(item), bytes, meter: self.meter.clone() }),
            Err(why) => Err(MeteredError::Refused(item, why)),
        }
    }

    /// Puts an item at the end, as soon as there is room. While it waits it is counted already.
    ///
    /// # End and errors
    /// [`MeteredError`] says why the item was not taken, and gives it back.
    /// # Cancel safety
    /// A future that is dropped before it was ready drops the item it owns, which has not been
    /// enqueued.
    pub async fn enqueue(&self, item: T) -> Result<(), MeteredError<T>> {
        let counted = self.count(item)?;
        self.queue.enqueue(counted).await.map_err(|refused| self.give_back(refused))
    }

    /// Puts an item at the end if there is room now. Never waits.
    ///
    /// # End and errors
    /// [`MeteredError`] says why the item was not taken, and gives it back.
    pub fn try_enqueue(&self, item: T) -> Result<(), MeteredError<T>> {
        let counted = self.count(item)?;
        self.queue.try_enqueue(counted).map_err(|refused| self.give_back(refused))
    }

    fn give_back(&self, refused: QueueError<Counted<T, M>>) -> MeteredError<T> {
        let is_full = refused.is_full();
        if is_full {
            // It is counted; this queue has nothing to do with the answer.
            let _ = self.meter.overflow();
        }
        let item = refused.into_inner().take().expect("an item is taken out once");
        if is_full { MeteredError::Full(item) } else { MeteredError::Closed(item) }
    }

    /// Yields the items of the queue, the oldest first: as [`Queue::dequeue`].
    pub fn dequeue(&self) -> MeteredDequeue<T, M> {
        MeteredDequeue { source: self.queue.dequeue() }
    }

    /// Takes nothing more: as [`Queue::close`].
    pub fn close(&self) {
        self.queue.close();
    }

    /// How many items are pending.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many items it may hold; `None` when it is unbounded.
    pub fn capacity(&self) -> Option<usize> {
        self.queue.capacity()
    }
}

fn own_size<T>(item: &T) -> u64 {
    size_of_val(item) as u64
}

impl<T, M: Meter + Clone> Clone for MeteredQueue<T, M> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone(), meter: self.meter.clone(), size: self.size }
    }
}

impl<T, M: Meter> fmt::Debug for MeteredQueue<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeteredQueue")
            .field("queue", &self.queue)
            .field("meter", &self.meter)
            .finish_non_exhaustive()
    }
}

impl<T> MeteredError<T> {
    /// What was not taken.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::Closed(item) | Self::Refused(item, _) => item,
        }
    }
}

impl<T> fmt::Debug for MeteredError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("Full(..)"),
            Self::Closed(_) => f.write_str("Closed(..)"),
            Self::Refused(_, why) => write!(f, "Refused(.., {why:?})"),
        }
    }
}

impl<T> fmt::Display for MeteredError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("the queue is full"),
            Self::Closed(_) => f.write_str("the queue is closed"),
            Self::Refused(_, why) => why.fmt(f),
        }
    }
}

impl<T> Error for MeteredError<T> {}

/// The stream of [`MeteredQueue::dequeue`].
#[must_use = "streams do nothing unless polled"]
pub struct MeteredDequeue<T, M: Meter> {
    source: Dequeue<Counted<T, M>>,
}

impl<T, M: Meter> Stream for MeteredDequeue<T, M> {
    type Item = T;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let counted = ready!(Pin::new(&mut self.source).poll_next(cx));
        Poll::Ready(counted.and_then(Counted::take))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.source.size_hint()
    }
}

impl<T, M: Meter> FusedStream for MeteredDequeue<T, M> {
    fn is_terminated(&self) -> bool {
        self.source.is_terminated()
    }
}

impl<T, M: Meter> Progress for MeteredDequeue<T, M> {
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.source).poll_progress(cx)
    }
}

impl<T, M: Meter> fmt::Debug for MeteredDequeue<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeteredDequeue").field("source", &self.source).finish()
    }
}
