//! Operators that let items through or not.

mod distinct_until_changed;
mod filter;
mod skip;
mod skip_while;
mod take;
mod take_while;

pub use distinct_until_changed::DistinctUntilChanged;
pub use filter::Filter;
pub use skip::Skip;
pub use skip_while::SkipWhile;
pub use take::Take;
pub use take_while::TakeWhile;

use futures_core::Stream;

/// The key of an item that is compared as a whole.
type CloneOf<T> = fn(&T) -> T;

/// Operators that let items through or not.
pub trait SelectExt: Stream {
    /// Yields the items that meet a condition.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// One call of `pred` per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let even: Vec<u32> = from_iter(1..=4).filter_rs2(|n| n % 2 == 0).collect_rs2().await;
    /// assert_eq!(even, [2, 4]);
    /// # })
    /// ```
    fn filter_rs2<F>(self, pred: F) -> Filter<Self, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> bool,
    {
        Filter::new(self, pred)
    }

    /// Yields the first `count` items, then ends without asking for more.
    ///
    /// # Shape
    /// At most `count` items out, in order. With a `count` of 0 the source is never polled.
    /// # End and errors
    /// Ends after `count` items, or with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// O(1) per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let first: Vec<u32> = from_iter(1..).take_rs2(2).collect_rs2().await;
    /// assert_eq!(first, [1, 2]);
    /// # })
    /// ```
    #[doc(alias = "limit")]
    fn take_rs2(self, count: usize) -> Take<Self>
    where
        Self: Sized,
    {
        Take::new(self, count)
    }

    /// Yields all items but the first `count`.
    ///
    /// # Shape
    /// n items in, n - `count` out, in order.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// O(1) per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let rest: Vec<u32> = from_iter(1..=4).skip_rs2(3).collect_rs2().await;
    /// assert_eq!(rest, [4]);
    /// # })
    /// ```
    #[doc(alias = "drop_rs2")]
    fn skip_rs2(self, count: usize) -> Skip<Self>
    where
        Self: Sized,
    {
        Skip::new(self, count)
    }

    /// Yields the items before the first that does not meet a condition, which is dropped.
    ///
    /// # Shape
    /// n items in, at most n out, in order. The source is not asked for more after the end.
    /// # End and errors
    /// Ends at the first item that does not meet the condition, or with its source.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// One call of `pred` per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let small: Vec<u32> = from_iter([1, 2, 9, 1]).take_while_rs2(|n| *n < 5).collect_rs2().await;
    /// assert_eq!(small, [1, 2]);
    /// # })
    /// ```
    fn take_while_rs2<F>(self, pred: F) -> TakeWhile<Self, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> bool,
    {
        TakeWhile::new(self, pred)
    }

    /// Yields the items from the first on that does not meet a condition.
    ///
    /// # Shape
    /// n items in, at most n out, in order.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// One call of `pred` per item until the first is found. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let rest: Vec<u32> = from_iter([1, 2, 9, 1]).skip_while_rs2(|n| *n < 5).collect_rs2().await;
    /// assert_eq!(rest, [9, 1]);
    /// # })
    /// ```
    #[doc(alias = "drop_while")]
    #[doc(alias = "drop_while_rs2")]
    fn skip_while_rs2<F>(self, pred: F) -> SkipWhile<Self, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> bool,
    {
        SkipWhile::new(self, pred)
    }

    /// Yields the items that differ from the one before.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds no item that was not yielded.
    /// # Backpressure and memory
    /// Holds a clone of the last item.
    /// # Cost
    /// One comparison and one clone per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let changes: Vec<char> =
    ///     from_iter("aabba".chars()).distinct_until_changed_rs2().collect_rs2().await;
    /// assert_eq!(changes, ['a', 'b', 'a']);
    /// # })
    /// ```
    #[doc(alias = "dedup")]
    fn distinct_until_changed_rs2(
        self,
    ) -> DistinctUntilChanged<Self, CloneOf<Self::Item>, Self::Item>
    where
        Self: Sized,
        Self::Item: Clone + PartialEq,
    {
        DistinctUntilChanged::new(self, Self::Item::clone)
    }

    /// Yields the items whose key differs from that of the item before.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds no item.
    /// # Backpressure and memory
    /// Holds the last key.
    /// # Cost
    /// One call of `key` and one comparison per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let changes: Vec<i32> =
    ///     from_iter([1, -1, 2]).distinct_until_changed_by_rs2(|n: &i32| n.abs()).collect_rs2().await;
    /// assert_eq!(changes, [1, 2]);
    /// # })
    /// ```
    #[doc(alias = "dedup_by_key")]
    fn distinct_until_changed_by_rs2<K, F>(self, key: F) -> DistinctUntilChanged<Self, F, K>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> K,
        K: PartialEq,
    {
        DistinctUntilChanged::new(self, key)
    }
}

impl<S: Stream + ?Sized> SelectExt for S {}
