//! An aggregator of a part of each item.

use super::Aggregator;
use crate::store::Full;
use crate::time::EventTime;

/// Gives `aggregator` what `field` takes from each item.
///
/// ```
/// use rs2_core::aggregate::{Count, Max, Mean, Running, of};
/// struct Reading {
///     celsius: f64,
/// }
/// let mut summary = Running::of(of(|r: &Reading| r.celsius, (Count, Mean, Max)));
/// summary.push(Reading { celsius: 20.0 });
/// assert_eq!(summary.push(Reading { celsius: 22.0 }), (2, 21.0, 22.0));
/// ```
pub const fn of<F, A>(field: F, aggregator: A) -> Of<F, A> {
    Of { field, aggregator }
}

/// The aggregator that [`of`] makes.
#[derive(Clone, Copy, Debug)]
pub struct Of<F, A> {
    field: F,
    aggregator: A,
}

impl<T, U, F: Fn(&T) -> U, A: Aggregator<U>> Aggregator<T> for Of<F, A> {
    type Partial = A::Partial;
    type Output = A::Output;
    const INVERTIBLE: bool = A::INVERTIBLE;

    #[inline]
    fn lift(&self, ts: EventTime, item: T) -> A::Partial {
        self.aggregator.lift(ts, (self.field)(&item))
    }
    #[inline]
    fn combine(&self, left: &mut A::Partial, right: &A::Partial) {
        self.aggregator.combine(left, right);
    }
    #[inline]
    fn lower(&self, whole: A::Partial) -> A::Output {
        self.aggregator.lower(whole)
    }
    #[inline]
    fn peek(&self, whole: &A::Partial) -> A::Output {
        self.aggregator.peek(whole)
    }
    #[inline]
    fn add(&self, part: &mut A::Partial, ts: EventTime, item: T) -> Result<(), Full<T>> {
        let taken = self.aggregator.add(part, ts, (self.field)(&item));
        taken.map_err(|_| Full(item))
    }
    #[inline]
    fn subtract(&self, whole: &mut A::Partial, earliest: &A::Partial) {
        self.aggregator.subtract(whole, earliest);
    }
}
