//! Rules that protect what is called: circuit breakers, bulkheads and rate limits, for streams and
//! for plain futures.
//!
//! A rule is a handle, and its clones share it: several streams, and calls outside of any stream,
//! then count together. The rules proper, [`Gcra`], [`SlidingLog`], [`KeyedLimit`] and [`Circuit`],
//! own no lock and no clock and need no heap of their own.
//!
//! Of a plain future: [`CircuitBreaker::call_on`], [`Bulkhead::call`],
//! [`RateLimiter::until_ready_on`], [`KeyedRateLimiter::check`]. Of a stream: the methods of
//! [`ResilienceExt`], and a [`Bulkhead`] in the closure of an operator that holds several futures
//! in flight; a stream by itself has one item at once, so there is nothing to bound.

mod break_circuit;
mod breaker;
#[cfg(feature = "alloc")]
mod bulkhead;
mod circuit;
#[cfg(feature = "alloc")]
mod circuit_breaker;
mod circuit_config;
mod gcra;
#[cfg(feature = "alloc")]
mod guarded;
mod keyed_limit;
#[cfg(feature = "alloc")]
mod keyed_rate_limiter;
mod on_open;
mod quota;
#[cfg(feature = "alloc")]
mod rate_limit;
mod rate_limit_by_key;
#[cfg(feature = "alloc")]
mod rate_limiter;
mod sliding_log;

pub use break_circuit::BreakCircuit;
pub use breaker::Breaker;
#[cfg(feature = "alloc")]
pub use bulkhead::{Bulkhead, Enter, Permit};
pub use circuit::{Circuit, CircuitState, Open, Outcome, Pass};
#[cfg(feature = "alloc")]
pub use circuit_breaker::{BreakerError, CallPermit, CircuitBreaker, Place, Ready};
pub use circuit_config::CircuitBreakerConfig;
pub use gcra::Gcra;
pub use keyed_limit::{KeyedLimit, OnFullKeys};
#[cfg(feature = "alloc")]
pub use keyed_rate_limiter::KeyedRateLimiter;
pub use on_open::{Divert, Fail, OnOpen, Pause};
pub use quota::{Denied, Limit, Quota};
#[cfg(feature = "alloc")]
pub use rate_limit::RateLimit;
pub use rate_limit_by_key::{LimitKeys, OverLimit, RateLimitByKey, TryRateLimitByKey};
#[cfg(feature = "alloc")]
pub use rate_limiter::{RateLimiter, UntilReady};
pub use sliding_log::SlidingLog;

use crate::machine::Drive;
use crate::metrics::Losses;
use crate::time::Timer;
use core::future::Future;
use futures_core::Stream;

/// The stream of [`rate_limit_by_key_on_rs2`](ResilienceExt::rate_limit_by_key_on_rs2).
pub type LimitedByKey<S, F, L, T> = Drive<S, RateLimitByKey<<S as Stream>::Item, F, L>, T>;

/// The stream of [`try_rate_limit_by_key_on_rs2`](ResilienceExt::try_rate_limit_by_key_on_rs2).
pub type TryLimitedByKey<S, F, L, T> = Drive<S, TryRateLimitByKey<<S as Stream>::Item, F, L>, T>;

/// Operators that protect what is called, by rules that others can share.
pub trait ResilienceExt: Stream {
    /// Yields what the futures of `f` come to, one at a time, and takes no item while `breaker` is
    /// open.
    ///
    /// ```text
    /// in   a b c d |          a and b fail and open the breaker for 3 columns
    /// out  a b - - (cd|)
    /// ```
    /// An `Err` counts as a failure, and so does a panic. While the breaker is open the items stay
    /// where they are: none fails only because others did.
    /// [`circuit_breaker_with_on_rs2`](Self::circuit_breaker_with_on_rs2) has the other answers.
    /// For several calls in flight use [`CircuitBreaker::call_on`] in the closure of
    /// `par_eval_map`. A [`Circuit`] is a breaker for this stream alone.
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with its source, which is asked for its end when the breaker lets a call through. `Err`
    /// outputs are yielded like any other.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops the running call, which then
    /// counts as nothing, and its item.
    /// # Backpressure and memory
    /// Holds one item or output. The source is not polled while a call runs, nor while the breaker
    /// lets none through.
    /// # Cost
    /// Two locks, none with a [`Circuit`] of the stream's own, and three readings of the clock per
    /// item, no allocation; one timer while it is paused.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::op::resilience::{CircuitBreaker, CircuitBreakerConfig};
    /// # futures_executor::block_on(async {
    /// let breaker = CircuitBreaker::new(CircuitBreakerConfig::new())?;
    /// let lengths: Vec<Result<usize, String>> = from_iter(["/a", "/bc"])
    ///     .circuit_breaker_on_rs2(NoTimer, breaker, async |path: &str| Ok(path.len()))
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(lengths, [Ok(2), Ok(3)]);
    /// # Ok::<(), rs2_core::error::ConfigError>(())
    /// # }).unwrap();
    /// ```
    fn circuit_breaker_on_rs2<T, B, F, Fut, O, E>(
        self,
        timer: T,
        breaker: B,
        f: F,
    ) -> BreakCircuit<Self, T, B, Pause, F, Fut>
    where
        Self: Sized,
        T: Timer,
        B: Breaker,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future<Output = Result<O, E>>,
    {
        BreakCircuit::new(self, timer, breaker, Pause, f)
    }

