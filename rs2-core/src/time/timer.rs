//! Clocks and sleeps, as the host gives them.

use super::Instant;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// A monotonic clock. Reading it never fails.
pub trait Clock {
    /// The time now; never earlier than an earlier reading.
    fn now(&self) -> Instant;
}

/// A clock that can also wake a task.
///
/// A handle: cheap to clone, all clones tell the same time. Operators hold one clone each and arm
/// at most one [`Sleep`].
pub trait Timer: Clock + Clone {
    /// The future that is ready once a deadline has passed.
    type Sleep: Sleep;
    /// A sleep until `deadline`; it does nothing until polled.
    fn sleep_until(&self, deadline: Instant) -> Self::Sleep;
}

/// A future that is ready once its deadline has passed, and can be armed again without another
/// allocation.
pub trait Sleep: Future<Output = ()> {
    /// Moves the deadline; an armed or a finished sleep then waits for the new one.
    fn reset(self: Pin<&mut Self>, deadline: Instant);
}

/// The timer of rules that never look at the time: always at the origin, never wakes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTimer;

/// The sleep of [`NoTimer`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Forever;

impl Clock for NoTimer {
    #[inline]
    fn now(&self) -> Instant {
        Instant::ORIGIN
    }
}

impl Timer for NoTimer {
    type Sleep = Forever;
    #[inline]
    fn sleep_until(&self, _deadline: Instant) -> Forever {
        Forever
    }
}

impl Sleep for Forever {
    fn reset(self: Pin<&mut Self>, _deadline: Instant) {}
}

impl Future for Forever {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}
