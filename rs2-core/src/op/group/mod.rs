//! Operators that make one item of several.

mod batch_process;
#[cfg(feature = "alloc")]
mod batch_process_with;
mod batching;
mod chunk;
mod chunk_within;
mod group_adjacent_by;
mod group_by;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod group_by_with;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod group_items;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod grouping;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod open_groups;
mod sliding_window;
mod sliding_window_with;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod try_group_by_with;

pub use batch_process::BatchProcess;
#[cfg(feature = "alloc")]
pub use batch_process_with::BatchProcessWith;
pub use batching::{Batching, ChunkByWeight};
pub use chunk::Chunk;
pub use chunk_within::ChunkWithin;
pub use group_adjacent_by::GroupAdjacentBy;
pub use group_by::GroupBy;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use group_by_with::GroupByWith;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use group_items::GroupItems;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use grouping::{Grouping, OnGroupFull, OnMaxGroups};
pub use sliding_window::SlidingWindow;
pub use sliding_window_with::SlidingWindowWith;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use try_group_by_with::{TryGroupByWith, Ungrouped};

use crate::machine::Drive;
use crate::state::{Done, Limits};
#[cfg(feature = "alloc")]
use crate::store::Heap;
use crate::store::{KeyStorage, Storage};
use crate::time::{NoTimer, Timer};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
use core::future::Future;
use core::hash::Hash;
use core::time::Duration;
use futures_core::Stream;

/// The most items of a group under the plain names.
pub const DEFAULT_MAX_GROUP: usize = 10_000;

/// The most items that wait in a buffer under the plain names.
pub const DEFAULT_BUFFER: usize = 1_024;

/// The most keys whose items are collected at once under the plain names.
pub const DEFAULT_MAX_GROUPS: usize = 10_000;

/// A source in groups by key.
pub type GroupedBy<S, K, G, St, Gs> = Drive<S, GroupBy<<S as Stream>::Item, K, G, St, Gs>, NoTimer>;

/// Operators that make one item of several.
pub trait GroupExt: Stream {
    /// Yields the items in `Vec`s of `size`; the last may be shorter, and is never empty.
    ///
    /// ```text
    /// in   a b c d e |        size = 2
    /// out  - A - B - (C|)     A = ab, B = cd, C = e
    /// ```
    /// # Shape
    /// n items in, n / `size` rounded up out.
    /// # End and errors
    /// What was collected goes out at the end. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses the items collected so far, at most `size` - 1.
    /// # Backpressure and memory
    /// Holds at most `size` items.
    /// # Cost
    /// O(1) per item, one allocation per chunk. No clock.
    /// # Panics
    /// When `size` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let pairs: Vec<Vec<u32>> = from_iter(1..=3).chunk_rs2(2).collect_rs2().await;
    /// assert_eq!(pairs, [vec![1, 2], vec![3]]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "chunks")]
    #[doc(alias = "batch")]
    #[track_caller]
    fn chunk_rs2(self, size: usize) -> Drive<Self, Chunk<Self::Item, Heap>, NoTimer>
    where
        Self: Sized,
    {
        self.chunk_in_rs2(Heap::bounded(size))
    }

    /// [`chunk_rs2`](Self::chunk_rs2) under another name.
    ///
    /// # Panics
    /// When `size` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let pairs: Vec<Vec<u32>> = from_iter(1..=3).chunks_rs2(2).collect_rs2().await;
    /// assert_eq!(pairs, [vec![1, 2], vec![3]]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn chunks_rs2(self, size: usize) -> Drive<Self, Chunk<Self::Item, Heap>, NoTimer>
    where
        Self: Sized,
    {
        self.chunk_rs2(size)
    }

    /// [`chunk_rs2`](Self::chunk_rs2) in a memory of the caller's choice; a chunk has the size of
    /// the memory's capacity.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let all: Vec<Vec<u32>> =
    ///     from_iter(1..=3).chunk_in_rs2(Heap::bounded(9)).collect_rs2().await;
    /// assert_eq!(all, [vec![1, 2, 3]]);
    /// # })
    /// ```
    fn chunk_in_rs2<St: Storage>(self, chunk: St) -> Drive<Self, Chunk<Self::Item, St>, NoTimer>
    where
        Self: Sized,
    {
        Drive::new(self, Chunk::new(chunk), NoTimer)
    }

