//! Operators that join a stream with another stream or a future.

mod concat;
mod either;
#[cfg(feature = "alloc")]
mod interleave;
#[cfg(feature = "alloc")]
mod interleave_strict;
mod interrupt_when;
mod merge;
mod zip;
mod zip_with;

pub use concat::Concat;
pub use either::Either;
#[cfg(feature = "alloc")]
pub use interleave::Interleave;
#[cfg(feature = "alloc")]
pub use interleave_strict::InterleaveStrict;
pub use interrupt_when::InterruptWhen;
pub use merge::Merge;
pub use zip::Zip;
pub use zip_with::ZipWith;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::future::Future;
use futures_core::Stream;

/// Operators that join a stream with another stream or a future.
pub trait CombineExt: Stream {
    /// Yields the items of two streams as they arrive.
    ///
    /// ```text
    /// left   a - - b c |
    /// right  - x - y - - z |
    /// out    a(xb)- y c - z |
    /// ```
    /// While both have items they take turns, whatever the one or the other does.
    ///
    /// # Shape
    /// n and m items in, n + m out; those of one side stay in order.
    /// # End and errors
    /// Ends when both have ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from either side.
    /// # Backpressure and memory
    /// Takes an item from a side only when it is asked for one.
    /// # Cost
    /// At most one poll of each side per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let (odd, even) = (from_iter([1, 3, 5]), from_iter([2]));
    /// let numbers: Vec<u32> = odd.merge_rs2(even).collect_rs2().await;
    /// assert_eq!(numbers, [1, 2, 3, 5]);
    /// # })
    /// ```
    #[doc(alias = "select")]
    #[doc(alias = "join")]
    fn merge_rs2<B>(self, other: B) -> Merge<Self, B>
    where
        Self: Sized,
        B: Stream<Item = Self::Item>,
    {
        Merge::new(self, other)
    }

    /// Yields the items of this stream and then those of `other`.
    ///
    /// ```text
    /// this   a b - c |
    /// other  - - - - - x - y |
    /// out    a b - c - x - y |
    /// ```
    /// `other` is first polled when this stream has ended.
    ///
    /// # Shape
    /// n and m items in, n + m out, in order.
    /// # End and errors
    /// Ends with `other`. `Err` items are items like any other: an error does not end a stream.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from either.
    /// # Cost
    /// One poll of one of them per item. No allocation, no clock. Each is dropped as soon as it has
    /// ended.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let (stored, live) = (from_iter([1, 2]), from_iter([3]));
    /// let all: Vec<u32> = stored.concat_rs2(live).collect_rs2().await;
    /// assert_eq!(all, [1, 2, 3]);
    /// # })
    /// ```
    #[doc(alias = "chain")]
    #[doc(alias = "append")]
    fn concat_rs2<B>(self, other: B) -> Concat<Self, B>
    where
        Self: Sized,
        B: Stream<Item = Self::Item>,
    {
        Concat::new(self, other)
    }

    /// Yields the items of two streams in pairs, the first with the first and so on.
    ///
    /// ```text
    /// left   a b - - c |
    /// right  - x - y - - z |
    /// out    - A - B - -(C|)     A = ax, B = by, C = cz
    /// ```
    /// Both are asked at once, so a pair is complete when the slower of its items is there.
    ///
    /// # Shape
    /// n and m items in, the lesser of them out.
    /// # End and errors
    /// Ends when the next pair can no longer be completed because one side has ended: an item that
    /// was already taken from the other is dropped. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses at most one item, which waits
    /// for its partner.
    /// # Backpressure and memory
    /// Holds at most one item. The side it came from is not asked before its partner is there.
    /// # Cost
    /// At least one poll of each side per pair. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let names = from_iter(["ann", "bob"]);
    /// let pairs: Vec<(u32, &str)> = from_iter(1..).zip_rs2(names).collect_rs2().await;
    /// assert_eq!(pairs, [(1, "ann"), (2, "bob")]);
    /// # })
    /// ```
    fn zip_rs2<B>(self, other: B) -> Zip<Self, B>
    where
        Self: Sized,
        B: Stream,
    {
        Zip::new(self, other)
    }

    /// Yields what `f` makes of the items of two streams, the first with the first and so on:
    /// [`zip_rs2`](Self::zip_rs2) and a map of its pairs.
    ///
    /// # Shape
    /// n and m items in, the lesser of them out.
    /// # End and errors
    /// Ends when the next pair can no longer be completed because one side has ended: an item that
    /// was already taken from the other is dropped. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses at most one item, which waits
    /// for its partner.
    /// # Backpressure and memory
    /// Holds at most one item. The side it came from is not asked before its partner is there.
    /// # Cost
    /// At least one poll of each side and one call of `f` per pair. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let (prices, amounts) = (from_iter([3, 5]), from_iter([10, 2]));
    /// let costs: Vec<u32> =
    ///     prices.zip_with_rs2(amounts, |price, amount| price * amount).collect_rs2().await;
    /// assert_eq!(costs, [30, 10]);
    /// # })
    /// ```
    #[doc(alias = "zip_map")]
    fn zip_with_rs2<B, R, F>(self, other: B, f: F) -> ZipWith<Self, B, F>
    where
        Self: Sized,
        B: Stream,
        F: FnMut(Self::Item, B::Item) -> R,
    {
        ZipWith::new(self, other, f)
    }

