//! The times of what joins put out.

use super::interval_join::IntervalJoin;
use super::pairs::{JoinKeys, Pairs};
use super::side::{FromLeft, FromRight};
use crate::machine::JoinStamps;
use crate::store::KeyStorage;
use crate::time::EventTime;

impl<T, U, G, P, St> JoinStamps for IntervalJoin<T, U, G, P, St>
where
    G: JoinKeys<T, U>,
    P: Pairs<T, U>,
    St: KeyStorage,
{
    /// A pair stands at the later one of the two, and an item without a match at its own time.
    #[inline]
    fn stamp(&self, _out: &P::Out) -> EventTime {
        self.passed
    }

    #[inline]
    fn earliest_to_come(&mut self) -> EventTime {
        if !self.pairs.any_alone() {
            return EventTime::MAX;
        }
        self.settle::<FromLeft>();
        self.settle::<FromRight>();
        self.earliest().unwrap_or(EventTime::MAX)
    }
}
