//! Items without what was told between them.

use crate::machine::{Machine, empty_snapshot};
use crate::time::Instant;
use crate::watermark::Signal;
use core::fmt;
use core::marker::PhantomData;

/// The rule of [`without_watermarks_rs2`](super::SignalExt::without_watermarks_rs2).
pub struct WithoutWatermarks<T> {
    items: PhantomData<fn(T)>,
}

impl<T> WithoutWatermarks<T> {
    /// The items alone.
    pub fn new() -> Self {
        Self { items: PhantomData }
    }
}

impl<T> Default for WithoutWatermarks<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Machine for WithoutWatermarks<T> {
    type In = Signal<T>;
    type Out = T;

    #[inline]
    fn on_item(&mut self, _now: Instant, signal: Signal<T>) -> Option<T> {
        signal.into_item()
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (0, high)
    }
}

empty_snapshot!(WithoutWatermarks<T>, "without_watermarks");

impl<T> fmt::Debug for WithoutWatermarks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithoutWatermarks").finish_non_exhaustive()
    }
}
