//! The plain names of the operators that give back what they cannot take.

/// The methods of `PlainExt` that yield as `Err` the items that find no room, and those without a
/// key.
#[doc(hidden)]
#[macro_export]
macro_rules! __try_stateful_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the outputs of asynchronous steps as `Ok`, and as `Err` the items whose key has
        /// no state and finds no room for any.
        ///
        /// [`try_stateful_map_on_rs2`](rs2_core::op::StatefulExt::try_stateful_map_on_rs2) with
        /// this runtime's timer and, if `config` has none, a random seed. Cancel safety, cost and
        /// panics are those of `stateful_map_rs2`.
        ///
        /// # Shape
        /// n items in, n out, in order; an item that comes back has had no step.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_map_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let taken: Vec<Result<(), StateError<char>>> = from_iter(['a', 'b', 'a'])
        ///     .try_stateful_map_rs2(one_key, |c: &char| *c, |c, state| async move {
        ///         state.set(&c).await.unwrap();
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(taken, [Ok(()), Err(StateError::Full('b')), Ok(())]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_map_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            f: F,
        ) -> $crate::op::stateful::StatefulMapped<
            Self, X, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut(Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_map_on_rs2($timer, config, key, f)
        }

        /// Yields the items for which an asynchronous step says yes as `Ok`, and as `Err` those
        /// whose key has no state and finds no room for any.
        ///
        /// [`try_stateful_filter_on_rs2`](rs2_core::op::StatefulExt::try_stateful_filter_on_rs2)
        /// with this runtime's timer and, if `config` has none, a random seed. Cancel safety, cost
        /// and panics are those of `stateful_filter_rs2`.
        ///
        /// # Shape
        /// n items in, at most n out, in order; an item that comes back has had no step.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_filter_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let taken: Vec<Result<char, StateError<char>>> = from_iter(['a', 'b', 'a'])
        ///     .try_stateful_filter_rs2(one_key, |c: &char| *c, |_, state| async move {
        ///         !state.update(|seen: &mut bool| std::mem::replace(seen, true)).await.unwrap()
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(taken, [Ok('a'), Err(StateError::Full('b'))]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_filter_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            f: F,
        ) -> $crate::op::stateful::StatefulFiltered<
            Self, X, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut(&Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = bool>,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_filter_on_rs2($timer, config, key, f)
        }

        /// Yields what `stateful_fold_rs2` does as `Ok`, and as `Err` the items for whose
        /// accumulator there is no room.
        ///
        /// [`try_stateful_fold_on_rs2`](rs2_core::op::StatefulExt::try_stateful_fold_on_rs2) with
        /// this runtime's timer and, if `config` has none, a random seed. Cancel safety, cost and
        /// panics are those of `stateful_fold_rs2`.
        ///
        /// # Shape
        /// n items in, n out, in order; an item that comes back has had no step.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_fold_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let count = |n, _, _state| async move { n + 1 };
        /// let counts: Vec<Result<u32, StateError<char>>> = from_iter(['a', 'b', 'a'])
        ///     .try_stateful_fold_rs2(one_key, |c: &char| *c, 0, count)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(counts, [Ok(1), Err(StateError::Full('b')), Ok(2)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_fold_rs2<B, X, R, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            init: R,
            f: F,
        ) -> $crate::op::stateful::StatefulFolded<
            Self, X, R, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            R: Clone,
            F: FnMut(R, Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = R>,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_fold_on_rs2($timer, config, key, init, f)
        }

        /// Yields what `stateful_reduce_rs2` does as `Ok`, and as `Err` the items for whose
        /// accumulator there is no room.
        ///
        /// [`try_stateful_reduce_on_rs2`](rs2_core::op::StatefulExt::try_stateful_reduce_on_rs2)
        /// with this runtime's timer and, if `config` has none, a random seed. Cancel safety, cost
        /// and panics are those of `stateful_reduce_rs2`.
        ///
        /// # Shape
        /// n items in, n out, in order; an item that comes back has had no step.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_reduce_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let larger = |highest: u32, n, _state| async move { highest.max(n) };
        /// let taken: Vec<Result<u32, StateError<u32>>> = from_iter([3, 4, 5])
        ///     .try_stateful_reduce_rs2(one_key, |n: &u32| n % 2, 0, larger)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(taken, [Ok(3), Err(StateError::Full(4)), Ok(5)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_reduce_rs2<B, X, R, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            init: R,
            f: F,
        ) -> $crate::op::stateful::StatefulFolded<
            Self, X, R, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            R: Clone,
            F: FnMut(R, Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = R>,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_reduce_on_rs2($timer, config, key, init, f)
        }

        /// Yields what `stateful_window_rs2` does as `Ok`, and as `Err` the items whose key has
        /// none yet and finds no room for any.
        ///
        /// [`try_stateful_window_on_rs2`](rs2_core::op::StatefulExt::try_stateful_window_on_rs2)
        /// with this runtime's timer and, if `config` has none, a random seed. Cancel safety, cost
        /// and panics are those of `stateful_window_rs2`.
        ///
        /// # Shape
        /// n items in, at most n out, in order; an item that comes back is in no window.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_window_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let sum = |window: Vec<u32>, _state| async move { window.iter().sum::<u32>() };
        /// let sums: Vec<Result<u32, StateError<u32>>> = from_iter([1, 2, 3, 5])
        ///     .try_stateful_window_rs2(one_key, |n: &u32| n % 2, 2, sum)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(sums, [Err(StateError::Full(2)), Ok(4), Ok(8)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_window_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            size: usize,
            f: F,
        ) -> $crate::op::stateful::StatefulWindowed<
            Self, X, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut($crate::__alloc::vec::Vec<Self::Item>, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_window_on_rs2($timer, config, key, size, f)
        }

        /// Yields what `stateful_window_with_rs2` does as `Ok`, and as `Err` the items whose key
        /// has none yet and finds no room for any.
        ///
        /// [`StatefulExt::try_stateful_window_with_on_rs2`](rs2_core::op::StatefulExt) with this
        /// runtime's timer and, if `config` has none, a random seed. Cancel safety, cost
        /// and panics are those of `stateful_window_with_rs2`.
        ///
        /// # Shape
        /// As `stateful_window_with_rs2`; an item that comes back is in no window.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_window_with_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// # use rs2_core::op::stateful::Windowing;
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let pairs = Windowing::of(2).slide(2).with_tail();
        /// let sum = |window: Vec<u32>, _state| async move { window.iter().sum::<u32>() };
        /// let sums: Vec<Result<u32, StateError<u32>>> = from_iter([1, 2, 3, 5])
        ///     .try_stateful_window_with_rs2(one_key, |n: &u32| n % 2, pairs, sum)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(sums, [Err(StateError::Full(2)), Ok(4), Ok(5)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_window_with_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            windowing: $crate::op::stateful::Windowing,
            f: F,
        ) -> $crate::op::stateful::StatefulWindowed<
            Self, X, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut($crate::__alloc::vec::Vec<Self::Item>, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_window_with_on_rs2($timer, config, key, windowing, f)
        }

        /// Yields what `stateful_join_rs2` does as `Ok`, and as `Err` the items of either side
        /// whose key has none yet and finds no room for any.
        ///
        /// [`try_stateful_join_on_rs2`](rs2_core::op::StatefulExt::try_stateful_join_on_rs2) with
        /// this runtime's timer and, if `config` has none, a random seed. Cancel safety, cost and
        /// panics are those of `stateful_join_rs2`.
        ///
        /// # Shape
        /// Each pair once; an item that comes back is in no pair.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_join_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// # use rs2_core::op::stateful::Side;
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let orders = from_iter([(1, "tea")]);
        /// let payments = from_iter([(2, 5), (1, 3)]);
        /// let paid: Vec<Result<(&str, i32), StateError<Side<_, _>>>> = orders
        ///     .try_stateful_join_rs2(
        ///         payments,
        ///         one_key,
        ///         |order: &(u32, &'static str)| order.0,
        ///         |payment: &(u32, i32)| payment.0,
        ///         |order, payment, _state| async move { (order.1, payment.1) },
        ///     )
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(paid, [Err(StateError::Full(Side::Right((2, 5)))), Ok(("tea", 3))]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_join_rs2<O, B, X, Y, F, Fut>(
            self,
            other: O,
            config: $crate::state::StateConfig<B>,
            key: X,
            other_key: Y,
            f: F,
        ) -> $crate::op::stateful::StatefulJoined<
            Self, O, X::Key, X, Y, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            O: $crate::prelude::Stream<Item: Clone>,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            Y: $crate::state::KeyExtractor<O::Item, Key = X::Key>,
            F: FnMut(Self::Item, O::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_join_on_rs2($timer, other, config, key, other_key, f)
        }

        /// Yields what `stateful_group_by_rs2` does as `Ok`, and as `Err` the items whose key has
        /// no group and finds no room for one.
        ///
        /// [`try_stateful_group_by_on_rs2`][on_rs2] with this runtime's timer and, if `config` has
        /// none, a random seed. Cancel safety, cost and panics are those of
        /// `stateful_group_by_rs2`.
        ///
        /// [on_rs2]: rs2_core::op::StatefulExt::try_stateful_group_by_on_rs2
        ///
        /// # Shape
        /// As `stateful_group_by_rs2`; an item that comes back is in no group.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_group_by_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let length = |key, items: Vec<char>, _state| async move { (key, items.len()) };
        /// let lengths: Vec<Result<(char, usize), StateError<char>>> = from_iter(['a', 'b', 'a'])
        ///     .try_stateful_group_by_rs2(one_key, |c: &char| *c, length)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(lengths, [Err(StateError::Full('b')), Ok(('a', 2))]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_group_by_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            f: F,
        ) -> $crate::op::stateful::StatefulGrouped<
            Self, X, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut(
                X::Key,
                $crate::__alloc::vec::Vec<Self::Item>,
                $crate::state::StateAccess<B>,
            ) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_group_by_on_rs2($timer, config, key, f)
        }

        /// Yields what `stateful_deduplicate_rs2` does as `Ok`, and as `Err` the items whose key
        /// cannot be remembered.
        ///
        /// [`StatefulExt::try_stateful_deduplicate_on_rs2`](rs2_core::op::StatefulExt) with this
        /// runtime's timer and, if `config` has none, a random seed. Cancel safety, cost
        /// and panics are those of `stateful_deduplicate_rs2`.
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives. Duplicates are counted and do
        /// not come back.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_deduplicate_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// # use core::time::Duration;
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let once: Vec<Result<char, StateError<char>>> = from_iter(['a', 'b', 'a'])
        ///     .try_stateful_deduplicate_rs2(one_key, |c: &char| *c, Duration::from_secs(60))
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(once, [Ok('a'), Err(StateError::Full('b'))]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_deduplicate_rs2<B, X>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            ttl: ::core::time::Duration,
        ) -> $crate::op::stateful::StatefulDeduplicated<
            Self, X, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_deduplicate_on_rs2($timer, config, key, ttl)
        }

        /// Yields what `stateful_throttle_rs2` does as `Ok`, and as `Err` what exceeds the limit or
        /// finds no room.
        ///
        /// [`try_stateful_throttle_on_rs2`][on_rs2] with this runtime's timer and, if `config` has
        /// none, a random seed. Cancel safety, cost and panics are those of
        /// `stateful_throttle_rs2`.
        ///
        /// [on_rs2]: rs2_core::op::StatefulExt::try_stateful_throttle_on_rs2
        ///
        /// # Shape
        /// n items in, n out, in order, each when it arrives.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that finds no room.
        /// # Backpressure and memory
        /// As `stateful_throttle_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{StateConfigs, StateError};
        /// # use core::time::Duration;
        /// let minute = Duration::from_secs(60);
        /// let few: Vec<Result<char, StateError<char>>> = from_iter(['a', 'a', 'b'])
        ///     .try_stateful_throttle_rs2(StateConfigs::session(), |c: &char| *c, 1, minute)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(few, [Ok('a'), Err(StateError::Exceeded('a')), Ok('b')]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_throttle_rs2<B, X>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            limit: u32,
            window: ::core::time::Duration,
        ) -> $crate::op::stateful::StatefulThrottled<
            Self, X, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_throttle_on_rs2($timer, config, key, limit, window)
        }

        /// Yields what `stateful_session_rs2` does as `Ok`, and as `Err` the items that would begin
        /// a session and find no room for its state.
        ///
        /// [`try_stateful_session_on_rs2`](rs2_core::op::StatefulExt::try_stateful_session_on_rs2)
        /// with this runtime's timer and, if `config` has none, a random seed. Cancel safety, cost
        /// and panics are those of `stateful_session_rs2`.
        ///
        /// # Shape
        /// n items in, n out, in order; an item that comes back has had no step.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_session_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// # use core::time::Duration;
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let minute = Duration::from_secs(60);
        /// let visits: Vec<Result<u32, StateError<char>>> = from_iter(['a', 'b', 'a'])
        ///     .try_stateful_session_rs2(one_key, |c: &char| *c, minute, |_, state| async move {
        ///         state.update(|clicks: &mut u32| { *clicks += 1; *clicks }).await.unwrap()
        ///     })
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(visits, [Ok(1), Err(StateError::Full('b')), Ok(2)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_session_rs2<B, X, F, Fut>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            timeout: ::core::time::Duration,
            f: F,
        ) -> $crate::op::stateful::StatefulMapped<
            Self, X, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut(Self::Item, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_session_on_rs2($timer, config, key, timeout, f)
        }

        /// Yields what `stateful_pattern_rs2` does as `Ok`, and as `Err` the items whose key has
        /// none yet and finds no room for any.
        ///
        /// [`try_stateful_pattern_on_rs2`](rs2_core::op::StatefulExt::try_stateful_pattern_on_rs2)
        /// with this runtime's timer and, if `config` has none, a random seed. Cancel safety, cost
        /// and panics are those of `stateful_pattern_rs2`.
        ///
        /// # Shape
        /// n items in, at most n out, in order; an item that comes back has had no step.
        /// # End and errors
        /// Ends with its source; with `Stop`, after the first item that comes back.
        /// # Backpressure and memory
        /// As `stateful_pattern_rs2`. What comes back is not counted.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::state::{OnFull, StateConfig, StateError};
        /// let one_key = StateConfig::new().max_size(1).on_full(OnFull::Reject);
        /// let two = |all: Vec<char>, _state| async move { (all.len() == 2).then_some(all) };
        /// let found: Vec<Result<Vec<char>, StateError<char>>> = from_iter(['a', 'b', 'a'])
        ///     .try_stateful_pattern_rs2(one_key, |c: &char| *c, two)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(found, [Err(StateError::Full('b')), Ok(vec!['a', 'a'])]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn try_stateful_pattern_rs2<B, X, F, Fut, R>(
            self,
            config: $crate::state::StateConfig<B>,
            key: X,
            f: F,
        ) -> $crate::op::stateful::StatefulFound<
            Self, X, B, F, Fut, $crate::op::stateful::GivenBack, $Timer,
        >
        where
            Self: Sized,
            Self::Item: Clone,
            X: $crate::state::KeyExtractor<Self::Item>,
            B: $crate::state::StateBackend<X::Key>,
            F: FnMut($crate::__alloc::vec::Vec<Self::Item>, $crate::state::StateAccess<B>) -> Fut,
            Fut: ::core::future::Future<Output = ::core::option::Option<R>>,
        {
            let config = config.seeded_by(|| $seed);
            self.try_stateful_pattern_on_rs2($timer, config, key, f)
        }
    };
}
