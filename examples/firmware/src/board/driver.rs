//! The time driver of embassy on SysTick, and its executor.

use core::cell::{Cell, RefCell};
use core::task::Waker;
use critical_section::{CriticalSection, Mutex};
use embassy_executor::{Spawner, raw};
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;
use static_cell::StaticCell;

struct SysTickDriver {
    millis: Mutex<Cell<u64>>,
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static DRIVER: SysTickDriver = SysTickDriver {
    millis: Mutex::new(Cell::new(0)),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl SysTickDriver {
    fn wake_due(&self, cs: CriticalSection<'_>) {
        let now = self.millis.borrow(cs).get();
        self.queue.borrow(cs).borrow_mut().next_expiration(now);
    }
}

impl Driver for SysTickDriver {
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.millis.borrow(cs).get())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            if self.queue.borrow(cs).borrow_mut().schedule_wake(at, waker) {
                self.wake_due(cs);
            }
        });
    }
}

#[cortex_m_rt::exception]
fn SysTick() {
    critical_section::with(|cs| {
        let millis = DRIVER.millis.borrow(cs);
        millis.set(millis.get() + 1);
        DRIVER.wake_due(cs);
    });
}

/// Runs an executor of embassy for ever. It sleeps by WFI; embassy's own sleeps by WFE, for which
/// QEMU does not stop, so that virtual time would not jump.
pub fn run(begin: impl FnOnce(Spawner)) -> ! {
    static EXECUTOR: StaticCell<raw::Executor> = StaticCell::new();
    let executor: &raw::Executor = EXECUTOR.init(raw::Executor::new(usize::MAX as *mut ()));
    begin(executor.spawner());
    loop {
        // SAFETY: it is polled here alone, and never from within itself.
        unsafe { executor.poll() };
        // A wake just before this is not lost: SysTick interrupts within a millisecond.
        cortex_m::asm::wfi();
    }
}
