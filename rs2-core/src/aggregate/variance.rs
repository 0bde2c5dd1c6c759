//! How far the items lie apart.

use super::number::Number;
use super::{Aggregator, Mean};
use crate::statistics::Moments;
use crate::time::EventTime;

/// The variance of the items: of a sample, which divides by one less than their number and is no
/// number for a single item; or of all there are, which divides by their number.
///
/// Kept as count, mean and sum of squared distances, so that close values far from zero lose no
/// digits: see [`Moments`].
///
/// ```
/// use rs2_core::aggregate::{Running, Variance};
/// let mut spread = Running::of(Variance::Population);
/// spread.push(1.0e9);
/// assert_eq!(spread.push(1.0e9 + 2.0), 1.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variance {
    /// The items are a sample of others like them.
    #[default]
    Sample,
    /// The items are all there are.
    Population,
}

impl Variance {
    fn of(self, moments: &Moments) -> f64 {
        match self {
            Self::Sample => moments.sample_variance(),
            Self::Population => moments.variance(),
        }
    }
}

/// The standard deviation of the items: the square root of their [`Variance`].
///
/// ```
/// use rs2_core::aggregate::{Running, StdDev, Variance};
/// let mut spread = Running::of(StdDev(Variance::Population));
/// spread.push(1);
/// assert_eq!(spread.push(5), 2.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StdDev(
    /// Of what.
    pub Variance,
);

macro_rules! of_moments {
    ($($name:ty: |$this:ident, $whole:ident| $lower:expr;)+) => {$(
        impl<T: Number> Aggregator<T> for $name {
            type Partial = Moments;
            type Output = f64;

            #[inline]
            fn lift(&self, _ts: EventTime, item: T) -> Moments {
                Moments::of(item.to_f64())
            }
            #[inline]
            fn combine(&self, left: &mut Moments, right: &Moments) {
                left.merge(right);
            }
            #[inline]
            fn lower(&self, $whole: Moments) -> f64 {
                let $this = self;
                $lower
            }
        }
    )+};
}

of_moments! {
    Mean: |_this, whole| whole.mean();
    Variance: |this, whole| this.of(&whole);
    StdDev: |this, whole| libm::sqrt(this.0.of(&whole));
}
