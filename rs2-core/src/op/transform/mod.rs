//! Operators that make one item of another.

mod eval_filter;
mod eval_map;
mod filter_map;
mod flat_map;
mod inspect;
mod map;
mod scan;

pub use eval_filter::EvalFilter;
pub use eval_map::EvalMap;
pub use filter_map::FilterMap;
pub use flat_map::FlatMap;
pub use inspect::Inspect;
pub use map::Map;
pub use scan::Scan;

use crate::machine::Foreign;
use core::future::Future;
use futures_core::Stream;

/// Operators that make one item of another.
pub trait TransformExt: Stream {
    /// Yields `f` of each item.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from the source.
    /// # Cost
    /// One call of `f` per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let lengths: Vec<usize> = from_iter(["a", "bcd"]).map_rs2(str::len).collect_rs2().await;
    /// assert_eq!(lengths, [1, 3]);
    /// # })
    /// ```
    fn map_rs2<U, F>(self, f: F) -> Map<Self, F>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> U,
    {
        Map::new(self, f)
    }

    /// Yields the outputs of `f` where there are any.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// One call of `f` per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let numbers: Vec<u32> =
    ///     from_iter(["1", "x", "3"]).filter_map_rs2(|s| s.parse::<u32>().ok()).collect_rs2().await;
    /// assert_eq!(numbers, [1, 3]);
    /// # })
    /// ```
    fn filter_map_rs2<U, F>(self, f: F) -> FilterMap<Self, F>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Option<U>,
    {
        FilterMap::new(self, f)
    }

    /// Yields the items of the stream that `f` makes of each item, one stream after the other.
    ///
    /// # Shape
    /// The items of all streams, in order. The next stream is made when the one before has ended.
    /// # End and errors
    /// Ends when the source and the last stream have. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream drops the stream it is in.
    /// # Cost
    /// One call of `f` per item of the source. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let letters: Vec<char> =
    ///     from_iter(["ab", "c"]).flat_map_rs2(|s| from_iter(s.chars())).collect_rs2().await;
    /// assert_eq!(letters, ['a', 'b', 'c']);
    /// # })
    /// ```
    #[doc(alias = "concat_map")]
    fn flat_map_rs2<U, F>(self, f: F) -> FlatMap<Self, F, U>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> U,
        U: Stream,
    {
        FlatMap::new(self, f)
    }

    /// Yields the outputs of the futures that `f` makes, one future at a time.
    ///
    /// # Shape
    /// n items in, n out, in order. The source is asked for an item when the future before has
    /// finished.
    /// # End and errors
    /// Ends when the source has ended and the last future has finished. `Err` outputs are outputs
    /// like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing: the running future is kept. Dropping the stream drops it,
    /// and its item.
    /// # Backpressure and memory
    /// Holds one future.
    /// # Cost
    /// One future per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let doubled: Vec<u32> =
    ///     from_iter([1, 2]).eval_map_rs2(|n| async move { 2 * n }).collect_rs2().await;
    /// assert_eq!(doubled, [2, 4]);
    /// # })
    /// ```
    #[doc(alias = "then")]
    fn eval_map_rs2<F, Fut>(self, f: F) -> EvalMap<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        EvalMap::new(self, f)
    }

    /// Yields the items for which the future that `f` makes says `true`, one future at a time.
    ///
    /// # Shape
    /// n items in, at most n out, in order.
    /// # End and errors
    /// Ends when the source has ended and the last item is judged. `Err` items are items like any
    /// other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the item that is judged.
    /// # Backpressure and memory
    /// Holds one item and one future.
    /// # Cost
    /// One future per item, which cannot borrow the item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let even: Vec<u32> = from_iter(1..=4)
    ///     .eval_filter_rs2(|n| {
    ///         let is_even = n % 2 == 0;
    ///         async move { is_even }
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(even, [2, 4]);
    /// # })
    /// ```
    fn eval_filter_rs2<F, Fut>(self, f: F) -> EvalFilter<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> Fut,
        Fut: Future<Output = bool>,
    {
        EvalFilter::new(self, f)
    }

    /// Yields the items as they are, after `f` has looked at each.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// One call of `f` per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let mut seen = Vec::new();
    /// let items: Vec<u32> = from_iter([1, 2]).inspect_rs2(|n| seen.push(*n)).collect_rs2().await;
    /// assert_eq!(items, seen);
    /// # })
    /// ```
    #[doc(alias = "do_on_next")]
    #[doc(alias = "tap")]
    fn inspect_rs2<F>(self, f: F) -> Inspect<Self, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item),
    {
        Inspect::new(self, f)
    }

    /// Yields each new value of an accumulator: `f` of the value before and the item. The initial
    /// value itself is not yielded.
    ///
    /// # Shape
    /// n items in, n out, in order, each when its item arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses the value.
    /// # Cost
    /// One call of `f` and one clone of the value per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let sums: Vec<u32> = from_iter([1, 2, 3]).scan_rs2(0, |sum, n| sum + n).collect_rs2().await;
    /// assert_eq!(sums, [1, 3, 6]);
    /// # })
    /// ```
    #[doc(alias = "running_fold")]
    fn scan_rs2<U, F>(self, init: U, f: F) -> Scan<Self, U, F>
    where
        Self: Sized,
        U: Clone,
        F: FnMut(U, Self::Item) -> U,
    {
        Scan::new(self, init, f)
    }

    /// Yields the items of a stream from elsewhere, which then has [`Progress`] (there is nothing in
    /// flight in it that we could advance) and is fused.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// One branch per item.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let from_elsewhere = futures_util::stream::iter([1, 2]);
    /// let items: Vec<u32> = from_elsewhere.foreign_rs2().collect_rs2().await;
    /// assert_eq!(items, [1, 2]);
    /// # })
    /// ```
    ///
    /// [`Progress`]: crate::machine::Progress
    fn foreign_rs2(self) -> Foreign<Self>
    where
        Self: Sized,
    {
        Foreign::new(self)
    }
}

impl<S: Stream + ?Sized> TransformExt for S {}
