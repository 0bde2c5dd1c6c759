//! Patterns: what to look for, the automaton made of it, and the runs through it.

mod automaton;
mod bounds;
mod buffer;
mod builder;
mod found;
mod plan;
mod rule;
mod run;
#[cfg(feature = "snapshot")]
mod snapshots;
mod steps;

pub use buffer::Captured;
pub use builder::{MAX_ATTEMPTS, MAX_EVENTS, Pattern, Skip};
pub use found::{PatternMatch, PatternOutput, PatternYield};
pub use plan::{Plan, Times};
pub use rule::PatternByTime;
pub use steps::{Absent, Begin, Condition, Given, Group, Never, Repeated, Step, Steps, Tied};
