//! Operators that bring streams, or a stream and a signal, together.

mod interrupt_when;
mod merge;

pub use interrupt_when::InterruptWhen;
pub use merge::Merge;

use core::future::Future;
use futures_core::Stream;

/// Operators that bring streams, or a stream and a signal, together.
pub trait CombineExt: Stream {
    /// Yields the items of both streams as they come.
    ///
    /// ```text
    /// left   a - - c d |
    /// right  - b - e |
    /// out    a b - c d (e|)
    /// ```
    /// # Shape
    /// The items of each stream in order. Where both always have one, they take turns.
    /// # End and errors
    /// Ends when both have ended. `Err` items are items like any other.
    /// # Cancel safety
    /// Holds nothing.
    /// # Cost
    /// O(1) per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let both: Vec<u32> = from_iter([1, 3]).merge_rs2(from_iter([2, 4])).collect_rs2().await;
    /// assert_eq!(both, [1, 2, 3, 4]);
    /// # })
    /// ```
    #[doc(alias = "select")]
    fn merge_rs2<Other>(self, other: Other) -> Merge<Self, Other>
    where
        Self: Sized,
        Other: Stream<Item = Self::Item>,
    {
        Merge::new(self, other)
    }

    /// Yields the items until a future is ready, then ends.
    ///
    /// # Shape
    /// The items in order. The future is polled before the source each time, so nothing passes
    /// after it.
    /// # End and errors
    /// Ends as soon as the future is ready, or with its source; the future is dropped then.
    /// # Cancel safety
    /// Holds nothing. What the source holds when it is interrupted is lost when the stream is
    /// dropped.
    /// # Cost
    /// One poll of the future per item. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let all: Vec<u32> =
    ///     from_iter([1, 2]).interrupt_when_rs2(std::future::pending()).collect_rs2().await;
    /// assert_eq!(all, [1, 2]);
    /// # })
    /// ```
    #[doc(alias = "take_until")]
    fn interrupt_when_rs2<Fut>(self, signal: Fut) -> InterruptWhen<Self, Fut>
    where
        Self: Sized,
        Fut: Future<Output = ()>,
    {
        InterruptWhen::new(self, signal)
    }
}

impl<S: Stream + ?Sized> CombineExt for S {}
