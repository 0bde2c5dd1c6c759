//! At most one item for each period, the first.

use crate::machine::{Machine, holds, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
use crate::time::Instant;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`throttle_first_rs2`](super::TimingExt::throttle_first_on_rs2).
pub struct ThrottleFirst<T> {
    period: Duration,
    // When the next item may pass; none before the first.
    open_at: Option<Instant>,
    losses: Losses,
    items: PhantomData<fn(T)>,
}

impl<T> ThrottleFirst<T> {
    /// At most one item for each `period`; the others are counted in `losses`.
    pub fn new(period: Duration, losses: Losses) -> Self {
        Self { period, open_at: None, losses, items: PhantomData }
    }
}

impl<T> Machine for ThrottleFirst<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        if self.open_at.is_some_and(|open_at| now < open_at) {
            self.losses.count(Loss::Suppressed);
            return None;
        }
        self.open_at = Some(now.saturating_add(self.period));
        Some(item)
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (low.min(usize::from(self.open_at.is_none())), high)
    }
}

impl<T> Reports for ThrottleFirst<T> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

holds!([T] ThrottleFirst<T>, _this => 0);

snapshot_fields!([T] ThrottleFirst<T>, "throttle_first", {
    deadline open_at,
});

impl<T> fmt::Debug for ThrottleFirst<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThrottleFirst")
            .field("period", &self.period)
            .field("open_at", &self.open_at)
            .field("losses", &self.losses)
            .finish()
    }
}
