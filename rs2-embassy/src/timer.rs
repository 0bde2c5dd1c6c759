//! Time of embassy.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use embassy_time_driver::{TICK_HZ, now, schedule_wake};
use rs2_core::time::{Clock, Instant, Sleep, Timer};

const NANOS_PER_SEC: u64 = 1_000_000_000;

/// The clock and the alarms of embassy's time driver, whichever the program has. Time counts from
/// the start of that driver, in its ticks.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmbassyTimer;

impl Clock for EmbassyTimer {
    #[inline]
    fn now(&self) -> Instant {
        Instant::from_nanos(nanos(now()))
    }
}

impl Timer for EmbassyTimer {
    type Sleep = EmbassySleep;

    #[inline]
    fn sleep_until(&self, deadline: Instant) -> EmbassySleep {
        EmbassySleep { tick: tick_at(deadline) }
    }
}

/// A sleep of an [`EmbassyTimer`]: eight bytes.
///
/// The driver keeps one alarm for each task, the earliest. So every sleep of a task has to be
/// polled again when the task is woken, which streams of RS2 do, and with the task's own waker.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct EmbassySleep {
    tick: u64,
}

impl Future for EmbassySleep {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if now() >= self.tick {
            return Poll::Ready(());
        }
        schedule_wake(self.tick, cx.waker());
        Poll::Pending
    }
}

impl Sleep for EmbassySleep {
    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        self.tick = tick_at(deadline);
    }
}

/// When a tick begins. Whole seconds apart, so that no step of it overflows.
fn nanos(tick: u64) -> u64 {
    let (secs, rest) = (tick / TICK_HZ, tick % TICK_HZ);
    secs.saturating_mul(NANOS_PER_SEC).saturating_add(rest * NANOS_PER_SEC / TICK_HZ)
}

/// The first tick that does not begin before `instant`; the last there is for one that is never.
fn tick_at(instant: Instant) -> u64 {
    if instant == Instant::FAR_FUTURE {
        return u64::MAX;
    }
    let since = instant.since_origin();
    let rest = u64::from(since.subsec_nanos()) * TICK_HZ;
    since.as_secs().saturating_mul(TICK_HZ).saturating_add(rest.div_ceil(NANOS_PER_SEC))
}
