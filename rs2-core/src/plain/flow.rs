//! The plain names of reading ahead, which need a spawner or a timer.

/// The methods of `PlainExt` that read ahead.
#[doc(hidden)]
#[macro_export]
macro_rules! __flow_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the items, of which a task of this runtime takes up to `ahead` before they are
        /// asked for: [`prefetch_on_rs2`](rs2_core::op::FlowExt::prefetch_on_rs2).
        ///
        /// The task is started by the first poll. Where the runtime takes no task, the source is
        /// read within this stream.
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends behind the items that wait. `Err` items are items like any other. A panic of the
        /// source is resumed here, behind the items that came before it.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream cancels the task and drops what
        /// waits.
        /// # Backpressure and memory
        /// Holds at most `ahead` items. When so many wait, the task stops until a quarter of them
        /// is gone.
        /// # Cost
        /// One task, one lock per item. No clock.
        /// # Panics
        /// When `ahead` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let pages: Vec<u32> = from_iter(1..=3).prefetch_rs2(2).collect_rs2().await;
        /// assert_eq!(pages, [1, 2, 3]);
        #[doc = $after]
        /// ```
        #[doc(alias = "read_ahead")]
        #[track_caller]
        fn prefetch_rs2(self, ahead: usize) -> $crate::op::flow::Buffer<Self, $Spawner>
        where
            Self: Sized,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<Self>>>,
        {
            self.prefetch_on_rs2($spawner, ahead)
        }

        /// Yields the items from a buffer that a task of this runtime fills up to 75 items, and
        /// again when there are 25 left:
        /// [`auto_backpressure_with_rs2`](Self::auto_backpressure_with_rs2) with the default
        /// configuration.
        ///
        /// # Examples
        /// ```
        #[doc = $before]
        /// let readings: Vec<u32> = from_iter(0..500).auto_backpressure_rs2().collect_rs2().await;
        /// assert_eq!(readings.len(), 500);
        #[doc = $after]
        /// ```
        fn auto_backpressure_rs2(self) -> $crate::op::flow::Buffer<Self, $Spawner>
        where
            Self: Sized,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<Self>>>,
        {
            self.auto_backpressure_on_rs2($spawner, ::core::default::Default::default())
        }

        /// Yields the items from a bounded buffer, which a task of this runtime fills as `config`
        /// says: [`auto_backpressure_on_rs2`](rs2_core::op::FlowExt::auto_backpressure_on_rs2).
        ///
        /// The task is started by the first poll. Where the runtime takes no task, the source is
        /// read within this stream, item by item.
        ///
        /// # Shape
        /// With [`Block`](rs2_core::op::BackpressureStrategy::Block) n items in, n out, in order.
        /// With `DropOldest` and `DropNewest` those that are not dropped, in order.
        /// # End and errors
        /// Ends behind the items that wait, with `Error` also when an item comes and the buffer is
        /// full; `losses()` then says that it was stopped. A panic of the source is resumed here,
        /// behind the items that came before it.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream cancels the task and drops what
        /// waits; `into_remainder()` returns it instead.
        /// # Backpressure and memory
        /// Holds at most `buffer_size` items; what is dropped for want of room is counted in
        /// `losses()`. `Block` stops at the high watermark and goes on at the low one.
        /// # Cost
        /// One task, one lock per item. No clock.
        /// # Panics
        /// When the configuration cannot work:
        /// [`validate`](rs2_core::op::BackpressureConfig::validate) tells without a panic.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let latest = BackpressureConfig::new(BackpressureStrategy::DropOldest, 10);
        /// let readings = from_iter(0..500).auto_backpressure_with_rs2(latest);
        /// let losses = readings.losses();
        /// let shown: Vec<u32> = readings.collect_rs2().await;
        /// assert_eq!(shown.last(), Some(&499));
        /// assert_eq!(shown.len() as u64 + losses.total(), 500);
        #[doc = $after]
        /// ```
        #[doc(alias = "on_backpressure_buffer")]
        #[doc(alias = "on_backpressure_drop")]
        #[track_caller]
        fn auto_backpressure_with_rs2(
            self,
            config: $crate::op::BackpressureConfig,
        ) -> $crate::op::flow::Buffer<Self, $Spawner>
        where
            Self: Sized,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<Self>>>,
        {
            self.auto_backpressure_on_rs2($spawner, config)
        }

        /// [`auto_backpressure_with_rs2`](Self::auto_backpressure_with_rs2) for results: with
        /// `Error` a full buffer is an error in line, and errors of the source are never dropped.
        ///
        /// See
        /// [`try_auto_backpressure_on_rs2`](rs2_core::op::FlowExt::try_auto_backpressure_on_rs2).
        ///
        /// # Panics
        /// When the configuration cannot work.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let strict = BackpressureConfig::new(BackpressureStrategy::Error, 10);
        /// let lines = from_iter([Ok(1), Err("torn")]).try_auto_backpressure_with_rs2(strict);
        /// let lines: Vec<_> = lines.collect_rs2().await;
        /// assert_eq!(lines, [Ok(1), Err(Overflow::Source("torn"))]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_auto_backpressure_with_rs2<T, E>(
            self,
            config: $crate::op::BackpressureConfig,
        ) -> $crate::op::flow::TryBuffer<Self, $Spawner>
        where
            Self: Sized + $crate::op::FlowExt<Item = Result<T, E>>,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<Self>>>,
        {
            self.try_auto_backpressure_on_rs2($spawner, config)
        }

        /// Yields every item, no faster than `rate_per_sec`, without bursts: the source waits.
        ///
        /// [`pace_on_rs2`](rs2_core::op::TimingExt::pace_on_rs2) with a burst of 1 and this
        /// runtime's timer.
        ///
        /// # Panics
        /// When `rate_per_sec` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let sent = from_iter(1..=3).rate_limit_backpressure_rs2(1_000);
        /// assert_eq!(sent.collect_rs2::<Vec<u32>>().await, [1, 2, 3]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn rate_limit_backpressure_rs2(
            self,
            rate_per_sec: u32,
        ) -> $crate::machine::Drive<Self, $crate::op::timing::Pace<Self::Item>, $Timer>
        where
            Self: Sized,
        {
            self.pace_on_rs2($timer, rate_per_sec, 1)
        }

        /// Yields the values that a task of this runtime takes, at most `capacity` of them before
        /// they are asked for, and the errors between them, which take no room of the values.
        ///
        /// See [`try_prefetch_on_rs2`](rs2_core::op::FlowExt::try_prefetch_on_rs2). A rate in time
        /// is [`rate_limit_backpressure_rs2`](Self::rate_limit_backpressure_rs2).
        ///
        /// # Panics
        /// When `capacity` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let read = from_iter([Ok(1), Err("torn"), Ok(3)]).rate_limit_backpressure(2);
        /// assert_eq!(read.collect_rs2::<Vec<_>>().await, [Ok(1), Err("torn"), Ok(3)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn rate_limit_backpressure<T, E>(
            self,
            capacity: usize,
        ) -> $crate::op::flow::Buffer<Self, $Spawner>
        where
            Self: Sized + $crate::op::FlowExt<Item = Result<T, E>>,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<Self>>>,
        {
            self.try_prefetch_on_rs2($spawner, capacity)
        }
    };
}

