//! At most one item for each period of event time.

use crate::machine::EventMachine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`throttle_by_time_rs2`](super::EventTimeExt::throttle_by_time_rs2).
pub struct ThrottleByTime<T> {
    period: Duration,
    next: EventTime,
    /// The time of the item that has passed last.
    pub(super) passed: EventTime,
    losses: Losses,
    items: PhantomData<fn(T)>,
}

impl<T> ThrottleByTime<T> {
    /// At most one item for each `period`; the others are counted in `losses`.
    pub fn new(period: Duration, losses: Losses) -> Self {
        let (next, passed) = (EventTime::MIN, EventTime::MIN);
        Self { period, next, passed, losses, items: PhantomData }
    }
}

impl<T> EventMachine for ThrottleByTime<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<T> {
        if ts < self.next {
            self.losses.count(Loss::Suppressed);
            return None;
        }
        self.next = ts.saturating_add(self.period);
        self.passed = ts;
        Some(item)
    }

    fn on_watermark(&mut self, _now: Instant, _watermark: EventTime) -> Option<T> {
        None
    }
}

impl<T> Reports for ThrottleByTime<T> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

/// No item.
impl<T> Holds for ThrottleByTime<T> {
    fn held(&self) -> usize {
        0
    }
}

#[cfg(feature = "snapshot")]
impl<T> Snapshot for ThrottleByTime<T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("throttle_by_time", 1)?;
        to.put(&self.next)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("throttle_by_time", 1)?;
        self.next = from.take()?;
        Ok(())
    }
}

impl<T> fmt::Debug for ThrottleByTime<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThrottleByTime")
            .field("period", &self.period)
            .field("next", &self.next)
            .field("losses", &self.losses)
            .finish()
    }
}
