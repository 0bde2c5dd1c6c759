//! How much of the stack was ever used: the reset code has painted all of it.

use core::ptr::{addr_of, read_volatile};

unsafe extern "C" {
    static _stack_start: u32;
    static _stack_end: u32;
}

/// The bytes of the stack that do not have its paint any more.
pub fn most_used() -> usize {
    let (top, mut at) = (addr_of!(_stack_start), addr_of!(_stack_end));
    // SAFETY: the linker script puts the stack between the two, aligned; nobody writes below the
    // stack pointer meanwhile but interrupts, which leave whole words.
    while at < top && unsafe { read_volatile(at) } == cortex_m_rt::STACK_PAINT_VALUE {
        at = at.wrapping_add(1);
    }
    top as usize - at as usize
}
