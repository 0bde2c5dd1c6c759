//! The plain names of metrics, which need a clock.

/// The methods of `PlainExt` that count.
#[doc(hidden)]
#[macro_export]
macro_rules! __observe_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields every item, and counts it; the numbers are in the handle, while the stream runs
        /// and after.
        ///
        /// The processing time is the time spent inside this stream's polls: the work of everything
        /// before it. The time its consumer takes is not in it, nor is the time that a future or a
        /// source waits; the rates, which are about wall-clock time from the first poll to the end,
        /// the drop, or now, show both. The size of an item is the memory it takes itself, without
        /// what it points to: [`with_metrics_by_rs2`](Self::with_metrics_by_rs2) asks a closure.
        ///
        /// [`metrics_handle`] makes a handle with settings of your own, and before there is a
        /// stream.
        ///
        /// # Shape
        /// n items in, n out, in order, each when it arrives.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other:
        /// [`try_with_metrics_rs2`](Self::try_with_metrics_rs2) counts them as errors.
        /// # Cancel safety
        /// Dropping the stream loses nothing, and stops the time of the rates.
        /// # Cost
        /// Two or three atomic additions and two readings of the clock per item.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let (stream, handle) = from_iter(1..=10u64).with_metrics_rs2("numbers");
        /// assert_eq!(stream.fold_sync_rs2(0, |sum, n| sum + n).await, 55);
        ///
        /// let metrics = handle.snapshot();
        /// assert_eq!((metrics.items_processed, metrics.bytes_processed), (10, 80));
        /// assert!(metrics.is_healthy() && metrics.items_per_second > 0.0);
        #[doc = $after]
        /// ```
        #[doc(alias = "monitor")]
        fn with_metrics_rs2(
            self,
            name: impl Into<$crate::__alloc::string::String>,
        ) -> (
            $crate::op::observe::Observe<Self, $Timer, $crate::op::observe::OwnSize>,
            $crate::metrics::MetricsHandle<$Timer>,
        )
        where
            Self: Sized,
        {
            self.with_metrics_on_rs2($timer, name, $crate::metrics::MetricsConfig::default())
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
        /// That of [`with_metrics_rs2`](Self::with_metrics_rs2), and `size` once per item.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let frames = from_iter([vec![0u8; 1_000], vec![0; 3_000]]);
        /// let (stream, handle) = frames.with_metrics_by_rs2("frames", |frame| frame.len());
        /// stream.for_each_rs2(async |_| ()).await;
        /// assert_eq!(handle.snapshot().average_item_size, 2_000.0);
        #[doc = $after]
        /// ```
        fn with_metrics_by_rs2<F>(
            self,
            name: impl Into<$crate::__alloc::string::String>,
            size: F,
        ) -> (
            $crate::op::observe::Observe<Self, $Timer, $crate::op::observe::SizeBy<F>>,
            $crate::metrics::MetricsHandle<$Timer>,
        )
        where
            Self: Sized,
            F: FnMut(&Self::Item) -> usize,
        {
            let config = $crate::metrics::MetricsConfig::default();
            self.with_metrics_by_on_rs2($timer, name, config, size)
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
        /// That of [`with_metrics_rs2`](Self::with_metrics_rs2).
        /// # Examples
        /// ```
        #[doc = $before]
        /// let parsed = from_iter(["1", "2", "x", "y"]).map_rs2(|text| text.parse::<u32>());
        /// let (stream, handle) = parsed.try_with_metrics_rs2("parsed");
        /// stream.for_each_rs2(async |_| ()).await;
        /// assert_eq!((handle.snapshot().errors, handle.snapshot().error_rate), (2, 0.5));
        #[doc = $after]
        /// ```
        fn try_with_metrics_rs2<T, E>(
            self,
            name: impl Into<$crate::__alloc::string::String>,
        ) -> (
            $crate::op::observe::Observe<Self, $Timer, $crate::op::observe::Outcomes>,
            $crate::metrics::MetricsHandle<$Timer>,
        )
        where
            Self: Sized + $crate::op::ObserveExt<Item = Result<T, E>>,
        {
            self.try_with_metrics_on_rs2($timer, name, $crate::metrics::MetricsConfig::default())
        }

        /// Yields every item, and leaves the source alone while the breaker of `manager` is open.
        ///
        /// Whoever shares the manager opens the breaker for all: an operator or a queue that is
        /// given it as a [`Meter`](rs2_core::metrics::Meter), or a call of
        /// [`allocate`](rs2_core::metrics::Meter::allocate). Stand the guard right after the
        /// source: what it leaves alone makes no progress by itself.
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends with its source, which is asked for its end when the breaker is not open. `Err`
        /// items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Cost
        /// That of [`guarded_by_on_rs2`](rs2_core::op::ObserveExt::guarded_by_on_rs2).
        /// # Examples
        /// ```
        #[doc = $before]
        /// use rs2_core::metrics::{Meter, ResourceConfig};
        /// let interval = std::time::Duration::from_millis(1);
        /// let config = ResourceConfig { cleanup_interval: interval, ..ResourceConfig::default() };
        /// let manager = resource_manager(config).unwrap();
        /// // Far too much: it is refused, and the breaker opens for a millisecond.
        /// assert!(manager.allocate(u64::MAX).is_err() && manager.is_open());
        /// let lines = from_iter(["a", "b"]).guarded_by_rs2(&manager);
        /// assert_eq!(lines.collect_rs2::<Vec<_>>().await, ["a", "b"]);
        /// assert!(!manager.is_open());
        #[doc = $after]
        /// ```
        fn guarded_by_rs2(
            self,
            manager: &$crate::metrics::ResourceManager,
        ) -> $crate::op::observe::GuardedBy<Self, $Timer>
        where
            Self: Sized,
        {
            self.guarded_by_on_rs2($timer, manager)
        }
    };
}

