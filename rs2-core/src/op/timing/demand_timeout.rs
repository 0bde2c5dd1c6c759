//! A limit on the time a consumer takes over an item.

use crate::error::{Elapsed, TimeoutKind};
use crate::machine::{Machine, holds, snapshot_fields};
use crate::time::Instant;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`demand_timeout_rs2`](super::TimingExt::demand_timeout_on_rs2).
pub struct DemandTimeout<T> {
    limit: Duration,
    // When the last item went out, until the next is asked for.
    went_out: Option<Instant>,
    elapsed: bool,
    items: PhantomData<fn(T)>,
}

impl<T> DemandTimeout<T> {
    /// Fails when the next item is asked for more than `limit` after the last.
    pub fn new(limit: Duration) -> Self {
        Self { limit, went_out: None, elapsed: false, items: PhantomData }
    }
}

impl<T> Machine for DemandTimeout<T> {
    type In = T;
    type Out = Result<T, Elapsed>;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<Self::Out> {
        self.went_out = Some(now);
        Some(Ok(item))
    }

    fn on_deadline(&mut self, now: Instant) -> Option<Self::Out> {
        let taken = now.saturating_since(self.went_out.take()?);
        self.elapsed = taken > self.limit;
        self.elapsed.then(|| Err(Elapsed { kind: TimeoutKind::Demand, after: self.limit }))
    }

    /// A deadline that has always passed is met when the stream is polled again.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.went_out.map(|_| Instant::ORIGIN)
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.elapsed
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        if self.elapsed {
            return (0, Some(0));
        }
        // An error may come in the place of any item but the first, and of the end.
        (low.min(1), high.and_then(|high| high.checked_add(1)))
    }
}

holds!([T] DemandTimeout<T>, _this => 0);

snapshot_fields!([T] DemandTimeout<T>, "demand_timeout", {
    deadline went_out,
    value elapsed,
});

impl<T> fmt::Debug for DemandTimeout<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemandTimeout")
            .field("limit", &self.limit)
            .field("went_out", &self.went_out)
            .field("elapsed", &self.elapsed)
            .finish()
    }
}
