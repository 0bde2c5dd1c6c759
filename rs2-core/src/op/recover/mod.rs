//! Operators on streams of `Result`s: what becomes of the errors.

mod collect;
mod map_error;
mod or_else;
#[expect(clippy::module_inception, reason = "a file is named after its one public thing")]
mod recover;
mod retry;
mod skip_errors;
mod stop_on_error;
mod switch_on_error;

pub use collect::{CollectErr, CollectOk};
pub use map_error::MapError;
pub use or_else::OrElse;
pub use recover::Recover;
pub use retry::{
    Afresh, AnyError, Attempt, Decision, FromAttempt, Jitter, Judge, Reopen, Retry, RetryAfter,
    RetryBucket, RetryBudget, RetryConfig, RetryFuture, RetryIf, RetryPolicy, RetryStream,
    retry_on,
};
pub use skip_errors::SkipErrors;
pub use stop_on_error::StopOnError;
pub use switch_on_error::SwitchOnError;

use crate::metrics::Losses;
use crate::time::{NoTimer, Timer};
use core::future::Future;
use futures_core::Stream;
#[doc(hidden)]
pub use futures_core::TryStream;

/// Operators on streams of `Result`s: what becomes of the errors.
///
/// Where errors shall go out on a stream or to a sink of their own, see
/// [`split_errors_rs2`](crate::op::FlowExt::split_errors_rs2) and
/// [`dead_letters_rs2`](crate::op::FlowExt::dead_letters_rs2).
pub trait RecoverExt: Stream {
    /// Yields the items, and in the place of each error what a future of `f` makes of it.
    ///
    /// ```text
    /// in   a # - b |        f = `r`, a column later
    /// out  a - r b |
    /// ```
    /// # Shape
    /// n results in, n items out, in order.
    /// # End and errors
    /// Ends with its source. No error comes out. A panic in `f`, its future or the source ends the
    /// stream.
    /// # Cancel safety
    /// A dropped `next()` loses nothing: the running future is kept. Dropping the stream drops it.
    /// # Backpressure and memory
    /// Holds one future; the source is not polled while it runs.
    /// # Cost
    /// One future for each error, kept in place. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let cached = async |page: &str| if page == "b" { 20 } else { 0 };
    /// let sizes = from_iter([Ok(1), Err("b"), Ok(3)]).recover_rs2(cached);
    /// assert_eq!(sizes.collect_rs2::<Vec<u32>>().await, [1, 20, 3]);
    /// # })
    /// ```
    #[doc(alias = "on_error_return")]
    fn recover_rs2<F, Fut>(self, f: F) -> Recover<Self, F, Fut>
    where
        Self: Sized + TryStream,
        F: FnMut(Self::Error) -> Fut,
        Fut: Future<Output = Self::Ok>,
    {
        Recover::new(self, f)
    }

    /// Yields the items, and in the place of each error what `f` makes of it.
    ///
    /// # Shape
    /// n results in, n items out, in order, each at once.
    /// # End and errors
    /// Ends with its source. No error comes out. A panic in `f` ends the stream.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One call of `f` for each error. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let numbers = from_iter(["1", "x", "3"]).map_rs2(str::parse::<i32>);
    /// assert_eq!(numbers.or_else_rs2(|_| -1).collect_rs2::<Vec<i32>>().await, [1, -1, 3]);
    /// # })
    /// ```
    #[doc(alias = "unwrap_or_else")]
    #[doc(alias = "on_error_return")]
    fn or_else_rs2<F>(self, f: F) -> OrElse<Self, F>
    where
        Self: Sized + TryStream,
        F: FnMut(Self::Error) -> Self::Ok,
    {
        OrElse::new(self, f)
    }

    /// Yields the items, and in the place of each error the one that `f` makes of it.
    ///
    /// # Shape
    /// n results in, n results out, in order, each at once.
    /// # End and errors
    /// Ends with its source; an error does not end it. A panic in `f` does.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One call of `f` for each error. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let named = from_iter([Ok(1), Err(404)]).map_error_rs2(|code| format!("status {code}"));
    /// let named: Vec<Result<u32, String>> = named.collect_rs2().await;
    /// assert_eq!(named, [Ok(1), Err("status 404".to_owned())]);
    /// # })
    /// ```
    #[doc(alias = "map_err")]
    fn map_error_rs2<E, F>(self, f: F) -> MapError<Self, F>
    where
        Self: Sized + TryStream,
        F: FnMut(Self::Error) -> E,
    {
        MapError::new(self, f)
    }

