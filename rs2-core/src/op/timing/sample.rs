//! The latest item at a fixed rate.

use crate::machine::{Machine, holds};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{Instant, grid_tick};
use core::fmt;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`sample_rs2`](super::TimingExt::sample_on_rs2).
pub struct Sample<T> {
    interval: Duration,
    // Nothing before the first poll. Where there is an item: the tick at which it goes out. Else a
    // tick no later than the next.
    tick: Option<Instant>,
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
        Self { interval, tick: None, held: None, losses }
    }

    /// The next tick that is not before `not_before`; the first is an interval after the first
    /// poll.
    fn tick_from(&self, now: Instant, not_before: Instant) -> Instant {
        grid_tick(self.tick, self.interval, now, not_before)
    }
}

impl<T> Machine for Sample<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        if self.held.replace(item).is_some() {
            self.losses.count(Loss::Suppressed);
        } else {
            self.tick = Some(self.tick_from(now, now));
        }
        None
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        self.tick = Some(self.tick_from(now, now.saturating_add(Duration::from_nanos(1))));
        self.held.take()
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.held.take()
    }

    /// Before the start a deadline that has always passed: it is met at the first poll.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        match self.tick {
            None => Some(Instant::ORIGIN),
            Some(tick) => self.held.is_some().then_some(tick),
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

holds!([T] Sample<T>, this => usize::from(this.held.is_some()));

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned> Snapshot for Sample<T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sample", 1)?;
        // With nothing to go out any tick tells the grid. One to come can be told to every clock,
        // one that has passed may lie before its origin.
        let tick = match self.tick {
            Some(_) if self.held.is_none() => Some(self.tick_from(to.now(), to.now())),
            tick => tick,
        };
        to.put_deadline(tick)?;
        to.put(&self.held)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sample", 1)?;
        self.tick = from.take_deadline()?;
        self.held = from.take()?;
        Ok(())
    }
}

impl<T> fmt::Debug for Sample<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("interval", &self.interval)
            .field("tick", &self.tick)
            .field("has_held", &self.held.is_some())
            .field("losses", &self.losses)
            .finish()
    }
}
