//! Operators that decide by the clock when an item goes out, or whether.
//!
//! Those that can lose items count them, in a handle that needs `alloc`. Without it the rules are
//! set in motion by hand: `Drive::new(source, Debounce::new(quiet, losses), timer)` with
//! [`Losses::in_static`](crate::metrics::Losses::in_static).

mod completion_timeout;
mod debounce;
mod delay;
mod demand_timeout;
mod idle_timeout;
mod initial_timeout;
mod pace;
mod sample;
mod throttle_first;
mod throttle_latest;
mod wait;
mod with_end;

pub use completion_timeout::CompletionTimeout;
pub use debounce::Debounce;
pub use delay::Delay;
pub use demand_timeout::DemandTimeout;
pub use idle_timeout::IdleTimeout;
pub use initial_timeout::InitialTimeout;
pub use pace::Pace;
pub use sample::Sample;
pub use throttle_first::ThrottleFirst;
pub use throttle_latest::ThrottleLatest;
pub use with_end::WithEnd;

use crate::machine::Drive;
#[cfg(feature = "alloc")]
use crate::metrics::Losses;
#[cfg(feature = "alloc")]
use crate::store::Heap;
use crate::time::Timer;
use core::time::Duration;
use futures_core::Stream;

/// The stream of [`delay_on_rs2`](TimingExt::delay_on_rs2).
#[cfg(feature = "alloc")]
pub type Delayed<S, T> = Drive<WithEnd<S>, Delay<<S as Stream>::Item, Heap>, T>;

