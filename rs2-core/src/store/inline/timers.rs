//! Timers for many things, in place.

use super::super::{Full, Timers};
use crate::time::Instant;
use core::cmp::Ordering;
use heapless::binary_heap::{BinaryHeap, Min};

/// [`Timers`] in place: a heap by the instant at which each was last asked whether it is due. For a
/// few hundred timers that is less memory than the slots of a wheel, and hardly slower.
#[derive(Clone, Debug)]
pub struct InlineTimers<T, const N: usize> {
    set: BinaryHeap<Set<T>, Min, N>,
}

#[derive(Clone, Debug)]
struct Set<T> {
    at: Instant,
    number: u64,
    thing: T,
}

impl<T, const N: usize> InlineTimers<T, N> {
    pub(super) const fn new() -> Self {
        Self { set: BinaryHeap::new() }
    }
}

impl<T, const N: usize> Timers<T> for InlineTimers<T, N> {
    fn set(&mut self, at: Instant, thing: T) -> Result<(), Full<T>> {
        // It gets its number when it is asked.
        self.set.push(Set { at, number: 0, thing }).map_err(|timer| Full(timer.thing))
    }
    #[inline]
    fn next(&self) -> Option<Instant> {
        self.set.peek().map(|timer| timer.at)
    }
    fn pop(&mut self, now: Instant, due: impl Fn(&T) -> (Instant, u64)) -> Option<T> {
        while self.next()? <= now {
            let timer = self.set.pop()?;
            let (at, number) = due(&timer.thing);
            if (at, number) <= (timer.at, timer.number) {
                return Some(timer.thing);
            }
            // Put off; or it has not told its number before, and others may come before it.
            let kept = self.set.push(Set { at: at.max(timer.at), number, thing: timer.thing });
            debug_assert!(kept.is_ok(), "its place is free");
        }
        None
    }
    fn len(&self) -> usize {
        self.set.len()
    }
}

impl<T> Ord for Set<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl<T> PartialOrd for Set<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Set<T> {}
