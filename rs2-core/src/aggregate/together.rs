//! Several aggregators in one pass.

use super::Aggregator;
use crate::store::Full;
use crate::time::EventTime;

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
        /// All of them in one pass. An item that one of them has no room for is given back, and has
        /// been taken by the others.
        impl<T: Clone, $($name: Aggregator<T>),+> Aggregator<T> for ($($name,)+) {
            type Partial = ($($name::Partial,)+);
            type Output = ($($name::Output,)+);
            const INVERTIBLE: bool = $($name::INVERTIBLE)&&+;

            #[inline]
            fn lift(&self, ts: EventTime, item: T) -> Self::Partial {
                ($(self.$at.lift(ts, item.clone()),)+)
            }
            #[inline]
            fn combine(&self, left: &mut Self::Partial, right: &Self::Partial) {
                $(self.$at.combine(&mut left.$at, &right.$at);)+
            }
            #[inline]
            fn lower(&self, whole: Self::Partial) -> Self::Output {
                ($(self.$at.lower(whole.$at),)+)
            }
            #[inline]
            fn peek(&self, whole: &Self::Partial) -> Self::Output {
                ($(self.$at.peek(&whole.$at),)+)
            }
            #[inline]
            fn add(&self, part: &mut Self::Partial, ts: EventTime, item: T) -> Result<(), Full<T>> {
                let taken = [$(self.$at.add(&mut part.$at, ts, item.clone()).is_ok()),+];
                if taken.contains(&false) { Err(Full(item)) } else { Ok(()) }
            }
            #[inline]
            fn subtract(&self, whole: &mut Self::Partial, earliest: &Self::Partial) {
                $(self.$at.subtract(&mut whole.$at, &earliest.$at);)+
            }
        }
    )+};
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, G 5)
}