/// Operators that decide by the clock when an item goes out, or whether.
pub trait TimingExt: Stream {
    /// Yields the last item of each burst, once `quiet` has passed without another.
    ///
    /// ```text
    /// in   a b - - c |            quiet = 2 columns
    /// out  - - - b - (c|)
    /// ```
    /// An item that comes exactly when the time is over takes the place of the one that is held.
    /// With a `quiet` of zero every item passes. A source that never pauses for `quiet` yields
    /// nothing until it ends: [`debounce_within_on_rs2`](Self::debounce_within_on_rs2) bounds the
    /// wait.
    ///
    /// # Shape
    /// n items in, at most n out, in order; the last always.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed). While nobody asks, nothing is taken
    /// from the source; the item whose time is over goes out at the next poll.
    /// # Cost
    /// O(1) per item, no timer for each: the sleep is armed again when it fires. Reads the clock
    /// once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let words = from_iter(["r", "ru", "rust"]);
    /// let last: Vec<&str> =
    ///     words.debounce_on_rs2(NoTimer, Duration::from_millis(300)).collect_rs2().await;
    /// assert_eq!(last, ["rust"]);
    /// # })
    /// ```
    #[doc(alias = "throttle_with_timeout")]
    #[cfg(feature = "alloc")]
    fn debounce_on_rs2<T: Timer>(
        self,
        timer: T,
        quiet: Duration,
    ) -> Drive<Self, Debounce<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Debounce::new(quiet, Losses::new()), timer)
    }

    /// Yields the last item of each burst, once `quiet` has passed without another, or `max_wait`
    /// since the first.
    ///
    /// ```text
    /// in   a b c d e f |          quiet = 2 columns, max_wait = 3
    /// out  - - - d - - (f|)
    /// ```
    /// # Shape
    /// n items in, at most n out, in order; the last always.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// That of [`debounce_on_rs2`](Self::debounce_on_rs2).
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let words = from_iter(["r", "ru", "rust"]);
    /// let (quiet, max_wait) = (Duration::from_millis(300), Duration::from_secs(2));
    /// let last: Vec<&str> =
    ///     words.debounce_within_on_rs2(NoTimer, quiet, max_wait).collect_rs2().await;
    /// assert_eq!(last, ["rust"]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    fn debounce_within_on_rs2<T: Timer>(
        self,
        timer: T,
        quiet: Duration,
        max_wait: Duration,
    ) -> Drive<Self, Debounce<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Debounce::new(quiet, Losses::new()).with_max_wait(max_wait), timer)
    }

    /// Yields an item and drops those that come within `period` after it.
    ///
    /// ```text
    /// in   a b c d - e |          period = 3 columns
    /// out  a - - d - - |
    /// ```
    /// An item exactly at the end of the period passes, and begins the next.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives; the first always.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// The dropped items are counted as [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// While nobody asks, nothing is taken from the source, so the next item may be an old one.
    /// # Cost
    /// O(1) per item, no timer. Reads the clock once per poll. Gives the task back after dropping
    /// 1,024 items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let clicks = from_iter(["ok", "ok", "ok"]);
    /// let once: Vec<&str> =
    ///     clicks.throttle_first_on_rs2(NoTimer, Duration::from_secs(1)).collect_rs2().await;
    /// assert_eq!(once, ["ok"]);
    /// # })
    /// ```
    #[doc(alias = "throttle_leading")]
    #[cfg(feature = "alloc")]
    fn throttle_first_on_rs2<T: Timer>(
        self,
        timer: T,
        period: Duration,
    ) -> Drive<Self, ThrottleFirst<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, ThrottleFirst::new(period, Losses::new()), timer)
    }

    /// Yields at most one item for each `period`, the first:
    /// [`throttle_first_on_rs2`](Self::throttle_first_on_rs2) under a shorter name.
    ///
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives; the first always.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// The dropped items are counted as [`Loss::Suppressed`](crate::metrics::Loss::Suppressed). To
    /// lose none, use [`spaced_on_rs2`](Self::spaced_on_rs2).
    /// # Cost
    /// O(1) per item, no timer. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let once: Vec<u32> = from_iter(1..=9)
    ///     .throttle_on_rs2(NoTimer, Duration::from_secs(1))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(once, [1]);
    /// # })
    /// ```
    #[cfg(feature = "alloc")]
    fn throttle_on_rs2<T: Timer>(
        self,
        timer: T,
        period: Duration,
    ) -> Drive<Self, ThrottleFirst<Self::Item>, T>
    where
        Self: Sized,
    {
        self.throttle_first_on_rs2(timer, period)
    }

    /// Yields an item at once, and then after each `period` the latest of those that came within
    /// it.
    ///
    /// ```text
    /// in   a b c d - e - - |      period = 3 columns
    /// out  a - - d - - e - |
    /// ```
    /// An item exactly at the end of the period still belongs to it. After a period without an item
    /// the next passes at once.
    ///
    /// # Shape
    /// n items in, at most n out, in order; the first and the last always.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// O(1) per item, one timer while an item is held. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let progress: Vec<u32> = from_iter(0..=100)
    ///     .throttle_latest_on_rs2(NoTimer, Duration::from_secs(1))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(progress, [0, 100]);
    /// # })
    /// ```
    #[doc(alias = "conflate")]
    #[doc(alias = "throttle_trailing")]
    #[cfg(feature = "alloc")]
    fn throttle_latest_on_rs2<T: Timer>(
        self,
        timer: T,
        period: Duration,
    ) -> Drive<Self, ThrottleLatest<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, ThrottleLatest::new(period, Losses::new()), timer)
    }

    /// Yields every item, no faster than `rate_per_sec`, but up to `burst` at once after a pause.
    ///
    /// ```text
    /// in   (abcd|)                 rate = one in 2 columns, burst = 2
    /// out  (ab) - c - d - |
    /// ```
    /// It holds the source back. Items that are late let those after them catch up, by as many as
    /// the burst allows. A burst of 1 is a gap of at least 1 / `rate_per_sec`, which never makes up
    /// for a timer that wakes late.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with its source, which is asked for its end when the next item might have gone out.
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// The source is not polled while it waits.
    /// # Cost
    /// O(1) per item, one timer while it waits. Reads the clock once per poll.
    /// # Panics
    /// When `rate_per_sec` or `burst` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let burst = from_iter(1..=3).pace_on_rs2(NoTimer, 1_000, 9);
    /// let numbers: Vec<u32> = burst.collect_rs2().await;
    /// assert_eq!(numbers, [1, 2, 3]);
    /// # })
    /// ```
    #[doc(alias = "rate_limit")]
    #[doc(alias = "metered")]
    #[doc(alias = "shape")]
    #[track_caller]
    fn pace_on_rs2<T: Timer>(
        self,
        timer: T,
        rate_per_sec: u32,
        burst: u32,
    ) -> Drive<Self, Pace<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Pace::new(gap_of(rate_per_sec), burst), timer)
    }

    /// Yields every item, each at least `gap` after the one before it.
    ///
    /// ```text
    /// in   (abc|)                  gap = 2 columns
    /// out  a - b - c - |
    /// ```
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with its source, which is asked for its end when the next item might have gone out.
    /// `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// The source is not polled while it waits.
    /// # Cost
    /// O(1) per item, one timer while it waits. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use futures_core::Stream;
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let alone = emit(7).spaced_on_rs2(NoTimer, Duration::from_secs(1));
    /// assert_eq!(alone.size_hint(), (1, Some(1)));
    /// # })
    /// ```
    #[doc(alias = "spaced_by")]
    #[doc(alias = "delay_elements")]
    fn spaced_on_rs2<T: Timer>(self, timer: T, gap: Duration) -> Drive<Self, Pace<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Pace::new(gap, 1), timer)
    }

    /// Yields at each multiple of `interval` the latest item that came since the one before, if
    /// any.
    ///
    /// ```text
    /// in   a b - - c - - d |      interval = 3 columns
    /// out  - - - b - - c - (d|)
    /// ```
    /// Time counts from the first poll. An item exactly at a tick belongs to it. Ticks that passed
    /// while nobody asked are skipped.
    ///
    /// # Shape
    /// n items in, at most n out, in order; the last always.
    /// # End and errors
    /// The held item goes out at the end, at once. `Err` items are items like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
    /// # Backpressure and memory
    /// Holds one item. Those that gave way are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// O(1) per item, one timer while an item is held. Reads the clock once per poll.
    /// # Panics
    /// When `interval` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([20.1, 20.4, 20.3]);
    /// let sampled: Vec<f64> =
    ///     readings.sample_on_rs2(NoTimer, Duration::from_secs(60)).collect_rs2().await;
    /// assert_eq!(sampled, [20.3]);
    /// # })
    /// ```
    #[doc(alias = "audit")]
    #[track_caller]
    #[cfg(feature = "alloc")]
    fn sample_on_rs2<T: Timer>(
        self,
        timer: T,
        interval: Duration,
    ) -> Drive<Self, Sample<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, Sample::new(interval, Losses::new()), timer)
    }

    /// Yields every item `by` later than it came.
    ///
    /// ```text
    /// in   a b - - c |            by = 2 columns
    /// out  - - a b - - (c|)
    /// ```
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with the last item, `by` after the source gave it. `Err` items are items like any
    /// other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream loses the items on the way, at most
    /// `capacity`.
    /// # Backpressure and memory
    /// Holds at most `capacity` items. With so many on the way the source is not polled, and an
    /// item counts as come when it is taken.
    /// # Cost
    /// O(1) per item, one timer. Reads the clock once per poll.
    /// # Panics
    /// When `capacity` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let later = from_iter(1..=3).delay_on_rs2(NoTimer, Duration::ZERO, 64);
    /// let numbers: Vec<u32> = later.collect_rs2().await;
    /// assert_eq!(numbers, [1, 2, 3]);
    /// # })
    /// ```
    #[doc(alias = "delay_by")]
    #[track_caller]
    #[cfg(feature = "alloc")]
    fn delay_on_rs2<T: Timer>(self, timer: T, by: Duration, capacity: usize) -> Delayed<Self, T>
    where
        Self: Sized,
    {
        Drive::new(WithEnd::new(self), Delay::new(Heap::bounded(capacity), by), timer)
    }

    /// Yields each item as `Ok`; when the source has been waited for longer than `limit`, one
    /// `Err`, and ends.
    ///
    /// ```text
    /// in   a b - - - c |          limit = 2 columns
    /// out  a b - (#|)
    /// ```
    /// Only waiting counts: the time that a consumer takes over an item does not, and a source that
    /// has an item when it is asked has not timed out. An item exactly at the limit passes. With a
    /// limit of zero, what is not ready at once has timed out.
    ///
    /// # Shape
    /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Idle`](crate::error::TimeoutKind::Idle).
    /// # End and errors
    /// Ends after the first [`Elapsed`](crate::error::Elapsed). `Err` items are items like any
    /// other, within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// O(1) per item, no timer for each. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .timeout_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    #[doc(alias = "idle_timeout")]
    fn timeout_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, IdleTimeout<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, IdleTimeout::new(limit), timer)
    }

    /// Yields each item as `Ok`; when the first has not come `limit` after the first poll, one
    /// `Err`, and ends.
    ///
    /// ```text
    /// in   - - - a |              limit = 2 columns
    /// out  - - (#|)
    /// ```
    /// A source that has an item when it is asked has not timed out, however late that is.
    ///
    /// # Shape
    /// n items in, n `Ok` out; or only one [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Initial`](crate::error::TimeoutKind::Initial).
    /// # End and errors
    /// Ends after the [`Elapsed`](crate::error::Elapsed). `Err` items are items like any other,
    /// within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One timer until the first item has come. Reads the clock once per poll until then.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .initial_timeout_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    fn initial_timeout_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, InitialTimeout<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, InitialTimeout::new(limit), timer)
    }

    /// Yields each item as `Ok`; when the source has not ended `limit` after the first poll, one
    /// `Err`, and ends.
    ///
    /// ```text
    /// in   a - b - c |            limit = 3 columns
    /// out  a - b (#|)
    /// ```
    /// An item or an end exactly at the limit passes. Once the time is over the source is not asked
    /// again, even when it has something.
    ///
    /// # Shape
    /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Completion`](crate::error::TimeoutKind::Completion).
    /// # End and errors
    /// Ends after the [`Elapsed`](crate::error::Elapsed). `Err` items are items like any other,
    /// within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One timer. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .completion_timeout_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    #[doc(alias = "interrupt_after")]
    fn completion_timeout_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, CompletionTimeout<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, CompletionTimeout::new(limit), timer)
    }

    /// Yields each item as `Ok`; when the next is asked for more than `limit` after one, one `Err`,
    /// and ends.
    ///
    /// ```text
    /// in   a b c |                limit = 2 columns
    /// asks x - - - x
    /// out  a - - - (#|)
    /// ```
    /// For a consumer whose slowness is a fault. It is told when it asks again.
    ///
    /// # Shape
    /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](crate::error::Elapsed) of the kind
    /// [`Demand`](crate::error::TimeoutKind::Demand).
    /// # End and errors
    /// Ends after the [`Elapsed`](crate::error::Elapsed). `Err` items are items like any other,
    /// within `Ok`.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// No timer. Reads the clock once per poll.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::Elapsed, prelude::*, time::NoTimer};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let sum = from_iter(1..=3)
    ///     .demand_timeout_on_rs2(NoTimer, Duration::from_secs(5))
    ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
    /// assert_eq!(sum.await, 6);
    /// # })
    /// ```
    #[doc(alias = "backpressure_timeout")]
    fn demand_timeout_on_rs2<T: Timer>(
        self,
        timer: T,
        limit: Duration,
    ) -> Drive<Self, DemandTimeout<Self::Item>, T>
    where
        Self: Sized,
    {
        Drive::new(self, DemandTimeout::new(limit), timer)
    }
}

impl<S: Stream + ?Sized> TimingExt for S {}

/// The time between two items of a rate, rounded up, so that the rate is not exceeded.
#[track_caller]
fn gap_of(rate_per_sec: u32) -> Duration {
    assert!(rate_per_sec > 0, "with a rate of zero no item would ever pass");
    Duration::from_nanos(1_000_000_000_u64.div_ceil(u64::from(rate_per_sec)))
}
