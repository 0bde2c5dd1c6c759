//! Tests for streams: virtual time, marbles, sources that misbehave, laws and a seeded simulator.
//!
//! * [`ManualTimer`] runs a future in virtual time.
//! * [`marbles`] check what comes out when, in one line.
//! * [`sources`] panic, stall, fail, fall silent and lie, for tests of your own.
//! * [`check`] runs a pipeline of your own under thousands of seeds: the [`guide`] shows how.
//! * [`storage`] checks where the state of operators is kept.
//! * A [`Row`] says what an operator promises; [`laws`] and [`sim`] try to make it break its word.
#![forbid(unsafe_code)]

mod check;
mod contract;
mod lanes;
pub mod laws;
pub mod marbles;
mod out;
mod pipeline;
mod row;
pub mod sim;
pub mod sources;
pub mod storage;
mod timer;
mod wake;

pub use check::{Check, check};
pub use contract::{Contract, MayLose, Order};
pub use lanes::{Lanes, lanes};
pub use out::{Out, id_of, index_of, source_of};
pub use row::{Given, Row};
pub use timer::{LostWakeup, ManualSleep, ManualTimer, ms};
pub use wake::Wakes;

#[doc = include_str!("../guide.md")]
pub mod guide {}

/// What a pipeline can promise: see [`check`].
pub mod promise {
    pub use crate::check::{
        Both, Deadline, ExactlyOnce, Hold, InFlight, NoTasks, Ordered, OrderedPerSource, Promise,
        ReadAhead,
    };
}
