//! Futures that use a stream up.

mod collect;
#[cfg(feature = "alloc")]
mod collect_with_config;
mod fold;
mod fold_sync;
mod for_each;
mod meanwhile;
mod reduce;

pub use collect::Collect;
#[cfg(feature = "alloc")]
pub use collect_with_config::{BufferConfig, CollectWithConfig, GrowthStrategy, TooMany};
pub use fold::{DriveFold, Fold};
pub use fold_sync::FoldSync;
pub use for_each::{DriveEach, ForEach};
pub use meanwhile::{Drives, Meanwhile, Rests};
pub use reduce::Reduce;

use crate::machine::Progress;
use core::future::Future;
use futures_core::Stream;

/// Futures that use a stream up.
///
/// Each gives the task back after 1,024 items, so that a source that is always ready does not keep
/// it from others.
pub trait ConsumeExt: Stream {
    /// Yields every item in a collection.
    ///
    /// # Shape
    /// n items in, one collection out, in the order of the items.
    /// # End and errors
    /// Ready when the source has ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future loses what was collected. Who may stop early polls a `&mut` of it.
    /// # Backpressure and memory
    /// Holds every item, so it is for sources known to be short. Anything that is `Extend` and
    /// keeps only a part, as a counting type does, is filled in the same way.
    /// # Cost
    /// One call of `extend` per item. Gives the task back after 1,024 items.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::collections::BTreeSet;
    /// # futures_executor::block_on(async {
    /// let letters: BTreeSet<char> = from_iter("banana".chars()).collect_rs2().await;
    /// assert_eq!(letters, BTreeSet::from(['a', 'b', 'n']));
    /// # })
    /// ```
    #[doc(alias = "to_list")]
    #[doc(alias = "to_vec")]
    fn collect_rs2<B>(self) -> Collect<Self, B>
    where
        Self: Sized,
        B: Default + Extend<Self::Item>,
    {
        Collect::new(self)
    }

