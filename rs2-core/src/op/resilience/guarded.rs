//! A call that was let through, and what it comes to.

use super::breaker::or_failure;
use super::circuit::Outcome;
use super::circuit_breaker::{CallPermit, CircuitBreaker};
use crate::time::Timer;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use pin_project_lite::pin_project;

pin_project! {
    /// Runs a future and tells the breaker what it came to: a panic is a failure; when it is
    /// dropped half-way, nothing.
    pub(super) struct Guarded<F, T, C>
    where
        T: Timer,
    {
        #[pin]
        future: F,
        breaker: CircuitBreaker,
        // Until it has finished.
        permit: Option<CallPermit>,
        timer: T,
        classify: C,
    }
}

impl<F, T: Timer, C> Guarded<F, T, C> {
    pub(super) fn new(
        breaker: CircuitBreaker,
        permit: CallPermit,
        timer: T,
        classify: C,
        future: F,
    ) -> Self {
        Self { future, breaker, permit: Some(permit), timer, classify }
    }
}

impl<F, T, C> Future for Guarded<F, T, C>
where
    F: Future,
    T: Timer,
    C: FnMut(&F::Output) -> Outcome,
{
    type Output = F::Output;
    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let (classify, timer) = (this.classify, &*this.timer);
        let polled = or_failure(this.breaker, this.permit, timer, || {
            this.future.poll(cx).map(|output| (classify(&output), output))
        });
        polled.map(|(outcome, output)| {
            if let Some(permit) = this.permit.take() {
                permit.record(outcome, timer.now());
            }
            output
        })
    }
}
