//! The times of what joins put out.

use super::enrich::Enrich;
use super::interval::PairTime;
use super::interval_join::IntervalJoin;
use super::lane::earliest;
use super::pairs::{JoinKeys, Pairs};
use super::side::{FromLeft, FromRight};
use super::temporal_join::TemporalJoin;
use crate::machine::JoinStamps;
use crate::store::KeyStorage;
use crate::time::EventTime;
use core::hash::Hash;

impl<T, U, G, P, St> JoinStamps for IntervalJoin<T, U, G, P, St>
where
    G: JoinKeys<T, U>,
    P: Pairs<T, U>,
    St: KeyStorage,
{
    /// A pair stands at the time of one of the two, and an item without a match at its own time.
    #[inline]
    fn stamp(&self, _out: &P::Out) -> EventTime {
        self.passed
    }

    #[inline]
    fn earliest_to_come(&mut self) -> EventTime {
        if !self.pairs.any_alone() && self.pair_time == PairTime::Later {
            return EventTime::MAX;
        }
        self.settle::<FromLeft>();
        self.settle::<FromRight>();
        earliest(&self.lanes).unwrap_or(EventTime::MAX)
    }
}

impl<T, K, V, G, P, St> JoinStamps for TemporalJoin<T, K, V, G, P, St>
where
    K: Hash + Eq,
    G: FnMut(&T) -> K,
    P: Enrich<T, V>,
    St: KeyStorage,
{
    const FOLLOWS_LEFT: bool = true;

    /// An item keeps its time.
    #[inline]
    fn stamp(&self, _out: &P::Out) -> EventTime {
        self.passed
    }

    #[inline]
    fn earliest_to_come(&mut self) -> EventTime {
        self.waiting.peek().map_or(EventTime::MAX, |first| first.ts)
    }
}
