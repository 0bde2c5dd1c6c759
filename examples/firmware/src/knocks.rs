//! The pipeline of the smallest program.

use crate::message::number;
use core::fmt::{self, Write};
use core::time::Duration;
use rs2_core::prelude::*;
use rs2_core::time::Timer;

/// The last loud value of a knock, and when it had died away, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knock {
    pub at: u32,
    pub last: i16,
}

impl Knock {
    /// Writes a line.
    pub fn write(&self, out: &mut impl Write) -> fmt::Result {
        number(out, self.at)?;
        out.write_str(" knock ")?;
        number(out, self.last.unsigned_abs().into())?;
        out.write_str("\n")
    }
}

/// Below this it is noise.
const LOUD: i16 = 20;
/// A knock is over when there was silence for so long.
const SILENCE: Duration = Duration::from_millis(30);

/// Counts a burst of loud values as one knock.
pub fn knocks<T: Timer + Clone>(
    timer: T,
    vibration: impl Stream<Item = i16>,
) -> impl Stream<Item = Knock> {
    let start = timer.now();
    vibration
        .map_rs2(|value| value.saturating_abs())
        .filter_rs2(|value| *value >= LOUD)
        .debounce_on_rs2(timer.clone(), SILENCE)
        .map_rs2(move |last| {
            let at = timer.now().saturating_since(start).as_millis() as u32;
            Knock { at, last }
        })
}