/// The same as functions, for those who write `auto_backpressure(stream, config)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __flow_functions {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// [`auto_backpressure_with_rs2`](PlainExt::auto_backpressure_with_rs2) as a function.
        ///
        /// # Panics
        /// When the configuration cannot work.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let readings = auto_backpressure(from_iter(1..=3), BackpressureConfig::default());
        /// assert_eq!(readings.collect_rs2::<Vec<u32>>().await, [1, 2, 3]);
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn auto_backpressure<S>(
            stream: S,
            config: $crate::op::BackpressureConfig,
        ) -> $crate::op::flow::Buffer<S, $Spawner>
        where
            S: $crate::op::FlowExt,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<S>>>,
        {
            stream.auto_backpressure_on_rs2($spawner, config)
        }

        /// [`auto_backpressure`] with `Block` and room for `capacity` items.
        ///
        /// # Panics
        /// When `capacity` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let readings = auto_backpressure_block(from_iter(1..=300), 2);
        /// assert_eq!(readings.collect_rs2::<Vec<u32>>().await.len(), 300);
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn auto_backpressure_block<S>(
            stream: S,
            capacity: usize,
        ) -> $crate::op::flow::Buffer<S, $Spawner>
        where
            S: $crate::op::FlowExt,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<S>>>,
        {
            let strategy = $crate::op::BackpressureStrategy::Block;
            auto_backpressure(stream, $crate::op::BackpressureConfig::new(strategy, capacity))
        }

        /// [`auto_backpressure`] with `DropOldest` and room for `capacity` items.
        ///
        /// # Panics
        /// When `capacity` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let readings = auto_backpressure_drop_oldest(from_iter(1..=300), 2);
        /// assert_eq!(readings.collect_rs2::<Vec<u32>>().await.last(), Some(&300));
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn auto_backpressure_drop_oldest<S>(
            stream: S,
            capacity: usize,
        ) -> $crate::op::flow::Buffer<S, $Spawner>
        where
            S: $crate::op::FlowExt,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<S>>>,
        {
            let strategy = $crate::op::BackpressureStrategy::DropOldest;
            auto_backpressure(stream, $crate::op::BackpressureConfig::new(strategy, capacity))
        }

        /// [`auto_backpressure`] with `DropNewest` and room for `capacity` items.
        ///
        /// # Panics
        /// When `capacity` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let readings = auto_backpressure_drop_newest(from_iter(1..=300), 2);
        /// assert_eq!(readings.collect_rs2::<Vec<u32>>().await.first(), Some(&1));
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn auto_backpressure_drop_newest<S>(
            stream: S,
            capacity: usize,
        ) -> $crate::op::flow::Buffer<S, $Spawner>
        where
            S: $crate::op::FlowExt,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<S>>>,
        {
            let strategy = $crate::op::BackpressureStrategy::DropNewest;
            auto_backpressure(stream, $crate::op::BackpressureConfig::new(strategy, capacity))
        }

        /// [`auto_backpressure`] with `Error` and room for `capacity` items.
        ///
        /// # Panics
        /// When `capacity` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let readings = auto_backpressure_error(from_iter(1..=3), 3);
        /// assert_eq!(readings.collect_rs2::<Vec<u32>>().await, [1, 2, 3]);
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn auto_backpressure_error<S>(
            stream: S,
            capacity: usize,
        ) -> $crate::op::flow::Buffer<S, $Spawner>
        where
            S: $crate::op::FlowExt,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<S>>>,
        {
            let strategy = $crate::op::BackpressureStrategy::Error;
            auto_backpressure(stream, $crate::op::BackpressureConfig::new(strategy, capacity))
        }

        /// [`rate_limit_backpressure`](PlainExt::rate_limit_backpressure) as a function.
        ///
        /// # Panics
        /// When `capacity` is zero.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let read = rate_limit_backpressure(from_iter([Ok(1), Err("torn")]), 2);
        /// assert_eq!(read.collect_rs2::<Vec<_>>().await, [Ok(1), Err("torn")]);
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn rate_limit_backpressure<S, T, E>(
            stream: S,
            capacity: usize,
        ) -> $crate::op::flow::Buffer<S, $Spawner>
        where
            S: $crate::op::FlowExt<Item = Result<T, E>>,
            $Spawner: $crate::task::Spawner<$crate::task::Task<$crate::op::flow::Pump<S>>>,
        {
            stream.try_prefetch_on_rs2($spawner, capacity)
        }
    };
}