    /// Yields the items and leaves the errors out, counted.
    ///
    /// ```text
    /// in   a # b # # c |
    /// out  a - b - - c |
    /// ```
    /// # Shape
    /// n results in, at most n items out, in order, each at once.
    /// # End and errors
    /// Ends with its source; an error does not end it. Each is dropped and counted as
    /// [`Loss::Failed`](crate::metrics::Loss::Failed) in [`losses`](SkipErrors::losses).
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One count for each error. No clock. Gives the task back after 1,024 errors in a row.
    /// Without a heap: [`SkipErrors::new`] with [`Losses::in_static`](crate::metrics::Losses).
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([Ok(1), Err("noise"), Ok(3)]).skip_errors_rs2();
    /// let losses = readings.losses();
    /// assert_eq!(readings.collect_rs2::<Vec<u32>>().await, [1, 3]);
    /// assert_eq!(losses.total(), 1);
    /// # })
    /// ```
    #[doc(alias = "flatten_ok")]
    fn skip_errors_rs2(self) -> SkipErrors<Self>
    where
        Self: Sized + TryStream,
    {
        SkipErrors::new(self, Losses::new())
    }

    /// Yields the items and goes on after errors, which are counted:
    /// [`skip_errors_rs2`](Self::skip_errors_rs2) under another name.
    ///
    /// In Rx a name like this stands for [`switch_on_error_rs2`](Self::switch_on_error_rs2).
    ///
    /// # Shape
    /// n results in, at most n items out, in order, each at once.
    /// # End and errors
    /// Ends with its source; an error does not end it. Each is dropped and counted as
    /// [`Loss::Failed`](crate::metrics::Loss::Failed) in [`losses`](SkipErrors::losses).
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// That of [`skip_errors_rs2`](Self::skip_errors_rs2).
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let readings = from_iter([Ok(1), Err("noise"), Ok(3)]).on_error_resume_next_rs2();
    /// assert_eq!(readings.collect_rs2::<Vec<u32>>().await, [1, 3]);
    /// # })
    /// ```
    #[doc(alias = "on_error_continue")]
    fn on_error_resume_next_rs2(self) -> SkipErrors<Self>
    where
        Self: Sized + TryStream,
    {
        self.skip_errors_rs2()
    }

    /// Yields the items up to the first error, and then the stream that `f` makes of that error.
    ///
    /// ```text
    /// in            a b # c |        f = the alternative
    /// alternative       x y # z |
    /// out           a b x y # z |
    /// ```
    /// # Shape
    /// The items before the first error and those of the alternative, in order.
    /// # End and errors
    /// Without an error, ends with its source. At the first one the source is dropped; what it
    /// would have yielded after it is lost. Errors of the alternative, which may be of another
    /// type, go out as they are: it can be given an alternative of its own. A panic in `f` ends
    /// the stream.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// One call of `f` at most. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let live = from_iter([Ok(1), Err("connection lost"), Ok(2)]);
    /// let prices = live.switch_on_error_rs2(|_| from_iter([Ok(7), Err("stale")]));
    /// let prices: Vec<Result<u32, &str>> = prices.collect_rs2().await;
    /// assert_eq!(prices, [Ok(1), Ok(7), Err("stale")]);
    /// # })
    /// ```
    #[doc(alias = "catch_error")]
    #[doc(alias = "on_error_resume_with")]
    #[doc(alias = "handle_error_with")]
    fn switch_on_error_rs2<F, S2>(self, f: F) -> SwitchOnError<Self, F, S2>
    where
        Self: Sized + TryStream,
        F: FnOnce(Self::Error) -> S2,
        S2: TryStream<Ok = Self::Ok>,
    {
        SwitchOnError::new(self, f)
    }

    /// Yields everything up to the first error, that one too, and ends.
    ///
    /// ```text
    /// in   a b # c |
    /// out  a b (#|)
    /// ```
    /// # Shape
    /// n results in, at most n out, in order, each at once.
    /// # End and errors
    /// Ends with its source or after the first error; the source is then dropped.
    /// # Cancel safety
    /// Dropping the stream loses nothing: it holds no item.
    /// # Cost
    /// Nothing of its own. No allocation, no clock.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let lines = from_iter([Ok(1), Err("disk"), Ok(2)]).stop_on_error_rs2();
    /// assert_eq!(lines.collect_rs2::<Vec<_>>().await, [Ok(1), Err("disk")]);
    /// # })
    /// ```
    #[doc(alias = "take_until_error")]
    fn stop_on_error_rs2(self) -> StopOnError<Self>
    where
        Self: Sized + TryStream,
    {
        StopOnError::new(self)
    }