    /// Yields every item in a `Vec` that grows as `config` says; or, when there are more than it
    /// may hold, those that it holds and the next one, as an error.
    ///
    /// # Shape
    /// n items in, one `Vec` out, in the order of the items.
    /// # End and errors
    /// Ready when the source has ended, or with [`TooMany`] when the first item comes that finds no
    /// room. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future loses what was collected.
    /// # Backpressure and memory
    /// Holds at most `max_capacity` items, with [`GrowthStrategy::Fixed`] at most
    /// `initial_capacity`.
    /// # Cost
    /// Room is made when the first item comes, and then whenever there is none left: that copies
    /// what was collected. Gives the task back after 1,024 items.
    /// # Panics
    /// When [`validate`](BufferConfig::validate) finds that the configuration cannot work, and when
    /// polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::op::consume::{BufferConfig, TooMany};
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let few = BufferConfig {
    ///     initial_capacity: 2,
    ///     max_capacity: Some(3),
    ///     ..BufferConfig::default()
    /// };
    /// assert_eq!(from_iter(1..=3).collect_with_config_rs2(few).await, Ok(vec![1, 2, 3]));
    /// let too_many = TooMany { collected: vec![1, 2, 3], next: 4 };
    /// assert_eq!(from_iter(1..=9).collect_with_config_rs2(few).await, Err(too_many));
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn collect_with_config_rs2(self, config: BufferConfig) -> CollectWithConfig<Self>
    where
        Self: Sized,
    {
        CollectWithConfig::new(self, config)
    }

    /// Yields what `f` makes of a value and all items, one after the other, by a future for each.
    ///
    /// Where no step waits for anything, [`fold_sync_rs2`](Self::fold_sync_rs2) does without the
    /// futures.
    ///
    /// # Shape
    /// n items in, one value out: `init` when there was none.
    /// # End and errors
    /// Ready when the source has ended and the last step has finished. `Err` items are items like
    /// any other. A panic in `f`, a step or the source goes through at once.
    /// # Cancel safety
    /// Dropping the future loses the value and the running step. Who may stop early polls a `&mut`
    /// of it.
    /// # Backpressure and memory
    /// Holds the value or one step; the source is not polled while a step runs.
    /// # Cost
    /// One future per item, kept in place. No allocation, no clock. Gives the task back after 1,024
    /// items.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let price = async |item: &str| item.len() as u32;
    /// let total = from_iter(["tea", "milk"])
    ///     .fold_rs2(0, |sum, item| async move { sum + price(item).await })
    ///     .await;
    /// assert_eq!(total, 7);
    /// # })
    /// ```
    #[doc(alias = "aggregate")]
    fn fold_rs2<A, F, Fut>(self, init: A, f: F) -> Fold<Self, A, F, Fut>
    where
        Self: Sized,
        F: FnMut(A, Self::Item) -> Fut,
        Fut: Future<Output = A>,
    {
        Fold::new(self, init, f)
    }

    /// Yields what `f` makes of a value and all items, one after the other.
    ///
    /// # Shape
    /// n items in, one value out: `init` when there was none.
    /// # End and errors
    /// Ready when the source has ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future loses the value. Who may stop early polls a `&mut` of it.
    /// # Cost
    /// One call of `f` per item, in a loop within one poll. No allocation, no clock. Gives the task
    /// back after 1,024 items.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let longest = from_iter(["tea", "milk"]).fold_sync_rs2("", |longest, item| {
    ///     if item.len() > longest.len() { item } else { longest }
    /// });
    /// assert_eq!(longest.await, "milk");
    /// # })
    /// ```
    #[doc(alias = "aggregate")]
    fn fold_sync_rs2<A, F>(self, init: A, f: F) -> FoldSync<Self, A, F>
    where
        Self: Sized,
        F: FnMut(A, Self::Item) -> A,
    {
        FoldSync::new(self, init, f)
    }

    /// Yields what `f` makes of the first two items, of that and the third, and so on, by a future
    /// for each.
    ///
    /// # Shape
    /// n items in, one value out: the item itself when there is one, `None` when there is none.
    /// # End and errors
    /// Ready when the source has ended and the last step has finished. `Err` items are items like
    /// any other. A panic in `f`, a step or the source goes through at once.
    /// # Cancel safety
    /// Dropping the future loses the value and the running step. Who may stop early polls a `&mut`
    /// of it.
    /// # Backpressure and memory
    /// Holds the value or one step; the source is not polled while a step runs.
    /// # Cost
    /// One future per item, kept in place. No allocation, no clock. Gives the task back after 1,024
    /// items.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let price = async |item: &str| item.len();
    /// let dearest = from_iter(["tea", "coffee", "milk"]).reduce_rs2(async |dearest, item| {
    ///     if price(item).await > price(dearest).await { item } else { dearest }
    /// });
    /// assert_eq!(dearest.await, Some("coffee"));
    /// # })
    /// ```
    fn reduce_rs2<F, Fut>(self, f: F) -> Reduce<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item, Self::Item) -> Fut,
        Fut: Future<Output = Self::Item>,
    {
        Reduce::new(self, f)
    }

    /// Runs the future that `f` makes of each item, one after the other.
    ///
    /// # Shape
    /// n items in, n futures, in order; each starts when the one before it has finished.
    /// # End and errors
    /// Ready when the source has ended and the last future has finished. `Err` items are items like
    /// any other. A panic in `f`, a future or the source goes through at once.
    /// # Cancel safety
    /// Dropping the future drops the one that runs; no item taken from the source is lost but that
    /// one's.
    /// # Backpressure and memory
    /// Holds one future; the source is not polled while it runs.
    /// # Cost
    /// One future per item, kept in place. No allocation, no clock. Gives the task back after 1,024
    /// items.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::cell::RefCell;
    /// # futures_executor::block_on(async {
    /// let log = RefCell::new(String::new());
    /// from_iter(["a", "b"]).for_each_rs2(async |line| log.borrow_mut().push_str(line)).await;
    /// assert_eq!(log.into_inner(), "ab");
    /// # })
    /// ```
    #[doc(alias = "run_foreach")]
    #[doc(alias = "subscribe")]
    fn for_each_rs2<F, Fut>(self, f: F) -> ForEach<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future<Output = ()>,
    {
        ForEach::new(self, f)
    }

