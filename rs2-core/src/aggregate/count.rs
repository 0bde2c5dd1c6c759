//! How many items there are.

use super::Aggregator;
use crate::store::Full;
use crate::time::EventTime;

/// Counts the items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count;

impl<T> Aggregator<T> for Count {
    type Partial = u64;
    type Output = u64;
    const INVERTIBLE: bool = true;

    #[inline]
    fn lift(&self, _ts: EventTime, _item: T) -> u64 {
        1
    }
    #[inline]
    fn combine(&self, left: &mut u64, right: &u64) {
        *left += right;
    }
    #[inline]
    fn lower(&self, whole: u64) -> u64 {
        whole
    }
    #[inline]
    fn add(&self, part: &mut u64, _ts: EventTime, _item: T) -> Result<(), Full<T>> {
        *part += 1;
        Ok(())
    }
    #[inline]
    fn subtract(&self, whole: &mut u64, earliest: &u64) {
        *whole -= earliest;
    }
}
