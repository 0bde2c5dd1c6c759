//! A limit on the whole stream.

use crate::error::{Elapsed, TimeoutKind};
use crate::machine::{Machine, holds, snapshot_fields};
use crate::time::Instant;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`completion_timeout_rs2`](super::TimingExt::completion_timeout_on_rs2).
pub struct CompletionTimeout<T> {
    limit: Duration,
    // None before the first poll.
    due: Option<Instant>,
    elapsed: bool,
    items: PhantomData<fn(T)>,
}

impl<T> CompletionTimeout<T> {
    /// Fails when the source has not ended `limit` after the first poll.
    pub fn new(limit: Duration) -> Self {
        Self { limit, due: None, elapsed: false, items: PhantomData }
    }

    fn start(&mut self, now: Instant) {
        self.due.get_or_insert(now.saturating_add(self.limit));
    }
}

impl<T> Machine for CompletionTimeout<T> {
    type In = T;
    type Out = Result<T, Elapsed>;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<Self::Out> {
        self.start(now);
        Some(Ok(item))
    }

    fn on_deadline(&mut self, now: Instant) -> Option<Self::Out> {
        if self.due.is_none() {
            self.start(now);
            return None;
        }
        self.elapsed = true;
        Some(Err(Elapsed { kind: TimeoutKind::Completion, after: self.limit }))
    }

    /// Before the start a deadline that has always passed: it is met at the first poll.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        Some(self.due.unwrap_or(Instant::ORIGIN))
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

holds!([T] CompletionTimeout<T>, _this => 0);

snapshot_fields!([T] CompletionTimeout<T>, "completion_timeout", {
    deadline due,
    value elapsed,
});

impl<T> fmt::Debug for CompletionTimeout<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletionTimeout")
            .field("limit", &self.limit)
            .field("due", &self.due)
            .field("elapsed", &self.elapsed)
            .finish()
    }
}
