//! Who can send late items of two sides the second way.

use super::Late;
use crate::machine::{DriveJoin, JoinByTime};
use crate::time::Timer;

/// [`LateTo`](super::LateTo) of what has two sides: an outlet for each.
///
/// Implemented by rules of joins, and by the streams made of them. Where the items of both sides
/// have one type, clones of one outlet can take both.
///
/// ```
/// use core::time::Duration;
/// use futures_util::StreamExt;
/// use rs2_core::{late::Late, op::join::Interval, prelude::*, store::Heap};
/// # futures_executor::block_on(async {
/// let second = Duration::from_secs(1);
/// let time = |seconds: &i64| EventTime::from_secs(*seconds);
/// let (late, late_items) = Late::bounded(1_000);
/// let pairs: Vec<(i64, i64)> = from_iter([10, 30, 12])
///     .interval_join_in_rs2(
///         Heap::bounded(1_000).seeded(7),
///         from_iter([11, 31]),
///         IntervalJoinConfig::new(Interval::within(2 * second), 5 * second),
///         (|_| (), |_| ()),
///         (time, time),
///         |left, right| (*left, *right),
///     )
///     .late_left_to(late)
///     .collect_rs2()
///     .await;
/// let late: Vec<i64> = late_items.map(|late| late.item).collect().await;
/// assert_eq!((pairs, late), (vec![(10, 11), (30, 31)], vec![12]));
/// # })
/// ```
pub trait LateToBySide: Sized {
    /// What comes from the left.
    type Left;
    /// What comes from the right.
    type Right;

    /// Hands what it leaves out of the left to `outlet` from now on.
    #[must_use]
    fn late_left_to(self, outlet: Late<Self::Left>) -> Self;

    /// Hands what it leaves out of the right to `outlet` from now on.
    #[must_use]
    fn late_right_to(self, outlet: Late<Self::Right>) -> Self;
}

impl<M: LateToBySide, F, G> LateToBySide for JoinByTime<M, F, G> {
    type Left = M::Left;
    type Right = M::Right;

    fn late_left_to(self, outlet: Late<M::Left>) -> Self {
        self.with_rule(|rule| rule.late_left_to(outlet))
    }

    fn late_right_to(self, outlet: Late<M::Right>) -> Self {
        self.with_rule(|rule| rule.late_right_to(outlet))
    }
}

impl<A, B, M: LateToBySide, T: Timer> LateToBySide for DriveJoin<A, B, M, T> {
    type Left = M::Left;
    type Right = M::Right;

    fn late_left_to(self, outlet: Late<M::Left>) -> Self {
        self.with_machine(|machine| machine.late_left_to(outlet))
    }

    fn late_right_to(self, outlet: Late<M::Right>) -> Self {
        self.with_machine(|machine| machine.late_right_to(outlet))
    }
}
