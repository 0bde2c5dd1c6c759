//! Operators that look at a stream from outside: counts, times, health.
//!
//! [`with_metrics_on_rs2`](ObserveExt::with_metrics_on_rs2) is the short way. Where operators
//! further up report to the same numbers, [`Metrics`] are made first, given to them, and attached
//! with [`observe_rs2`](ObserveExt::observe_rs2); what an operator counts anyway is added with
//! [`Metrics::include`].

mod guard;
mod measure;
#[expect(clippy::module_inception, reason = "a file is named after its one public thing")]
mod observe;
mod sampler;

pub use guard::GuardedBy;
pub use measure::{Measure, Outcomes, OwnSize, SizeBy};
pub use observe::Observe;

use crate::metrics::{Metrics, MetricsConfig, MetricsHandle, ResourceManager};
use crate::time::{Clock, Timer};
use alloc::string::String;
use futures_core::Stream;

/// Operators that look at a stream from outside.
pub trait ObserveExt: Stream {
    /// Yields every item, and counts it; the numbers are in the handle, while the stream runs and
    /// after.
    ///
    /// The processing time is the time spent inside this stream's polls: the work of everything
    /// before it. The time its consumer takes is not in it, nor is the time that a future or a
    /// source waits; the rates, which are about wall-clock time from the first poll to the end, the
    /// drop, or now, show both. The size of an item is the memory it takes itself, without what it
    /// points to: [`with_metrics_by_on_rs2`](Self::with_metrics_by_on_rs2) asks a closure.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other:
    /// [`try_with_metrics_on_rs2`](Self::try_with_metrics_on_rs2) counts them as errors.
    /// # Cancel safety
    /// Dropping the stream loses nothing, and stops the time of the rates.
    /// # Cost
    /// Two or three atomic additions per item. Reads the clock twice in a poll that is measured and
    /// once at the begin and at the end; when not `enabled`, one branch.
    /// # Panics
    /// When the settings cannot work: [`MetricsConfig::validate`] tells without a panic.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::metrics::MetricsConfig;
    /// # futures_executor::block_on(async {
    /// let numbers = from_iter(1..=10u64);
    /// let (stream, handle) =
    ///     numbers.with_metrics_on_rs2(NoTimer, "numbers", MetricsConfig::default());
    /// assert_eq!(stream.fold_sync_rs2(0, |sum, n| sum + n).await, 55);
    ///
    /// let metrics = handle.snapshot();
    /// assert_eq!(metrics.name.as_deref(), Some("numbers"));
    /// assert_eq!((metrics.items_processed, metrics.bytes_processed), (10, 80));
    /// # })
    /// ```
    #[doc(alias = "monitor")]
    #[track_caller]
    fn with_metrics_on_rs2<C: Clock + Clone>(
        self,
        clock: C,
        name: impl Into<String>,
        config: MetricsConfig,
    ) -> (Observe<Self, C, OwnSize>, MetricsHandle<C>)
    where
        Self: Sized,
    {
        let handle = MetricsHandle::new(clock, Metrics::with_config(name, config));
        (self.observe_rs2(&handle), handle)
    }

    /// Yields every item, and counts it with the size in bytes that `size` says.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing, and stops the time of the rates.
    /// # Cost
    /// That of [`with_metrics_on_rs2`](Self::with_metrics_on_rs2), and `size` once per item.
    /// # Panics
    /// When the settings cannot work: [`MetricsConfig::validate`] tells without a panic.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::metrics::MetricsConfig;
    /// # futures_executor::block_on(async {
    /// let words = from_iter(["one", "three"]);
    /// let (stream, handle) = words.with_metrics_by_on_rs2(
    ///     NoTimer,
    ///     "words",
    ///     MetricsConfig::default(),
    ///     |word| word.len(),
    /// );
    /// stream.for_each_rs2(async |_| ()).await;
    /// assert_eq!(handle.snapshot().bytes_processed, 8);
    /// # })
    /// ```
    #[track_caller]
    fn with_metrics_by_on_rs2<C, F>(
        self,
        clock: C,
        name: impl Into<String>,
        config: MetricsConfig,
        size: F,
    ) -> (Observe<Self, C, SizeBy<F>>, MetricsHandle<C>)
    where
        Self: Sized,
        C: Clock + Clone,
        F: FnMut(&Self::Item) -> usize,
    {
        let handle = MetricsHandle::new(clock, Metrics::with_config(name, config));
        (self.observe_by_rs2(&handle, size), handle)
    }

