//! Operators that join a stream with another stream or a future.

mod interrupt_when;
mod merge;

pub use interrupt_when::InterruptWhen;
pub use merge::Merge;

use core::future::Future;
use futures_core::Stream;

/// Operators that join a stream with another stream or a future.
pub trait CombineExt: Stream {
    /// Yields the items of two streams as they arrive.
    ///
    /// ```text
    /// left   a - - b c |
    /// right  - x - y - - z |
    /// out    a x - b(yc)- z |
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
