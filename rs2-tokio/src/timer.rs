//! Time of tokio.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use pin_project_lite::pin_project;
use rs2_core::time::{Clock, Instant, Sleep, Timer};
use std::sync::OnceLock;

/// Later than anything that anybody waits for, and still within the range of every platform's
/// clock, which need not reach as far as [`Instant::FAR_FUTURE`].
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);

const DAY: Duration = Duration::from_secs(60 * 60 * 24);

/// tokio's clock, counted from when this was made; its resolution is a millisecond.
///
/// It follows the runtime's clock when that is paused. Sleeps must be made within a runtime that
/// has its time enabled: tokio panics otherwise.
#[derive(Clone, Copy, Debug)]
pub struct TokioTimer {
    origin: tokio::time::Instant,
}

impl TokioTimer {
    /// A timer whose origin is now.
    pub fn new() -> Self {
        Self { origin: tokio::time::Instant::now() }
    }

    /// The timer of the plain names: one origin for the whole process, so that instants of one call
    /// mean the same in the next. A rate limiter and a circuit breaker keep such instants.
    pub fn shared() -> Self {
        static ORIGIN: OnceLock<std::time::Instant> = OnceLock::new();
        let origin = *ORIGIN.get_or_init(|| {
            let now = std::time::Instant::now();
            // Before any runtime whose clock may have been paused by now.
            now.checked_sub(DAY).unwrap_or(now)
        });
        Self { origin: tokio::time::Instant::from_std(origin) }
    }
}

impl Default for TokioTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioTimer {
    #[inline]
    fn now(&self) -> Instant {
        Instant::from_origin(self.origin.elapsed())
    }
}

impl Timer for TokioTimer {
    type Sleep = TokioSleep;

    fn sleep_until(&self, deadline: Instant) -> TokioSleep {
        let inner = tokio::time::sleep_until(after(self.origin, deadline));
        TokioSleep { origin: self.origin, inner }
    }
}

pin_project! {
    /// A sleep of a [`TokioTimer`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TokioSleep {
        origin: tokio::time::Instant,
        #[pin]
        inner: tokio::time::Sleep,
    }
}

impl Future for TokioSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().inner.poll(cx)
    }
}

impl Sleep for TokioSleep {
    fn reset(self: Pin<&mut Self>, deadline: Instant) {
        let this = self.project();
        this.inner.reset(after(*this.origin, deadline));
    }
}

fn after(origin: tokio::time::Instant, deadline: Instant) -> tokio::time::Instant {
    origin.checked_add(deadline.since_origin()).unwrap_or_else(|| tokio::time::Instant::now() + FAR)
}