    /// Yields every result, and counts an `Ok` as an item and an `Err` as an error.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. An `Err` is counted and passed on.
    /// # Cancel safety
    /// Dropping the stream loses nothing, and stops the time of the rates.
    /// # Cost
    /// That of [`with_metrics_on_rs2`](Self::with_metrics_on_rs2).
    /// # Panics
    /// When the settings cannot work: [`MetricsConfig::validate`] tells without a panic.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::metrics::MetricsConfig;
    /// # futures_executor::block_on(async {
    /// let parsed = from_iter(["1", "2", "x", "y"]).map_rs2(|text| text.parse::<u32>());
    /// let (stream, handle) =
    ///     parsed.try_with_metrics_on_rs2(NoTimer, "parsed", MetricsConfig::default());
    /// stream.for_each_rs2(async |_| ()).await;
    ///
    /// let metrics = handle.snapshot();
    /// assert_eq!((metrics.items_processed, metrics.errors), (2, 2));
    /// assert_eq!((metrics.consecutive_errors, metrics.error_rate), (2, 0.5));
    /// assert!(!metrics.is_healthy());
    /// # })
    /// ```
    #[track_caller]
    fn try_with_metrics_on_rs2<C, T, E>(
        self,
        clock: C,
        name: impl Into<String>,
        config: MetricsConfig,
    ) -> (Observe<Self, C, Outcomes>, MetricsHandle<C>)
    where
        Self: Sized + Stream<Item = Result<T, E>>,
        C: Clock + Clone,
    {
        let handle = MetricsHandle::new(clock, Metrics::with_config(name, config));
        (self.try_observe_rs2(&handle), handle)
    }

    /// Yields every item, and counts it in a handle that was there before.
    ///
    /// The operators before this one can then report to the same [`Metrics`]; several streams can
    /// share a handle, and are counted together.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing. The time of the rates stops with the last stream.
    /// # Cost
    /// That of [`with_metrics_on_rs2`](Self::with_metrics_on_rs2).
    /// # Examples
    /// ```
    /// # use core::time::Duration;
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::metrics::{Metrics, MetricsHandle, Reports};
    /// # futures_executor::block_on(async {
    /// let handle = MetricsHandle::new(NoTimer, Metrics::new("words"));
    /// let words = from_iter(["r", "ru", "rust"]).debounce_on_rs2(NoTimer, Duration::from_secs(1));
    /// handle.metrics().include(words.losses().clone());
    ///
    /// let last: Vec<&str> = words.observe_rs2(&handle).collect_rs2().await;
    /// assert_eq!(last, ["rust"]);
    /// let metrics = handle.snapshot();
    /// assert_eq!((metrics.items_processed, metrics.drops()), (1, 2));
    /// # })
    /// ```
    fn observe_rs2<C: Clock + Clone>(self, handle: &MetricsHandle<C>) -> Observe<Self, C, OwnSize>
    where
        Self: Sized,
    {
        Observe::new(self, handle.clone(), OwnSize)
    }

