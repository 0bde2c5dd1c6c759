//! Matches that a closure finds in the items of a key.

use super::run::Run;
use super::step::{Step, Visit};
use crate::metrics::{Loss, Losses};
use core::fmt;

/// The step of [`keyed_pattern_rs2`](super::KeyedExt::keyed_pattern_in_rs2).
pub struct KeyedPattern<F> {
    capacity: usize,
    find: F,
}

impl<F> KeyedPattern<F> {
    /// What `find` makes of the items of a key since its last match, at most `capacity` of them.
    pub fn new<T, R>(capacity: usize, find: F) -> Self
    where
        F: FnMut(&[T]) -> Option<R>,
    {
        Self { capacity, find }
    }
}

impl<T, R, F: FnMut(&[T]) -> Option<R>> Step<T> for KeyedPattern<F> {
    type State = Run<T>;
    type Out = R;
    const NAME: &'static str = "keyed_pattern";
    const ONE_EACH: bool = false;

    fn begin(&self) -> Run<T> {
        Run::new()
    }

    #[inline]
    fn step(&mut self, item: T, run: &mut Run<T>, _visit: Visit, losses: &Losses) -> Option<R> {
        if run.len() == self.capacity {
            run.drop_first(1);
            losses.count(Loss::Evicted);
        }
        run.push(item);
        let found = (self.find)(run.items());
        if found.is_some() {
            run.clear();
        }
        found
    }
}

impl<F> fmt::Debug for KeyedPattern<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedPattern").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}
