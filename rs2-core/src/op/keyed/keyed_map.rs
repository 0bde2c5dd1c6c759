//! One item out for each item in, with a state for each key.

use super::step::{Step, Visit};
use crate::metrics::LocalLosses;
use core::fmt;
use core::marker::PhantomData;

/// The step of [`keyed_map_rs2`](super::KeyedExt::keyed_map_in_rs2).
pub struct KeyedMap<V, F> {
    f: F,
    state: PhantomData<fn() -> V>,
}

impl<V, F> KeyedMap<V, F> {
    /// `f` of each item and the state of its key.
    pub fn new<T, R>(f: F) -> Self
    where
        F: FnMut(T, &mut V) -> R,
    {
        Self { f, state: PhantomData }
    }
}

impl<T, V: Default, R, F: FnMut(T, &mut V) -> R> Step<T> for KeyedMap<V, F> {
    type State = V;
    type Out = R;
    const NAME: &'static str = "keyed_map";
    const ONE_EACH: bool = true;

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
    ) -> Option<R> {
        Some((self.f)(item, state))
    }
}

impl<V, F> fmt::Debug for KeyedMap<V, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedMap(..)")
    }
}
