//! The latest item at a fixed rate, again and again.

use crate::machine::{Machine, holds};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{Instant, grid_tick};
use core::fmt;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`sample_hold_rs2`](super::TimingExt::sample_hold_on_rs2).
pub struct SampleHold<T> {
    interval: Duration,
    // Nothing before the first poll. Where there is an item: the next tick. Else no later than it.
    tick: Option<Instant>,
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
        Self { interval, tick: None, latest: None, is_new: false, losses }
    }

    /// The next tick that is not before `not_before`; the first is an interval after the first
    /// poll.
    fn tick_from(&self, now: Instant, not_before: Instant) -> Instant {
        grid_tick(self.tick, self.interval, now, not_before)
    }
}

impl<T: Clone> Machine for SampleHold<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        if self.is_new {
            self.losses.count(Loss::Suppressed);
        }
        if self.latest.is_none() {
            self.tick = Some(self.tick_from(now, now));
        }
        self.latest = Some(item);
        self.is_new = true;
        None
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        self.tick = Some(self.tick_from(now, now.saturating_add(Duration::from_nanos(1))));
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
        match self.tick {
            None => Some(Instant::ORIGIN),
            Some(tick) => self.latest.is_some().then_some(tick),
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

holds!([T] SampleHold<T>, this => usize::from(this.latest.is_some()));

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned> Snapshot for SampleHold<T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("sample_hold", 1)?;
        // With nothing to go out any tick tells the grid. One to come can be told to every clock,
        // one that has passed may lie before its origin.
        let tick = match self.tick {
            Some(_) if self.latest.is_none() => Some(self.tick_from(to.now(), to.now())),
            tick => tick,
        };
        to.put_deadline(tick)?;
        to.put(&(&self.latest, self.is_new))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("sample_hold", 1)?;
        self.tick = from.take_deadline()?;
        (self.latest, self.is_new) = from.take()?;
        Ok(())
    }
}

impl<T> fmt::Debug for SampleHold<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SampleHold")
            .field("interval", &self.interval)
            .field("tick", &self.tick)
            .field("has_latest", &self.latest.is_some())
            .field("is_new", &self.is_new)
            .field("losses", &self.losses)
            .finish()
    }
}