    /// Yields every item, and counts it in a handle that was there before, with the size in bytes
    /// that `size` says.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing. The time of the rates stops with the last stream.
    /// # Cost
    /// That of [`with_metrics_on_rs2`](Self::with_metrics_on_rs2), and `size` once per item.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::metrics::{Metrics, MetricsHandle};
    /// # futures_executor::block_on(async {
    /// let handle = MetricsHandle::new(NoTimer, Metrics::new("words"));
    /// let words = from_iter(["one", "three"]).observe_by_rs2(&handle, |word| word.len());
    /// words.for_each_rs2(async |_| ()).await;
    /// assert_eq!(handle.snapshot().average_item_size, 4.0);
    /// # })
    /// ```
    fn observe_by_rs2<C, F>(self, handle: &MetricsHandle<C>, size: F) -> Observe<Self, C, SizeBy<F>>
    where
        Self: Sized,
        C: Clock + Clone,
        F: FnMut(&Self::Item) -> usize,
    {
        Observe::new(self, handle.clone(), SizeBy(size))
    }

    /// Yields every result, and counts it as an item or an error in a handle that was there before.
    ///
    /// # Shape
    /// n items in, n out, in order, each when it arrives.
    /// # End and errors
    /// Ends with its source. An `Err` is counted and passed on.
    /// # Cancel safety
    /// Dropping the stream loses nothing. The time of the rates stops with the last stream.
    /// # Cost
    /// That of [`with_metrics_on_rs2`](Self::with_metrics_on_rs2).
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::metrics::{HealthThresholds, Metrics, MetricsHandle};
    /// # futures_executor::block_on(async {
    /// let handle = MetricsHandle::new(NoTimer, Metrics::new("calls"))
    ///     .with_health_thresholds(HealthThresholds::custom(0.5, 1));
    /// let calls = from_iter([Ok(1), Err("busy")]).try_observe_rs2(&handle);
    /// assert_eq!(calls.collect_rs2::<Vec<_>>().await, [Ok(1), Err("busy")]);
    /// // Half of them failed, which is just what was allowed.
    /// assert!(handle.snapshot().is_healthy());
    /// # })
    /// ```
    fn try_observe_rs2<C, T, E>(self, handle: &MetricsHandle<C>) -> Observe<Self, C, Outcomes>
    where
        Self: Sized + Stream<Item = Result<T, E>>,
        C: Clock + Clone,
    {
        Observe::new(self, handle.clone(), Outcomes)
    }

    /// Yields every item, and leaves the source alone while the breaker of `manager` is open.
    ///
    /// ```text
    /// in   a b c d |           the breaker opens at b, for 3 columns
    /// out  a b - - c d |
    /// ```
    /// Whoever shares the manager opens the breaker for all: an operator that is given it as a
    /// [`Meter`](crate::metrics::Meter), a queue, or the caller's own
    /// [`allocate`](crate::metrics::Meter::allocate). Stand the guard right after the source: what
    /// it leaves alone makes no progress by itself.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with its source, which is asked for its end when the breaker is not open. `Err` items
    /// are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One lock and one reading of the manager's clock per poll. While it waits, one timer, which
    /// is armed once for each `cleanup_interval`; the task is also woken when somebody closes the
    /// breaker. No allocation but for the line of those who wait.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::metrics::{Meter, ResourceConfig, ResourceManager};
    /// # futures_executor::block_on(async {
    /// # use futures_util::{FutureExt, StreamExt};
    /// let config = ResourceConfig { max_memory_bytes: 100, ..ResourceConfig::default() };
    /// let manager = ResourceManager::on(NoTimer, config)?;
    /// let mut lines = from_iter(["a", "b"]).guarded_by_on_rs2(NoTimer, &manager);
    /// assert_eq!(lines.next().await, Some("a"));
    ///
    /// manager.allocate(90)?; // 90 %: the breaker opens.
    /// assert_eq!(lines.next().now_or_never(), None);
    ///
    /// manager.release(90);
    /// manager.close_breaker();
    /// assert_eq!(lines.next().await, Some("b"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    fn guarded_by_on_rs2<T: Timer>(self, timer: T, manager: &ResourceManager) -> GuardedBy<Self, T>
    where
        Self: Sized,
    {
        GuardedBy::new(self, timer, manager)
    }
}

impl<S: Stream + ?Sized> ObserveExt for S {}