    /// Yields the items in `Vec`s of at most `size`, each at the latest `max_wait` after its first
    /// item came.
    ///
    /// ```text
    /// in   a - - b c d e - - |    size = 3, max_wait = 2 columns
    /// out  - - A - - B - - C |    A = a, B = bcd, C = e
    /// ```
    /// An item that comes exactly when the time is over still belongs to the chunk. With a
    /// `max_wait` of zero a chunk is what is ready at once.
    ///
    /// # Shape
    /// n items in, at most n chunks out, none of them empty.
    /// # End and errors
    /// What was collected goes out at the end. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the items collected so far, at
    /// most `size` - 1.
    /// # Backpressure and memory
    /// Holds at most `size` items. While nobody asks, nothing is taken from the source, and the
    /// chunk whose time is over goes out at the next poll.
    /// # Cost
    /// O(1) per item, one allocation per chunk. Reads the clock once per poll; arms a timer for a
    /// chunk that has to wait.
    /// # Panics
    /// When `size` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let chunks: Vec<Vec<u32>> = from_iter(1..=5)
    ///     .chunk_within_on_rs2(NoTimer, 2, Duration::from_millis(10))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(chunks, [vec![1, 2], vec![3, 4], vec![5]]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "chunks_timeout")]
    #[doc(alias = "group_within")]
    #[doc(alias = "buffer_timeout")]
    #[track_caller]
    fn chunk_within_on_rs2<T: Timer>(
        self,
        timer: T,
        size: usize,
        max_wait: Duration,
    ) -> Drive<Self, ChunkWithin<Self::Item, Heap>, T>
    where
        Self: Sized,
    {
        self.chunk_within_in_rs2(timer, Heap::bounded(size), max_wait)
    }

    /// [`chunk_within_rs2`](Self::chunk_within_on_rs2) in a memory of the caller's choice; a chunk
    /// has at most as many items as the memory has capacity.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let chunks: Vec<Vec<u32>> = from_iter(1..=3)
    ///     .chunk_within_in_rs2(NoTimer, Heap::bounded(2), Duration::from_millis(10))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(chunks, [vec![1, 2], vec![3]]);
    /// # })
    /// ```
    fn chunk_within_in_rs2<T: Timer, St: Storage>(
        self,
        timer: T,
        chunk: St,
        max_wait: Duration,
    ) -> Drive<Self, ChunkWithin<Self::Item, St>, T>
    where
        Self: Sized,
    {
        Drive::new(self, ChunkWithin::new(chunk, max_wait), timer)
    }

    /// Yields the items in `Vec`s of a weight of at most `max_weight`, and of at most 10,000 items.
    ///
    /// ```text
    /// in   2 3 4 9 1 |        the weight is the number, max_weight = 6
    /// out  - - A(BC)-(D|)     A = 2 3, B = 4, C = 9, D = 1
    /// ```
    /// An item that would exceed the weight begins the next chunk; one that alone weighs more makes
    /// a chunk of its own. With a size or a time beside the weight it is
    /// [`batch_process_with_on_rs2`](Self::batch_process_with_on_rs2).
    ///
    /// # Shape
    /// n items in, at most n chunks out, none of them empty.
    /// # End and errors
    /// What was collected goes out at the end. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the items collected so far.
    /// # Backpressure and memory
    /// Holds the items of one chunk, and the one that begins the next.
    /// # Cost
    /// One call of `weigh` per item, one allocation per chunk. No clock.
    /// # Panics
    /// When `max_weight` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let lines = from_iter(["one", "two", "three", "four"]);
    /// let packets: Vec<Vec<&str>> =
    ///     lines.chunk_by_weight_rs2(7, |line| line.len()).collect_rs2().await;
    /// assert_eq!(packets, [vec!["one", "two"], vec!["three"], vec!["four"]]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "group_weighted")]
    #[doc(alias = "batch_weighted")]
    #[track_caller]
    fn chunk_by_weight_rs2<W>(
        self,
        max_weight: usize,
        weigh: W,
    ) -> Drive<Self, ChunkByWeight<Self::Item, W, Heap>, NoTimer>
    where
        Self: Sized,
        W: FnMut(&Self::Item) -> usize,
    {
        self.chunk_by_weight_in_rs2(Heap::bounded(DEFAULT_MAX_GROUP), max_weight, weigh)
    }

