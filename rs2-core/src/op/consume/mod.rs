//! Futures that take a stream to its end.

mod collect;
mod fold;
mod fold_sync;
mod for_each;

pub use collect::Collect;
pub use fold::Fold;
pub use fold_sync::FoldSync;
pub use for_each::ForEach;

use core::future::Future;
use futures_core::Stream;

/// Futures that take a stream to its end.
///
/// Each gives the task back after 1,024 items, so that a source that is always ready does not keep
/// it from others. None may be polled again once it is done.
pub trait ConsumeExt: Stream {
    /// Folds the items into one value with a closure that returns a future.
    ///
    /// # Shape
    /// One value, at the end of the source; `init` when there was no item.
    /// # End and errors
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future loses the value so far.
    /// # Cost
    /// One future per item, one at a time. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter([1, 2, 3]).fold_rs2(0, |sum, n| async move { sum + n }).await;
    /// assert_eq!(sum, 6);
    /// # })
    /// ```
    fn fold_rs2<A, F, Fut>(self, init: A, f: F) -> Fold<Self, A, F, Fut>
    where
        Self: Sized,
        F: FnMut(A, Self::Item) -> Fut,
        Fut: Future<Output = A>,
    {
        Fold::new(self, init, f)
    }

    /// Folds the items into one value with a plain closure.
    ///
    /// # Shape
    /// One value, at the end of the source; `init` when there was no item.
    /// # End and errors
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future loses the value so far.
    /// # Cost
    /// One call of `f` per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let longest = from_iter(["a", "abc", "ab"]).fold_sync_rs2(0, |n, s| n.max(s.len())).await;
    /// assert_eq!(longest, 3);
    /// # })
    /// ```
    fn fold_sync_rs2<A, F>(self, init: A, f: F) -> FoldSync<Self, A, F>
    where
        Self: Sized,
        F: FnMut(A, Self::Item) -> A,
    {
        FoldSync::new(self, init, f)
    }

    /// Awaits a future for each item, one after the other.
    ///
    /// # Shape
    /// Nothing, at the end of the source.
    /// # End and errors
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future drops the future of the item it is at.
    /// # Cost
    /// One future per item, one at a time. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::cell::Cell;
    /// # futures_executor::block_on(async {
    /// let sum = &Cell::new(0);
    /// from_iter([1, 2]).for_each_rs2(|n| async move { sum.set(sum.get() + n) }).await;
    /// assert_eq!(sum.get(), 3);
    /// # })
    /// ```
    fn for_each_rs2<F, Fut>(self, f: F) -> ForEach<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future<Output = ()>,
    {
        ForEach::new(self, f)
    }

    /// Collects every item.
    ///
    /// # Shape
    /// One collection, at the end of the source.
    /// # End and errors
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the future loses the items so far.
    /// # Backpressure and memory
    /// Holds every item: for streams that end, and whose items fit.
    /// # Cost
    /// That of extending the collection. No clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::collections::BTreeSet;
    /// # futures_executor::block_on(async {
    /// let letters: BTreeSet<char> = from_iter("hello".chars()).collect_rs2().await;
    /// assert_eq!(letters.len(), 4);
    /// # })
    /// ```
    fn collect_rs2<B>(self) -> Collect<Self, B>
    where
        Self: Sized,
        B: Default + Extend<Self::Item>,
    {
        Collect::new(self)
    }
}

impl<S: Stream + ?Sized> ConsumeExt for S {}
