//! A limit on the wait for each item.

use super::wait::Wait;
use crate::error::{Elapsed, TimeoutKind};
use crate::machine::{Machine, holds, snapshot_fields};
use crate::time::Instant;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`timeout_rs2`](super::TimingExt::timeout_on_rs2).
pub struct IdleTimeout<T> {
    wait: Wait,
    elapsed: bool,
    items: PhantomData<fn(T)>,
}

impl<T> IdleTimeout<T> {
    /// Fails when the source is waited for longer than `limit`.
    pub fn new(limit: Duration) -> Self {
        Self { wait: Wait::new(limit), elapsed: false, items: PhantomData }
    }
}

impl<T> Machine for IdleTimeout<T> {
    type In = T;
    type Out = Result<T, Elapsed>;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<Self::Out> {
        self.wait.restart();
        Some(Ok(item))
    }

    #[inline]
    fn on_deadline(&mut self, now: Instant) -> Option<Self::Out> {
        self.elapsed = self.wait.is_over(now);
        self.elapsed.then(|| Err(Elapsed { kind: TimeoutKind::Idle, after: self.wait.limit() }))
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.wait.deadline()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.elapsed
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        if self.elapsed {
            return (0, Some(0));
        }
        // An error may come in the place of any item, and of the end.
        (low.min(1), high.and_then(|high| high.checked_add(1)))
    }
}

holds!([T] IdleTimeout<T>, _this => 0);

snapshot_fields!([T] IdleTimeout<T>, "timeout", {
    value elapsed,
    part wait,
});

impl<T> fmt::Debug for IdleTimeout<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdleTimeout")
            .field("wait", &self.wait)
            .field("elapsed", &self.elapsed)
            .finish()
    }
}