    /// Yields the items of this stream and of all `others` as they arrive, in turns.
    ///
    /// ```text
    /// this   a b - - c |
    /// 1st    - - x - y |
    /// 2nd    1 - - 2 3 |
    /// out   (a1)b x 2(cy3)|
    /// ```
    /// A stream that has nothing loses its turn, so none waits for another, and one that always has
    /// an item does not keep the others from theirs. While all have items, each yields one and then
    /// lets all others go first. [`interleave_strict_rs2`](Self::interleave_strict_rs2) waits.
    ///
    /// # Shape
    /// All items in, all out; those of one stream stay in order.
    /// # End and errors
    /// Ends when all have ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from any of them.
    /// # Backpressure and memory
    /// Takes an item from a stream only when it is asked for one.
    /// # Cost
    /// At most one poll of each stream per item, so it is for a handful of streams. One allocation
    /// for each stream, when it is made. No clock. Each is dropped as soon as it has ended.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let others = vec![from_iter(vec![10]), from_iter(vec![20, 21])];
    /// let mixed: Vec<u32> = from_iter([1, 2, 3]).interleave_rs2(others).collect_rs2().await;
    /// assert_eq!(mixed, [1, 10, 20, 2, 21, 3]);
    /// # })
    /// ```
    #[doc(alias = "select_all")]
    #[doc(alias = "round_robin")]
    #[cfg(feature = "alloc")]
    fn interleave_rs2<B>(self, others: Vec<B>) -> Interleave<Self, B>
    where
        Self: Sized,
        B: Stream<Item = Self::Item>,
    {
        Interleave::new(self, others)
    }

    /// Yields an item of this stream, then one of each of the `others`, and so on in strict turns.
    ///
    /// ```text
    /// this   a b - - c |
    /// 1st    - - x - y |
    /// out    a -(xb)-(yc)|
    /// ```
    /// It waits for the stream whose turn it is, whatever the others have. One that has ended is
    /// left out of the turns.
    ///
    /// # Shape
    /// All items in, all out, in an order that does not depend on when they arrive.
    /// # End and errors
    /// Ends when all have ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing: dropping the stream loses nothing that was taken from any of them.
    /// # Backpressure and memory
    /// Takes an item from a stream only in its turn. A stream that is silent for ever holds back
    /// all the others.
    /// # Cost
    /// One poll of one stream per item. One allocation for each stream, when it is made. No clock.
    /// Each is dropped as soon as it has ended.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let questions = from_iter(["who?", "why?"]);
    /// let answers = vec![from_iter(["me", "so"])];
    /// let talk: Vec<&str> = questions.interleave_strict_rs2(answers).collect_rs2().await;
    /// assert_eq!(talk, ["who?", "me", "why?", "so"]);
    /// # })
    /// ```
    #[doc(alias = "alternate")]
    #[doc(alias = "round_robin")]
    #[cfg(feature = "alloc")]
    fn interleave_strict_rs2<B>(self, others: Vec<B>) -> InterleaveStrict<Self, B>
    where
        Self: Sized,
        B: Stream<Item = Self::Item>,
    {
        InterleaveStrict::new(self, others)
    }

    /// Yields the items of whichever of two streams yields first, and drops the other one.
    ///
    /// ```text
    /// left   - - a b |
    /// right  - x - y - |
    /// out    - x - y - |
    /// ```
    /// At each poll this stream is asked first, so it wins where both have an item. A stream that
    /// ends without an item has not won: the other one goes on. [`merge_rs2`](Self::merge_rs2)
    /// yields the items of both.
    ///
    /// # Shape
    /// n and m items in, n or m out, in order, each when it arrives.
    /// # End and errors
    /// Ends with the stream that won, or when both have ended. `Err` items are items like any
    /// other: an error wins as well.
    /// # Cancel safety
    /// Holds nothing. The stream that lost is dropped with what it held; no item was taken from it.
    /// # Cost
    /// One poll of each stream until one has won, then of that one alone. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let (cache, database) = (empty(), from_iter(["ann", "bob"]));
    /// let names: Vec<&str> = cache.either_rs2(database).collect_rs2().await;
    /// assert_eq!(names, ["ann", "bob"]);
    /// # })
    /// ```
    #[doc(alias = "race")]
    #[doc(alias = "amb")]
    fn either_rs2<B>(self, other: B) -> Either<Self, B>
    where
        Self: Sized,
        B: Stream<Item = Self::Item>,
    {
        Either::new(self, other)
    }

    /// Yields the items until `signal` is ready.
    ///
    /// ```text
    /// in      a b - c - d |
    /// signal  - - - - !
    /// out     a b - c |
    /// ```
    /// At each poll the signal is asked before the source, so nothing is taken from the source once
    /// the signal is ready.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source or with the signal, which is dropped then. `Err` items are items like
    /// any other.
    /// # Cancel safety
    /// Holds nothing: neither the signal nor dropping the stream loses an item that was taken from
    /// the source. What the source itself still holds is dropped with the stream.
    /// # Cost
    /// One poll of the signal per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use std::future::pending;
    /// use futures_util::future::{FutureExt, abortable};
    /// # futures_executor::block_on(async {
    /// let (stopped, stop) = abortable(pending::<()>());
    /// let items: Vec<u32> = from_iter(1..)
    ///     .interrupt_when_rs2(stopped.map(|_| ()))
    ///     .inspect_rs2(|item| if *item == 3 { stop.abort() })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(items, [1, 2, 3]);
    /// # })
    /// ```
    #[doc(alias = "take_until")]
    #[doc(alias = "stop_after_future")]
    fn interrupt_when_rs2<Sig>(self, signal: Sig) -> InterruptWhen<Self, Sig>
    where
        Self: Sized,
        Sig: Future<Output = ()>,
    {
        InterruptWhen::new(self, signal)
    }
}

impl<S: Stream + ?Sized> CombineExt for S {}
