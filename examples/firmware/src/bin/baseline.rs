//! embassy's executor, the time driver and a task that waits: what the gateway is measured from.
#![no_std]
#![no_main]

use core::panic::PanicInfo;
use core::time::Duration;
use cortex_m::Peripherals;
use firmware::board;
use rs2_core::time::{Clock, Timer};
use rs2_embassy::EmbassyTimer;

#[embassy_executor::task]
async fn idle() {
    loop {
        let due = EmbassyTimer.now().saturating_add(Duration::from_millis(10));
        EmbassyTimer.sleep_until(due).await;
    }
}

#[cortex_m_rt::entry]
fn main() -> ! {
    if let Some(peripherals) = Peripherals::take() {
        board::start_ticks(peripherals.SYST);
    }
    board::run(|spawner| {
        if let Ok(task) = idle() {
            spawner.spawn(task);
        }
    })
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    board::fail()
}