    /// Runs the future that `f` makes of each item, one after the other, and advances what the
    /// source has in flight while that future waits.
    ///
    /// A stream that holds futures of its own, as
    /// [`par_eval_map_inline_rs2`](crate::op::ParallelExt::par_eval_map_inline_rs2) does, stands
    /// still while a loop over it is busy with the last item. If one of its futures has what the
    /// loop waits for, a permit or a lock, then neither ever goes on. Here both do.
    ///
    /// # Shape
    /// n items in, n futures, in order; each starts when the one before it has finished.
    /// # End and errors
    /// Ready when the source has ended and the last future has finished. `Err` items are items like
    /// any other. A panic in `f`, a future or the source goes through at once.
    /// # Cancel safety
    /// Dropping the future drops the one that runs and what the source holds.
    /// # Backpressure and memory
    /// Holds one future. While it runs the source is moved along and gives no item.
    /// # Cost
    /// That of [`for_each_rs2`](Self::for_each_rs2), and a call of the source's
    /// [`poll_progress`](Progress::poll_progress) for each poll that finds the future waiting.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use futures_util::lock::Mutex;
    /// # use rs2_core::prelude::*;
    /// # async fn some_time() {}
    /// # futures_executor::block_on(async {
    /// let connection = Mutex::new(Vec::new());
    /// let load = async |n: u32| {
    ///     let used = connection.lock().await;
    ///     some_time().await;
    ///     drop(used);
    ///     10 * n
    /// };
    /// let save = async |n| connection.lock().await.push(n);
    /// from_iter(1..=3).par_eval_map_inline_rs2(2, load).drive_each_rs2(save).await;
    /// assert_eq!(connection.into_inner(), [10, 20, 30]);
    /// # })
    /// ```
    fn drive_each_rs2<F, Fut>(self, f: F) -> DriveEach<Self, F, Fut>
    where
        Self: Progress + Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future<Output = ()>,
    {
        DriveEach::new(self, f)
    }

    /// Yields what `f` makes of a value and all items, one after the other, by a future for each,
    /// and advances what the source has in flight while that future waits.
    ///
    /// This is [`fold_rs2`](Self::fold_rs2) for a source that holds futures of its own: see
    /// [`drive_each_rs2`](Self::drive_each_rs2).
    ///
    /// # Shape
    /// n items in, one value out: `init` when there was none.
    /// # End and errors
    /// Ready when the source has ended and the last step has finished. `Err` items are items like
    /// any other. A panic in `f`, a step or the source goes through at once.
    /// # Cancel safety
    /// Dropping the future loses the value, the running step and what the source holds.
    /// # Backpressure and memory
    /// Holds the value or one step. While a step runs the source is moved along and gives no item.
    /// # Cost
    /// That of [`fold_rs2`](Self::fold_rs2), and a call of the source's
    /// [`poll_progress`](Progress::poll_progress) for each poll that finds the step waiting.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use futures_util::lock::Mutex;
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let permit = &Mutex::new(());
    /// let price = async |item: &str| {
    ///     let _permit = permit.lock().await;
    ///     item.len() as u32
    /// };
    /// let total = from_iter(["tea", "milk"])
    ///     .par_eval_map_inline_rs2(2, price)
    ///     .drive_fold_rs2(0, |sum, price| async move {
    ///         let _permit = permit.lock().await;
    ///         sum + price
    ///     });
    /// assert_eq!(total.await, 7);
    /// # })
    /// ```
    fn drive_fold_rs2<A, F, Fut>(self, init: A, f: F) -> DriveFold<Self, A, F, Fut>
    where
        Self: Progress + Sized,
        F: FnMut(A, Self::Item) -> Fut,
        Fut: Future<Output = A>,
    {
        DriveFold::new(self, init, f)
    }
}

impl<S: Stream + ?Sized> ConsumeExt for S {}
