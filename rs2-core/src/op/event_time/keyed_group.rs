//! What the windows of one key have gathered.

use super::grid::Grid;
use super::panes::Accumulation;
use super::sums::Sums;
use crate::aggregate::Aggregator;
use crate::store::{Full, Ordered, Storage};
use crate::time::EventTime;
use alloc::collections::BTreeMap;

/// An aggregator whose parts know the first of their items to arrive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked<A>(pub(super) A);

/// When the first item of a part arrived, as a number that grows, and the part.
pub(super) type Rank<P> = (u64, P);

impl<T, A: Aggregator<T>> Aggregator<(u64, T)> for Ranked<A> {
    type Partial = Rank<A::Partial>;
    type Output = A::Output;

    const COMPACT: bool = A::COMPACT;

    fn lift(&self, ts: EventTime, (arrival, item): (u64, T)) -> Rank<A::Partial> {
        (arrival, self.0.lift(ts, item))
    }
    fn combine(&self, left: &mut Rank<A::Partial>, right: &Rank<A::Partial>) {
        left.0 = left.0.min(right.0);
        self.0.combine(&mut left.1, &right.1);
    }
    fn lower(&self, whole: Rank<A::Partial>) -> A::Output {
        self.0.lower(whole.1)
    }
    #[inline]
    fn add(
        &self,
        part: &mut Rank<A::Partial>,
        ts: EventTime,
        (arrival, item): (u64, T),
    ) -> Result<(), Full<(u64, T)>> {
        self.0.add(&mut part.1, ts, item).map_err(|Full(item)| Full((arrival, item)))
    }
}

/// The slices of one key, and what is known of its windows between their panes.
pub(super) struct Group<K, P, St: Storage> {
    pub(super) key: K,
    pub(super) slices: St::Ordered<i64, P>,
    pub(super) sums: Sums<P, St>,
    /// By the start of the window; only where panes need it.
    pub(super) marks: BTreeMap<i64, Mark<P>>,
}

/// What is known of a window between its panes.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Mark<P> {
    /// Items since it last went out.
    pub(super) fresh: u64,
    /// What stands for those, where panes are discarded.
    pub(super) delta: Option<P>,
    /// What went out last, where it is taken back.
    pub(super) out: Option<P>,
}

impl<P> Default for Mark<P> {
    fn default() -> Self {
        Self { fresh: 0, delta: None, out: None }
    }
}

/// What a window goes out with: what it takes back, and what is now.
pub(super) type Change<P> = (Option<P>, Option<P>);

impl<P: Clone> Mark<P> {
    /// The window goes out while `whole` stands for all its items.
    pub(super) fn go_out(&mut self, accumulation: Accumulation, whole: P) -> Change<P> {
        let fresh = core::mem::take(&mut self.fresh);
        match accumulation {
            Accumulation::Accumulating => (None, Some(whole)),
            Accumulation::Discarding => (None, self.delta.take()),
            // Unchanged. After a part was given up there is no last one, and the rest goes out.
            Accumulation::Retracting if fresh == 0 && self.out.is_some() => (None, None),
            Accumulation::Retracting => (self.out.replace(whole.clone()), Some(whole)),
        }
    }

    /// The window goes out with a part that is then forgotten: what comes later stands for itself.
    pub(super) fn give_up(&mut self, accumulation: Accumulation, part: P) -> Change<P> {
        match accumulation {
            Accumulation::Accumulating => (None, Some(part)),
            Accumulation::Discarding => {
                self.fresh = 0;
                (None, self.delta.take())
            }
            Accumulation::Retracting => (self.out.take(), Some(part)),
        }
    }
}

impl<K, P: Clone, St: Storage> Group<K, P, St> {
    pub(super) fn new(key: K, storage: &St) -> Self {
        let (slices, sums) = (storage.ordered(), Sums::new(storage));
        Self { key, slices, sums, marks: BTreeMap::new() }
    }

    pub(super) fn has(&self, slice: i64) -> bool {
        self.slices.range_from(&slice).next().is_some_and(|(found, _)| *found == slice)
    }

    /// What stands for all items of `window`, shared with the window before it when windows go out
    /// in their order and are complete.
    pub(super) fn whole_in_turn<T, A>(
        &mut self,
        aggregator: &A,
        grid: &Grid,
        window: i64,
    ) -> Option<P>
    where
        A: Aggregator<T, Partial = P>,
    {
        if A::COMPACT && !grid.is_tumbling() {
            return self.sums.whole(aggregator, &self.slices, grid, window);
        }
        self.whole(aggregator, grid, window)
    }

    /// What stands for all items of `window`.
    pub(super) fn whole<T, A>(&self, aggregator: &A, grid: &Grid, window: i64) -> Option<P>
    where
        A: Aggregator<T, Partial = P>,
    {
        let slices = self.slices.range_from(&window);
        let covered = slices.take_while(|(slice, _)| grid.covers(window, **slice));
        let mut parts = covered.map(|(_, part)| part);
        let mut whole = parts.next()?.clone();
        parts.for_each(|part| aggregator.combine(&mut whole, part));
        Some(whole)
    }
}