    /// Yields every item in a collection, and drops the errors.
    ///
    /// # Shape
    /// n results in, one collection out, in the order of the items.
    /// # End and errors
    /// Ready when the source has ended; an error does not end it.
    /// [`skip_errors_rs2`](Self::skip_errors_rs2) before a `collect_rs2` counts them.
    /// # Cancel safety
    /// Dropping the future loses what was collected. Who may stop early polls a `&mut` of it.
    /// # Backpressure and memory
    /// Holds every item, so it is for sources known to be short.
    /// # Cost
    /// One call of `extend` per result. Gives the task back after 1,024.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let votes = from_iter([Ok("ann"), Err("blank"), Ok("bob")]);
    /// assert_eq!(votes.collect_ok_rs2::<Vec<_>>().await, ["ann", "bob"]);
    /// # })
    /// ```
    fn collect_ok_rs2<B>(self) -> CollectOk<Self, B>
    where
        Self: Sized + TryStream,
        B: Default + Extend<Self::Ok>,
    {
        CollectOk::new(self)
    }

    /// Yields every error in a collection, and drops the items.
    ///
    /// # Shape
    /// n results in, one collection out, in the order of the errors.
    /// # End and errors
    /// Ready when the source has ended; an error does not end it.
    /// # Cancel safety
    /// Dropping the future loses what was collected. Who may stop early polls a `&mut` of it.
    /// # Backpressure and memory
    /// Holds every error, so it is for sources known to be short.
    /// # Cost
    /// One call of `extend` per result. Gives the task back after 1,024.
    /// # Panics
    /// When polled again after it was ready, or after a panic came out of it.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let votes = from_iter([Ok("ann"), Err("blank"), Ok("bob")]);
    /// assert_eq!(votes.collect_err_rs2::<Vec<_>>().await, ["blank"]);
    /// # })
    /// ```
    fn collect_err_rs2<B>(self) -> CollectErr<Self, B>
    where
        Self: Sized + TryStream,
        B: Default + Extend<Self::Error>,
    {
        CollectErr::new(self)
    }

    /// Yields the items of this stream and, each time the stream of the moment fails, goes on at
    /// once with one that `factory` makes, at most `times` times.
    ///
    /// # Shape
    /// The items of all the streams, in order, each at once. What one has yielded before it failed
    /// is not taken back: a factory that begins from the beginning yields it once more.
    /// [`retry_from_on_rs2`](Self::retry_from_on_rs2) goes on behind it.
    /// # End and errors
    /// Ends with the first stream that ends without an error. An error that is followed by another
    /// stream does not come out. The last one comes out as
    /// [`GaveUp`](crate::error::GaveUp), and then the stream ends. A panic ends it, too.
    /// # Cancel safety
    /// Dropping the stream drops the stream of the moment.
    /// # Backpressure and memory
    /// Holds one stream; one that failed is dropped before the next is made.
    /// # Cost
    /// No allocation, no clock. Gives the task back after 1,024 streams that failed in a row.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # futures_executor::block_on(async {
    /// let mut left = vec![vec![Ok(2), Ok(3)], vec![Err("busy")]];
    /// let first = from_iter(vec![Ok(1), Err("reset")]);
    /// let items = first.retry_rs2(2, || from_iter(left.pop().unwrap()));
    /// assert_eq!(items.collect_rs2::<Vec<_>>().await, [Ok(1), Ok(2), Ok(3)]);
    /// # })
    /// ```
    fn retry_rs2<F>(self, times: u32, factory: F) -> RetryStream<Self, Afresh<F>, NoTimer, AnyError>
    where
        Self: Sized + TryStream,
        F: FnMut() -> Self,
    {
        // Without delays nothing depends on a random number.
        let policy = RetryPolicy::Immediate { max_retries: times };
        self.retry_with_policy_on_rs2(NoTimer, 0, policy, factory)
    }

