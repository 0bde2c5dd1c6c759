//! Futures that use a stream up.

mod collect;
mod fold;
mod fold_sync;
mod for_each;
mod reduce;

pub use collect::Collect;
pub use fold::Fold;
pub use fold_sync::FoldSync;
pub use for_each::ForEach;
pub use reduce::Reduce;

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
}

impl<S: Stream + ?Sized> ConsumeExt for S {}
