//! Words to the debugger.

use crate::message::number;
use core::fmt::{self, Write};
use cortex_m_semihosting::debug::{self, EXIT_FAILURE, EXIT_SUCCESS};
use cortex_m_semihosting::hio;

/// The debugger that listens. Where there is none, nothing is printed.
#[derive(Debug)]
pub struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut out = hio::hstdout().map_err(|()| fmt::Error)?;
        out.write_all(text.as_bytes()).map_err(|()| fmt::Error)
    }
}

/// Prints a line `# name value`: a size, which depends on the compiler.
pub fn print_size(name: &str, bytes: usize) {
    for text in ["# ", name, " "] {
        let _ = Console.write_str(text);
    }
    let _ = number(&mut Console, bytes as u32);
    let _ = Console.write_str("\n");
}

/// Ends the emulation with status 0.
pub fn succeed() {
    debug::exit(EXIT_SUCCESS);
}

/// Ends the emulation with status 1.
pub fn fail() -> ! {
    loop {
        debug::exit(EXIT_FAILURE);
    }
}
