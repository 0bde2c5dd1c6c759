//! Which of several items of one time goes first.

use core::cmp::Ordering;
use core::fmt;

/// Puts items of one time in order. Those that it does not tell apart stay in the order in which
/// they came.
pub trait Ties<T>: Clone {
    /// Whether an item waits for others of its time, since one that comes later may go before it.
    const WAITS: bool;

    /// Which of two items of one time goes first.
    fn compare(&self, left: &T, right: &T) -> Ordering;
}

/// Items of one time go in the order in which they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByArrival;

impl<T> Ties<T> for ByArrival {
    const WAITS: bool = false;

    #[inline]
    fn compare(&self, _left: &T, _right: &T) -> Ordering {
        Ordering::Equal
    }
}

/// Items of one time go in the order of a comparison, such as that of a sequence number.
#[derive(Clone, Copy)]
pub struct ByOrder<F>(pub(crate) F);

impl<T, F: Fn(&T, &T) -> Ordering + Clone> Ties<T> for ByOrder<F> {
    const WAITS: bool = true;

    #[inline]
    fn compare(&self, left: &T, right: &T) -> Ordering {
        (self.0)(left, right)
    }
}

impl<F> fmt::Debug for ByOrder<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByOrder").finish_non_exhaustive()
    }
}
