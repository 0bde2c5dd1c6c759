//! The plain names of the rules that protect what is called.

/// The methods of `PlainExt` that ask such a rule.
#[doc(hidden)]
#[macro_export]
macro_rules! __resilience_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields what the futures of `f` come to, one at a time, and takes no item while `breaker`
        /// is open.
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends with its source, which is asked for its end when the breaker lets a call through.
        /// `Err` outputs are yielded like any other; each counts as a failure, and so does a panic.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running call, which then
        /// counts as nothing, and its item.
        /// # Backpressure and memory
        /// Holds one item or output. The source is not polled while a call runs, nor while the
        /// breaker lets none through.
        /// # Cost
        /// Two locks and three readings of the clock per item, no allocation; one timer while it is
        /// paused.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let config = CircuitBreakerConfig::new().window(2).min_calls(2);
        /// let config = config.open_wait(Duration::from_millis(20)).half_open_calls(1);
        /// let breaker = CircuitBreaker::new(config).unwrap();
        /// // The first two are refused, and the others are asked for when it has recovered.
        /// let call = async |id: u32| if id < 2 { Err(id) } else { Ok(id) };
        /// let answers: Vec<Result<u32, u32>> =
        ///     from_iter(0..4).circuit_breaker_rs2(breaker.clone(), call).collect_rs2().await;
        /// assert_eq!(answers, [Err(0), Err(1), Ok(2), Ok(3)]);
        /// assert_eq!(breaker.trips(), 1);
        #[doc = $after]
        /// ```
        fn circuit_breaker_rs2<F, Fut, O, E>(
            self,
            breaker: $crate::op::CircuitBreaker,
            f: F,
        ) -> $crate::op::resilience::BreakCircuit<
            Self,
            $Timer,
            $crate::op::CircuitBreaker,
            $crate::op::resilience::Pause,
            F,
            Fut,
        >
        where
            Self: Sized,
            F: FnMut(Self::Item) -> Fut,
            Fut: ::core::future::Future<Output = Result<O, E>>,
        {
            self.circuit_breaker_on_rs2($timer, breaker, f)
        }

        /// [`circuit_breaker_rs2`](Self::circuit_breaker_rs2) with an answer of the caller's choice
        /// to an open breaker: [`Pause`](rs2_core::op::resilience::Pause),
        /// [`Fail`](rs2_core::op::resilience::Fail) or
        /// [`Divert`](rs2_core::op::resilience::Divert).
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends with its source. With `Fail` each item that is refused becomes an `Err`, at once;
        /// with `Divert` whatever the function makes of it.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the running call, which then
        /// counts as nothing, and its item.
        /// # Cost
        /// That of [`circuit_breaker_rs2`](Self::circuit_breaker_rs2).
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use rs2_core::op::resilience::{BreakerError, Fail};
        /// let config = CircuitBreakerConfig::new().window(1).min_calls(1);
        /// let breaker = CircuitBreaker::new(config).unwrap();
        /// let down = async |id: u32| Err::<u32, _>(BreakerError::Failed(id));
        /// let answers: Vec<_> =
        ///     from_iter(0..2).circuit_breaker_with_rs2(breaker, Fail, down).collect_rs2().await;
        /// assert_eq!(answers[0], Err(BreakerError::Failed(0)));
        /// assert!(matches!(answers[1], Err(BreakerError::Open(_))));
        #[doc = $after]
        /// ```
        fn circuit_breaker_with_rs2<P, F, Fut, O, E>(
            self,
            breaker: $crate::op::CircuitBreaker,
            on_open: P,
            f: F,
        ) -> $crate::op::resilience::BreakCircuit<
            Self,
            $Timer,
            $crate::op::CircuitBreaker,
            P,
            F,
            Fut,
        >
        where
            Self: Sized,
            P: $crate::op::resilience::OnOpen<Self::Item, Result<O, E>>,
            F: FnMut(Self::Item) -> Fut,
            Fut: ::core::future::Future<Output = Result<O, E>>,
        {
            self.circuit_breaker_with_on_rs2($timer, breaker, on_open, f)
        }

        /// Yields every item, no faster than `limiter` allows to all who share it, first come,
        /// first served.
        ///
        /// # Shape
        /// n items in, n out, in order.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream loses the one item that waits, and
        /// takes nothing from the limit for it.
        /// # Backpressure and memory
        /// Holds one item. The source is not polled while it waits.
        /// # Cost
        /// Four locks per item, one timer for all who wait.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let limiter = RateLimiter::new(Quota::per_second(1_000).unwrap());
        /// let here = from_iter(1..=3).rate_limit_rs2(limiter.clone());
        /// let there = from_iter(4..=5).rate_limit_rs2(limiter);
        /// let numbers: Vec<u32> = here.concat_rs2(there).collect_rs2().await;
        /// assert_eq!(numbers, [1, 2, 3, 4, 5]);
        #[doc = $after]
        /// ```
        fn rate_limit_rs2<L: $crate::op::resilience::Limit>(
            self,
            limiter: $crate::op::RateLimiter<L>,
        ) -> $crate::op::resilience::RateLimit<Self, $Timer, L>
        where
            Self: Sized,
        {
            self.rate_limit_on_rs2($timer, limiter)
        }

        /// Yields the items that are within `quota` for their key, and drops the others.
        ///
        /// To share the limit with others, or to choose the memory, use
        /// [`rate_limit_by_key_on_rs2`](rs2_core::op::ResilienceExt::rate_limit_by_key_on_rs2).
        ///
        /// # Shape
        /// n items in, at most n out, in order, each when it arrives; the first of each key always.
        /// # End and errors
        /// Ends with its source. `Err` items are items like any other.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Backpressure and memory
        /// Holds the keys that are not yet paid off, at most 1,000,000; then the one that is
        /// soonest paid off is forgotten. The dropped items are counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cost
        /// One call of `key` and one table lookup per item, amortised O(log keys); no timer.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let two_an_hour = Quota::new(2, Duration::from_secs(3_600)).unwrap();
        /// let calls = from_iter(["ann 1", "ann 2", "ann 3", "bob 1"]);
        /// let served: Vec<&str> = calls
        ///     .rate_limit_by_key_rs2(two_an_hour, |call| call.split(' ').next())
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(served, ["ann 1", "ann 2", "bob 1"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "throttle_by_key")]
        fn rate_limit_by_key_rs2<K, F>(
            self,
            quota: $crate::op::Quota,
            key: F,
        ) -> $crate::op::resilience::LimitedByKey<
            Self,
            F,
            $crate::op::KeyedLimit<K, $crate::store::SeededHeap>,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            F: FnMut(&Self::Item) -> K,
        {
            let rule = $crate::op::KeyedLimit::new(&$crate::__keys!($seed), quota);
            self.rate_limit_by_key_on_rs2($timer, rule, key)
        }

        /// Yields the items that are within `quota` for their key, and the others as errors with
        /// the instant from which one may pass.
        ///
        /// # Shape
        /// n items in, n out, in order, each when it arrives.
        /// # End and errors
        /// Ends with its source. An [`OverLimit`](rs2_core::op::resilience::OverLimit) ends
        /// nothing.
        /// # Cancel safety
        /// Dropping the stream loses nothing: it holds no item.
        /// # Backpressure and memory
        /// Holds the keys that are not yet paid off, at most 1,000,000; then the one that is
        /// soonest paid off is forgotten. What is beyond the limit is counted as
        /// [`Loss::Suppressed`](rs2_core::metrics::Loss::Suppressed).
        /// # Cost
        /// One call of `key` and one table lookup per item, amortised O(log keys); no timer.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::time::Duration;
        /// let one_an_hour = Quota::new(1, Duration::from_secs(3_600)).unwrap();
        /// let answers: Vec<Result<&str, &str>> = from_iter(["ann 1", "ann 2", "bob 1"])
        ///     .try_rate_limit_by_key_rs2(one_an_hour, |call| call.split(' ').next())
        ///     .map_error_rs2(|over| over.item)
        ///     .collect_rs2()
        ///     .await;
        /// assert_eq!(answers, [Ok("ann 1"), Err("ann 2"), Ok("bob 1")]);
        #[doc = $after]
        /// ```
        fn try_rate_limit_by_key_rs2<K, F>(
            self,
            quota: $crate::op::Quota,
            key: F,
        ) -> $crate::op::resilience::TryLimitedByKey<
            Self,
            F,
            $crate::op::KeyedLimit<K, $crate::store::SeededHeap>,
            $Timer,
        >
        where
            Self: Sized,
            K: ::core::hash::Hash + Eq + Clone,
            F: FnMut(&Self::Item) -> K,
        {
            let rule = $crate::op::KeyedLimit::new(&$crate::__keys!($seed), quota);
            self.try_rate_limit_by_key_on_rs2($timer, rule, key)
        }
    };
}

