//! What to look for, and what was found.

use crate::time::EventTime;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// Whether other items may come between two steps of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contiguity {
    /// None may.
    Strict,
    /// Those that do not fit are passed over.
    Relaxed,
}

/// What remains possible after a match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Skip {
    /// An item of a match is part of no other match.
    #[default]
    PastLast,
    /// Every way to match is reported.
    Nothing,
}

/// A sequence of conditions on the items of one key, in the order of their time.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::event_time::Pattern;
/// // Five failures in a row within a minute.
/// let attack = Pattern::begin(|status: &u16| *status == 404)
///     .times(5)
///     .consecutive()
///     .within(Duration::from_secs(60));
/// # let _ = attack;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Pattern<L> {
    steps: L,
    within: Option<Duration>,
    skip: Skip,
}

/// The empty sequence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Begin;

/// A sequence and one more condition.
#[derive(Clone)]
pub struct Step<B, P> {
    before: B,
    accepts: P,
    entry: Contiguity,
    repeat: Contiguity,
    times: u32,
}

/// The conditions of a [`Pattern`], one after the other.
pub trait Steps<T> {
    /// How many there are.
    const LEN: usize;
    /// Whether the condition at `step` holds.
    fn accepts(&self, step: usize, item: &T) -> bool;
    /// How often the condition at `step` must hold.
    fn times(&self, step: usize) -> u32;
    /// Whether an item that the condition at `step` refuses ends the attempt, when `taken` items
    /// have met the condition already.
    fn is_strict(&self, step: usize, taken: u32) -> bool;
}

impl<T> Steps<T> for Begin {
    const LEN: usize = 0;
    fn accepts(&self, _step: usize, _item: &T) -> bool {
        false
    }
    fn times(&self, _step: usize) -> u32 {
        0
    }
    fn is_strict(&self, _step: usize, _taken: u32) -> bool {
        true
    }
}

impl<T, B: Steps<T>, P: Fn(&T) -> bool> Steps<T> for Step<B, P> {
    const LEN: usize = B::LEN + 1;
    #[inline]
    fn accepts(&self, step: usize, item: &T) -> bool {
        if step == B::LEN { (self.accepts)(item) } else { self.before.accepts(step, item) }
    }
    #[inline]
    fn times(&self, step: usize) -> u32 {
        if step == B::LEN { self.times } else { self.before.times(step) }
    }
    #[inline]
    fn is_strict(&self, step: usize, taken: u32) -> bool {
        if step != B::LEN {
            return self.before.is_strict(step, taken);
        }
        let between = if taken == 0 { self.entry } else { self.repeat };
        between == Contiguity::Strict
    }
}

impl<P> Pattern<Step<Begin, P>> {
    /// Begins with an item that meets a condition.
    pub fn begin<T>(accepts: P) -> Self
    where
        P: Fn(&T) -> bool,
    {
        let steps = Step::new(Begin, accepts, Contiguity::Strict);
        Self { steps, within: None, skip: Skip::PastLast }
    }
}

impl<B, P> Step<B, P> {
    fn new(before: B, accepts: P, entry: Contiguity) -> Self {
        Self { before, accepts, entry, repeat: Contiguity::Relaxed, times: 1 }
    }
}

impl<B, P> Pattern<Step<B, P>> {
    /// Goes on with the very next item, which must meet a condition.
    pub fn next<T, Q>(self, accepts: Q) -> Pattern<Step<Step<B, P>, Q>>
    where
        Q: Fn(&T) -> bool,
    {
        self.then(accepts, Contiguity::Strict)
    }

    /// Goes on with the first later item that meets a condition.
    pub fn followed_by<T, Q>(self, accepts: Q) -> Pattern<Step<Step<B, P>, Q>>
    where
        Q: Fn(&T) -> bool,
    {
        self.then(accepts, Contiguity::Relaxed)
    }

    fn then<Q>(self, accepts: Q, entry: Contiguity) -> Pattern<Step<Step<B, P>, Q>> {
        let steps = Step::new(self.steps, accepts, entry);
        Pattern { steps, within: self.within, skip: self.skip }
    }

    /// The last condition must hold for `count` items; others may come between them.
    ///
    /// # Panics
    /// When `count` is zero.
    #[track_caller]
    pub fn times(mut self, count: u32) -> Self {
        assert!(count > 0, "a step must be taken at least once");
        self.steps.times = count;
        self
    }

    /// The items of the last condition must follow each other directly.
    pub fn consecutive(mut self) -> Self {
        self.steps.repeat = Contiguity::Strict;
        self
    }
}

impl<L> Pattern<L> {
    /// From the first item to the last, less than `span` passes.
    pub fn within(mut self, span: Duration) -> Self {
        self.within = Some(span);
        self
    }

    /// Chooses what remains possible after a match.
    pub fn skip(mut self, skip: Skip) -> Self {
        self.skip = skip;
        self
    }

    pub(super) fn parts(self) -> (L, Option<Duration>, Skip) {
        (self.steps, self.within, self.skip)
    }
}

impl<L> fmt::Debug for Pattern<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern")
            .field("within", &self.within)
            .field("skip", &self.skip)
            .finish_non_exhaustive()
    }
}

impl<B, P> fmt::Debug for Step<B, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("times", &self.times).finish_non_exhaustive()
    }
}

/// Items of one key that match a pattern.
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
}
