//! A rate limit for whoever shares it.

use super::bulkhead::{Bulkhead, Enter, Permit};
use super::gcra::Gcra;
use super::quota::{Denied, Limit, Quota};
use crate::machine::{Alarm, Budget};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::sync::{Arc, Lock};
use crate::time::{Instant, Timer};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use pin_project_lite::pin_project;

/// A rate limit shared by its clones: streams, futures and plain calls.
///
/// Those who wait stand in line, first come, first served, and only the first of them has a timer.
/// The rule is [`Gcra`] unless another is given: see [`with_rule`](Self::with_rule). It keeps
/// instants, so all who use it pass clones of one timer; the plain names of a runtime do.
///
/// ```
/// use rs2_core::op::resilience::{Denied, Quota, RateLimiter};
/// use rs2_core::time::Instant;
/// let limiter = RateLimiter::new(Quota::per_second(100)?);
/// assert_eq!(limiter.clone().check(99, Instant::ORIGIN), Ok(()));
/// assert_eq!(limiter.check(1, Instant::ORIGIN), Ok(()));
/// assert!(matches!(limiter.check(1, Instant::ORIGIN), Err(Denied::NotYet { .. })));
/// # Ok::<(), rs2_core::error::ConfigError>(())
/// ```
pub struct RateLimiter<L = Gcra> {
    shared: Arc<Shared<L>>,
}

struct Shared<L> {
    rule: Lock<L>,
    // Who waits for their turn: a place for one, and a line without a limit of its own, one entry
    // for each future that its owner keeps.
    line: Bulkhead,
}

impl RateLimiter {
    /// A limit of `quota`, with the whole burst to spend.
    pub fn new(quota: Quota) -> Self {
        Self::with_rule(Gcra::new(quota))
    }
}

impl<L: Limit> RateLimiter<L> {
    /// A limit by `rule`, such as a [`SlidingLog`](super::SlidingLog).
    ///
    /// # Panics
    /// When the capacity of `rule` is zero.
    #[track_caller]
    pub fn with_rule(rule: L) -> Self {
        assert!(rule.capacity() > 0, "with a capacity of zero nothing would ever pass");
        let line = Bulkhead::new(1, usize::MAX);
        Self { shared: Arc::new(Shared { rule: Lock::new(rule), line }) }
    }

    /// Lets `n` pass now, all or none. Who asks in this way does not stand in line.
    ///
    /// # Errors
    /// [`Denied`] when they may not; nothing has then changed.
    pub fn check(&self, n: u32, now: Instant) -> Result<(), Denied> {
        self.shared.rule.with(|rule| rule.check(n, now))
    }

    /// Waits until one may pass, and lets it.
    ///
    /// The place in line counts from the first poll. Dropping the future leaves the line and takes
    /// nothing from the limit. One that is kept and no longer polled holds up those behind it.
    ///
    /// # Panics
    /// When polled, if the rule is one of your own that breaks the contract of [`Limit::check`].
    pub fn until_ready_on<T: Timer>(&self, timer: &T) -> UntilReady<T, L> {
        self.turn_for(1, timer)
    }

    /// [`until_ready_on`](Self::until_ready_on) for `n` at once.
    ///
    /// # Errors
    /// [`Denied::InsufficientCapacity`] when so many never pass at once.
    /// # Panics
    /// As [`until_ready_on`](Self::until_ready_on).
    pub fn until_ready_many_on<T: Timer>(
        &self,
        timer: &T,
        n: u32,
    ) -> Result<UntilReady<T, L>, Denied> {
        let capacity = self.shared.rule.with(|rule| rule.capacity());
        if n > capacity {
            return Err(Denied::InsufficientCapacity { capacity });
        }
        Ok(self.turn_for(n, timer))
    }

    fn turn_for<T: Timer>(&self, n: u32, timer: &T) -> UntilReady<T, L> {
        UntilReady {
            limiter: self.clone(),
            timer: timer.clone(),
            n,
            enter: self.shared.line.enter(),
            turn: None,
            alarm: Alarm::new(),
        }
    }
}

/// What was let through. Those who stand in line are not saved: who waits stands in line again.
#[cfg(feature = "snapshot")]
impl<L: Snapshot> Snapshot for RateLimiter<L> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        self.shared.rule.with(|rule| rule.save(to))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.shared.rule.with(|rule| rule.restore(from))
    }
}

impl<L> Clone for RateLimiter<L> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl<L: fmt::Debug> fmt::Debug for RateLimiter<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.rule.with(|rule| {
            f.debug_struct("RateLimiter")
                .field("rule", rule)
                .field("waiting", &self.shared.line.waiting())
                .finish()
        })
    }
}

pin_project! {
    /// The future of [`RateLimiter::until_ready_on`].
    #[must_use = "futures do nothing unless polled"]
    pub struct UntilReady<T, L>
    where
        T: Timer,
    {
        limiter: RateLimiter<L>,
        timer: T,
        n: u32,
        enter: Enter,
        // The first place in line, until it has passed.
        turn: Option<Permit>,
        #[pin]
        alarm: Alarm<T>,
    }
}

impl<T: Timer, L: Limit> Future for UntilReady<T, L> {
    type Output = ();
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.turn.is_none() {
            let Ok(turn) = ready!(Pin::new(&mut *this.enter).poll(cx)) else {
                unreachable!("the line has no limit");
            };
            *this.turn = Some(turn);
        }
        let mut now = this.timer.now();
        let mut budget = Budget::new();
        while let Err(denied) = this.limiter.check(*this.n, now) {
            let Denied::NotYet { retry_at } = denied else {
                panic!("a rule must let its capacity of items pass some time, but says: {denied}");
            };
            // A rule may name an instant that has passed, again and again.
            ready!(budget.spend(cx));
            ready!(this.alarm.as_mut().poll_until(this.timer, retry_at, cx));
            now = now.max(retry_at);
        }
        *this.turn = None;
        Poll::Ready(())
    }
}

impl<T: Timer, L> fmt::Debug for UntilReady<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntilReady")
            .field("n", &self.n)
            .field("is_first", &self.turn.is_some())
            .finish_non_exhaustive()
    }
}
