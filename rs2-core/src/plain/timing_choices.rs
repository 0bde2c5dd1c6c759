//! The plain names of the choices among the operators of time.

/// The methods of `PlainExt` that are variants of those of `timing`.
#[doc(hidden)]
#[macro_export]
macro_rules! __timing_choice_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the first or the last item of each burst, or both.
        ///
        /// A burst is over once `quiet` has passed without an item; one that comes exactly then
        /// still belongs to it. With a `quiet` of zero every item passes.
        ///
        /// # Shape
        /// n items in, at most n out, in order.
        /// # End and errors
        /// The held item goes out at the end, at once. `Err` items are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
        /// # Backpressure and memory
        /// Holds at most one item. Those that do not go out are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cost
        /// That of [`debounce_rs2`](Self::debounce_rs2); no timer with `Edge::Leading`.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// # use rs2_core::op::timing::Edge;
        /// let clicks = from_iter(["first", "again", "and again"]);
        /// let once: Vec<&str> = clicks
        ///     .debounce_edge_rs2(Duration::from_millis(300), Edge::Leading)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(once, ["first"]);
        #[doc = $after]
        /// ```
        fn debounce_edge_rs2(
            self,
            quiet: ::core::time::Duration,
            edge: $crate::op::timing::Edge,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::DebounceEdge<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.debounce_edge_on_rs2($timer, quiet, edge)
        }

        /// Yields at each multiple of `interval` the latest item, whether or not it went out
        /// before.
        ///
        /// Makes a fixed rate of readings that come when they like. Time counts from the first
        /// poll. Before the first item nothing goes out; ticks that passed while nobody asked are
        /// skipped.
        ///
        /// # Shape
        /// One clone for each tick since the first item; the last item always.
        /// # End and errors
        /// An item that has not gone out does so at the end, at once. `Err` items are items like
        /// any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the one held item.
        /// # Backpressure and memory
        /// Holds one item. Those that never went out are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cost
        /// O(1) per item, one clone for each output, one timer. Reads the clock once per poll.
        /// # Panics
        /// When `interval` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let readings = from_iter([20.1, 20.4, 20.3]);
        /// let sampled: Vec<f64> =
        ///     readings.sample_hold_rs2(Duration::from_secs(60)).collect_rs2().await;
        /// assert_eq!(sampled, [20.3]);
        #[doc = $after]
        /// ```
        #[doc(alias = "extrapolate")]
        #[doc(alias = "resample")]
        #[track_caller]
        fn sample_hold_rs2(
            self,
            interval: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::SampleHold<Self::Item>, $Timer>
        where
            Self: Sized,
            Self::Item: Clone,
        {
            self.sample_hold_on_rs2($timer, interval)
        }

        /// Yields each item as `Ok`, and an `Err` after each `limit` for which the source has been
        /// waited for; it goes on.
        ///
        /// [`timeout_rs2`](Self::timeout_rs2) ends after the first instead. Only waiting counts.
        ///
        /// # Shape
        /// n items in, n `Ok` out, and between them as many [`Elapsed`](rs2_core::error::Elapsed)
        /// of the kind [`Idle`](rs2_core::error::TimeoutKind::Idle) as it takes.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other, within `Ok`.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Cost
        /// O(1) per item, no timer for each. Reads the clock once per poll.
        /// # Panics
        /// When `limit` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::error::Elapsed;
        /// # use std::time::Duration;
        /// let sum = from_iter(1..=3)
        ///     .timeout_repeat_rs2(Duration::from_secs(5))
        ///     .fold_sync_rs2(0, |sum, item: Result<i32, Elapsed>| sum + item.unwrap_or(0));
        /// assert_eq!(sum.await, 6);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn timeout_repeat_rs2(
            self,
            limit: ::core::time::Duration,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::TimeoutRepeat<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.timeout_repeat_on_rs2($timer, limit)
        }

        /// Yields the items of the source, and once that has been waited for longer than `limit`,
        /// those of `fallback`.
        ///
        /// The source is dropped before `fallback` is first polled, and does not come back.
        ///
        /// # Shape
        /// n items in, n out; or fewer, and then all of `fallback`.
        /// # End and errors
        /// Ends with the stream that is asked. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Cost
        /// O(1) per item, no timer for each; none after the change. Reads the clock once per poll
        /// until then.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let replica = from_iter([7, 8]);
        /// let rows: Vec<u32> = from_iter([1, 2])
        ///     .timeout_fallback_rs2(Duration::from_secs(5), replica)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(rows, [1, 2]);
        #[doc = $after]
        /// ```
        #[doc(alias = "timeout_with")]
        #[doc(alias = "timeout_on_timeout_to")]
        fn timeout_fallback_rs2<B>(
            self,
            limit: ::core::time::Duration,
            fallback: B,
        ) -> $crate::op::timing::TimeoutFallback<Self, B, $Timer>
        where
            Self: Sized,
            B: $crate::op::TimingExt<Item = Self::Item>,
        {
            self.timeout_fallback_on_rs2($timer, limit, fallback)
        }

        /// Yields every item, and a clone of `beat` after each `quiet` for which the source has
        /// been waited for.
        ///
        /// # Shape
        /// n items in, n out, in order, and between them as many beats as it takes.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Cost
        /// O(1) per item, no timer for each; one clone for each beat. Reads the clock once per
        /// poll.
        /// # Panics
        /// When `quiet` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let events = from_iter(["open", "close"]);
        /// let lines: Vec<&str> = events
        ///     .heartbeat_rs2(Duration::from_secs(15), "ping")
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(lines, ["open", "close"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "keep_alive")]
        #[track_caller]
        fn heartbeat_rs2(
            self,
            quiet: ::core::time::Duration,
            beat: Self::Item,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::Heartbeat<Self::Item>, $Timer>
        where
            Self: Sized,
            Self::Item: Clone,
        {
            self.heartbeat_on_rs2($timer, quiet, beat)
        }

        /// Yields the outputs of the futures that `f` makes, one at a time, and an `Err` for each
        /// that has not finished within `limit`.
        ///
        /// The time counts from when the future is made. One that has finished when it is asked has
        /// not timed out, however late that is.
        ///
        /// # Shape
        /// n items in, n out, in order: `Ok`, or [`Elapsed`](rs2_core::error::Elapsed) of the kind
        /// [`Each`](rs2_core::error::TimeoutKind::Each).
        /// # End and errors
        /// Ends with its source. A future that takes too long is dropped where it waits: whether
        /// that loses anything is for the future to say. `Err` outputs are outputs like any other,
        /// within `Ok`.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running future and its
        /// item.
        /// # Backpressure and memory
        /// Holds one future or output. The source is not polled while a future runs.
        /// # Cost
        /// One timer while a future waits, no allocation. Reads the clock once per item.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::error::Elapsed;
        /// # use std::time::Duration;
        /// let lengths: Vec<Result<usize, Elapsed>> = from_iter(["/a", "/bc"])
        ///     .timeout_each_rs2(Duration::from_secs(5), async |path: &str| path.len())
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(lengths, [Ok(2), Ok(3)]);
        #[doc = $after]
        /// ```
        fn timeout_each_rs2<F, Fut>(
            self,
            limit: ::core::time::Duration,
            f: F,
        ) -> $crate::op::timing::TimeoutEach<Self, F, Fut, $Timer>
        where
            Self: Sized,
            F: FnMut(Self::Item) -> Fut,
            Fut: ::core::future::Future,
        {
            self.timeout_each_on_rs2($timer, limit, f)
        }
    };
}
