//! A sign of life from a source that is silent.

use super::wait::Wait;
use crate::machine::{Machine, holds, snapshot_fields};
use crate::time::Instant;
use core::fmt;
use core::time::Duration;

/// The rule of [`heartbeat_rs2`](super::TimingExt::heartbeat_on_rs2).
pub struct Heartbeat<T> {
    wait: Wait,
    beat: T,
}

impl<T> Heartbeat<T> {
    /// `beat` after each `quiet` for which the source is waited for.
    ///
    /// # Panics
    /// When `quiet` is zero.
    #[track_caller]
    pub fn new(quiet: Duration, beat: T) -> Self {
        assert!(!quiet.is_zero(), "a quiet of zero would be over again and again");
        Self { wait: Wait::new(quiet), beat }
    }
}

impl<T: Clone> Machine for Heartbeat<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<T> {
        self.wait.restart();
        Some(item)
    }

    #[inline]
    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        if !self.wait.is_over(now) {
            return None;
        }
        self.wait.restart();
        Some(self.beat.clone())
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.wait.deadline()
    }

    fn size_hint(&self, (low, _): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (low, None)
    }
}

holds!([T] Heartbeat<T>, _this => 0);

snapshot_fields!([T] Heartbeat<T>, "heartbeat", {
    part wait,
});

impl<T> fmt::Debug for Heartbeat<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heartbeat").field("wait", &self.wait).finish_non_exhaustive()
    }
}
