//! Other items in the place of those between the watermarks.

use crate::machine::{Machine, empty_snapshot};
use crate::time::Instant;
use crate::watermark::Signal;
use core::fmt;
use core::marker::PhantomData;

/// The rule of [`map_events_rs2`](super::SignalExt::map_events_rs2).
pub struct MapEvents<T, F> {
    f: F,
    items: PhantomData<fn(T)>,
}

impl<T, F> MapEvents<T, F> {
    /// `f` of each item, at the time of the item.
    pub fn new(f: F) -> Self {
        Self { f, items: PhantomData }
    }
}

impl<T, U, F: FnMut(T) -> U> Machine for MapEvents<T, F> {
    type In = Signal<T>;
    type Out = Signal<U>;

    #[inline]
    fn on_item(&mut self, _now: Instant, signal: Signal<T>) -> Option<Signal<U>> {
        Some(signal.map(&mut self.f))
    }

    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        source
    }
}

empty_snapshot!(MapEvents<T, F>, "map_events");

impl<T, F> fmt::Debug for MapEvents<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapEvents").finish_non_exhaustive()
    }
}
