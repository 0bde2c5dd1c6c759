//! The first and the last item.

use super::Aggregator;
use crate::time::EventTime;

/// The item with the earliest time; of equal times the one that came first.
///
/// ```
/// use rs2_core::{aggregate::{First, Running}, time::EventTime};
/// let mut opening = Running::of(First);
/// opening.push_at(EventTime::from_secs(9), 101.5);
/// assert_eq!(opening.push_at(EventTime::from_secs(8), 99.0), 99.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct First;

/// The item with the latest time; of equal times the one that came last.
///
/// ```
/// use rs2_core::{aggregate::{Last, Running}, time::EventTime};
/// let mut closing = Running::of(Last);
/// closing.push_at(EventTime::from_secs(9), 101.5);
/// assert_eq!(closing.push_at(EventTime::from_secs(8), 99.0), 101.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Last;

impl<T: Clone> Aggregator<T> for First {
    type Partial = (EventTime, T);
    type Output = T;

    #[inline]
    fn lift(&self, ts: EventTime, item: T) -> (EventTime, T) {
        (ts, item)
    }
    #[inline]
    fn combine(&self, left: &mut (EventTime, T), right: &(EventTime, T)) {
        if right.0 < left.0 {
            left.clone_from(right);
        }
    }
    #[inline]
    fn lower(&self, (_, item): (EventTime, T)) -> T {
        item
    }
}

impl<T: Clone> Aggregator<T> for Last {
    type Partial = (EventTime, T);
    type Output = T;

    #[inline]
    fn lift(&self, ts: EventTime, item: T) -> (EventTime, T) {
        (ts, item)
    }
    #[inline]
    fn combine(&self, left: &mut (EventTime, T), right: &(EventTime, T)) {
        if right.0 >= left.0 {
            left.clone_from(right);
        }
    }
    #[inline]
    fn lower(&self, (_, item): (EventTime, T)) -> T {
        item
    }
}
