//! Operators that make one item of another.

mod eval_filter;
mod eval_map;
mod filter_map;
mod flat_map;
mod inspect;
mod map;
mod replayable;
mod scan;
mod yield_every;

pub use eval_filter::EvalFilter;
pub use eval_map::EvalMap;
pub use filter_map::FilterMap;
pub use flat_map::FlatMap;
pub use inspect::Inspect;
pub use map::Map;
pub use replayable::Replayable;
pub use scan::Scan;
pub use yield_every::YieldEvery;

#[cfg(feature = "alloc")]
use crate::boxed::{LocalRS2Stream, RS2Stream};
use crate::machine::Foreign;
#[cfg(feature = "alloc")]
use crate::machine::Progress;
use core::future::Future;
use core::num::NonZeroUsize;
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

    /// Yields what `f` makes of each item, where it makes something.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from the source.
    /// # Cost
    /// One call of `f` per item. No allocation, no clock. Gives the task back after dropping 1,024
    /// items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let texts = from_iter(["1", "x", "3"]);
    /// let numbers: Vec<u32> =
    ///     texts.filter_map_rs2(|text| text.parse::<u32>().ok()).collect_rs2().await;
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

    /// Yields the items of the streams that `f` makes, one stream after the other.
    ///
    /// ```text
    /// in   a - - b - - |      a gives x, then y a column later; b gives z
    /// out  x y - z - - |
    /// ```
    /// It has [`Progress`] where the streams of `f` have it; streams from elsewhere get it by
    /// [`foreign_rs2`](Self::foreign_rs2).
    ///
    /// # Shape
    /// n items in, the items of n streams out, in order. The next item is taken when the stream of
    /// the last has ended.
    /// # End and errors
    /// Ends when the source and the last stream have ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream drops the stream of the last item and what it had still to give.
    /// # Backpressure and memory
    /// Holds one stream; the source is not polled until that has ended.
    /// # Cost
    /// One call of `f` per item of the source. No allocation, no clock. Gives the task back after
    /// 1,024 streams in a row that were empty.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let lines = from_iter(["to be", "or not"]);
    /// let words: Vec<&str> =
    ///     lines.flat_map_rs2(|line| from_iter(line.split(' '))).collect_rs2().await;
    /// assert_eq!(words, ["to", "be", "or", "not"]);
    /// # })
    /// ```
    ///
    /// [`Progress`]: crate::machine::Progress
    #[doc(alias = "concat_map")]
    #[doc(alias = "map_concat")]
    fn flat_map_rs2<S2, F>(self, f: F) -> FlatMap<Self, F, S2>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> S2,
        S2: Stream,
    {
        FlatMap::new(self, f)
    }

    /// Yields the outputs of the futures that `f` makes, one future at a time.
    ///
    /// ```text
    /// in    a b - - - - |      each future takes 2 columns
    /// out   - - a - b - |
    /// ```
    /// # Shape
    /// n items in, n out, in order. The next item is taken when an item is asked for and no future
    /// runs.
    /// # End and errors
    /// Ends with its source. `Err` outputs are outputs like any other. A panic in `f`, a future or
    /// the source goes through at once; the stream has then ended.
    /// # Cancel safety
    /// A dropped `next()` loses nothing: the running future is kept. Dropping the stream drops it,
    /// or its output if nobody had asked for that yet.
    /// # Backpressure and memory
    /// Holds one future or one output; the source is not polled meanwhile.
    /// # Cost
    /// One future per item, kept in place. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let fetch = async |id: u32| format!("page {id}");
    /// let pages: Vec<String> = from_iter([1, 2]).eval_map_rs2(fetch).collect_rs2().await;
    /// assert_eq!(pages, ["page 1", "page 2"]);
    /// # })
    /// ```
    #[doc(alias = "then")]
    #[doc(alias = "map_async")]
    fn eval_map_rs2<F, Fut>(self, f: F) -> EvalMap<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        EvalMap::new(self, f)
    }

    /// Yields the items for which the future that `pred` makes says `true`, one future at a time.
    ///
    /// The future cannot borrow the item; it takes what it needs of it along.
    ///
    /// ```text
    /// in    a b c - - - - |      each future takes 2 columns, that of b says false
    /// out   - - a - - - c |
    /// ```
    /// # Shape
    /// n items in, at most n out, in order. The next item is taken when an item is asked for and
    /// none is held.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other. A panic in `pred`, a future or
    /// the source goes through at once; the stream has then ended.
    /// # Cancel safety
    /// A dropped `next()` loses nothing: the item and its future are kept. Dropping the stream
    /// loses the one held item.
    /// # Backpressure and memory
    /// Holds one item and its future; the source is not polled meanwhile.
    /// # Cost
    /// One future per item, kept in place. No allocation, no clock. Gives the task back after 1,024
    /// items that were dropped without a wait.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let is_known = async |id: u32| id < 10;
    /// let known: Vec<u32> =
    ///     from_iter([1, 99, 2]).eval_filter_rs2(|id| is_known(*id)).collect_rs2().await;
    /// assert_eq!(known, [1, 2]);
    /// # })
    /// ```
    #[doc(alias = "filter_async")]
    fn eval_filter_rs2<F, Fut>(self, pred: F) -> EvalFilter<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(&Self::Item) -> Fut,
        Fut: Future<Output = bool>,
    {
        EvalFilter::new(self, pred)
    }

    /// Yields the items as they are, and shows each to `f` first.
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
    /// let mut seen = 0;
    /// let items: Vec<u32> = from_iter([4, 5]).inspect_rs2(|_| seen += 1).collect_rs2().await;
    /// assert_eq!((items, seen), (vec![4, 5], 2));
    /// # })
    /// ```
    #[doc(alias = "tap")]
    #[doc(alias = "peek")]
    fn inspect_rs2<F>(self, f: F) -> Inspect<Self, F>
    where
        Self: Sized,
        F: FnMut(&Self::Item),
    {
        Inspect::new(self, f)
    }

    /// Yields the items as they are, and counts them, so that a snapshot of the stream knows its
    /// position.
    ///
    /// For a source that yields the same items each time it is made: after
    /// `snapshot::restore` as many of them are left out as had gone on when it was saved. A
    /// source that can begin anywhere does not need it.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from the source.
    /// # Cost
    /// One addition per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let mut items = from_iter([4, 5]).replayable_rs2();
    /// assert_eq!(items.position(), 0);
    /// let all: Vec<u32> = (&mut items).collect_rs2().await;
    /// assert_eq!((all, items.position()), (vec![4, 5], 2));
    /// # })
    /// ```
    fn replayable_rs2(self) -> Replayable<Self>
    where
        Self: Sized,
    {
        Replayable::new(self)
    }

    /// Yields the items as they are, and gives the task back after each `most` of them that were
    /// there at once.
    ///
    /// A loop over a source that is always ready otherwise keeps its thread to itself. The loops of
    /// RS2 do this by themselves, after 1,024 items; a `while let` of your own does not.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from the source.
    /// # Cost
    /// A counter. No allocation, no clock.
    /// # Panics
    /// When `most` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use futures_util::{FutureExt, StreamExt};
    /// # futures_executor::block_on(async {
    /// let mut items = from_iter(1..=3).yield_every_rs2(2);
    /// assert_eq!(items.next().now_or_never(), Some(Some(1)));
    /// assert_eq!(items.next().now_or_never(), Some(Some(2)));
    /// assert_eq!(items.next().now_or_never(), None, "others have their turn");
    /// assert_eq!(items.next().now_or_never(), Some(Some(3)));
    /// # })
    /// ```
    #[doc(alias = "cooperative")]
    #[track_caller]
    fn yield_every_rs2(self, most: usize) -> YieldEvery<Self>
    where
        Self: Sized,
    {
        let Some(most) = NonZeroUsize::new(most) else {
            panic!("a task is given back after at least one item");
        };
        YieldEvery::new(self, most)
    }

    /// Yields, for each item, what `f` makes of it and of the value before.
    ///
    /// ```text
    /// in   1 2 - 3 |          init = 0, f = sum
    /// out  1 3 - 6 |
    /// ```
    /// # Shape
    /// n items in, n out, in order, each when it arrives; `init` itself does not go out.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other. A panic in `f` loses the value;
    /// the stream has then ended.
    /// # Cancel safety
    /// Dropping the stream loses nothing but the value, which has already gone out.
    /// # Backpressure and memory
    /// Holds one value.
    /// # Cost
    /// One call of `f` and one clone of the value per item. No clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let deposits = from_iter([10, 20, 5]);
    /// let balances: Vec<u32> =
    ///     deposits.scan_rs2(100, |balance, deposit| balance + deposit).collect_rs2().await;
    /// assert_eq!(balances, [110, 130, 135]);
    /// # })
    /// ```
    #[doc(alias = "running_fold")]
    #[doc(alias = "accumulate")]
    fn scan_rs2<U, F>(self, init: U, f: F) -> Scan<Self, U, F>
    where
        Self: Sized,
        U: Clone,
        F: FnMut(U, Self::Item) -> U,
    {
        Scan::new(self, init, f)
    }

    /// Yields the items as they are, from a type that says nothing but what they are: see
    /// [`RS2Stream`].
    ///
    /// # Shape
    /// n items in, n out, in order, each when it is asked for.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other. A panic in the source goes
    /// through; the stream has then ended.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from the source.
    /// # Cost
    /// One allocation, and one virtual call per item. `fold_sync_rs2` and `collect_rs2` on the box
    /// itself make one for a batch of items. A stream that is in a box already stays in that one.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let mut lines: Vec<RS2Stream<&str>> = Vec::new();
    /// lines.push(emit("a").boxed_rs2());
    /// lines.push(from_iter(["b", "c"]).filter_rs2(|line| *line != "c").boxed_rs2());
    /// let all: String = from_iter(lines).flat_map_rs2(|lines| lines).collect_rs2().await;
    /// assert_eq!(all, "ab");
    /// # })
    /// ```
    #[doc(alias = "erase")]
    #[cfg(feature = "alloc")]
    fn boxed_rs2(self) -> RS2Stream<Self::Item>
    where
        Self: Progress + Sized + Send + 'static,
    {
        RS2Stream::new(self)
    }

    /// [`boxed_rs2`](Self::boxed_rs2) for a stream that stays on its thread.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it is asked for.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// That of [`boxed_rs2`](Self::boxed_rs2).
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::{cell::Cell, rc::Rc};
    /// # futures_executor::block_on(async {
    /// let seen = Rc::new(Cell::new(0));
    /// let counter = seen.clone();
    /// let items = from_iter([7, 8]).inspect_rs2(move |_| counter.set(counter.get() + 1));
    /// let items: LocalRS2Stream<u32> = items.boxed_local_rs2();
    /// assert_eq!((items.collect_rs2::<Vec<u32>>().await, seen.get()), (vec![7, 8], 2));
    /// # })
    /// ```
    #[doc(alias = "boxed_local")]
    #[cfg(feature = "alloc")]
    fn boxed_local_rs2(self) -> LocalRS2Stream<Self::Item>
    where
        Self: Progress + Sized + 'static,
    {
        LocalRS2Stream::local(self)
    }

    /// Yields the items of a stream from elsewhere, which then has [`Progress`] (there is nothing
    /// in flight in it that we could advance) and is fused.
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
