//! A running value for each key.

use super::step::{Step, Visit};
use crate::metrics::LocalLosses;
use core::fmt;

/// The step of [`keyed_fold_rs2`](super::KeyedExt::keyed_fold_in_rs2).
pub struct KeyedFold<A, F> {
    init: A,
    f: F,
}

impl<A, F> KeyedFold<A, F> {
    /// A value for each key that begins with `init` and that `f` adds each item to.
    pub fn new<T>(init: A, f: F) -> Self
    where
        F: FnMut(T, &mut A),
    {
        Self { init, f }
    }
}

impl<T, A: Clone, F: FnMut(T, &mut A)> Step<T> for KeyedFold<A, F> {
    type State = A;
    type Out = A;
    const NAME: &'static str = "keyed_fold";
    const ONE_EACH: bool = true;

    #[inline]
    fn begin(&self) -> A {
        self.init.clone()
    }

    #[inline]
    fn step(
        &mut self,
        item: T,
        value: &mut A,
        _visit: Visit,
        _losses: &mut LocalLosses,
    ) -> Option<A> {
        (self.f)(item, value);
        Some(value.clone())
    }
}

impl<A, F> fmt::Debug for KeyedFold<A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedFold(..)")
    }
}