    /// [`circuit_breaker_on_rs2`](Self::circuit_breaker_on_rs2) with an answer of the caller's
    /// choice to an open breaker: [`Pause`], [`Fail`] or [`Divert`].
    ///
    /// # Shape
    /// n items in, n out, in order.
    /// # End and errors
    /// Ends with its source. With [`Fail`] each item that is refused becomes an `Err`, at once, and
    /// is counted as [`Loss::Failed`](crate::metrics::Loss::Failed); with [`Divert`] it becomes
    /// whatever the function makes of it.
    /// # Cancel safety
    /// A dropped `next()` loses nothing. Dropping the stream drops the running call, which then
    /// counts as nothing, and its item.
    /// # Backpressure and memory
    /// Holds one item or output. With [`Fail`] and [`Divert`] an open breaker does not hold the
    /// source back.
    /// # Cost
    /// That of [`circuit_breaker_on_rs2`](Self::circuit_breaker_on_rs2).
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::op::resilience::{CircuitBreaker, CircuitBreakerConfig, Divert};
    /// # futures_executor::block_on(async {
    /// let breaker = CircuitBreaker::new(CircuitBreakerConfig::new().window(1).min_calls(1))?;
    /// let from_cache = Divert(|id, _| Ok(format!("cached {id}")));
    /// let down = async |id: u32| Err::<String, u32>(id);
    /// let pages: Vec<Result<String, u32>> = from_iter(1..=2)
    ///     .circuit_breaker_with_on_rs2(NoTimer, breaker, from_cache, down)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(pages, [Err(1), Ok("cached 2".to_string())]);
    /// # Ok::<(), rs2_core::error::ConfigError>(())
    /// # }).unwrap();
    /// ```
    fn circuit_breaker_with_on_rs2<T, B, P, F, Fut, O, E>(
        self,
        timer: T,
        breaker: B,
        on_open: P,
        f: F,
    ) -> BreakCircuit<Self, T, B, P, F, Fut>
    where
        Self: Sized,
        T: Timer,
        B: Breaker,
        P: OnOpen<Self::Item, Result<O, E>>,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future<Output = Result<O, E>>,
    {
        BreakCircuit::new(self, timer, breaker, on_open, f)
    }

    /// Yields every item, no faster than `limiter` allows to all who share it.
    ///
    /// ```text
    /// in   (abcd|)             one in 2 columns, burst = 2
    /// out  (ab) - c - (d|)
    /// ```
    /// An item stands in line with the items of other streams, and with futures that wait for the
    /// same limiter, from when it is taken: first come, first served. For a rate of one's own
    /// [`pace_on_rs2`](crate::op::TimingExt::pace_on_rs2) needs no lock.
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
    /// Four locks per item, no allocation but for the line, one timer for all who wait. Reads the
    /// clock once per item and per wake.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// use rs2_core::op::resilience::{Quota, RateLimiter};
    /// # futures_executor::block_on(async {
    /// let limiter = RateLimiter::new(Quota::per_second(50)?);
    /// let here = from_iter(1..=3).rate_limit_on_rs2(NoTimer, limiter.clone());
    /// let there = from_iter(4..=5).rate_limit_on_rs2(NoTimer, limiter);
    /// let numbers: Vec<u32> = here.concat_rs2(there).collect_rs2().await;
    /// assert_eq!(numbers, [1, 2, 3, 4, 5]);
    /// # Ok::<(), rs2_core::error::ConfigError>(())
    /// # }).unwrap();
    /// ```
    #[cfg(feature = "alloc")]
    fn rate_limit_on_rs2<T: Timer, L: Limit>(
        self,
        timer: T,
        limiter: RateLimiter<L>,
    ) -> RateLimit<Self, T, L>
    where
        Self: Sized,
    {
        RateLimit::new(self, timer, limiter)
    }

