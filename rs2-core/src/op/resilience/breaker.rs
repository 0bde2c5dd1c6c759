//! What a stream asks before each of its calls.

use super::circuit::{Circuit, Open, Outcome, Pass};
use crate::machine::{Alarm, Budget};
use crate::store::Storage;
use crate::time::{Instant, Timer};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

/// A circuit breaker before the calls of a stream: a [`Circuit`] of its own, which needs neither a
/// lock nor a heap, or a `CircuitBreaker` that others share.
pub trait Breaker {
    /// A call that was let through. Dropping it counts as nothing.
    type Permit;
    /// A place among those who wait for a call to be let through.
    type Place;

    /// Lets a call through that begins at `now`.
    ///
    /// # Errors
    /// [`Open`] when it must not be made.
    fn acquire(&mut self, now: Instant) -> Result<Self::Permit, Open>;

    /// Notes what a call came to at `now`.
    fn record(&mut self, permit: Self::Permit, outcome: Outcome, now: Instant);

    /// A place for who will wait.
    fn place(&self) -> Self::Place;

    /// Whether a call would be let through at `now`. Otherwise who waits is woken when that may
    /// have changed sooner than the answer says.
    ///
    /// # Errors
    /// [`Open`] when it would not.
    fn look(&mut self, place: &mut Self::Place, now: Instant, cx: &Context<'_>)
    -> Result<(), Open>;

    /// Who had that place waits no longer.
    fn leave(&mut self, place: &mut Self::Place);
}

/// Only its own calls change it, and nobody waits while one of them runs.
impl<St: Storage> Breaker for Circuit<St> {
    type Permit = Pass;
    type Place = ();

    #[inline]
    fn acquire(&mut self, now: Instant) -> Result<Pass, Open> {
        self.acquire(now)
    }
    #[inline]
    fn record(&mut self, pass: Pass, outcome: Outcome, now: Instant) {
        self.record(pass, outcome, now);
    }
    fn place(&self) {}
    #[inline]
    fn look(&mut self, (): &mut (), now: Instant, _cx: &Context<'_>) -> Result<(), Open> {
        self.ready(now)
    }
    fn leave(&mut self, (): &mut ()) {}
}

/// Waits for the instant at which a call would be let through. A timer may fire before the clock
/// shows it: who asks the clock again could be refused, and would wait for nothing.
pub(super) fn poll_ready<B: Breaker, T: Timer>(
    breaker: &mut B,
    place: &mut B::Place,
    timer: &T,
    mut alarm: Pin<&mut Alarm<T>>,
    cx: &mut Context<'_>,
) -> Poll<Instant> {
    let mut now = timer.now();
    let mut budget = Budget::new();
    while let Err(open) = breaker.look(place, now, cx) {
        ready!(budget.spend(cx));
        let Some(at) = open.retry_at else {
            alarm.disarm();
            return Poll::Pending;
        };
        ready!(alarm.as_mut().poll_until(timer, at, cx));
        now = now.max(at);
    }
    breaker.leave(place);
    Poll::Ready(now)
}

/// An `Err` is a failure.
pub(super) fn by_result<O, E>(result: &Result<O, E>) -> Outcome {
    if result.is_ok() { Outcome::Success } else { Outcome::Failure }
}

/// Runs code of the user; if it panics, the call of `permit` has failed.
#[inline]
pub(super) fn or_failure<B: Breaker, T: Timer, R>(
    breaker: &mut B,
    permit: &mut Option<B::Permit>,
    timer: &T,
    code: impl FnOnce() -> R,
) -> R {
    let mut on_panic = FailOnPanic { breaker, permit: permit.take(), timer };
    let result = code();
    *permit = on_panic.permit.take();
    result
}

struct FailOnPanic<'a, B: Breaker, T: Timer> {
    breaker: &'a mut B,
    permit: Option<B::Permit>,
    timer: &'a T,
}

impl<B: Breaker, T: Timer> Drop for FailOnPanic<'_, B, T> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.breaker.record(permit, Outcome::Failure, self.timer.now());
        }
    }
}
