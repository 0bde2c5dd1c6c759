//! A future that is made again when it fails.

use super::pause::Pause;
use super::{Decision, Judge, Retry, RetryConfig};
use crate::error::GaveUp;
use crate::machine::Budget;
use crate::time::Timer;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::FusedFuture;
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`retry_on`].
    #[must_use = "futures do nothing unless polled"]
    pub struct RetryFuture<F, Fut, T, J>
    where
        T: Timer,
    {
        f: F,
        #[pin]
        running: Option<Fut>,
        retry: Retry<J>,
        #[pin]
        pause: Pause<T>,
        // Also set while code of the user runs, so that nothing goes on after a panic.
        finished: bool,
    }
}

/// Yields the output of the future that `f` makes, or of the next one when it fails, and so on, as
/// the policy says.
///
/// `policy` is a [`RetryPolicy`](super::RetryPolicy) or a whole [`RetryConfig`]. Within
/// `eval_map_rs2` or `par_eval_map_rs2` it retries one item, and the others do not come again. A
/// time-out for each try belongs in the future that `f` makes.
///
/// # End and errors
/// The first `Ok`. When the policy allows no further try, [`GaveUp`] with the last error; the
/// errors before it are dropped.
/// # Cancel safety
/// Dropping the future drops the running try or ends the wait at once.
/// # Cost
/// One sleep, armed again for each wait. Reads the clock twice for each try. No allocation. Gives
/// the task back after 1,024 tries without a wait.
/// # Panics
/// When the settings cannot work: [`RetryConfig::validate`] tells without a panic. When polled
/// again after it was ready, or after a panic came out of it.
/// # Examples
/// ```
/// # use rs2_core::{prelude::*, time::NoTimer};
/// # futures_executor::block_on(async {
/// let mut tries = 0;
/// let policy = RetryPolicy::Immediate { max_retries: 5 };
/// let answer = retry_on(NoTimer, 7, policy, || {
///     tries += 1;
///     let answer = if tries < 3 { Err("busy") } else { Ok(42) };
///     async move { answer }
/// });
/// assert_eq!(answer.await, Ok(42));
/// assert_eq!(tries, 3);
/// # })
/// ```
#[track_caller]
pub fn retry_on<T, P, J, F, Fut, O, E>(
    timer: T,
    seed: u64,
    policy: P,
    f: F,
) -> RetryFuture<F, Fut, T, J>
where
    T: Timer,
    P: Into<RetryConfig<J>>,
    J: Judge<E>,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<O, E>>,
{
    let retry = Retry::new(policy, seed);
    RetryFuture { f, running: None, retry, pause: Pause::new(timer), finished: false }
}

impl<F, Fut, T, J, O, E> RetryFuture<F, Fut, T, J>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<O, E>>,
    T: Timer,
    J: Judge<E>,
{
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<O, GaveUp<E>>> {
        let mut this = self.project();
        let mut budget = Budget::new();
        loop {
            if let Some(running) = this.running.as_mut().as_pin_mut() {
                let output = ready!(running.poll(cx));
                this.running.set(None);
                let error = match output {
                    Ok(output) => return Poll::Ready(Ok(output)),
                    Err(error) => error,
                };
                let now = this.pause.now();
                let Decision::Again { after } = this.retry.on_failure(now, &error) else {
                    return Poll::Ready(Err(this.retry.gave_up(now, error)));
                };
                this.pause.as_mut().begin(now, after);
                ready!(budget.spend(cx));
            }
            ready!(this.pause.as_mut().poll_over(cx));
            this.retry.begin(this.pause.now());
            this.running.set(Some((this.f)()));
        }
    }
}

impl<F, Fut, T, J, O, E> Future for RetryFuture<F, Fut, T, J>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<O, E>>,
    T: Timer,
    J: Judge<E>,
{
    type Output = Result<O, GaveUp<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        assert!(!self.finished, "a retry was polled after it had finished");
        *self.as_mut().project().finished = true;
        let polled = self.as_mut().advance(cx);
        *self.project().finished = polled.is_ready();
        polled
    }
}

impl<F, Fut, T, J, O, E> FusedFuture for RetryFuture<F, Fut, T, J>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<O, E>>,
    T: Timer,
    J: Judge<E>,
{
    fn is_terminated(&self) -> bool {
        self.finished
    }
}

impl<F, Fut, T: Timer, J: fmt::Debug> fmt::Debug for RetryFuture<F, Fut, T, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture")
            .field("running", &self.running.is_some())
            .field("retry", &self.retry)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