    /// Yields the items that are within the limit of their key, and drops the others.
    ///
    /// ```text
    /// in   a a b a b |         one in 3 columns, burst = 1
    /// out  a - b a - |
    /// ```
    /// # Shape
    /// n items in, at most n out, in order, each when it arrives; the first of each key always.
    /// # End and errors
    /// Ends with its source. `Err` items are items like any other.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Backpressure and memory
    /// Holds the keys that are not yet paid off, at most as many as the storage's capacity;
    /// [`OnFullKeys`] says what happens to further ones. The dropped items are counted as
    /// [`Loss::Suppressed`](crate::metrics::Loss::Suppressed).
    /// # Cost
    /// One call of `key` and one table lookup per item, amortised O(log keys); no timer. One lock
    /// where the limit is shared, none with a [`KeyedLimit`] of the stream's own.
    /// Reads the clock once per poll. Gives the task back after dropping 1,024 items in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// use rs2_core::op::resilience::{KeyedLimit, KeyedRateLimiter, Quota};
    /// # futures_executor::block_on(async {
    /// let rule = KeyedLimit::new(&Heap::bounded(1_000).seeded(7), Quota::per_second(2)?);
    /// let limiter = KeyedRateLimiter::new(rule);
    /// let calls = from_iter(["ann 1", "ann 2", "ann 3", "bob 1"]);
    /// let served: Vec<&str> = calls
    ///     .rate_limit_by_key_on_rs2(NoTimer, limiter, |call| call.split(' ').next())
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(served, ["ann 1", "ann 2", "bob 1"]);
    /// # Ok::<(), rs2_core::error::ConfigError>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "throttle_by_key")]
    fn rate_limit_by_key_on_rs2<T, K, L, F>(
        self,
        timer: T,
        limiter: L,
        key: F,
    ) -> LimitedByKey<Self, F, L, T>
    where
        Self: Sized,
        T: Timer,
        L: LimitKeys<K>,
        F: FnMut(&Self::Item) -> K,
    {
        Drive::new(self, RateLimitByKey::new(limiter, key, Losses::new()), timer)
    }

    /// [`rate_limit_by_key_on_rs2`](Self::rate_limit_by_key_on_rs2) that yields the items beyond
    /// the limit too, as errors with the instant from which one may pass.
    ///
    /// [`dead_letters_rs2`](crate::op::FlowExt::dead_letters_rs2) sends those elsewhere, and
    /// [`split_errors_rs2`](crate::op::FlowExt::split_errors_rs2) makes a stream of them. To let
    /// them wait instead, see [`pace_by_key_on_rs2`](crate::op::TimingExt::pace_by_key_on_rs2).
    ///
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, store::Heap, time::NoTimer};
    /// use rs2_core::op::resilience::{KeyedLimit, Quota};
    /// # futures_executor::block_on(async {
    /// let limit = KeyedLimit::new(&Heap::bounded(1_000).seeded(7), Quota::per_second(1)?);
    /// let calls = from_iter(["ann 1", "ann 2", "bob 1"]);
    /// let answers: Vec<Result<&str, &str>> = calls
    ///     .try_rate_limit_by_key_on_rs2(NoTimer, limit, |call| call.split(' ').next())
    ///     .map_error_rs2(|over| over.item)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(answers, [Ok("ann 1"), Err("ann 2"), Ok("bob 1")]);
    /// # Ok::<(), rs2_core::error::ConfigError>(())
    /// # }).unwrap();
    /// ```
    fn try_rate_limit_by_key_on_rs2<T, K, L, F>(
        self,
        timer: T,
        limiter: L,
        key: F,
    ) -> TryLimitedByKey<Self, F, L, T>
    where
        Self: Sized,
        T: Timer,
        L: LimitKeys<K>,
        F: FnMut(&Self::Item) -> K,
    {
        Drive::new(self, TryRateLimitByKey::new(limiter, key, Losses::new()), timer)
    }
}

impl<S: Stream + ?Sized> ResilienceExt for S {}