    /// [`chunk_by_weight_rs2`](Self::chunk_by_weight_rs2) in a memory of the caller's choice, with
    /// at most as many items in a chunk as that has room for.
    ///
    /// # Panics
    /// When `max_weight` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let packets: Vec<Vec<u32>> = from_iter([3, 1, 1, 9, 2])
    ///     .chunk_by_weight_in_rs2(Heap::bounded(2), 8, |n| *n as usize)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(packets, [vec![3, 1], vec![1], vec![9], vec![2]]);
    /// # })
    /// ```
    #[track_caller]
    fn chunk_by_weight_in_rs2<St, W>(
        self,
        chunk: St,
        max_weight: usize,
        weigh: W,
    ) -> Drive<Self, ChunkByWeight<Self::Item, W, St>, NoTimer>
    where
        Self: Sized,
        St: Storage,
        W: FnMut(&Self::Item) -> usize,
    {
        Drive::new(self, ChunkByWeight::new(chunk, max_weight, weigh), NoTimer)
    }

    /// Yields the last `size` items, after each item from the `size`th on.
    ///
    /// ```text
    /// in   a b - c d |        size = 3
    /// out  - - - A B |        A = abc, B = bcd
    /// ```
    /// # Shape
    /// n items in, n - `size` + 1 windows out or none: full windows only.
    /// # End and errors
    /// Ends with its source; fewer than `size` items make no window. `Err` items are items like any
    /// other.
    /// # Cancel safety
    /// Dropping the stream loses the items that no window has shown, at most `size` - 1.
    /// # Backpressure and memory
    /// Holds the last `size` - 1 items.
    /// # Cost
    /// The window moves on in O(1); handing it on takes one allocation and `size` clones. No clock.
    /// [`sliding_window_with_rs2`](Self::sliding_window_with_rs2) does without both.
    /// # Panics
    /// When `size` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([3, 6, 9, 3]);
    /// let means: Vec<u32> = readings
    ///     .sliding_window_rs2(3)
    ///     .map_rs2(|window| window.iter().sum::<u32>() / 3)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(means, [6, 6]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "windows")]
    #[doc(alias = "sliding")]
    #[track_caller]
    fn sliding_window_rs2(
        self,
        size: usize,
    ) -> Drive<Self, SlidingWindow<Self::Item, Heap>, NoTimer>
    where
        Self: Sized,
        Self::Item: Clone,
    {
        self.sliding_window_in_rs2(Heap::bounded(size))
    }

    /// [`sliding_window_rs2`](Self::sliding_window_rs2) in a memory of the caller's choice; a
    /// window has the size of the memory's capacity.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let pairs: Vec<Vec<u32>> =
    ///     from_iter(1..=3).sliding_window_in_rs2(Heap::bounded(2)).collect_rs2().await;
    /// assert_eq!(pairs, [[1, 2], [2, 3]]);
    /// # })
    /// ```
    fn sliding_window_in_rs2<St: Storage>(
        self,
        window: St,
    ) -> Drive<Self, SlidingWindow<Self::Item, St>, NoTimer>
    where
        Self: Sized,
        Self::Item: Clone,
    {
        Drive::new(self, SlidingWindow::new(window), NoTimer)
    }

