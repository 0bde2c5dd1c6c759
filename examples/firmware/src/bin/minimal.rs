//! The smallest program: no executor, no formatting, time from SysTick.
#![no_std]
#![no_main]

use core::panic::PanicInfo;
use cortex_m::Peripherals;
use firmware::board::{self, Console, SysTickTimer, block_on};
use firmware::{knocks, vibration};
use rs2_core::prelude::*;

#[cortex_m_rt::entry]
fn main() -> ! {
    if let Some(peripherals) = Peripherals::take() {
        board::start_ticks(peripherals.SYST);
    }
    let knocks = knocks(SysTickTimer, vibration(SysTickTimer));
    block_on(knocks.for_each_rs2(async |knock| {
        let _ = knock.write(&mut Console);
    }));
    board::print_size("stack", board::most_used());
    board::succeed();
    board::fail()
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    board::fail()
}
