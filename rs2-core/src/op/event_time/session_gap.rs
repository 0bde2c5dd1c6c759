//! How long a session stays open after an item.

use super::window_types::micros;
use core::fmt;
use core::time::Duration;

/// Tells how long after an item its session stays open: for all items the same, or asked of each.
pub trait SessionGap<T> {
    /// Whether it is the same for all, so that no item reaches further than its neighbour.
    const IS_SAME: bool;

    /// How long the session stays open after `item`, in microseconds.
    fn micros_after(&mut self, item: &T) -> i64;
}

/// The same gap after every item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameGap {
    // In microseconds, and so without a conversion for every item.
    micros: i64,
}

impl SameGap {
    pub(super) fn new(gap: Duration) -> Self {
        Self { micros: micros(gap) }
    }
}

impl<T> SessionGap<T> for SameGap {
    const IS_SAME: bool = true;

    #[inline]
    fn micros_after(&mut self, _item: &T) -> i64 {
        self.micros
    }
}

/// A gap that the item tells: see [`SessionRules::gap_of`](super::SessionRules::gap_of).
#[derive(Clone, Copy)]
pub struct GapOf<F>(pub(super) F);

impl<T, F: FnMut(&T) -> Duration> SessionGap<T> for GapOf<F> {
    const IS_SAME: bool = false;

    /// At least one: items of the same time then overlap, whichever comes first.
    #[inline]
    fn micros_after(&mut self, item: &T) -> i64 {
        micros((self.0)(item)).max(1)
    }
}

impl<F> fmt::Debug for GapOf<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GapOf").finish_non_exhaustive()
    }
}