    /// Yields what `f` makes of the last `size` items, after each item from the `size`th on.
    ///
    /// ```text
    /// in   1 2 - 3 4 |        size = 3, f = sum
    /// out  - - - 6 9 |
    /// ```
    /// # Shape
    /// n items in, n - `size` + 1 out or none: full windows only.
    /// # End and errors
    /// Ends with its source; fewer than `size` items make no window. `Err` items are items like any
    /// other.
    /// # Cancel safety
    /// Dropping the stream loses the items that no window has shown, at most `size` - 1.
    /// # Backpressure and memory
    /// Holds the last `size` - 1 items, in a block of room for twice `size`.
    /// # Cost
    /// One call of `f` per item, which is lent the window; the window moves on in O(1), amortised.
    /// No clone, no allocation once the block is there, no clock.
    /// # Panics
    /// When `size` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([3, 6, 9, 3]);
    /// let peaks: Vec<Option<u32>> = readings
    ///     .sliding_window_with_rs2(3, |window| window.iter().copied().max())
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(peaks, [Some(9), Some(9)]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    fn sliding_window_with_rs2<U, F>(
        self,
        size: usize,
        f: F,
    ) -> Drive<Self, SlidingWindowWith<Self::Item, F, Heap>, NoTimer>
    where
        Self: Sized,
        F: FnMut(&[Self::Item]) -> U,
    {
        assert!(size > 0, "a window must have items");
        self.sliding_window_with_in_rs2(Heap::bounded(size.saturating_mul(2)), size, f)
    }

    /// [`sliding_window_with_rs2`](Self::sliding_window_with_rs2) in a memory of the caller's
    /// choice. With room for twice the items of a window each is moved once; with less, more often.
    ///
    /// # Panics
    /// When `size` is zero, or `block` has no room for so many items.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let sums: Vec<u32> = from_iter(1..=4)
    ///     .sliding_window_with_in_rs2(Heap::bounded(4), 2, |pair| pair.iter().sum::<u32>())
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sums, [3, 5, 7]);
    /// # })
    /// ```
    #[track_caller]
    fn sliding_window_with_in_rs2<St, U, F>(
        self,
        block: St,
        size: usize,
        f: F,
    ) -> Drive<Self, SlidingWindowWith<Self::Item, F, St>, NoTimer>
    where
        Self: Sized,
        St: Storage,
        F: FnMut(&[Self::Item]) -> U,
    {
        Drive::new(self, SlidingWindowWith::new(block, size, f), NoTimer)
    }

