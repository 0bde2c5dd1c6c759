//! Where watermarks come from.

use crate::machine::empty_snapshot;
use crate::time::EventTime;
use core::fmt;
use core::time::Duration;

/// Makes watermarks of the items of one source.
///
/// It need not be monotone: a watermark that is not later than the one before it changes nothing.
pub trait Watermarks<T> {
    /// The watermark after an item that happened at `ts`, if the item tells one.
    fn after(&mut self, ts: EventTime, item: &T) -> Option<EventTime>;
}

/// The latest time less a delay: items are at most so much out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundedDisorder {
    delay: Duration,
}

impl BoundedDisorder {
    /// A watermark `delay` behind the latest item.
    pub const fn new(delay: Duration) -> Self {
        Self { delay }
    }
}

impl<T> Watermarks<T> for BoundedDisorder {
    #[inline]
    fn after(&mut self, ts: EventTime, _item: &T) -> Option<EventTime> {
        Some(ts.saturating_sub(self.delay))
    }
}

/// What a function of the item says: for sources that mark how far they have come.
#[derive(Clone, Copy)]
pub struct Punctuated<F> {
    tells: F,
}

impl<F> Punctuated<F> {
    /// A watermark wherever `tells` returns one.
    pub const fn new(tells: F) -> Self {
        Self { tells }
    }
}

impl<T, F: FnMut(&T) -> Option<EventTime>> Watermarks<T> for Punctuated<F> {
    #[inline]
    fn after(&mut self, _ts: EventTime, item: &T) -> Option<EventTime> {
        (self.tells)(item)
    }
}

impl<F> fmt::Debug for Punctuated<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Punctuated").finish_non_exhaustive()
    }
}

// The operator keeps the watermark.
empty_snapshot!(BoundedDisorder, "bounded_disorder");
empty_snapshot!(Punctuated<F>, "punctuated");
