//! The items that pass, by a state for each key.

use super::step::{Step, Visit};
use crate::metrics::LocalLosses;
use core::fmt;
use core::marker::PhantomData;

/// The step of [`keyed_filter_rs2`](super::KeyedExt::keyed_filter_in_rs2).
pub struct KeyedFilter<V, F> {
    passes: F,
    state: PhantomData<fn() -> V>,
}

impl<V, F> KeyedFilter<V, F> {
    /// The items for which `passes` says yes.
    pub fn new<T>(passes: F) -> Self
    where
        F: FnMut(&T, &mut V) -> bool,
    {
        Self { passes, state: PhantomData }
    }
}

impl<T, V: Default, F: FnMut(&T, &mut V) -> bool> Step<T> for KeyedFilter<V, F> {
    type State = V;
    type Out = T;
    const NAME: &'static str = "keyed_filter";
    const ONE_EACH: bool = false;

    #[inline]
    fn begin(&self) -> V {
        V::default()
    }

    #[inline]
    fn step(
        &mut self,
        item: T,
        state: &mut V,
        _visit: Visit,
        _losses: &mut LocalLosses,
    ) -> Option<T> {
        (self.passes)(&item, state).then_some(item)
    }
}

impl<V, F> fmt::Debug for KeyedFilter<V, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedFilter(..)")
    }
}