/// The futures that ask such a rule.
#[doc(hidden)]
#[macro_export]
macro_rules! __resilience_sources {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Runs `future` if `breaker` lets a call through:
        /// [`CircuitBreaker::call_on`](rs2_core::op::CircuitBreaker::call_on) with this runtime's
        /// timer.
        ///
        /// # Errors
        /// What `future` failed with; or
        /// [`BreakerError::Open`](rs2_core::op::resilience::BreakerError::Open), and `future` was
        /// not polled.
        /// # Cancel safety
        /// Dropping it drops `future`; the call then counts as nothing.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let breaker = CircuitBreaker::new(CircuitBreakerConfig::new()).unwrap();
        /// let answer = call_through(&breaker, async { Ok::<_, String>(42) });
        /// assert_eq!(answer.await, Ok(42));
        #[doc = $after]
        /// ```
        pub async fn call_through<F, O, E>(
            breaker: &$crate::op::CircuitBreaker,
            future: F,
        ) -> Result<O, $crate::op::resilience::BreakerError<E>>
        where
            F: ::core::future::Future<Output = Result<O, E>>,
        {
            breaker.call_on(&$timer, future).await
        }

        /// Waits until `limiter` lets one more pass:
        /// [`RateLimiter::until_ready_on`](rs2_core::op::RateLimiter::until_ready_on) with this
        /// runtime's timer.
        ///
        /// # Cancel safety
        /// Dropping it leaves the line and takes nothing from the limit.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let limiter = RateLimiter::new(Quota::per_second(1_000).unwrap());
        /// until_ready(&limiter).await;
        #[doc = $after]
        /// ```
        pub fn until_ready<L: $crate::op::resilience::Limit>(
            limiter: &$crate::op::RateLimiter<L>,
        ) -> $crate::op::resilience::UntilReady<$Timer, L> {
            limiter.until_ready_on(&$timer)
        }
    };
}
