//! Some of the items between the watermarks.

use crate::machine::{Machine, empty_snapshot};
use crate::time::Instant;
use crate::watermark::Signal;
use core::fmt;
use core::marker::PhantomData;

/// The rule of [`filter_events_rs2`](super::SignalExt::filter_events_rs2).
pub struct FilterEvents<T, F> {
    keep: F,
    items: PhantomData<fn(T)>,
}

impl<T, F> FilterEvents<T, F> {
    /// The items that `keep` is true for.
    pub fn new(keep: F) -> Self {
        Self { keep, items: PhantomData }
    }
}

impl<T, F: FnMut(&T) -> bool> Machine for FilterEvents<T, F> {
    type In = Signal<T>;
    type Out = Signal<T>;

    #[inline]
    fn on_item(&mut self, _now: Instant, signal: Signal<T>) -> Option<Signal<T>> {
        match signal {
            Signal::Item(_, ref item) if !(self.keep)(item) => None,
            other => Some(other),
        }
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (0, high)
    }
}

empty_snapshot!(FilterEvents<T, F>, "filter_events");

impl<T, F> fmt::Debug for FilterEvents<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterEvents").finish_non_exhaustive()
    }
}
