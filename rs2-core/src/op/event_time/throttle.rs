//! At most one item for each period of event time.

use crate::machine::EventMachine;
use crate::metrics::{Loss, Losses, Reports};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`throttle_by_time_rs2`](super::EventTimeExt::throttle_by_time_rs2).
pub struct ThrottleByTime<T> {
    period: Duration,
    next: EventTime,
    losses: Losses,
    items: PhantomData<fn(T)>,
}

impl<T> ThrottleByTime<T> {
    /// At most one item for each `period`; the others are counted in `losses`.
    pub fn new(period: Duration, losses: Losses) -> Self {
        Self { period, next: EventTime::MIN, losses, items: PhantomData }
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

impl<T> fmt::Debug for ThrottleByTime<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThrottleByTime")
            .field("period", &self.period)
            .field("next", &self.next)
            .field("losses", &self.losses)
            .finish()
    }
}
