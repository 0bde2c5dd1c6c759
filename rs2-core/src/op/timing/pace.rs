//! Items no faster than a rate.

use crate::machine::{Machine, holds, snapshot_fields};
use crate::time::Instant;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`pace_rs2`](super::TimingExt::pace_on_rs2) and
/// [`spaced_rs2`](super::TimingExt::spaced_on_rs2).
///
/// The generic cell rate algorithm: a token bucket in one instant.
pub struct Pace<T> {
    gap: Duration,
    // How far ahead of its schedule an item may pass.
    ahead: Duration,
    // When the next item is due by the schedule.
    scheduled: Instant,
    // Until when no item is taken.
    closed_until: Option<Instant>,
    items: PhantomData<fn(T)>,
}

impl<T> Pace<T> {
    /// One item for each `gap`, and up to `burst` at once after a pause.
    ///
    /// # Panics
    /// When `burst` is zero.
    #[track_caller]
    pub fn new(gap: Duration, burst: u32) -> Self {
        assert!(burst > 0, "with a burst of zero no item would ever pass");
        Self {
            gap,
            ahead: gap.saturating_mul(burst - 1),
            scheduled: Instant::ORIGIN,
            closed_until: None,
            items: PhantomData,
        }
    }
}

impl<T> Machine for Pace<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        self.scheduled = self.scheduled.max(now).saturating_add(self.gap);
        let open_at = self.scheduled.since_origin().saturating_sub(self.ahead);
        self.closed_until = Some(Instant::from_origin(open_at)).filter(|open_at| *open_at > now);
        Some(item)
    }

    fn on_deadline(&mut self, _now: Instant) -> Option<T> {
        self.closed_until = None;
        None
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.closed_until
    }

    #[inline]
    fn wants_item(&self) -> bool {
        self.closed_until.is_none()
    }

    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        source
    }
}

holds!([T] Pace<T>, _this => 0);

snapshot_fields!([T] Pace<T>, "pace", {
    instant scheduled,
    deadline closed_until,
});

impl<T> fmt::Debug for Pace<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace")
            .field("gap", &self.gap)
            .field("ahead", &self.ahead)
            .field("scheduled", &self.scheduled)
            .field("closed_until", &self.closed_until)
            .finish()
    }
}
