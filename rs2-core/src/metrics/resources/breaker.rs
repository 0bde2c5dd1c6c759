//! The rule of the breaker, which owns no clock and no lock.

use crate::time::Instant;
use core::time::Duration;

/// Whether new work is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CircuitBreakerState {
    /// Everything is allowed that the limits allow.
    Closed,
    /// Nothing new is allowed.
    Open,
    /// What comes is allowed, and decides how it goes on.
    HalfOpen,
}

/// Opens on a trip; one interval later, half-open; from there it closes on a success, or after
/// another interval without a failure, and opens again on a failure.
#[derive(Debug)]
pub(super) struct Breaker {
    state: CircuitBreakerState,
    since: Instant,
    pub(super) trips: u64,
}

impl Breaker {
    pub(super) const fn new() -> Self {
        Self { state: CircuitBreakerState::Closed, since: Instant::ORIGIN, trips: 0 }
    }

    /// The state now. An open one stays open for another interval while there is pressure.
    pub(super) fn state(
        &mut self,
        now: Instant,
        interval: Duration,
        is_under_pressure: bool,
    ) -> CircuitBreakerState {
        use CircuitBreakerState::{Closed, HalfOpen, Open};
        match self.state {
            Open if now >= self.until(interval) && is_under_pressure => self.set(Open, now),
            Open if now >= self.until(interval) => self.set(HalfOpen, now),
            HalfOpen if now >= self.until(interval) => self.set(Closed, now),
            _ => {}
        }
        self.state
    }

    /// When the state is to be looked at again, if it is not closed.
    pub(super) fn until(&self, interval: Duration) -> Instant {
        self.since.saturating_add(interval)
    }

    /// A failure: opens, unless it is open already.
    pub(super) fn trip(&mut self, now: Instant) {
        if self.state != CircuitBreakerState::Open {
            self.set(CircuitBreakerState::Open, now);
            self.trips += 1;
        }
    }

    /// A success: closes if it is half-open.
    pub(super) fn succeed(&mut self, now: Instant) {
        if self.state == CircuitBreakerState::HalfOpen {
            self.set(CircuitBreakerState::Closed, now);
        }
    }

    pub(super) fn set(&mut self, state: CircuitBreakerState, now: Instant) {
        (self.state, self.since) = (state, now);
    }
}
