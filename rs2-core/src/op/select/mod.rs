//! Operators that let some items through and drop the others.

mod distinct;
mod distinct_by;
mod distinct_until_changed;
mod distinct_until_changed_by;
mod filter;
mod seen;
mod skip;
mod skip_while;
mod take;
mod take_while;

pub use distinct::Distinct;
pub use distinct_by::DistinctBy;
pub use distinct_until_changed::DistinctUntilChanged;
pub use distinct_until_changed_by::DistinctUntilChangedBy;
pub use filter::Filter;
pub use skip::Skip;
pub use skip_while::SkipWhile;
pub use take::Take;
pub use take_while::TakeWhile;

use crate::machine::Drive;
use crate::state::Limits;
use crate::store::KeyStorage;
use crate::time::NoTimer;
use core::hash::Hash;
use futures_core::Stream;

/// Operators that let some items through and drop the others.
pub trait SelectExt: Stream {
    /// Yields the items that satisfy `pred`.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from the source.
    /// # Cost
    /// One call of `pred` per item. No allocation, no clock. Gives the task back after dropping
    /// 1,024 items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let even: Vec<u32> = from_iter(1..=6).filter_rs2(|n| n % 2 == 0).collect_rs2().await;
    /// assert_eq!(even, [2, 4, 6]);
    /// # })
    /// ```
    #[doc(alias = "where")]
    #[doc(alias = "keep")]
    fn filter_rs2<F>(self, pred: F) -> Filter<Self, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> bool,
    {
        Filter::new(self, pred)
    }

    /// Yields the first `count` items.
    ///
    /// ```text
    /// in   a - b c d |        count = 2
    /// out  a - b |
    /// ```
    /// # Shape
    /// n items in, at most `count` out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source, or when asked after the last item, without polling the source again;
    /// with zero it never polls it. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing. The source is dropped with the stream; who wants the rest of it gives a
    /// `&mut` of it.
    /// # Cost
    /// One subtraction per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let mut numbers = from_iter(1..);
    /// let some: Vec<u32> = (&mut numbers).take_rs2(2).collect_rs2().await;
    /// let more: Vec<u32> = numbers.take_rs2(2).collect_rs2().await;
    /// assert_eq!((some, more), (vec![1, 2], vec![3, 4]));
    /// # })
    /// ```
    #[doc(alias = "limit")]
    #[doc(alias = "first")]
    fn take_rs2(self, count: usize) -> Take<Self>
    where
        Self: Sized,
    {
        Take::new(self, count)
    }

    /// Yields all but the first `count` items.
    ///
    /// ```text
    /// in   a b - c d |        count = 2
    /// out  - - - c d |
    /// ```
    /// # Shape
    /// n items in, n - `count` out or none, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses only what it was told to drop.
    /// # Cost
    /// One comparison per item. No allocation, no clock. Gives the task back after dropping 1,024
    /// items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let rest: Vec<&str> = from_iter(["header", "1", "2"]).skip_rs2(1).collect_rs2().await;
    /// assert_eq!(rest, ["1", "2"]);
    /// # })
    /// ```
    #[doc(alias = "drop_rs2")]
    fn skip_rs2(self, count: usize) -> Skip<Self>
    where
        Self: Sized,
    {
        Skip::new(self, count)
    }

    /// Yields the items before the first that fails `pred`.
    ///
    /// ```text
    /// in   1 2 - 9 3 |        pred = less than 5
    /// out  1 2 - |
    /// ```
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source, or at the first item that fails, without polling the source again.
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing. The item that fails is taken from the source and dropped.
    /// # Cost
    /// One call of `pred` per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let numbers = from_iter([1, 2, 9, 3]);
    /// let small: Vec<u32> = numbers.take_while_rs2(|n| *n < 5).collect_rs2().await;
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

    /// Yields the items from the first that fails `pred`, that one included.
    ///
    /// ```text
    /// in   1 2 - 9 3 |        pred = less than 5
    /// out  - - - 9 3 |
    /// ```
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing but what satisfied `pred`.
    /// # Cost
    /// One call of `pred` per item up to the first that fails it, and none after. No allocation, no
    /// clock. Gives the task back after dropping 1,024 items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let rest: Vec<u32> = from_iter([1, 2, 9, 3]).skip_while_rs2(|n| *n < 5).collect_rs2().await;
    /// assert_eq!(rest, [9, 3]);
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

    /// [`skip_rs2`](Self::skip_rs2) under another name.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let rest: Vec<u32> = from_iter(1..=3).drop_rs2(2).collect_rs2().await;
    /// assert_eq!(rest, [3]);
    /// # })
    /// ```
    fn drop_rs2(self, count: usize) -> Skip<Self>
    where
        Self: Sized,
    {
        self.skip_rs2(count)
    }

    /// [`skip_while_rs2`](Self::skip_while_rs2) under another name.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let rest: Vec<u32> = from_iter([1, 9, 2]).drop_while_rs2(|n| *n < 5).collect_rs2().await;
    /// assert_eq!(rest, [9, 2]);
    /// # })
    /// ```
    fn drop_while_rs2<F>(self, pred: F) -> SkipWhile<Self, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> bool,
    {
        self.skip_while_rs2(pred)
    }

