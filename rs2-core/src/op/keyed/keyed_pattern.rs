//! Matches that a closure finds in the items of a key.

use super::step::{Step, Visit};
use crate::metrics::{LocalLosses, Loss};
use crate::state::Run;
use crate::store::Storage;
use core::fmt;

/// The step of [`keyed_pattern_rs2`](super::KeyedExt::keyed_pattern_in_rs2).
pub struct KeyedPattern<F, Runs> {
    runs: Runs,
    find: F,
}

impl<F, Runs: Storage> KeyedPattern<F, Runs> {
    /// What `find` makes of the items of a key since its last match, at most as many as `runs` has
    /// room for.
    pub fn new<T, R>(runs: Runs, find: F) -> Self
    where
        F: FnMut(&[T]) -> Option<R>,
    {
        Self { runs, find }
    }
}

impl<T, R, F, Runs> Step<T> for KeyedPattern<F, Runs>
where
    F: FnMut(&[T]) -> Option<R>,
    Runs: Storage,
{
    type State = Run<T, Runs::Batch<T>>;
    type Out = R;
    const NAME: &'static str = "keyed_pattern";
    const ONE_EACH: bool = false;
    const DROPS: Option<Loss> = Some(Loss::Evicted);

    fn begin(&self) -> Self::State {
        Run::of(self.runs.small_batch())
    }

    #[inline]
    fn step(
        &mut self,
        item: T,
        run: &mut Self::State,
        _visit: Visit,
        losses: &mut LocalLosses,
    ) -> Option<R> {
        if run.len() == self.runs.capacity() {
            run.drop_first(1);
            losses.count();
        }
        let pushed = run.push(item);
        debug_assert!(pushed.is_ok(), "there was room or some was made");
        let found = (self.find)(run.items());
        if found.is_some() {
            run.clear();
        }
        found
    }
}

impl<F, Runs: Storage> fmt::Debug for KeyedPattern<F, Runs> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedPattern")
            .field("capacity", &self.runs.capacity())
            .finish_non_exhaustive()
    }
}
