//! Operators that make one item of another.

mod map;

pub use map::Map;

use crate::machine::Foreign;
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