    /// Yields the first of all equal items.
    ///
    /// At most n items out of n, in order, each when it arrives; ends with its source. The memory
    /// holds a copy of each item that went out. When it is full,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) forgets those seen first, counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted): one of them that comes again passes again.
    /// [`OnFull::Reject`](crate::state::OnFull::Reject) leaves out what is new. What is dropped
    /// because it was seen before is counted as
    /// [`Loss::Duplicate`](crate::metrics::Loss::Duplicate). One table lookup per item, one clone
    /// per item that goes out, no clock.
    ///
    /// The plain name is `distinct_rs2()`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let visitors = from_iter(["ann", "bob", "ann"]);
    /// let names: Vec<&str> = visitors.distinct_in_rs2(keys).collect_rs2().await;
    /// assert_eq!(names, ["ann", "bob"]);
    /// # })
    /// ```
    fn distinct_in_rs2<St>(
        self,
        keys: impl Into<Limits<St>>,
    ) -> Drive<Self, Distinct<Self::Item, St>, NoTimer>
    where
        Self: Sized,
        Self::Item: Hash + Eq + Clone,
        St: KeyStorage,
    {
        Drive::new(self, Distinct::new(keys.into()), NoTimer)
    }

    /// Yields the first item of each key.
    ///
    /// At most n items out of n, in order, each when it arrives; ends with its source. The memory
    /// holds the keys. When it is full, [`OnFull::Evict`](crate::state::OnFull::Evict) forgets
    /// those seen first, counted as [`Loss::Evicted`](crate::metrics::Loss::Evicted): an item of
    /// such a key passes again. [`OnFull::Reject`](crate::state::OnFull::Reject) leaves out the
    /// items of new keys. What is dropped because its key was seen before is counted as
    /// [`Loss::Duplicate`](crate::metrics::Loss::Duplicate). One call of `key` and one table lookup
    /// per item, no clock.
    ///
    /// The plain name is `distinct_by_rs2(key)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{metrics::{Loss, Reports}, prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let words = from_iter(["ant", "bee", "ape"]);
    /// let firsts = words.distinct_by_in_rs2(keys, |word| word.chars().next());
    /// let losses = firsts.losses().clone();
    /// assert_eq!(firsts.collect_rs2::<Vec<&str>>().await, ["ant", "bee"]);
    /// assert_eq!(losses.of(Loss::Duplicate), 1);
    /// # })
    /// ```
    fn distinct_by_in_rs2<St, K, G>(
        self,
        keys: impl Into<Limits<St>>,
        key: G,
    ) -> Drive<Self, DistinctBy<Self::Item, K, G, St>, NoTimer>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq,
        G: FnMut(&Self::Item) -> K,
    {
        Drive::new(self, DistinctBy::new(keys.into(), key), NoTimer)
    }

    /// Yields each item that differs from the one before it.
    ///
    /// ```text
    /// in   a a - b b a |
    /// out  a - - b - a |
    /// ```
    /// An item that is not equal to itself, as a NaN, differs from every other.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives; the first always.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing but repetitions.
    /// # Backpressure and memory
    /// Holds a copy of the last item that went out.
    /// # Cost
    /// One comparison per item, one clone per item that goes out. No clock. Gives the task back
    /// after dropping 1,024 items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([20, 20, 21, 20]);
    /// let changes: Vec<u32> = readings.distinct_until_changed_rs2().collect_rs2().await;
    /// assert_eq!(changes, [20, 21, 20]);
    /// # })
    /// ```
    #[doc(alias = "dedup")]
    #[doc(alias = "changes")]
    fn distinct_until_changed_rs2(self) -> DistinctUntilChanged<Self>
    where
        Self: Sized,
        Self::Item: Clone + PartialEq,
    {
        DistinctUntilChanged::new(self)
    }

    /// Yields each item whose key differs from that of the one before it.
    ///
    /// ```text
    /// in   a A - b B a |      key = the lower case letter
    /// out  a - - b - a |
    /// ```
    /// A key that is not equal to itself, as a NaN, differs from every other.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives; the first always.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing but items whose key repeats the last.
    /// # Backpressure and memory
    /// Holds one key.
    /// # Cost
    /// One call of `key` and one comparison per item; no item is cloned. No clock. Gives the task
    /// back after dropping 1,024 items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let words = from_iter(["ant", "ape", "bee", "asp"]);
    /// let first: Vec<&str> = words
    ///     .distinct_until_changed_by_rs2(|word| word.chars().next())
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(first, ["ant", "bee", "asp"]);
    /// # })
    /// ```
    #[doc(alias = "dedup_by_key")]
    #[doc(alias = "distinct_until_key_changed")]
    fn distinct_until_changed_by_rs2<F, K>(self, key: F) -> DistinctUntilChangedBy<Self, F, K>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> K,
        K: PartialEq,
    {
        DistinctUntilChangedBy::new(self, key)
    }
}

impl<S: Stream + ?Sized> SelectExt for S {}