/// The handles that need a clock.
#[doc(hidden)]
#[macro_export]
macro_rules! __observe_functions {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Makes a handle for metrics by this runtime's clock, to be attached to a stream with
        /// [`observe_rs2`](rs2_core::op::ObserveExt::observe_rs2).
        ///
        /// # Panics
        /// When the settings cannot work:
        /// [`MetricsConfig::validate`](rs2_core::metrics::MetricsConfig::validate) tells without a
        /// panic.
        /// # Examples
        /// ```
        #[doc = $before]
        /// use rs2_core::metrics::MetricsConfig;
        /// let config = MetricsConfig { sample_rate: 0.1, ..MetricsConfig::default() };
        /// let handle = metrics_handle("orders", config);
        /// let orders = from_iter(1..=100).observe_rs2(&handle);
        /// assert_eq!(orders.fold_sync_rs2(0, |count, _| count + 1).await, 100);
        /// assert_eq!(handle.snapshot().items_processed, 100);
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn metrics_handle(
            name: impl Into<$crate::__alloc::string::String>,
            config: $crate::metrics::MetricsConfig,
        ) -> $crate::metrics::MetricsHandle<$Timer> {
            let metrics = $crate::metrics::Metrics::with_config(name, config);
            $crate::metrics::MetricsHandle::new($timer, metrics)
        }

        /// Makes an account of memory and keys by this runtime's clock, to be shared by streams,
        /// queues and code of one's own.
        ///
        /// # Errors
        /// The setting that cannot work: see
        /// [`ResourceConfig::validate`](rs2_core::metrics::ResourceConfig::validate).
        /// # Examples
        /// ```
        #[doc = $before]
        /// use rs2_core::metrics::{ResourceConfig, ResourceError};
        /// let config = ResourceConfig { max_memory_bytes: 4_096, ..ResourceConfig::default() };
        /// let manager = resource_manager(config).unwrap();
        /// assert_eq!(manager.track_memory_allocation(2_048).await, Ok(()));
        /// let refused = manager.track_memory_allocation(4_096).await;
        /// assert_eq!(refused, Err(ResourceError::MaxMemoryExceeded));
        /// assert_eq!(manager.pressure_percent(), 50);
        #[doc = $after]
        /// ```
        pub fn resource_manager(
            config: $crate::metrics::ResourceConfig,
        ) -> Result<$crate::metrics::ResourceManager, $crate::error::ConfigError> {
            $crate::metrics::ResourceManager::on($timer, config)
        }
    };
}
