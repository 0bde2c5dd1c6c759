//! What a pattern asks for, as plain data: everything but the conditions themselves.

use alloc::vec::Vec;
use core::ops::{RangeFrom, RangeInclusive};

/// What may stand between two items of a match that follow each other in the pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contiguity {
    /// Nothing.
    Strict,
    /// Items that the later step does not take.
    Relaxed,
    /// Any items, those that the later step could take too.
    Any,
}

/// How often a step is taken: `3`, `3..=5` or `3..`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub(super) least: u32,
    /// Nothing when there is no limit.
    pub(super) most: Option<u32>,
}

impl From<u32> for Times {
    fn from(count: u32) -> Self {
        Self { least: count, most: Some(count) }
    }
}

impl From<RangeInclusive<u32>> for Times {
    fn from(counts: RangeInclusive<u32>) -> Self {
        Self { least: *counts.start(), most: Some(*counts.end()) }
    }
}

impl From<RangeFrom<u32>> for Times {
    fn from(counts: RangeFrom<u32>) -> Self {
        Self { least: counts.start, most: None }
    }
}

/// How a step or a group is repeated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repeat {
    pub(super) times: Times,
    pub(super) optional: bool,
    /// Between two repetitions.
    pub(super) between: Contiguity,
}

impl Repeat {
    pub(super) fn once() -> Self {
        Self { times: Times::from(1), optional: false, between: Contiguity::Relaxed }
    }

    /// A count that begins with zero says that the part is optional.
    pub(super) fn set(&mut self, times: Times) {
        self.optional |= times.least == 0;
        self.times = Times { least: times.least.max(1), ..times };
    }

    pub(super) fn is_once(&self) -> bool {
        self.times == Times::from(1) && !self.optional
    }
}

/// One part of a sequence.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Step(Taken),
    Not(Guard),
    Group { entry: Contiguity, repeat: Repeat, parts: Vec<Part> },
}

/// A step that takes items.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) condition: u16,
    pub(super) entry: Contiguity,
    pub(super) repeat: Repeat,
    pub(super) greedy: bool,
    pub(super) name: &'static str,
}

/// A condition that no item may meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guard {
    pub(super) condition: u16,
    /// Only the very next item is looked at.
    pub(super) once: bool,
}

/// The parts of a pattern, to be filled by its [`Steps`](super::Steps).
#[derive(Debug, Default)]
pub struct Plan {
    pub(super) parts: Vec<Part>,
    pub(super) conditions: u16,
}

impl Plan {
    /// The number of the next condition.
    pub(super) fn condition(&mut self) -> u16 {
        let number = self.conditions;
        self.conditions = number.saturating_add(1);
        number
    }
}
