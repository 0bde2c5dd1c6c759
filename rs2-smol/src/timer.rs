//! Time of smol.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use rs2_core::time::{Clock, Instant, Sleep, Timer};
use std::sync::OnceLock;

/// The system's monotonic clock, counted from when this was made.
#[derive(Clone, Copy, Debug)]
pub struct SmolTimer {
    origin: std::time::Instant,
}

impl SmolTimer {
    /// A timer whose origin is now.
    pub fn new() -> Self {
        Self { origin: std::time::Instant::now() }
    }

    /// The timer of the plain names: one origin for the whole process, so that instants of one call
    /// mean the same in the next. A rate limiter and a circuit breaker keep such instants.
    pub fn shared() -> Self {
        static ORIGIN: OnceLock<std::time::Instant> = OnceLock::new();
        Self { origin: *ORIGIN.get_or_init(std::time::Instant::now) }
    }
}

impl Default for SmolTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SmolTimer {
    #[inline]
    fn now(&self) -> Instant {
        Instant::from_origin(self.origin.elapsed())
    }
}

impl Timer for SmolTimer {
    type Sleep = SmolSleep;

    fn sleep_until(&self, deadline: Instant) -> SmolSleep {
        SmolSleep { origin: self.origin, inner: at(self.origin, deadline) }
    }
}

/// A sleep of a [`SmolTimer`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct SmolSleep {
    origin: std::time::Instant,
    inner: smol::Timer,
}

impl Future for SmolSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.inner).poll(cx).map(drop)
    }
}

impl Sleep for SmolSleep {
    fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        self.inner = at(self.origin, deadline);
    }
}

/// A timer of smol that never fires where the platform's clock does not reach the deadline.
fn at(origin: std::time::Instant, deadline: Instant) -> smol::Timer {
    match origin.checked_add(deadline.since_origin()) {
        Some(deadline) => smol::Timer::at(deadline),
        None => smol::Timer::never(),
    }
}
