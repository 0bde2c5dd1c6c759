//! What a join knows of one of its sides.

use super::interval::Interval;
use super::kept::{Kept, insert_by_time};
use crate::state::entry::Entry;
use crate::state::held::Held;
use crate::store::{KeyStorage, Queue};
use crate::time::EventTime;

/// What is known of one side.
pub(super) struct Lane<St: KeyStorage> {
    /// How much later than an item of this side one of the other may be.
    pub(super) interval: Interval,
    pub(super) watermark: EventTime,
    pub(super) ended: bool,
    pub(super) order: Held<u32, St>,
    /// No item that is kept is later.
    pub(super) latest: EventTime,
    pub(super) over: Over,
    /// The same by the word of the other side alone: less, where it is idle and taken along.
    pub(super) proven: Over,
}

/// Before when items of a side are over: nothing that is still to come on the other side can match
/// them. All are when there is no such time.
#[derive(Clone, Copy)]
pub(super) struct Over(pub(super) Option<EventTime>);

impl Over {
    #[inline]
    pub(super) fn has(self, ts: EventTime) -> bool {
        self.0.is_none_or(|before| ts < before)
    }
}

impl<St: KeyStorage> Lane<St> {
    pub(super) fn new(storage: &St, interval: Interval) -> Self {
        Self {
            interval,
            watermark: EventTime::MIN,
            ended: false,
            order: Held::new(storage),
            latest: EventTime::MIN,
            over: Over(Some(EventTime::MIN)),
            proven: Over(Some(EventTime::MIN)),
        }
    }

    /// Adds a place for an item at this time and arrival in the entry at `place`.
    #[inline(always)]
    pub(super) fn put(&mut self, place: u32, (ts, arrival): (EventTime, u64)) {
        let pushed = self.order.push(Entry::new(ts, arrival, place));
        debug_assert!(pushed.is_ok(), "the order has as much room as all items");
    }

    /// The same for a place that came too early. Rare, and apart so that the way of an item is
    /// short.
    #[cold]
    #[inline(never)]
    pub(super) fn put_back(&mut self, place: u32, first: (EventTime, u64)) {
        self.put(place, first);
    }

    /// Adds an item to those of its key, in the order of time.
    #[inline(always)]
    pub(super) fn insert<V>(&mut self, mine: &mut impl Queue<Kept<V>>, kept: Kept<V>) {
        // Those of its key are looked at only if they may be later: many keys have none, and nobody
        // could guess which.
        if kept.ts < self.latest {
            return insert_by_time(mine, kept);
        }
        self.latest = kept.ts;
        let pushed = mine.push(kept);
        debug_assert!(pushed.is_ok(), "a key has as much room as all items");
    }

    /// The watermark of the other side is here, or that side has ended.
    #[inline]
    pub(super) fn let_pass(&mut self, others: EventTime, ended: bool) {
        self.over = Over(self.interval.first_reaching(others).filter(|_| !ended));
        self.proven = self.over;
    }

    /// The other side is idle, and taken to be here.
    pub(super) fn let_pass_unproven(&mut self, others: EventTime) {
        self.over = Over(self.interval.first_reaching(others));
    }
}

/// The time of the earliest item that is kept on either side, or a time before it.
pub(super) fn earliest<St: KeyStorage>(lanes: &[Lane<St>; 2]) -> Option<EventTime> {
    let [left, right] = lanes.each_ref().map(|lane| lane.order.peek().map(|first| first.ts));
    left.min(right).or(left).or(right)
}
