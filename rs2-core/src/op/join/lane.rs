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
    /// Items of this side before here are over: nothing that is still to come on the other side
    /// can match them. Wider than a time, so that it can lie behind the end of time.
    over_before: i128,
}

impl<St: KeyStorage> Lane<St> {
    pub(super) fn new(storage: &St, interval: Interval) -> Self {
        let watermark = EventTime::MIN;
        let mut lane =
            Self { interval, watermark, ended: false, order: Held::new(storage), over_before: 0 };
        lane.let_pass(watermark, false);
        lane
    }

    /// Keeps an item in the queue of its key, which is at `place`.
    #[inline]
    pub(super) fn insert<V>(&mut self, place: u32, queue: &mut impl Queue<Kept<V>>, kept: Kept<V>) {
        let entry = Entry { ts: kept.ts, arrival: kept.arrival, item: place };
        let pushed = self.order.push(entry);
        debug_assert!(pushed.is_ok(), "the order has as much room as all items");
        insert_by_time(queue, kept);
    }

    /// The watermark of the other side is here, or that side has ended.
    #[inline]
    pub(super) fn let_pass(&mut self, others: EventTime, ended: bool) {
        self.over_before = if ended { i128::MAX } else { self.interval.first_reaching(others) };
    }

    #[inline]
    pub(super) fn is_over(&self, ts: EventTime) -> bool {
        i128::from(ts.as_micros()) < self.over_before
    }

    /// Whether the earliest item may be over. Its place in the order is not after its time.
    #[inline]
    pub(super) fn is_due(&self) -> bool {
        self.order.peek().is_some_and(|first| self.is_over(first.ts))
    }
}

/// The time of the earliest item that is kept on either side, or a time before it.
pub(super) fn earliest<St: KeyStorage>(lanes: &[Lane<St>; 2]) -> Option<EventTime> {
    let [left, right] = lanes.each_ref().map(|lane| lane.order.peek().map(|first| first.ts));
    left.min(right).or(left).or(right)
}
