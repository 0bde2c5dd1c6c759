//! A line count for who watches.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::display::grouped;

/// Lines between two looks at the clock.
const LOOK_EVERY: u64 = 8_192;

/// Counts lines, and shows the count on standard error when that is a terminal.
#[derive(Debug)]
pub struct Progress {
    lines: Cell<u64>,
    shown: Option<Cell<Instant>>,
}

impl Progress {
    pub fn new() -> Self {
        let shown = io::stderr().is_terminal().then(|| Cell::new(Instant::now()));
        Self { lines: Cell::new(0), shown }
    }

    /// Counts one line.
    pub fn line(&self) {
        let lines = self.lines.get() + 1;
        self.lines.set(lines);
        if lines.is_multiple_of(LOOK_EVERY) {
            self.show(lines);
        }
    }

    fn show(&self, lines: u64) {
        let Some(shown) = &self.shown else { return };
        if shown.get().elapsed() > Duration::from_millis(200) {
            shown.set(Instant::now());
            // Who cannot see the count misses nothing else.
            let _ = write!(io::stderr(), "\r{} lines", grouped(lines));
        }
    }

    /// Removes the count from the terminal.
    pub fn clear(&self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }

    pub fn lines(&self) -> u64 {
        self.lines.get()
    }
}
