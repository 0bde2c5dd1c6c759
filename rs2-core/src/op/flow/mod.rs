//! Operators that send the items of one stream several ways.

mod broadcast;
mod divert;
mod hub;
mod lanes;
mod split;
mod waiters;

pub use broadcast::{Branch, Broadcast};
pub use divert::Divert;
pub use split::Split;

use futures_core::Stream;
use futures_sink::Sink;

/// Operators that send the items of one stream several ways.
pub trait FlowExt: Stream {
    /// Gives out any number of [`branch`](Broadcast::branch)es, each of which yields every item.
    ///
    /// ```text
    /// in     a b - c |
    /// left   a b - c |
    /// right  a b - c |
    /// ```
    /// There is no task behind it: whichever branch is polled drives the source for all.
    ///
    /// # Shape
    /// n items in, n out of every branch, in order. A branch made after another one was polled
    /// yields what comes from then on.
    /// # End and errors
    /// The source is dropped as soon as it ends; each branch then yields the rest of its queue and
    /// ends. `Err` items are items like any other. When the source or `clone` panics, the panic
    /// goes to the branch that was polled, and every other branch panics too once its own buffer
    /// is served: none of them takes it for the end.
    /// # Cancel safety
    /// Dropping a branch drops what is queued for it; the others miss nothing. Dropping the
    /// [`Broadcast`] itself leaves the branches as they are.
    /// # Backpressure and memory
    /// At most `capacity` items in the queue of a branch and as many in its own buffer. The slowest
    /// branch paces: while its queue is full, the source is not polled. A branch that is held but
    /// never polled therefore stops the others once its queue is full. Branches may be joined in
    /// one task or live in several.
    /// # Cost
    /// One clone per item and branch but the last. A branch that finds a filled queue takes it over
    /// whole, one lock for at most `capacity` items; the branch that drives the source takes one
    /// uncontended lock per item. The source is polled under that lock. It sees a waker of the hub:
    /// a source that needs the waker of its executor (embassy's timers) cannot be broadcast.
    /// # Panics
    /// When `capacity` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let mut readings = from_iter([3, 1, 2]).broadcast_rs2(16);
    /// let (one, other) = (readings.branch(), readings.branch());
    /// let sum = one.fold_sync_rs2(0, |sum, reading| sum + reading);
    /// let highest = other.fold_sync_rs2(0, u32::max);
    /// assert_eq!(futures_util::future::join(sum, highest).await, (6, 3));
    /// # })
    /// ```
    #[doc(alias = "tee")]
    #[doc(alias = "publish")]
    #[doc(alias = "share")]
    #[doc(alias = "fan_out")]
    #[track_caller]
    fn broadcast_rs2(self, capacity: usize) -> Broadcast<Self>
    where
        Self: Sized,
        Self::Item: Clone,
    {
        assert!(capacity > 0, "a broadcast needs room for at least one item");
        Broadcast::new(self, capacity)
    }

    /// Yields the items for which `pred` is true on the first stream, the others on the second.
    ///
    /// ```text
    /// in        1 2 - 3 4 |     pred = is even
    /// matching  - 2 - - 4 |
    /// others    1 - - 3 - |
    /// ```
    /// There is no task behind it: whichever side is polled drives the source for both.
    ///
    /// # Shape
    /// n items in, n out, each on one side, in order.
    /// # End and errors
    /// The source is dropped as soon as it ends; each side then yields the rest of its queue and
    /// ends. `Err` items are items like any other. When the source or `pred` panics, the panic
    /// goes to the side that was polled, and the other side panics too once its own buffer is
    /// served.
    /// # Cancel safety
    /// A dropped side no longer holds the other up. What is meant for it, queued or to come, is
    /// counted as [`Loss::Abandoned`](crate::metrics::Loss::Abandoned) in
    /// [`losses`](Split::losses).
    /// # Backpressure and memory
    /// At most `capacity` items in the queue of a side and as many in its own buffer. A side whose
    /// queue is full stops the other: poll both, in one task or in several.
    /// # Cost
    /// One call of `pred` per item; one lock per item that the polled side takes from the source,
    /// or one for all that are queued for it. The source is polled under that lock, with a waker of
    /// the hub, as with [`broadcast_rs2`](Self::broadcast_rs2).
    /// # Panics
    /// When `capacity` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let (even, odd) = from_iter(1..=5).split_rs2(|n| n % 2 == 0, 16);
    /// let (even, odd) = (even.collect_rs2::<Vec<u32>>(), odd.collect_rs2::<Vec<u32>>());
    /// let sides = futures_util::future::join(even, odd).await;
    /// assert_eq!(sides, (vec![2, 4], vec![1, 3, 5]));
    /// # })
    /// ```
    #[doc(alias = "partition")]
    #[doc(alias = "filter_split")]
    #[track_caller]
    fn split_rs2<F>(self, pred: F, capacity: usize) -> (Split<Self, F>, Split<Self, F>)
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> bool,
    {
        assert!(capacity > 0, "a split needs room for at least one item");
        Split::pair(self, pred, capacity)
    }

    /// Sends the items for which `pred` is true to `sink`, and yields the others.
    ///
    /// ```text
    /// in    a X b - Y |     pred = is upper case
    /// out   a - b - - |
    /// sink  - X - - Y |
    /// ```
    /// # Shape
    /// n items in, at most n out, in order; in order on the sink, too. The sink is awaited in line.
    /// # End and errors
    /// At the end of the source the sink is flushed and closed before this stream ends. `Err` items
    /// are items like any other. The first error of the sink is kept in
    /// [`sink_error`](Divert::sink_error) and the sink is not called again: the item that it did
    /// not take, and every later one for it, is counted as
    /// [`Loss::Failed`](crate::metrics::Loss::Failed) in [`losses`](Divert::losses). What the sink
    /// took before its error is the sink's to account for.
    /// # Cancel safety
    /// Dropping the stream loses the one item that waits for the sink, and what the sink itself
    /// buffers: it is then not flushed.
    /// # Backpressure and memory
    /// Holds one item while the sink is not ready; the source is then not polled. While the source
    /// has nothing, the sink is flushed.
    /// # Cost
    /// One call of `pred` per item. No allocation.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let mut rejected = Vec::new();
    /// let accepted: Vec<i32> =
    ///     from_iter([1, -2, 3]).divert_rs2(|n| *n < 0, &mut rejected).collect_rs2().await;
    /// assert_eq!((accepted, rejected), (vec![1, 3], vec![-2]));
    /// # })
    /// ```
    #[doc(alias = "divertTo")]
    #[doc(alias = "dead_letter")]
    #[doc(alias = "side_output")]
    fn divert_rs2<F, Si>(self, pred: F, sink: Si) -> Divert<Self, F, Si>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> bool,
        Si: Sink<Self::Item>,
    {
        Divert::new(self, pred, sink)
    }
}

impl<S: Stream + ?Sized> FlowExt for S {}
