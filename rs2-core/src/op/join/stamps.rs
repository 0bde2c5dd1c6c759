//! The times of what joins put out.

use super::enrich::Enrich;
use super::interval::PairTime;
use super::interval_join::IntervalJoin;
use super::lane::earliest;
use super::pairs::{JoinKeys, Pairs};
use super::side::{FromLeft, FromRight, Probe, Probing, Way};
use super::temporal_join::TemporalJoin;
use crate::machine::{JoinStamps, Side};
use crate::store::{Arena, KeyStorage, Queue};
use crate::time::{EventTime, Instant};
use core::hash::Hash;

impl<T, U, G, P, St> JoinStamps for IntervalJoin<T, U, G, P, St>
where
    G: JoinKeys<T, U>,
    P: Pairs<T, U>,
    St: KeyStorage,
{
    fn on_idle(&mut self, _now: Instant, side: Side, reached: EventTime) -> Option<P::Out> {
        self.lanes[side as usize].watermark = reached;
        self.lanes[side.other() as usize].let_pass_unproven(reached);
        match side {
            Side::Left => self.let_go::<FromRight>(),
            Side::Right => self.let_go::<FromLeft>(),
        }
    }

    /// A pair stands at the time of one of the two, and an item without a match at its own time.
    #[inline]
    fn stamp(&self, _out: &P::Out) -> EventTime {
        let time = match &self.probe {
            Some(Probe::Left(probing)) => self.paired_at::<FromLeft>(probing),
            Some(Probe::Right(probing)) => self.paired_at::<FromRight>(probing),
            None => None,
        };
        time.unwrap_or(self.passed)
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

    fn on_idle(&mut self, _now: Instant, side: Side, reached: EventTime) -> Option<P::Out> {
        self.reach(side, reached)
    }

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

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> IntervalJoin<T, U, G, P, St> {
    /// Puts places of the order that come too early where they belong, until the first is right.
    fn settle<W: Way<T, U>>(&mut self) {
        let lane = &mut self.lanes[W::SIDE as usize];
        while let Some(first) = lane.order.peek()
            && let Some(front) = self.both.get(first.item).and_then(|both| W::mine(both).front())
            && front.place() != first.place()
            && let Some(first) = lane.order.pop()
        {
            lane.put_back(first.item, front.place());
        }
    }

    /// The time of the last pair of an item that is being paired.
    fn paired_at<W: Way<T, U>>(&self, probing: &Probing<W::Item>) -> Option<EventTime> {
        let others = self.both.get(probing.place).map(W::Back::mine)?;
        let other = others.get(probing.next.checked_sub(1)?)?;
        Some(self.pair_time.of(probing.kept.ts, other.ts))
    }
}