    /// Yields what `f` makes of each batch of `size` items; the last may be shorter.
    ///
    /// ```text
    /// in   a b c d e |        size = 2, f turns each letter into a capital
    /// out  -(AB)-(CD)-(E|)
    /// ```
    /// A batch that is to be awaited, as an insert into a database, is
    /// [`chunk_rs2`](Self::chunk_rs2) with [`eval_map_rs2`](super::TransformExt::eval_map_rs2).
    ///
    /// # Shape
    /// n items in, n / `size` rounded up calls of `f`, as many items out as it returns, in order.
    /// # End and errors
    /// What was collected is processed at the end. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the items collected so far, at
    /// most `size` - 1, and the results that have not gone out.
    /// # Backpressure and memory
    /// Holds at most `size` items or the results of one batch. The source is not polled while there
    /// are results.
    /// # Cost
    /// O(1) per item, one allocation and one call of `f` per batch. No clock. Gives the task back
    /// after 1,024 items without a result.
    /// # Panics
    /// When `size` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let ranked: Vec<u32> = from_iter([2, 1, 4, 3, 5])
    ///     .batch_process_rs2(2, |mut batch| {
    ///         batch.sort();
    ///         batch
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(ranked, [1, 2, 3, 4, 5]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "map_batches")]
    #[track_caller]
    fn batch_process_rs2<R, F>(
        self,
        size: usize,
        f: F,
    ) -> Drive<Self, BatchProcess<Self::Item, F, R, Heap>, NoTimer>
    where
        Self: Sized,
        R: IntoIterator,
        F: FnMut(Vec<Self::Item>) -> R,
    {
        self.batch_process_in_rs2(Heap::bounded(size), f)
    }

    /// [`batch_process_rs2`](Self::batch_process_rs2) in a memory of the caller's choice; a batch
    /// has the size of the memory's capacity.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let sums: Vec<u32> = from_iter(1..=3)
    ///     .batch_process_in_rs2(Heap::bounded(2), |batch| [batch.iter().sum::<u32>()])
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sums, [3, 3]);
    /// # })
    /// ```
    fn batch_process_in_rs2<St, R, F>(
        self,
        batch: St,
        f: F,
    ) -> Drive<Self, BatchProcess<Self::Item, F, R, St>, NoTimer>
    where
        Self: Sized,
        St: Storage,
        R: IntoIterator,
        F: FnMut(Done<St, Self::Item>) -> R,
    {
        Drive::new(self, BatchProcess::new(batch, f), NoTimer)
    }

    /// [`batch_process_rs2`](Self::batch_process_rs2) of batches by size, weight or time: what `f`
    /// makes of each batch that is complete as `batching` says.
    ///
    /// An item that comes exactly when the time of a batch is over still belongs to it. Reads the
    /// clock once per poll, and arms a timer for a batch that has to wait. Dropping the stream
    /// loses the items collected so far and the results that have not gone out. The plain name is
    /// `batch_process_with_rs2(batching, f)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{op::group::Batching, prelude::*, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let batching = Batching::of(3).weighing(10, |n: &usize| *n);
    /// let sums: Vec<usize> = from_iter([1, 1, 1, 8, 8])
    ///     .batch_process_with_on_rs2(NoTimer, batching, |batch| [batch.iter().sum::<usize>()])
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(sums, [3, 8, 8]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    fn batch_process_with_on_rs2<T, W, R, F>(
        self,
        timer: T,
        batching: Batching<Self::Item, W>,
        f: F,
    ) -> Drive<Self, BatchProcessWith<Self::Item, W, F, R>, T>
    where
        Self: Sized,
        T: Timer,
        W: FnMut(&Self::Item) -> usize,
        R: IntoIterator,
        F: FnMut(Vec<Self::Item>) -> R,
    {
        Drive::new(self, BatchProcessWith::new(batching, f), timer)
    }

    /// Yields each run of items with equal keys, and its key; a run of more than 10,000 items in
    /// several parts.
    ///
    /// ```text
    /// in   a A b - B a |      key = the lower case letter
    /// out  - - X - - Y(Z|)    X = (a, aA), Y = (b, bB), Z = (a, a)
    /// ```
    /// A key that is not equal to itself, as a NaN, makes a run of each item.
    ///
    /// # Shape
    /// n items in, at most n runs out, none of them empty; with their items in order.
    /// # End and errors
    /// A run goes out when the first item of the next one comes, and at the end. `Err` items are
    /// items like any other.
    /// # Cancel safety
    /// Dropping the stream loses the items of the run that has not gone out.
    /// # Backpressure and memory
    /// Holds one run, at most 10,000 items; then it goes out and another one begins.
    /// # Cost
    /// One call of `key` and one comparison per item, one growing `Vec` per run. No clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let words = from_iter(["ant", "ape", "bee", "asp"]);
    /// let runs: Vec<(Option<char>, Vec<&str>)> =
    ///     words.group_adjacent_by_rs2(|word| word.chars().next()).collect_rs2().await;
    /// let (a, b) = (Some('a'), Some('b'));
    /// assert_eq!(runs, [(a, vec!["ant", "ape"]), (b, vec!["bee"]), (a, vec!["asp"])]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "chunk_by")]
    #[doc(alias = "partition_by")]
    fn group_adjacent_by_rs2<K, G>(
        self,
        key: G,
    ) -> Drive<Self, GroupAdjacentBy<Self::Item, K, G, Heap>, NoTimer>
    where
        Self: Sized,
        K: PartialEq,
        G: FnMut(&Self::Item) -> K,
    {
        self.group_adjacent_by_in_rs2(Heap::bounded(DEFAULT_MAX_GROUP), key)
    }

    /// [`group_adjacent_by_rs2`](Self::group_adjacent_by_rs2) with at most as many items in a run
    /// as `groups` has room for.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let runs: Vec<(bool, Vec<u32>)> = from_iter([1, 2, 3, 40])
    ///     .group_adjacent_by_in_rs2(Heap::bounded(2), |n| *n < 10)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(runs, [(true, vec![1, 2]), (true, vec![3]), (false, vec![40])]);
    /// # })
    /// ```
    fn group_adjacent_by_in_rs2<St, K, G>(
        self,
        groups: St,
        key: G,
    ) -> Drive<Self, GroupAdjacentBy<Self::Item, K, G, St>, NoTimer>
    where
        Self: Sized,
        St: Storage,
        K: PartialEq,
        G: FnMut(&Self::Item) -> K,
    {
        Drive::new(self, GroupAdjacentBy::new(groups, key), NoTimer)
    }

    /// Yields at the end the items of each key, in the order in which the keys came.
    ///
    /// Nothing is lost when there is no room, but a group may come in several parts: one that has
    /// as many items as `groups` has capacity goes out at once, and the items of its key to come
    /// make another. When `keys` is full and a new key comes,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) lets the group of the key that came first go
    /// out; [`OnFull::Reject`](crate::state::OnFull::Reject) leaves the item of the new key out.
    /// Groups that went out before the end are counted as
    /// [`Loss::Evicted`](crate::metrics::Loss::Evicted): with none, every group is whole.
    ///
    /// Dropping the stream loses the items collected so far. One table lookup per item, no clock.
    /// The plain name is `group_by_rs2(key)`.
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let (keys, groups) = (Heap::bounded(100).seeded(7), Heap::bounded(2));
    /// let words = from_iter(["ant", "bee", "ape", "asp"]);
    /// let groups: Vec<(char, Vec<&str>)> = words
    ///     .group_by_in_rs2(keys, groups, |word| word.chars().next().unwrap_or(' '))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(groups, [('a', vec!["ant", "ape"]), ('a', vec!["asp"]), ('b', vec!["bee"])]);
    /// # })
    /// ```
    fn group_by_in_rs2<St, Gs, K, G>(
        self,
        keys: impl Into<Limits<St>>,
        groups: Gs,
        key: G,
    ) -> GroupedBy<Self, K, G, St, Gs>
    where
        Self: Sized,
        St: KeyStorage,
        Gs: Storage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
    {
        Drive::new(self, GroupBy::new(keys.into(), groups, key), NoTimer)
    }

    /// Gives the items of each key to a consumer of their own, and yields what the consumers come
    /// to: `consume` makes a future from a key and the stream of its items.
    ///
    /// ```text
    /// in    a1 b1 a2 - c1 |      2 groups
    /// a     a1    a2      |
    /// b        b1      |         closed to make room for c: it had no item for longest
    /// c                c1 |
    /// out   -- -- -- - B  (AC|)
    /// ```
    /// All consumers run within this stream, side by side, so a slow one holds up the others only
    /// when its group is full. They can wait for anything but each other.
    ///
    /// # Shape
    /// n items in, one output with its key for each group out, in the order in which their
    /// consumers finish. A key has one group at a time; when its consumer finishes before the
    /// group is closed, the items that follow, and those it left unread, make the next group.
    /// # End and errors
    /// At the end of the source the groups are closed, and the stream ends when all consumers have
    /// finished. `Err` items and outputs are like any other. A consumer that finishes without
    /// having read an item would do so for ever: what was waiting for it is counted as
    /// [`Loss::Abandoned`](crate::metrics::Loss::Abandoned). A stream of items that was moved to
    /// another task keeps what it was given, and ends when its consumer has finished.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops the consumers and what waits for
    /// them; a stream of items that was moved to another task ends.
    /// # Backpressure and memory
    /// As many groups as `groups` has capacity, each with at most `capacity` items that its
    /// consumer has not read. When a group is full, the source waits. When a new key finds no room,
    /// the group that had no item for longest is closed, and the source waits until a consumer has
    /// finished. Other answers, and groups that end when they are idle, are those of
    /// [`group_by_with_config_on_rs2`](Self::group_by_with_config_on_rs2).
    /// # Cost
    /// One call of `key` and one table lookup per item, one allocation and three clones of the key
    /// per group. The groups are sorted by their last use when one has to close, and then only once
    /// as many of them were used, closed or finished: O(log n) per item in n groups, amortised, and
    /// nothing where there is room. No clock.
    /// # Panics
    /// When `capacity` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap};
    /// # futures_executor::block_on(async {
    /// let words = from_iter(["ant", "bee", "ape", "bat", "asp"]);
    /// let groups = Heap::bounded(1_000).seeded(7);
    /// let mut counts: Vec<(char, usize)> = words
    ///     .group_by_with_in_rs2(groups, 16, |word| word.chars().next().unwrap(), |_, words| {
    ///         words.fold_sync_rs2(0, |count, _| count + 1)
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// counts.sort();
    /// assert_eq!(counts, [('a', 3), ('b', 2)]);
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[doc(alias = "partition_by")]
    #[doc(alias = "groupBy")]
    #[track_caller]
    fn group_by_with_in_rs2<St, K, G, F, Fut>(
        self,
        groups: St,
        capacity: usize,
        key: G,
        consume: F,
    ) -> GroupByWith<Self, K, G, F, Fut, St, NoTimer>
    where
        Self: Sized,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(K, GroupItems<Self::Item>) -> Fut,
        Fut: Future,
    {
        self.group_by_with_config_on_rs2(NoTimer, groups, Grouping::of(capacity), key, consume)
    }

    /// [`group_by_with_in_rs2`](Self::group_by_with_in_rs2) with a choice of what happens at the
    /// bounds, and with groups that are closed when they are idle: see [`Grouping`].
    ///
    /// What is left out is counted as [`Loss::Full`](crate::metrics::Loss::Full). Before that the
    /// consumers that can go on have a turn (not all of them where several wake themselves), so
    /// that a source that is ready does not overrun them. An item that is there when its group
    /// falls idle still belongs to it. When a group was closed, the next item of its key opens
    /// another one, once the consumer has finished; the source waits for that, so nothing is lost.
    /// Reads the clock once per poll. The plain name is
    /// `group_by_with_config_rs2(max_groups, grouping, key, consume)`.
    ///
    /// # Panics
    /// When the groups have no room for an item.
    /// # Examples
    /// Two devices at once. What comes from a third one meanwhile is left out, and counted.
    /// ```
    /// # use rs2_core::{metrics::{Loss, Reports}, op::group::{Grouping, OnMaxGroups}};
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([("a", 1), ("b", 2), ("c", 3), ("a", 4)]);
    /// let two = Heap::bounded(2).seeded(7);
    /// let grouping = Grouping::of(16).on_max_groups(OnMaxGroups::Reject);
    /// let device = |(device, _): &(&'static str, i32)| *device;
    /// let sums = readings.group_by_with_config_on_rs2(NoTimer, two, grouping, device, |_, items| {
    ///     items.fold_sync_rs2(0, |sum, (_, n)| sum + n)
    /// });
    /// let losses = sums.losses().clone();
    /// let mut sums: Vec<(&str, i32)> = sums.collect_rs2().await;
    /// sums.sort();
    /// assert_eq!((sums, losses.of(Loss::Full)), (vec![("a", 5), ("b", 2)], 1));
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[track_caller]
    fn group_by_with_config_on_rs2<T, St, K, G, F, Fut>(
        self,
        timer: T,
        groups: St,
        grouping: Grouping,
        key: G,
        consume: F,
    ) -> GroupByWith<Self, K, G, F, Fut, St, T>
    where
        Self: Sized,
        T: Timer,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(K, GroupItems<Self::Item>) -> Fut,
        Fut: Future,
    {
        GroupByWith::new(self, timer, &groups, grouping, key, consume)
    }

    /// [`group_by_with_config_on_rs2`](Self::group_by_with_config_on_rs2) that gives back what it
    /// leaves out, as [`Ungrouped`], and counts none of it: to go elsewhere, or to end the stream.
    /// The plain name is `try_group_by_with_config_rs2(max_groups, grouping, key, consume)`.
    ///
    /// # Panics
    /// When the groups have no room for an item.
    /// # Examples
    /// Two devices at once. What comes from a third one meanwhile goes to a line of its own.
    /// ```
    /// # use rs2_core::{op::group::{Grouping, OnMaxGroups}, store::Heap, time::NoTimer};
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([("a", 1), ("b", 2), ("c", 3), ("a", 4)]);
    /// let two = Heap::bounded(2).seeded(7);
    /// let grouping = Grouping::of(16).on_max_groups(OnMaxGroups::Reject);
    /// let device = |(device, _): &(&'static str, i32)| *device;
    /// let sum = |_, items: rs2_core::op::group::GroupItems<(&'static str, i32)>| {
    ///     items.fold_sync_rs2(0, |sum, (_, n)| sum + n)
    /// };
    /// let mut line = Vec::new();
    /// let mut sums: Vec<(&str, i32)> = readings
    ///     .try_group_by_with_config_on_rs2(NoTimer, two, grouping, device, sum)
    ///     .filter_map_rs2(|result| {
    ///         result.map_err(|left| line.push(left.into_item())).ok()
    ///     })
    ///     .collect_rs2()
    ///     .await;
    /// sums.sort();
    /// assert_eq!((sums, line), (vec![("a", 5), ("b", 2)], vec![("c", 3)]));
    /// # })
    /// ```
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    #[track_caller]
    fn try_group_by_with_config_on_rs2<T, St, K, G, F, Fut>(
        self,
        timer: T,
        groups: St,
        grouping: Grouping,
        key: G,
        consume: F,
    ) -> TryGroupByWith<Self, K, G, F, Fut, St, T>
    where
        Self: Sized,
        T: Timer,
        St: KeyStorage,
        K: Hash + Eq + Clone,
        G: FnMut(&Self::Item) -> K,
        F: FnMut(K, GroupItems<Self::Item>) -> Fut,
        Fut: Future,
    {
        TryGroupByWith::new(self.group_by_with_config_on_rs2(timer, groups, grouping, key, consume))
    }
}

impl<S: Stream + ?Sized> GroupExt for S {}
