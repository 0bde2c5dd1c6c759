//! Operators that send the items of one stream several ways, or read them ahead of their consumer.

mod backpressure;
mod broadcast;
mod buffer;
mod channel;
mod dead_letters;
mod divert;
mod hub;
mod lanes;
mod prefetch_inline;
mod pressure;
mod pump;
mod split;
mod split_errors;
mod try_buffer;
mod waiters;

pub use backpressure::{BackpressureConfig, BackpressureStrategy};
pub use broadcast::{Branch, Broadcast};
pub use buffer::Buffer;
pub use dead_letters::{DeadLetters, Letters};
pub use divert::Divert;
pub use prefetch_inline::PrefetchInline;
pub use pressure::Pressure;
pub use pump::Pump;
pub use split::{BothSides, ByHash, Matching, Sides, Split};
pub use split_errors::{SplitErr, SplitOk};
pub use try_buffer::{Overflow, TryBuffer};

use crate::task::{Spawner, Task};
use alloc::vec::Vec;
use futures_core::Stream;
use futures_sink::Sink;

/// Operators that send the items of one stream several ways, or read them ahead of their consumer.
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
    fn split_rs2<F>(self, pred: F, capacity: usize) -> BothSides<Self, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> bool,
    {
        assert!(capacity > 0, "a split needs room for at least one item");
        Split::pair(self, pred, capacity)
    }

    /// Gives each item to one of `count` streams, by the remainder of what `hash` makes of it: all
    /// items with the same hash, as those of one key, go to the same one.
    ///
    /// ```text
    /// in   1 2 - 3 4 5 |     count = 3, hash = the number
    /// 0    - - - 3 - - |
    /// 1    1 - - - 4 - |
    /// 2    - 2 - - - 5 |
    /// ```
    /// For work on several processors that needs the items of a key together, as keyed state does:
    /// run each stream in a task of its own. There is no task behind it: whichever stream is polled
    /// drives the source for all.
    ///
    /// # Shape
    /// n items in, n out, each on one stream, in order. `count` streams, in the order of the
    /// remainders.
    /// # End and errors
    /// As with [`split_rs2`](Self::split_rs2).
    /// # Cancel safety
    /// A dropped stream no longer holds the others up. What is meant for it, queued or to come, is
    /// counted as [`Loss::Abandoned`](crate::metrics::Loss::Abandoned) in
    /// [`losses`](Split::losses).
    /// # Backpressure and memory
    /// At most `capacity` items in the queue of a stream and as many in its own buffer. A stream
    /// whose queue is full stops the others: poll all, in one task or in several.
    /// # Cost
    /// One call of `hash` per item, and that of [`split_rs2`](Self::split_rs2).
    /// # Panics
    /// When `count` or `capacity` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// // Sums of each key, two keys or more to a stream; in a program each runs as a task.
    /// let events = from_iter([(7_u64, 1), (4, 5), (7, 2), (4, 6)]);
    /// let sums = events.partition_rs2(2, 16, |event| event.0).into_iter().map(|part| {
    ///     part.keyed_fold_in_rs2(
    ///         Heap::bounded(1_000).seeded(7),
    ///         |event| event.0,
    ///         0,
    ///         |event, sum| *sum += event.1,
    ///     )
    ///     .collect_rs2::<Vec<u32>>()
    /// });
    /// assert_eq!(futures_util::future::join_all(sums).await, [[5, 11], [1, 3]]);
    /// # })
    /// ```
    #[doc(alias = "shard")]
    #[doc(alias = "lanes")]
    #[track_caller]
    fn partition_rs2<F>(self, count: usize, capacity: usize, hash: F) -> Vec<Split<Self, ByHash<F>>>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> u64,
    {
        assert!(count > 0, "there must be at least one stream");
        assert!(capacity > 0, "a stream needs room for at least one item");
        Split::all(self, ByHash { hash, count }, capacity).collect()
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

    /// Yields the items on the first stream and the errors on the second.
    ///
    /// ```text
    /// in      a # - b # |
    /// items   a - - b - |
    /// errors  - # - - # |
    /// ```
    /// A [`split_rs2`](Self::split_rs2) of results. There is no task behind it: whichever side is
    /// polled drives the source for both.
    ///
    /// # Shape
    /// n results in, n out, each on its side, in order.
    /// # End and errors
    /// The source is dropped as soon as it ends; each side then yields the rest of its queue and
    /// ends. An error does not end it. When the source panics, the panic goes to the side that was
    /// polled, and the other side panics too once its own buffer is served.
    /// # Cancel safety
    /// A dropped side no longer holds the other up. What is meant for it, queued or to come, is
    /// counted as [`Loss::Abandoned`](crate::metrics::Loss::Abandoned) in
    /// [`losses`](SplitOk::losses).
    /// # Backpressure and memory
    /// At most `capacity` in the queue of a side and as many in its own buffer. A side whose
    /// queue is full stops the other: poll both, in one task or in several.
    /// # Cost
    /// That of [`split_rs2`](Self::split_rs2).
    /// # Panics
    /// When `capacity` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let parse = |text: &'static str| text.parse::<u32>().map_err(|_| text);
    /// let numbers = from_iter(["1", "x", "3"]).map_rs2(parse);
    /// let (good, bad) = numbers.split_errors_rs2(16);
    /// let (good, bad) = (good.collect_rs2::<Vec<u32>>(), bad.collect_rs2::<Vec<&str>>());
    /// assert_eq!(futures_util::future::join(good, bad).await, (vec![1, 3], vec!["x"]));
    /// # })
    /// ```
    #[doc(alias = "partition_result")]
    #[doc(alias = "dead_letter")]
    #[track_caller]
    fn split_errors_rs2<T, E>(self, capacity: usize) -> (SplitOk<Self>, SplitErr<Self>)
    where
        Self: Sized + Stream<Item = Result<T, E>>,
    {
        assert!(capacity > 0, "a split needs room for at least one item");
        split_errors::pair(self, capacity)
    }

    /// Sends the errors to `sink`, and yields the items.
    ///
    /// ```text
    /// in    a # b - # |
    /// out   a - b - - |
    /// sink  - # - - # |
    /// ```
    /// A [`divert_rs2`](Self::divert_rs2) of results.
    ///
    /// # Shape
    /// n results in, at most n items out, in order; in order on the sink, too. The sink is awaited
    /// in line.
    /// # End and errors
    /// At the end of the source the sink is flushed and closed before this stream ends. The first
    /// error of the sink is kept in [`sink_error`](DeadLetters::sink_error) and the sink is not
    /// called again: the error that it did not take, and every later one, is counted as
    /// [`Loss::Failed`](crate::metrics::Loss::Failed) in [`losses`](DeadLetters::losses). What the
    /// sink took before its error is the sink's to account for.
    /// # Cancel safety
    /// Dropping the stream loses the one error that waits for the sink, and what the sink itself
    /// buffers: it is then not flushed.
    /// # Backpressure and memory
    /// Holds one error while the sink is not ready; the source is then not polled. While the source
    /// has nothing, the sink is flushed.
    /// # Cost
    /// That of [`divert_rs2`](Self::divert_rs2). No allocation.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let mut bad = Vec::new();
    /// let parse = |text: &'static str| text.parse::<u32>().map_err(|_| text);
    /// let numbers = from_iter(["1", "x", "3"]).map_rs2(parse);
    /// let good: Vec<u32> = numbers.dead_letters_rs2(&mut bad).collect_rs2().await;
    /// assert_eq!((good, bad), (vec![1, 3], vec!["x"]));
    /// # })
    /// ```
    #[doc(alias = "side_output")]
    #[doc(alias = "dlq")]
    fn dead_letters_rs2<T, E, Si>(self, sink: Si) -> DeadLetters<Self, Si>
    where
        Self: Sized + Stream<Item = Result<T, E>>,
        Si: Sink<E>,
    {
        DeadLetters::new(self, sink)
    }
    /// Yields the items, of which a task on `spawner` takes up to `ahead` before they are asked
    /// for.
    ///
    /// ```text
    /// in   a b c - - - d |      ahead = 2, asked for an item every 4 columns
    /// out  a - - - b - - - c - - - d |
    /// ```
    /// The task is started by the first poll. Once `ahead` items wait it stops, and goes on when a
    /// quarter of them is gone. Where the spawner takes no task, the source is read within this
    /// stream: item by item, and ahead only by [`Progress`](crate::machine::Progress).
    /// The plain name is `prefetch_rs2(ahead)`.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends behind the items that wait. `Err` items are items like any other. A panic of the source
    /// is resumed here, behind the items that came before it. When the executor drops the task,
    /// this stream panics: it does not take that for the end.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream cancels the task and drops what waits,
    /// counted as [`Loss::Abandoned`](crate::metrics::Loss::Abandoned);
    /// [`into_remainder`](Buffer::into_remainder) returns it instead.
    /// # Backpressure and memory
    /// Holds at most `ahead` items that were taken and not yielded.
    /// # Cost
    /// One task. One lock and two atomic steps per item; the consumer takes over at once whatever
    /// waits. No clock.
    /// # Panics
    /// When `ahead` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::Spawner};
    /// # struct Busy;
    /// # impl<F> Spawner<F> for Busy {
    /// #     fn spawn(&self, future: F) -> Result<(), Rejected<F>> { Err(Rejected(future)) }
    /// # }
    /// # futures_executor::block_on(async {
    /// let pages: Vec<u32> = from_iter(1..=3).prefetch_on_rs2(Busy, 2).collect_rs2().await;
    /// assert_eq!(pages, [1, 2, 3]);
    /// # })
    /// ```
    #[doc(alias = "read_ahead")]
    #[doc(alias = "buffer")]
    #[track_caller]
    fn prefetch_on_rs2<Sp>(self, spawner: Sp, ahead: usize) -> Buffer<Self, Sp>
    where
        Self: Sized,
        Sp: Spawner<Task<Pump<Self>>>,
    {
        Buffer::new(self, spawner, &read_ahead(ahead), None)
    }

    /// Yields the items, up to `ahead` of which are taken before they are asked for, while whoever
    /// drives the stream waits for something else.
    ///
    /// ```text
    /// in   a - b - c - |        ahead = 2, the work on a takes 6 columns
    /// out  a - - - - - b c |
    /// ```
    /// There is no task behind it: [`Progress`](crate::machine::Progress) takes the items.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with its source, behind the items taken. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops up to `ahead` items;
    /// [`into_remainder`](PrefetchInline::into_remainder) returns them instead.
    /// # Backpressure and memory
    /// Holds at most `ahead` items. Nothing is taken before the first item is asked for, and
    /// without `poll_progress` nothing is taken ahead.
    /// # Cost
    /// O(1) per item. No clock. Gives the task back after 1,024 items.
    /// # Panics
    /// When `ahead` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::{future::poll_fn, pin::pin};
    /// # futures_executor::block_on(async {
    /// let mut taken = 0;
    /// {
    ///     let source = from_iter(1..=9).inspect_rs2(|_| taken += 1);
    ///     let mut ahead = pin!(source.prefetch_inline_rs2(2));
    ///     poll_fn(|cx| futures_core::Stream::poll_next(ahead.as_mut(), cx)).await;
    ///     poll_fn(|cx| ahead.as_mut().poll_progress(cx)).await;
    /// }
    /// assert_eq!(taken, 3);
    /// # })
    /// ```
    #[track_caller]
    fn prefetch_inline_rs2(self, ahead: usize) -> PrefetchInline<Self>
    where
        Self: Sized,
    {
        assert!(ahead > 0, "a prefetch needs room for at least one item");
        PrefetchInline::new(self, ahead)
    }

    /// Yields the values that a task on `spawner` takes, up to `capacity` of them before they are
    /// asked for, and the errors between them, which take no room of the values.
    ///
    /// [`prefetch_on_rs2`](Self::prefetch_on_rs2) for results: errors are told apart so that many
    /// of them never hold back the values. They have a bound of their own, the same `capacity`.
    /// The plain name is `rate_limit_backpressure(capacity)`.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// As with `prefetch_on_rs2`; an `Err` does not end the stream.
    /// # Cancel safety
    /// As with `prefetch_on_rs2`.
    /// # Backpressure and memory
    /// Holds at most `capacity` values and `capacity` errors. When there are as many of either, the
    /// source waits.
    /// # Cost
    /// One task. Three locks and two atomic steps per item. No clock.
    /// # Panics
    /// When `capacity` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::Spawner};
    /// # struct Busy;
    /// # impl<F> Spawner<F> for Busy {
    /// #     fn spawn(&self, future: F) -> Result<(), Rejected<F>> { Err(Rejected(future)) }
    /// # }
    /// # futures_executor::block_on(async {
    /// let read = from_iter(["1", "x"]).map_rs2(str::parse::<u32>);
    /// let read: Vec<_> = read.try_prefetch_on_rs2(Busy, 2).collect_rs2().await;
    /// assert!(matches!(read[..], [Ok(1), Err(_)]));
    /// # })
    /// ```
    #[track_caller]
    fn try_prefetch_on_rs2<Sp, T, E>(self, spawner: Sp, capacity: usize) -> Buffer<Self, Sp>
    where
        Self: Stream<Item = Result<T, E>> + Sized,
        Sp: Spawner<Task<Pump<Self>>>,
    {
        Buffer::new(self, spawner, &read_ahead(capacity), Some(Result::is_err))
    }

    /// Yields the items from a bounded buffer, which a task on `spawner` fills as the
    /// configuration says.
    ///
    /// ```text
    /// in   a b c d - - - - |    DropOldest, buffer_size = 2, asked for from column 5 on
    /// out  - - - - c d - - |
    /// ```
    /// The task is started by the first poll. Where the spawner takes no task, the source is read
    /// within this stream: item by item, and ahead only by
    /// [`Progress`](crate::machine::Progress). The plain names are `auto_backpressure_rs2()` and
    /// `auto_backpressure_with_rs2(config)`.
    ///
    /// # Shape
    /// With [`Block`](BackpressureStrategy::Block) n items in, n out, in order. With
    /// [`DropOldest`](BackpressureStrategy::DropOldest) and
    /// [`DropNewest`](BackpressureStrategy::DropNewest) those that are not dropped, in order.
    /// # End and errors
    /// Ends behind the items that wait. With [`Error`](BackpressureStrategy::Error) also when an
    /// item comes and the buffer is full: the source and that item are dropped, and
    /// [`losses`](Buffer::losses) say that it was stopped. `Err` items are items like any other. A
    /// panic of the source is resumed here, behind the items that came before it.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream cancels the task and drops what waits,
    /// counted as [`Loss::Abandoned`](crate::metrics::Loss::Abandoned);
    /// [`into_remainder`](Buffer::into_remainder) returns it instead.
    /// # Backpressure and memory
    /// Holds at most `buffer_size` items, with `Block` at most as many as the high watermark: then
    /// the source is asked for nothing until the depth is down to the low watermark. The other
    /// strategies never hold the source back; what they drop is counted as
    /// [`Loss::Full`](crate::metrics::Loss::Full) in [`losses`](Buffer::losses).
    /// [`pressure`](Buffer::pressure) tells the depth.
    /// # Cost
    /// One task. One lock and two atomic steps per item; but for `DropOldest` the consumer takes
    /// over at once whatever waits. No clock.
    /// # Panics
    /// When [`validate`](BackpressureConfig::validate) finds that the configuration cannot work.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::Spawner};
    /// # use rs2_core::op::flow::{BackpressureConfig, BackpressureStrategy};
    /// # struct Busy;
    /// # impl<F> Spawner<F> for Busy {
    /// #     fn spawn(&self, future: F) -> Result<(), Rejected<F>> { Err(Rejected(future)) }
    /// # }
    /// # futures_executor::block_on(async {
    /// let config = BackpressureConfig::new(BackpressureStrategy::DropOldest, 10);
    /// let readings = from_iter(1..=3).auto_backpressure_on_rs2(Busy, config);
    /// let losses = readings.losses();
    /// let kept: Vec<u32> = readings.collect_rs2().await;
    /// assert_eq!(kept.len() as u64 + losses.total(), 3);
    /// # })
    /// ```
    #[doc(alias = "on_backpressure_buffer")]
    #[doc(alias = "on_backpressure_drop")]
    #[doc(alias = "decouple")]
    #[track_caller]
    fn auto_backpressure_on_rs2<Sp>(
        self,
        spawner: Sp,
        config: BackpressureConfig,
    ) -> Buffer<Self, Sp>
    where
        Self: Sized,
        Sp: Spawner<Task<Pump<Self>>>,
    {
        Buffer::new(self, spawner, valid(&config), None)
    }

    /// [`auto_backpressure_on_rs2`](Self::auto_backpressure_on_rs2) for results: it yields an error
    /// where that ends because the buffer was full, and never drops an error of the source.
    ///
    /// Errors of the source come in their place between the values and take no room of these; they
    /// have a bound of their own, `buffer_size`. When so many errors wait, the source waits too,
    /// whatever the strategy. The plain name is `try_auto_backpressure_with_rs2(config)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Rejected, prelude::*, task::Spawner};
    /// # use rs2_core::op::flow::{BackpressureConfig, BackpressureStrategy, Overflow};
    /// # struct Busy;
    /// # impl<F> Spawner<F> for Busy {
    /// #     fn spawn(&self, future: F) -> Result<(), Rejected<F>> { Err(Rejected(future)) }
    /// # }
    /// # futures_executor::block_on(async {
    /// let config = BackpressureConfig::new(BackpressureStrategy::Error, 10);
    /// let lines = from_iter([Ok(1), Err("torn")]);
    /// let lines: Vec<_> = lines.try_auto_backpressure_on_rs2(Busy, config).collect_rs2().await;
    /// assert_eq!(lines, [Ok(1), Err(Overflow::Source("torn"))]);
    /// # })
    /// ```
    #[track_caller]
    fn try_auto_backpressure_on_rs2<Sp, T, E>(
        self,
        spawner: Sp,
        config: BackpressureConfig,
    ) -> TryBuffer<Self, Sp>
    where
        Self: Stream<Item = Result<T, E>> + Sized,
        Sp: Spawner<Task<Pump<Self>>>,
    {
        TryBuffer::new(Buffer::new(self, spawner, valid(&config), Some(Result::is_err)))
    }
}

/// Up to `ahead` items, and further ones each time a quarter of them is gone.
#[track_caller]
fn read_ahead(ahead: usize) -> BackpressureConfig {
    assert!(ahead > 0, "a prefetch needs room for at least one item");
    let low_watermark = Some(ahead - (ahead / 4).max(1));
    BackpressureConfig {
        low_watermark,
        ..BackpressureConfig::new(BackpressureStrategy::Block, ahead)
    }
}

#[track_caller]
fn valid(config: &BackpressureConfig) -> &BackpressureConfig {
    if let Err(error) = config.validate() {
        panic!("a buffer cannot work like this: {error}");
    }
    config
}

impl<S: Stream + ?Sized> FlowExt for S {}
