//! When the last ones passed.

use crate::store::Queue;
use crate::time::{Instant, Span};

/// The instants at which the last ones passed, oldest first: at most as many in any stretch of time
/// as the queue has room for.
#[derive(Debug)]
pub(crate) struct Log<Q> {
    passed: Q,
}

impl<Q: Queue<Instant>> Log<Q> {
    pub(crate) fn new(passed: Q) -> Self {
        Self { passed }
    }

    /// How many have passed in the last stretch of time, at most.
    pub(crate) fn len(&self) -> usize {
        self.passed.len()
    }

    /// How many may pass in any stretch of time.
    pub(crate) fn capacity(&self) -> usize {
        self.passed.capacity()
    }

    /// The instants, oldest first.
    #[cfg(feature = "snapshot")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = Instant> {
        self.passed.iter().copied()
    }

    /// Notes that one passed, the last of all.
    #[cfg(feature = "snapshot")]
    pub(crate) fn add(&mut self, at: Instant) -> Result<(), crate::store::Full<Instant>> {
        self.passed.push(at)
    }

    /// Lets `n` pass at `now`, all or none; or tells when they may, at the earliest. There must
    /// be room for `n`.
    #[inline]
    pub(crate) fn admit(&mut self, n: usize, window: Span, now: Instant) -> Result<(), Instant> {
        let over = (self.passed.len() + n).saturating_sub(self.passed.capacity());
        // With so many too many, as many of the oldest must have left the window.
        if let Some(at) = over.checked_sub(1).and_then(|last| self.passed.get(last)) {
            let leaves = *at + window;
            if leaves > now {
                return Err(leaves);
            }
        }
        while self.passed.front().is_some_and(|at| *at + window <= now) {
            self.passed.pop();
        }
        for _ in 0..n {
            let pushed = self.passed.push(now);
            debug_assert!(pushed.is_ok(), "there was room for all");
        }
        Ok(())
    }
}
