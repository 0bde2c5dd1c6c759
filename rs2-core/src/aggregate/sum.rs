//! What the items come to.

use super::Aggregator;
use super::number::{Number, Total};
use crate::time::EventTime;

/// Adds the items up.
///
/// Sums of integers are kept in a wider type (`i64` for `i32`, `u128` for `u64`), with room for at
/// least 4 billion of the largest items; beyond, they wrap. Sums of floating-point numbers are
/// compensated: see [`Compensated`](super::Compensated).
///
/// ```
/// use rs2_core::aggregate::{Running, Sum};
/// let mut bytes = Running::of(Sum);
/// bytes.push(u32::MAX);
/// assert_eq!(bytes.push(1), 1 << 32);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum;

impl<T: Number> Aggregator<T> for Sum {
    type Partial = T::Total;
    type Output = <T::Total as Total>::Value;
    const INVERTIBLE: bool = <T::Total as Total>::EXACT;

    #[inline]
    fn lift(&self, _ts: EventTime, item: T) -> T::Total {
        item.total()
    }
    #[inline]
    fn combine(&self, left: &mut T::Total, right: &T::Total) {
        left.plus(right);
    }
    #[inline]
    fn lower(&self, whole: T::Total) -> Self::Output {
        whole.value()
    }
    #[inline]
    fn subtract(&self, whole: &mut T::Total, earliest: &T::Total) {
        whole.minus(earliest);
    }
}
