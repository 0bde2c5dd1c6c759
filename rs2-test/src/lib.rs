//! Tests for streams: virtual time, marbles, sources that misbehave, laws and a seeded simulator.
//!
//! * [`ManualTimer`] runs a future in virtual time.
//! * [`marbles`] check what comes out when, in one line.
//! * [`sources`] panic, stall, fail, fall silent and lie, for tests of your own.
//! * A [`Row`] says what an operator promises; [`laws`] and [`sim`] try to make it break its word.
#![forbid(unsafe_code)]

pub mod marbles;
mod timer;
mod wake;

pub use timer::{LostWakeup, ManualSleep, ManualTimer, ms};
pub use wake::Wakes;
