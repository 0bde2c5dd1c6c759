//! The smallest and the largest item.

use super::Aggregator;
use crate::time::EventTime;
use core::mem;

/// The smallest item; of equal ones the earliest. What compares with nothing, as a NaN, gives way
/// to any item that does.
///
/// ```
/// use rs2_core::aggregate::{Min, Running};
/// let mut coldest = Running::of(Min);
/// assert!(coldest.push(f64::NAN).is_nan());
/// assert_eq!(coldest.push(-3.5), -3.5);
/// assert_eq!(coldest.push(f64::NAN), -3.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Min;

/// The largest item; of equal ones the earliest. What compares with nothing, as a NaN, gives way
/// to any item that does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Max;

/// The item with the smallest key; of equal ones the earliest.
///
/// ```
/// use rs2_core::aggregate::{MinBy, Running};
/// let mut cheapest = Running::of(MinBy(|offer: &(&'static str, f64)| offer.1));
/// cheapest.push(("bakery", 2.5));
/// assert_eq!(cheapest.push(("market", 2.0)), ("market", 2.0));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MinBy<F>(
    /// The key of an item.
    pub F,
);

/// The item with the largest key; of equal ones the earliest.
#[derive(Clone, Copy, Debug)]
pub struct MaxBy<F>(
    /// The key of an item.
    pub F,
);

/// Whether `new` takes the place of `old`, as the lesser one.
#[inline]
fn is_less<K: PartialOrd>(new: &K, old: &K) -> bool {
    new < old || is_nothing(old)
}

/// Whether `new` takes the place of `old`, as the greater one.
#[inline]
fn is_greater<K: PartialOrd>(new: &K, old: &K) -> bool {
    new > old || is_nothing(old)
}

#[inline]
fn is_nothing<K: PartialOrd>(key: &K) -> bool {
    key.partial_cmp(key).is_none()
}

/// Puts `right` in the place of `left`, if so. Whether it does is hard to foretell, so what is
/// cheap to write is written in either case, without a branch.
#[inline]
fn choose<T: Clone>(replaces: bool, left: &mut T, right: &T) {
    if !mem::needs_drop::<T>() {
        *left = if replaces { right.clone() } else { left.clone() };
    } else if replaces {
        left.clone_from(right);
    }
}

macro_rules! extremes {
    ($($plain:ident $by:ident $replaces:ident;)+) => {$(
        impl<T: PartialOrd + Clone> Aggregator<T> for $plain {
            type Partial = T;
            type Output = T;

            #[inline]
            fn lift(&self, _ts: EventTime, item: T) -> T {
                item
            }
            #[inline]
            fn combine(&self, left: &mut T, right: &T) {
                choose($replaces(right, left), left, right);
            }
            #[inline]
            fn lower(&self, whole: T) -> T {
                whole
            }
        }

        impl<T: Clone, K: PartialOrd, F: Fn(&T) -> K> Aggregator<T> for $by<F> {
            type Partial = T;
            type Output = T;

            #[inline]
            fn lift(&self, _ts: EventTime, item: T) -> T {
                item
            }
            #[inline]
            fn combine(&self, left: &mut T, right: &T) {
                choose($replaces(&(self.0)(right), &(self.0)(left)), left, right);
            }
            #[inline]
            fn lower(&self, whole: T) -> T {
                whole
            }
        }
    )+};
}

extremes! {
    Min MinBy is_less;
    Max MaxBy is_greater;
}
