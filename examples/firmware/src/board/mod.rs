//! The board: a lm3s6965evb, as QEMU has it. What it prints goes to the debugger.

mod counter;
#[cfg(feature = "embassy")]
mod driver;
#[cfg(feature = "heap")]
mod heap;
mod io;
mod stack;
#[cfg(not(feature = "embassy"))]
mod systick;

pub use counter::{instructions, start_counter};
#[cfg(feature = "embassy")]
pub use driver::run;
pub use io::{Console, fail, print_size, succeed};
pub use stack::most_used;
#[cfg(not(feature = "embassy"))]
pub use systick::{SysTickTimer, block_on};

use cortex_m::peripheral::{SYST, syst::SystClkSource};

/// What SysTick counts each second.
pub const CLOCK_HZ: u32 = 12_500_000;

/// An interrupt each millisecond.
pub fn start_ticks(mut syst: SYST) {
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(CLOCK_HZ / 1_000 - 1);
    syst.clear_current();
    syst.enable_interrupt();
    syst.enable_counter();
}

/// The interrupts of the chip, which has 44. Nobody enables one; cortex-m-rt, told nothing, takes
/// there to be 240, a kilobyte of them.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
#[used]
static __INTERRUPTS: [extern "C" fn() -> !; 44] = [unexpected; 44];

extern "C" fn unexpected() -> ! {
    io::fail()
}
