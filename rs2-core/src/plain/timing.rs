//! The plain names that need a timer.

/// The methods of `PlainExt` that decide by the clock, and the sources that do.
#[doc(hidden)]
#[macro_export]
macro_rules! __timing_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the last item of each burst, once `quiet` has passed without another.
        ///
        /// # Shape
        /// n items in, at most n out, in order; the last always.
        /// # End and errors
        /// The held item goes out at the end, at once. `Err` items are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
        /// # Backpressure and memory
        /// Holds one item. Those that gave way are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed). While nobody asks, nothing
        /// is taken from the source; the item whose time is over goes out at the next poll.
        /// # Cost
        /// O(1) per item, no timer for each: the sleep is armed again when it fires. Reads the
        /// clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let words = from_iter(["r", "ru", "rust"]);
        /// let last: Vec<&str> =
        ///     words.debounce_rs2(Duration::from_millis(300)).collect_rs2().await;
        /// assert_eq!(last, ["rust"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "throttle_with_timeout")]
        fn debounce_rs2(
            self,
            quiet: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::Debounce<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.debounce_on_rs2($timer, quiet)
        }

        /// Yields the last item of each burst, once `quiet` has passed without another, or
        /// `max_wait` since the first.
        ///
        /// # Shape
        /// n items in, at most n out, in order; the last always.
        /// # End and errors
        /// The held item goes out at the end, at once. `Err` items are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
        /// # Backpressure and memory
        /// Holds one item. Those that gave way are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cost
        /// That of [`debounce_rs2`](Self::debounce_rs2).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let words = from_iter(["r", "ru", "rust"]);
        /// let (quiet, max_wait) = (Duration::from_millis(300), Duration::from_secs(2));
        /// let last: Vec<&str> =
        ///     words.debounce_within_rs2(quiet, max_wait).collect_rs2().await;
        /// assert_eq!(last, ["rust"]);
        #[doc = $after]
        /// ```
        fn debounce_within_rs2(
            self,
            quiet: ::core::time::Duration,
            max_wait: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::Debounce<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.debounce_within_on_rs2($timer, quiet, max_wait)
        }

        /// Yields an item and drops those that come within `period` after it.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives; the first always.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Backpressure and memory
        /// The dropped items are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed). While nobody asks, nothing
        /// is taken from the source, so the next item may be an old one.
        /// # Cost
        /// O(1) per item, no timer. Reads the clock once per poll. Gives the task back after
        /// dropping 1,024 items in a row.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let clicks = from_iter(["ok", "ok", "ok"]);
        /// let once: Vec<&str> =
        ///     clicks.throttle_first_rs2(Duration::from_secs(1)).collect_rs2().await;
        /// assert_eq!(once, ["ok"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "throttle_leading")]
        fn throttle_first_rs2(
            self,
            period: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::ThrottleFirst<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.throttle_first_on_rs2($timer, period)
        }

        /// Yields at most one item for each `period`, the first:
        /// [`throttle_first_rs2`](Self::throttle_first_rs2) under a shorter name.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives; the first always.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Backpressure and memory
        /// The dropped items are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed). To lose none, use
        /// [`spaced_rs2`](Self::spaced_rs2).
        /// # Cost
        /// O(1) per item, no timer. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let once: Vec<u32> = from_iter(1..=9)
        ///     .throttle_rs2(Duration::from_secs(1))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(once, [1]);
        #[doc = $after]
        /// ```
        fn throttle_rs2(
            self,
            period: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::ThrottleFirst<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.throttle_on_rs2($timer, period)
        }

        /// Yields an item at once, and then after each `period` the latest of those that came
        /// within it.
        ///
        /// # Shape
        /// n items in, at most n out, in order; the first and the last always.
        /// # End and errors
        /// The held item goes out at the end, at once. `Err` items are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
        /// # Backpressure and memory
        /// Holds one item. Those that gave way are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cost
        /// O(1) per item, one timer while an item is held. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let progress: Vec<u32> = from_iter(0..=100)
        ///     .throttle_latest_rs2(Duration::from_secs(1))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(progress, [0, 100]);
        #[doc = $after]
        /// ```
        #[doc(alias = "conflate")]
        #[doc(alias = "throttle_trailing")]
        fn throttle_latest_rs2(
            self,
            period: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::ThrottleLatest<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.throttle_latest_on_rs2($timer, period)
        }

        /// Yields every item, no faster than `rate_per_sec`, but up to `burst` at once after a
        /// pause.
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends with its source, which is asked for its end when the next item might have gone
        /// out. `Err` items are items like any other.
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
        #[doc = $before]
        /// let burst = from_iter(1..=3).pace_rs2(1_000, 9);
        /// let numbers: Vec<u32> = burst.collect_rs2().await;
        /// assert_eq!(numbers, [1, 2, 3]);
        #[doc = $after]
        /// ```
        #[doc(alias = "rate_limit")]
        #[doc(alias = "metered")]
        #[doc(alias = "shape")]
        #[track_caller]
        fn pace_rs2(
            self,
            rate_per_sec: u32,
            burst: u32,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::Pace<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.pace_on_rs2($timer, rate_per_sec, burst)
        }

        /// Yields every item, each at least `gap` after the one before it.
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends with its source, which is asked for its end when the next item might have gone
        /// out. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Backpressure and memory
        /// The source is not polled while it waits.
        /// # Cost
        /// O(1) per item, one timer while it waits. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let polite = from_iter(1..=3).spaced_rs2(Duration::from_millis(1));
        /// let numbers: Vec<u32> = polite.collect_rs2().await;
        /// assert_eq!(numbers, [1, 2, 3]);
        #[doc = $after]
        /// ```
        #[doc(alias = "spaced_by")]
        #[doc(alias = "delay_elements")]
        fn spaced_rs2(
            self,
            gap: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::Pace<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.spaced_on_rs2($timer, gap)
        }

        /// Yields at each multiple of `interval` the latest item that came since the one
        /// before, if any.
        ///
        /// # Shape
        /// n items in, at most n out, in order; the last always.
        /// # End and errors
        /// The held item goes out at the end, at once. `Err` items are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
        /// # Backpressure and memory
        /// Holds one item. Those that gave way are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cost
        /// O(1) per item, one timer while an item is held. Reads the clock once per poll.
        /// # Panics
        /// When `interval` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let readings = from_iter([20.1, 20.4, 20.3]);
        /// let sampled: Vec<f64> =
        ///     readings.sample_rs2(Duration::from_secs(60)).collect_rs2().await;
        /// assert_eq!(sampled, [20.3]);
        #[doc = $after]
        /// ```
        #[doc(alias = "audit")]
        #[track_caller]
        fn sample_rs2(
            self,
            interval: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::Sample<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.sample_on_rs2($timer, interval)
        }

        /// Yields each item as `Ok`; when the source has been waited for longer than `limit`,
        /// one `Err`, and ends.
        ///
        /// # Shape
        /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](rs2_core::error::Elapsed) of
        /// the kind [`Idle`](rs2_core::error::TimeoutKind::Idle).
        /// # End and errors
        /// Ends after the first [`Elapsed`](rs2_core::error::Elapsed). `Err` items are items like
        /// any other, within `Ok`.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Cost
        /// O(1) per item, no timer for each. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::error::{Elapsed, TimeoutKind};
        /// # use std::time::Duration;
        /// let slow = emit_after('a', Duration::from_secs(60));
        /// let outcome: Vec<_> =
        ///     slow.timeout_rs2(Duration::from_millis(1)).collect_rs2().await;
        /// let after = Duration::from_millis(1);
        /// assert_eq!(outcome, [Err(Elapsed { kind: TimeoutKind::Idle, after })]);
        #[doc = $after]
        /// ```
        #[doc(alias = "idle_timeout")]
        fn timeout_rs2(
            self,
            limit: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::IdleTimeout<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.timeout_on_rs2($timer, limit)
        }

        /// Yields each item as `Ok`; when the first has not come `limit` after the first poll,
        /// one `Err`, and ends.
        ///
        /// # Shape
        /// n items in, n `Ok` out; or only one [`Elapsed`](rs2_core::error::Elapsed) of the kind
        /// [`Initial`](rs2_core::error::TimeoutKind::Initial).
        /// # End and errors
        /// Ends after the [`Elapsed`](rs2_core::error::Elapsed). `Err` items are items like any
        /// other, within `Ok`.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Cost
        /// One timer until the first item has come. Reads the clock once per poll until then.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::error::{Elapsed, TimeoutKind};
        /// # use std::time::Duration;
        /// let slow = emit_after('a', Duration::from_secs(60));
        /// let outcome: Vec<Result<char, Elapsed>> =
        ///     slow.initial_timeout_rs2(Duration::from_millis(1)).collect_rs2().await;
        /// assert_eq!(outcome[0].unwrap_err().kind, TimeoutKind::Initial);
        #[doc = $after]
        /// ```
        fn initial_timeout_rs2(
            self,
            limit: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::InitialTimeout<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.initial_timeout_on_rs2($timer, limit)
        }

        /// Yields each item as `Ok`; when the source has not ended `limit` after the first
        /// poll, one `Err`, and ends.
        ///
        /// # Shape
        /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](rs2_core::error::Elapsed) of
        /// the kind [`Completion`](rs2_core::error::TimeoutKind::Completion).
        /// # End and errors
        /// Ends after the [`Elapsed`](rs2_core::error::Elapsed). `Err` items are items like any
        /// other, within `Ok`.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Cost
        /// One timer. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::error::{Elapsed, TimeoutKind};
        /// # use std::time::Duration;
        /// let endless = tick(Duration::from_secs(60), ());
        /// let outcome: Vec<Result<(), Elapsed>> =
        ///     endless.completion_timeout_rs2(Duration::from_millis(1)).collect_rs2().await;
        /// assert_eq!(outcome[0].unwrap_err().kind, TimeoutKind::Completion);
        #[doc = $after]
        /// ```
        #[doc(alias = "interrupt_after")]
        fn completion_timeout_rs2(
            self,
            limit: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::CompletionTimeout<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.completion_timeout_on_rs2($timer, limit)
        }

        /// Yields each item as `Ok`; when the next is asked for more than `limit` after one,
        /// one `Err`, and ends.
        ///
        /// # Shape
        /// n items in, n `Ok` out, or fewer and then one [`Elapsed`](rs2_core::error::Elapsed) of
        /// the kind [`Demand`](rs2_core::error::TimeoutKind::Demand).
        /// # End and errors
        /// Ends after the [`Elapsed`](rs2_core::error::Elapsed). `Err` items are items like any
        /// other, within `Ok`.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Cost
        /// No timer. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::error::Elapsed;
        /// # use std::time::Duration;
        /// let sum = from_iter(1..=3)
        ///     .demand_timeout_rs2(Duration::from_secs(5))
        ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
        /// assert_eq!(sum.await, 6);
        #[doc = $after]
        /// ```
        #[doc(alias = "backpressure_timeout")]
        fn demand_timeout_rs2(
            self,
            limit: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::DemandTimeout<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.demand_timeout_on_rs2($timer, limit)
        }
    };
}

