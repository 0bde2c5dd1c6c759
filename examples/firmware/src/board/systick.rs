//! Time from SysTick, and nothing else.

use core::future::Future;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use rs2_core::time::{Clock, Instant, Sleep, Timer};

/// Milliseconds since the start; they last for 49 days.
static MILLIS: AtomicU32 = AtomicU32::new(0);

#[cortex_m_rt::exception]
fn SysTick() {
    // Nobody else writes it.
    MILLIS.store(MILLIS.load(Relaxed).wrapping_add(1), Relaxed);
}

/// A timer that counts the interrupts of SysTick.
#[derive(Clone, Copy, Debug)]
pub struct SysTickTimer;

impl Clock for SysTickTimer {
    fn now(&self) -> Instant {
        Instant::from_nanos(u64::from(MILLIS.load(Relaxed)) * 1_000_000)
    }
}

impl Timer for SysTickTimer {
    type Sleep = SysTickSleep;

    fn sleep_until(&self, deadline: Instant) -> SysTickSleep {
        SysTickSleep(deadline)
    }
}

/// A sleep of a [`SysTickTimer`]. It leaves no waker: [`block_on`] looks after every interrupt.
#[derive(Debug)]
pub struct SysTickSleep(Instant);

impl Future for SysTickSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if SysTickTimer.now() >= self.0 { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Sleep for SysTickSleep {
    fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        self.0 = deadline;
    }
}

/// Runs a future to its end, and sleeps until the next interrupt whenever it waits. An interrupt
/// just before that is not lost: the next one comes within a millisecond.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        cortex_m::asm::wfi();
    }
}
