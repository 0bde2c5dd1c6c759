//! Time of tokio.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use pin_project_lite::pin_project;
use rs2_core::time::{Clock, Instant, Sleep, Timer};

/// Later than anything that anybody waits for, and still within the range of every platform's
/// clock, which need not reach as far as [`Instant::FAR_FUTURE`].
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);

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
