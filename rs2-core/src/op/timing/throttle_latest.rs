//! At most one item for each period, the first and then the latest.

use crate::machine::{Machine, holds, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
use crate::time::Instant;
use core::fmt;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`throttle_latest_rs2`](super::TimingExt::throttle_latest_on_rs2).
pub struct ThrottleLatest<T> {
    period: Duration,
    // The end of the period that the last output began.
    open_at: Instant,
    // The latest item of that period.
    held: Option<T>,
    losses: Losses,
}

impl<T> ThrottleLatest<T> {
    /// The first item, and then the latest of each `period`; the others are counted in `losses`.
    pub fn new(period: Duration, losses: Losses) -> Self {
        Self { period, open_at: Instant::ORIGIN, held: None, losses }
    }
}

impl<T> Machine for ThrottleLatest<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        // An item exactly at the end of a period still takes the place of the one that is held.
        if now < self.open_at || self.held.is_some() {
            if self.held.replace(item).is_some() {
                self.losses.count(Loss::Suppressed);
            }
            return None;
        }
        self.open_at = now.saturating_add(self.period);
        Some(item)
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        self.open_at = now.saturating_add(self.period);
        self.held.take()
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.held.take()
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.held.is_some().then_some(self.open_at)
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let held = usize::from(self.held.is_some());
        (low.saturating_add(held).min(1), high.and_then(|high| high.checked_add(held)))
    }
}

impl<T> Reports for ThrottleLatest<T> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

holds!([T] ThrottleLatest<T>, this => usize::from(this.held.is_some()));

snapshot_fields!([T: Serialize + DeserializeOwned] ThrottleLatest<T>, "throttle_latest", {
    instant open_at,
    value held,
});

impl<T> fmt::Debug for ThrottleLatest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThrottleLatest")
            .field("period", &self.period)
            .field("open_at", &self.open_at)
            .field("has_held", &self.held.is_some())
            .field("losses", &self.losses)
            .finish()
    }
}
