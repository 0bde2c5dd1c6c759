//! The latest item at a fixed rate.

use crate::machine::Machine;
use crate::metrics::{Loss, Losses, Reports};
use crate::time::{Instant, first_tick, next_tick};
use core::fmt;
use core::time::Duration;

/// The rule of [`sample_rs2`](super::TimingExt::sample_on_rs2).
pub struct Sample<T> {
    interval: Duration,
    // The first poll.
    start: Option<Instant>,
    // Where there is an item: the tick at which it goes out. Else no later than the next tick.
    tick: Instant,
    held: Option<T>,
    losses: Losses,
}

impl<T> Sample<T> {
    /// The latest item at each multiple of `interval`; the others are counted in `losses`.
    ///
    /// # Panics
    /// When `interval` is zero.
    #[track_caller]
    pub fn new(interval: Duration, losses: Losses) -> Self {
        assert!(!interval.is_zero(), "an interval of zero has no ticks");
        Self { interval, start: None, tick: Instant::ORIGIN, held: None, losses }
    }

    /// The first poll; `now` when this is it.
    fn start(&mut self, now: Instant) -> Instant {
        *self.start.get_or_insert(now)
    }
}

impl<T> Machine for Sample<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        let start = self.start(now);
        if self.held.replace(item).is_some() {
            self.losses.count(Loss::Suppressed);
        } else {
            self.tick = self.tick.max(first_tick(start, self.interval, now));
        }
        None
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        let start = self.start(now);
        self.tick = next_tick(start, self.interval, now);
        self.held.take()
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.held.take()
    }

    /// Before the start a deadline that has always passed: it is met at the first poll.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        match self.start {
            None => Some(Instant::ORIGIN),
            Some(_) => self.held.is_some().then_some(self.tick),
        }
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let held = usize::from(self.held.is_some());
        (low.saturating_add(held).min(1), high.and_then(|high| high.checked_add(held)))
    }
}

impl<T> Reports for Sample<T> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T> fmt::Debug for Sample<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("interval", &self.interval)
            .field("start", &self.start)
            .field("tick", &self.tick)
            .field("has_held", &self.held.is_some())
            .field("losses", &self.losses)
            .finish()
    }
}
