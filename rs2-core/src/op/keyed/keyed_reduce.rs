//! A running value for each key, beginning with its first item.

use super::step::{Step, Visit};
use crate::metrics::LocalLosses;
use core::fmt;

/// The step of [`keyed_reduce_rs2`](super::KeyedExt::keyed_reduce_in_rs2).
pub struct KeyedReduce<F> {
    f: F,
}

impl<F> KeyedReduce<F> {
    /// A value for each key that begins with its first item and that `f` adds each other to.
    pub fn new<T>(f: F) -> Self
    where
        F: FnMut(T, &mut T),
    {
        Self { f }
    }
}

impl<T: Clone, F: FnMut(T, &mut T)> Step<T> for KeyedReduce<F> {
    // Nothing only until the item that began it is put in.
    type State = Option<T>;
    type Out = T;
    const NAME: &'static str = "keyed_reduce";
    const ONE_EACH: bool = true;

    #[inline]
    fn begin(&self) -> Option<T> {
        None
    }

    #[inline]
    fn step(
        &mut self,
        item: T,
        value: &mut Option<T>,
        _visit: Visit,
        _losses: &mut LocalLosses,
    ) -> Option<T> {
        match value {
            Some(value) => (self.f)(item, value),
            None => *value = Some(item),
        }
        value.clone()
    }
}

impl<F> fmt::Debug for KeyedReduce<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedReduce(..)")
    }
}
