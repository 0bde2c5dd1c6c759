//! A limit on the wait for the first item.

use super::wait::Wait;
use crate::error::{Elapsed, TimeoutKind};
use crate::machine::{Machine, holds, snapshot_fields};
use crate::time::Instant;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`initial_timeout_rs2`](super::TimingExt::initial_timeout_on_rs2).
pub struct InitialTimeout<T> {
    wait: Wait,
    has_begun: bool,
    elapsed: bool,
    items: PhantomData<fn(T)>,
}

impl<T> InitialTimeout<T> {
    /// Fails when the first item is waited for longer than `limit`.
    pub fn new(limit: Duration) -> Self {
        let wait = Wait::new(limit);
        Self { wait, has_begun: false, elapsed: false, items: PhantomData }
    }
}

impl<T> Machine for InitialTimeout<T> {
    type In = T;
    type Out = Result<T, Elapsed>;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<Self::Out> {
        self.has_begun = true;
        self.wait.stop();
        Some(Ok(item))
    }

    fn on_deadline(&mut self, now: Instant) -> Option<Self::Out> {
        self.elapsed = self.wait.is_over(now);
        self.elapsed.then(|| Err(Elapsed { kind: TimeoutKind::Initial, after: self.wait.limit() }))
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
        match (self.elapsed, self.has_begun) {
            (true, _) => (0, Some(0)),
            (false, true) => (low, high),
            // An error may come in the place of everything.
            (false, false) => (low.min(1), high.map(|high| high.max(1))),
        }
    }
}

holds!([T] InitialTimeout<T>, _this => 0);

snapshot_fields!([T] InitialTimeout<T>, "initial_timeout", {
    value has_begun,
    value elapsed,
    part wait,
});

impl<T> fmt::Debug for InitialTimeout<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InitialTimeout")
            .field("wait", &self.wait)
            .field("has_begun", &self.has_begun)
            .field("elapsed", &self.elapsed)
            .finish()
    }
}
