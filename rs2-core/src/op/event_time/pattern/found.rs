//! What was found.

use super::rule::PatternByTime;
use super::steps::Steps;
use crate::machine::{EventMachine, Stamps};
use crate::store::KeyStorage;
use crate::time::EventTime;
use alloc::vec::Vec;
use core::hash::Hash;

/// Items of one key that match a pattern, or the beginning of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternMatch<K, T> {
    /// Whose they are.
    pub key: K,
    /// The time of the first.
    pub start_time: EventTime,
    /// The time of the last.
    pub end_time: EventTime,
    /// The items that met a condition, in the order of their time.
    pub events: Vec<T>,
    // The step of each; empty when no step of the pattern has a name.
    pub(super) names: Vec<&'static str>,
}

impl<K, T> PatternMatch<K, T> {
    /// The items with the names of the steps that took them, empty where a step has none; nothing
    /// when no step has one.
    pub fn named(&self) -> impl DoubleEndedIterator<Item = (&'static str, &T)> {
        self.names.iter().copied().zip(&self.events)
    }

    /// The items that the steps with this name took, in the order of their time.
    pub fn of(&self, name: &str) -> impl DoubleEndedIterator<Item = &T> {
        self.named().filter(move |(its, _)| *its == name).map(|(_, event)| event)
    }
}

/// A match, or a run that can become none any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternOutput<K, T> {
    /// All conditions were met.
    Match(PatternMatch<K, T>),
    /// The span passed before all conditions were met: what was taken until then.
    TimedOut(PatternMatch<K, T>),
}

/// What a search yields: matches alone, or what timed out as well.
pub trait PatternYield<K, T>: Sized {
    /// Whether it tells what timed out.
    const TELLS_TIMEOUTS: bool;
    /// What it yields for an outcome.
    fn of(outcome: PatternOutput<K, T>) -> Option<Self>;
}

impl<K, T> PatternYield<K, T> for PatternMatch<K, T> {
    const TELLS_TIMEOUTS: bool = false;
    fn of(outcome: PatternOutput<K, T>) -> Option<Self> {
        match outcome {
            PatternOutput::Match(found) => Some(found),
            PatternOutput::TimedOut(_) => None,
        }
    }
}

impl<K, T> PatternYield<K, T> for PatternOutput<K, T> {
    const TELLS_TIMEOUTS: bool = true;
    fn of(outcome: Self) -> Option<Self> {
        Some(outcome)
    }
}

/// An outcome that waits to be yielded.
#[derive(Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Found<K, T> {
    pub(super) key: K,
    pub(super) start: EventTime,
    pub(super) end: EventTime,
    /// The time of the item or deadline that made it known.
    pub(super) known: EventTime,
    pub(super) events: Vec<T>,
    /// The position of each; empty when no step has a name.
    pub(super) positions: Vec<u16>,
    pub(super) timed_out: bool,
}

impl<T, K, F, L, St, W> Stamps for PatternByTime<T, K, F, L, St, W>
where
    Self: EventMachine,
    K: Hash + Eq,
    L: Steps<T>,
    St: KeyStorage,
{
    /// When it was known: an item that does not come is missed at the end of the span.
    #[inline]
    fn stamp(&self, _outcome: &Self::Out) -> EventTime {
        self.known
    }
}
