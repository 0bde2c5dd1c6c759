//! A notice after each wait that takes too long.

use super::wait::Wait;
use crate::error::{Elapsed, TimeoutKind};
use crate::machine::{Machine, holds, snapshot_fields};
use crate::time::Instant;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`timeout_repeat_rs2`](super::TimingExt::timeout_repeat_on_rs2).
pub struct TimeoutRepeat<T> {
    wait: Wait,
    items: PhantomData<fn(T)>,
}

impl<T> TimeoutRepeat<T> {
    /// An error after each `limit` for which the source is waited for.
    ///
    /// # Panics
    /// When `limit` is zero.
    #[track_caller]
    pub fn new(limit: Duration) -> Self {
        assert!(!limit.is_zero(), "a limit of zero would be over again and again");
        Self { wait: Wait::new(limit), items: PhantomData }
    }
}

impl<T> Machine for TimeoutRepeat<T> {
    type In = T;
    type Out = Result<T, Elapsed>;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<Self::Out> {
        self.wait.restart();
        Some(Ok(item))
    }

    #[inline]
    fn on_deadline(&mut self, now: Instant) -> Option<Self::Out> {
        if !self.wait.is_over(now) {
            return None;
        }
        self.wait.restart();
        Some(Err(Elapsed { kind: TimeoutKind::Idle, after: self.wait.limit() }))
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.wait.deadline()
    }

    fn size_hint(&self, (low, _): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (low, None)
    }
}

holds!([T] TimeoutRepeat<T>, _this => 0);

snapshot_fields!([T] TimeoutRepeat<T>, "timeout_repeat", {
    part wait,
});

impl<T> fmt::Debug for TimeoutRepeat<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeoutRepeat").field("wait", &self.wait).finish()
    }
}
