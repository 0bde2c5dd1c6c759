//! Instructions, counted by SysTick.

use cortex_m::peripheral::{SYST, syst::SystClkSource};

/// The emulator lets 16 ns pass for each instruction, and SysTick counts 12.5 million times a
/// second.
const INSTRUCTIONS_PER_COUNT: u32 = 5;
/// SysTick counts down from here, in 24 bits.
const TOP: u32 = 0x00FF_FFFF;

/// Lets SysTick count, without interrupts.
pub fn start_counter(mut syst: SYST) {
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(TOP);
    syst.clear_current();
    syst.enable_counter();
}

/// How many instructions something takes, to a few, and at most 80 million.
#[inline]
pub fn instructions(run: impl FnOnce()) -> u32 {
    let before = SYST::get_current();
    run();
    (before.wrapping_sub(SYST::get_current()) & TOP) * INSTRUCTIONS_PER_COUNT
}
