//! The latest item at a fixed rate, again and again.

use crate::machine::Machine;
use crate::metrics::{Loss, Losses, Reports};
use crate::time::{Instant, first_tick, next_tick};
use core::fmt;
use core::time::Duration;

/// The rule of [`sample_hold_rs2`](super::TimingExt::sample_hold_on_rs2).
pub struct SampleHold<T> {
    interval: Duration,
    // The first poll.
    start: Option<Instant>,
    // Where there is an item: the next tick.
    tick: Instant,
    latest: Option<T>,
    // It has not gone out yet.
    is_new: bool,
    losses: Losses,
}

impl<T> SampleHold<T> {
    /// The latest item at each multiple of `interval`; those that never were the latest at one are
    /// counted in `losses`.
    ///
    /// # Panics
    /// When `interval` is zero.
    #[track_caller]
    pub fn new(interval: Duration, losses: Losses) -> Self {
        assert!(!interval.is_zero(), "an interval of zero has no ticks");
        let tick = Instant::ORIGIN;
        Self { interval, start: None, tick, latest: None, is_new: false, losses }
    }

    /// The first poll; `now` when this is it.
    fn start(&mut self, now: Instant) -> Instant {
        *self.start.get_or_insert(now)
    }
}

impl<T: Clone> Machine for SampleHold<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        let start = self.start(now);
        if self.is_new {
            self.losses.count(Loss::Suppressed);
        }
        if self.latest.is_none() {
            self.tick = first_tick(start, self.interval, now);
        }
        self.latest = Some(item);
        self.is_new = true;
        None
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        let start = self.start(now);
        self.tick = next_tick(start, self.interval, now);
        self.is_new = false;
        self.latest.clone()
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        let is_new = core::mem::take(&mut self.is_new);
        self.latest.take().filter(|_| is_new)
    }

    /// Before the start a deadline that has always passed: it is met at the first poll.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        match self.start {
            None => Some(Instant::ORIGIN),
            Some(_) => self.latest.is_some().then_some(self.tick),
        }
    }

    fn size_hint(&self, (low, _): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (low.saturating_add(usize::from(self.is_new)).min(1), None)
    }
}

impl<T> Reports for SampleHold<T> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<T> fmt::Debug for SampleHold<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SampleHold")
            .field("interval", &self.interval)
            .field("start", &self.start)
            .field("tick", &self.tick)
            .field("has_latest", &self.latest.is_some())
            .field("is_new", &self.is_new)
            .field("losses", &self.losses)
            .finish()
    }
}