    /// Yields the items of this stream and, each time the stream of the moment fails, those of one
    /// that `factory` makes, when and as often as `policy` says.
    ///
    /// ```text
    /// first   a # b |        Fixed { max_retries: 1, delay: 2 columns }
    /// second        c d |
    /// out     a - - c d |
    /// ```
    /// `policy` is a [`RetryPolicy`] or a whole [`RetryConfig`]; `seed` is for its random numbers.
    ///
    /// # Shape
    /// The items of all the streams, in order, each at once. What one has yielded before it failed
    /// is not taken back: a factory that begins from the beginning yields it once more.
    /// [`retry_from_on_rs2`](Self::retry_from_on_rs2) goes on behind it.
    /// # End and errors
    /// Ends with the first stream that ends without an error. An error that is followed by another
    /// stream does not come out. The last one comes out as
    /// [`GaveUp`](crate::error::GaveUp), and then the stream ends. A panic ends it, too.
    /// # Cancel safety
    /// Dropping the stream drops the stream of the moment, or ends the wait at once.
    /// # Backpressure and memory
    /// Holds one stream; one that failed is dropped before the wait for the next.
    /// # Cost
    /// One sleep, armed again for each wait. Reads the clock twice for each stream. No allocation.
    /// Gives the task back after 1,024 streams that failed in a row.
    /// # Panics
    /// When the settings cannot work: [`RetryConfig::validate`] tells without a panic.
    /// # Examples
    /// ```
    /// # use rs2_core::{error::GaveUp, prelude::*, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// let connect = || from_iter([Ok(1), Err("reset")]);
    /// let policy = RetryPolicy::Immediate { max_retries: 1 };
    /// let items = connect().retry_with_policy_on_rs2(NoTimer, 7, policy, connect);
    /// let items: Vec<Result<u32, GaveUp<&str>>> = items.collect_rs2().await;
    /// assert_eq!(items[..2], [Ok(1), Ok(1)]);
    /// let gave_up = items[2].as_ref().unwrap_err();
    /// assert_eq!((gave_up.attempts, gave_up.last), (2, "reset"));
    /// # })
    /// ```
    #[doc(alias = "retry_when")]
    #[doc(alias = "retry_backoff")]
    #[track_caller]
    fn retry_with_policy_on_rs2<T, P, J, F>(
        self,
        timer: T,
        seed: u64,
        policy: P,
        factory: F,
    ) -> RetryStream<Self, Afresh<F>, T, J>
    where
        Self: Sized + TryStream,
        T: Timer,
        P: Into<RetryConfig<J>>,
        J: Judge<Self::Error>,
        F: FnMut() -> Self,
    {
        RetryStream::new(self, Afresh(factory), timer, Retry::new(policy, seed))
    }

    /// Yields the items of this stream and, each time the stream of the moment fails, those of one
    /// that `factory` makes from where it failed, when and as often as `policy` says.
    ///
    /// ```text
    /// first   a # b |        Fixed { max_retries: 1, delay: 2 columns }
    /// second        b c |    made after 1 item was yielded
    /// out     a - - b c |
    /// ```
    /// An [`Attempt`] tells `factory` how many items went out, which is where to go on, and what
    /// the last error was. `policy` is a [`RetryPolicy`] or a whole [`RetryConfig`]; `seed` is for
    /// its random numbers.
    ///
    /// # Shape
    /// The items of all the streams, in order, each at once. With a factory that goes on behind
    /// what was yielded, each item once.
    /// # End and errors
    /// As [`retry_with_policy_on_rs2`](Self::retry_with_policy_on_rs2).
    /// # Cancel safety
    /// Dropping the stream drops the stream of the moment, or ends the wait at once.
    /// # Backpressure and memory
    /// Holds one stream; one that failed is dropped before the wait for the next.
    /// # Cost
    /// That of [`retry_with_policy_on_rs2`](Self::retry_with_policy_on_rs2).
    /// # Panics
    /// When the settings cannot work: [`RetryConfig::validate`] tells without a panic.
    /// # Examples
    /// ```
    /// # use rs2_core::{prelude::*, time::NoTimer};
    /// # futures_executor::block_on(async {
    /// // Every connection breaks after two items.
    /// let connect = |offset: u64| {
    ///     let log = ["a", "b", "c", "d", "e"].iter().skip(offset as usize);
    ///     let items = log.copied().map(Ok).collect::<Vec<Result<&str, &str>>>();
    ///     let breaks = if items.len() > 2 { Some(Err("reset")) } else { None };
    ///     from_iter(items.into_iter().take(2).chain(breaks))
    /// };
    /// let policy = RetryPolicy::Immediate { max_retries: 3 };
    /// let items = connect(0)
    ///     .retry_from_on_rs2(NoTimer, 7, policy, |attempt| connect(attempt.yielded))
    ///     .collect_ok_rs2::<String>();
    /// assert_eq!(items.await, "abcde");
    /// # })
    /// ```
    #[track_caller]
    fn retry_from_on_rs2<T, P, J, F>(
        self,
        timer: T,
        seed: u64,
        policy: P,
        factory: F,
    ) -> RetryStream<Self, FromAttempt<F>, T, J>
    where
        Self: Sized + TryStream,
        T: Timer,
        P: Into<RetryConfig<J>>,
        J: Judge<Self::Error>,
        F: FnMut(Attempt<Self::Error>) -> Self,
    {
        RetryStream::new(self, FromAttempt(factory), timer, Retry::new(policy, seed))
    }
}

impl<S: Stream + ?Sized> RecoverExt for S {}