/// The sources that need a timer.
#[doc(hidden)]
#[macro_export]
macro_rules! __timing_sources {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields clones of an item without end, one each `period`, the first a period after the
        /// first poll: [`tick_on`](rs2_core::source::tick_on) with this runtime's timer.
        ///
        /// # Shape
        /// As many items as are asked for, at multiples of `period` after the first poll. Those
        /// that nobody asked for in time become one.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the item.
        /// # Cost
        /// One clone per item, one timer. Reads the clock once per poll.
        /// # Panics
        /// When `period` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let beats: String = tick(Duration::from_millis(1), '.').take_rs2(3).collect_rs2().await;
        /// assert_eq!(beats, "...");
        #[doc = $after]
        /// ```
        #[doc(alias = "interval")]
        #[doc(alias = "awake_every")]
        #[track_caller]
        pub fn tick<T: Clone>(
            period: ::core::time::Duration,
            item: T,
        ) -> $crate::source::Ticks<T, $Timer> {
            $crate::source::tick_on($timer, period, item)
        }

        /// [`tick`] under another name.
        ///
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let beats: Vec<u32> =
        ///     tick_rs(Duration::from_millis(1), 7).take_rs2(2).collect_rs2().await;
        /// assert_eq!(beats, [7, 7]);
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn tick_rs<T: Clone>(
            period: ::core::time::Duration,
            item: T,
        ) -> $crate::source::Ticks<T, $Timer> {
            tick(period, item)
        }

        /// [`tick`] with an answer of the caller's choice to the ticks that nobody asked for in
        /// time: [`tick_with_on`](rs2_core::source::tick_with_on) with this runtime's timer.
        ///
        /// # Panics
        /// When `period` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let beats = tick_with(Duration::from_millis(1), MissedTick::Burst, '.');
        /// let beats: String = beats.take_rs2(3).collect_rs2().await;
        /// assert_eq!(beats, "...");
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn tick_with<T: Clone>(
            period: ::core::time::Duration,
            missed: $crate::source::MissedTick,
            item: T,
        ) -> $crate::source::Ticks<T, $Timer> {
            $crate::source::tick_with_on($timer, period, missed, item)
        }

        /// Yields one item, `after` the first poll:
        /// [`emit_after_on`](rs2_core::source::emit_after_on) with this runtime's timer.
        ///
        /// # Shape
        /// Exactly one item.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the item.
        /// # Cost
        /// One timer. Reads the clock once per poll.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let word: String = emit_after('a', Duration::from_millis(1)).collect_rs2().await;
        /// assert_eq!(word, "a");
        #[doc = $after]
        /// ```
        #[doc(alias = "timer")]
        pub fn emit_after<T>(
            item: T,
            after: ::core::time::Duration,
        ) -> $crate::source::EmittedAfter<T, $Timer> {
            $crate::source::emit_after_on($timer, item, after)
        }
    };
}
