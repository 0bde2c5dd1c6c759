//! The plain names of trying again, which need a timer and a seed.

/// The methods of `PlainExt` that try again.
#[doc(hidden)]
#[macro_export]
macro_rules! __recover_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the items of this stream and, each time the stream of the moment fails, those of
        /// one that `factory` makes, when and as often as `policy` says.
        ///
        /// `policy` is a [`RetryPolicy`](rs2_core::op::RetryPolicy) or a whole
        /// [`RetryConfig`](rs2_core::op::RetryConfig).
        ///
        /// # Shape
        /// The items of all the streams, in order, each at once. What one has yielded before it
        /// failed is not taken back: a factory that begins from the beginning yields it once
        /// more. [`retry_from_rs2`](Self::retry_from_rs2) goes on behind it.
        /// # End and errors
        /// Ends with the first stream that ends without an error. An error that is followed by
        /// another stream does not come out. The last one comes out as
        /// [`GaveUp`](rs2_core::error::GaveUp), and then the stream ends. A panic ends it, too.
        /// # Cancel safety
        /// Dropping the stream drops the stream of the moment, or ends the wait at once.
        /// # Backpressure and memory
        /// Holds one stream; one that failed is dropped before the wait for the next.
        /// # Cost
        /// One timer. Reads the clock twice for each stream. Gives the task back after 1,024
        /// streams that failed in a row.
        /// # Panics
        /// When the settings cannot work:
        /// [`RetryConfig::validate`](rs2_core::op::RetryConfig::validate) tells without a panic.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let mut answers = [Err("busy"), Ok(42)].into_iter();
        /// let mut ask = || from_iter(answers.next());
        /// let (max_retries, delay) = (3, Duration::from_millis(1));
        /// let policy = RetryPolicy::Fixed { max_retries, delay };
        /// let answer = ask().retry_with_policy_rs2(policy, ask);
        /// assert_eq!(answer.collect_rs2::<Vec<_>>().await, [Ok(42)]);
        #[doc = $after]
        /// ```
        #[doc(alias = "retry_when")]
        #[doc(alias = "retry_backoff")]
        #[track_caller]
        fn retry_with_policy_rs2<P, J, F>(
            self,
            policy: P,
            factory: F,
        ) -> $crate::op::recover::RetryStream<Self, $crate::op::recover::Afresh<F>, $Timer, J>
        where
            Self: Sized + $crate::op::recover::TryStream,
            P: Into<$crate::op::recover::RetryConfig<J>>,
            J: $crate::op::recover::Judge<Self::Error>,
            F: FnMut() -> Self,
        {
            self.retry_with_policy_on_rs2($timer, $seed, policy, factory)
        }

        /// Yields the items of this stream and, each time the stream of the moment fails, those of
        /// one that `factory` makes from where it failed, when and as often as `policy` says.
        ///
        /// An [`Attempt`](rs2_core::op::Attempt) tells `factory` how many items went out, which is
        /// where to go on, and what the last error was. `policy` is a
        /// [`RetryPolicy`](rs2_core::op::RetryPolicy) or a whole
        /// [`RetryConfig`](rs2_core::op::RetryConfig).
        ///
        /// # Shape
        /// The items of all the streams, in order, each at once. With a factory that goes on
        /// behind what was yielded, each item once.
        /// # End and errors
        /// As [`retry_with_policy_rs2`](Self::retry_with_policy_rs2).
        /// # Cancel safety
        /// Dropping the stream drops the stream of the moment, or ends the wait at once.
        /// # Backpressure and memory
        /// Holds one stream; one that failed is dropped before the wait for the next.
        /// # Cost
        /// That of [`retry_with_policy_rs2`](Self::retry_with_policy_rs2).
        /// # Panics
        /// When the settings cannot work:
        /// [`RetryConfig::validate`](rs2_core::op::RetryConfig::validate) tells without a panic.
        /// # Examples
        /// ```
        #[doc = $before]
        /// // Every connection breaks after two items.
        /// let connect = |offset: u64| {
        ///     let left: Vec<u64> = (offset..5).collect();
        ///     let breaks = if left.len() > 2 { Some(Err("reset")) } else { None };
        ///     from_iter(left.into_iter().take(2).map(Ok).chain(breaks))
        /// };
        /// let items = connect(0)
        ///     .retry_from_rs2(RetryPolicy::default(), |attempt| connect(attempt.yielded));
        /// assert_eq!(items.collect_ok_rs2::<Vec<_>>().await, [0, 1, 2, 3, 4]);
        #[doc = $after]
        /// ```
        #[track_caller]
        fn retry_from_rs2<P, J, F>(
            self,
            policy: P,
            factory: F,
        ) -> $crate::op::recover::RetryStream<Self, $crate::op::recover::FromAttempt<F>, $Timer, J>
        where
            Self: Sized + $crate::op::recover::TryStream,
            P: Into<$crate::op::recover::RetryConfig<J>>,
            J: $crate::op::recover::Judge<Self::Error>,
            F: FnMut($crate::op::recover::Attempt<Self::Error>) -> Self,
        {
            self.retry_from_on_rs2($timer, $seed, policy, factory)
        }
    };
}

/// The futures that try again.
#[doc(hidden)]
#[macro_export]
macro_rules! __recover_sources {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the output of the future that `f` makes, or of the next one when it fails, and
        /// so on: [`retry_on`](rs2_core::op::retry_on) with this runtime's timer.
        ///
        /// Within `eval_map_rs2` or `par_eval_map_rs2` it retries one item, and the others do not
        /// come again.
        ///
        /// # End and errors
        /// The first `Ok`. When the policy allows no further try,
        /// [`GaveUp`](rs2_core::error::GaveUp) with the last error; those before it are dropped.
        /// # Cancel safety
        /// Dropping the future drops the running try or ends the wait at once.
        /// # Cost
        /// One timer. Reads the clock twice for each try.
        /// # Panics
        /// When the settings cannot work:
        /// [`RetryConfig::validate`](rs2_core::op::RetryConfig::validate) tells without a panic.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let policy = RetryPolicy::default();
        /// let numbers = from_iter(["1", "x"])
        ///     .eval_map_rs2(|text| retry(policy, async move || text.parse::<u32>()))
        ///     .map_rs2(|result| result.map_err(|gave_up| gave_up.attempts));
        /// assert_eq!(numbers.collect_rs2::<Vec<_>>().await, [Ok(1), Err(4)]);
        #[doc = $after]
        /// ```
        #[track_caller]
        pub fn retry<P, J, F, Fut, O, E>(
            policy: P,
            f: F,
        ) -> $crate::op::recover::RetryFuture<F, Fut, $Timer, J>
        where
            P: Into<$crate::op::recover::RetryConfig<J>>,
            J: $crate::op::recover::Judge<E>,
            F: FnMut() -> Fut,
            Fut: ::core::future::Future<Output = Result<O, E>>,
        {
            $crate::op::recover::retry_on($timer, $seed, policy, f)
        }
    };
}
