//! Operators that make one item of several.

mod chunk;

pub use chunk::Chunk;

use crate::machine::Drive;
use crate::store::{Heap, Storage};
use crate::time::NoTimer;
use futures_core::Stream;

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
    #[doc(alias = "chunks")]
    #[doc(alias = "chunks_rs2")]
    #[doc(alias = "batch")]
    #[track_caller]
    fn chunk_rs2(self, size: usize) -> Drive<Self, Chunk<Self::Item, Heap>, NoTimer>
    where
        Self: Sized,
    {
        self.chunk_in_rs2(Heap::bounded(size))
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
}

impl<S: Stream + ?Sized> GroupExt for S {}
