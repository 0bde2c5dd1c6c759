//! What the windows of one key have gathered.

use super::grid::Grid;
use super::keyed_early::Marks;
use super::sums::{InRow, Sums, combined};
use crate::aggregate::Aggregator;
use crate::store::{Full, KeyStorage, Rows};
use crate::time::EventTime;

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

/// The slices of all keys.
pub(super) type SlicesOf<P, St> = <St as KeyStorage>::Rows<i64, P>;

/// The slices of one key, and what is known of its windows between their panes.
pub(super) struct Group<K, P, St: KeyStorage> {
    pub(super) key: K,
    pub(super) slices: <SlicesOf<P, St> as Rows<i64, P>>::Row,
    pub(super) sums: Sums<P, St::Spare<(i64, P)>>,
    /// Only where panes need it.
    pub(super) marks: Marks<P>,
}

impl<K, P: Clone, St: KeyStorage> Group<K, P, St> {
    pub(super) fn new(key: K, rows: &SlicesOf<P, St>, storage: &St) -> Self {
        Self { key, slices: rows.row(), sums: Sums::new(storage.spare()), marks: Marks::default() }
    }

    /// What stands for all items of `window`, shared with the window before it when windows go out
    /// in their order and are complete.
    pub(super) fn whole_in_turn<T, A>(
        &mut self,
        rows: &SlicesOf<P, St>,
        aggregator: &A,
        grid: &Grid,
        window: i64,
    ) -> Option<P>
    where
        A: Aggregator<T, Partial = P>,
    {
        let slices = InRow { rows, row: &self.slices };
        if A::COMPACT && !grid.is_tumbling() {
            return self.sums.whole(aggregator, &slices, grid, window);
        }
        combined(aggregator, &slices, grid, window)
    }

    /// What stands for all items of `window`.
    pub(super) fn whole<T, A>(
        &self,
        rows: &SlicesOf<P, St>,
        aggregator: &A,
        grid: &Grid,
        window: i64,
    ) -> Option<P>
    where
        A: Aggregator<T, Partial = P>,
    {
        combined(aggregator, &InRow { rows, row: &self.slices }, grid, window)
    }
}
