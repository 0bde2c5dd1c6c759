//! The rule that decides after each failure.

use super::delays::Delays;
use super::judge::{AnyError, Judge};
use super::report::Report;
use super::{RetryBudget, RetryConfig};
use crate::error::GaveUp;
use crate::machine::snapshot_fields;
use crate::time::Instant;
use core::time::Duration;

/// What is to be done after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Another try.
    Again {
        /// How long to wait before it.
        after: Duration,
    },
    /// No further try.
    GaveUp,
}

/// Decides after each failure whether to try again, and when.
///
/// It knows no clock and needs no memory but its own: who applies it tells it the time.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::recover::{Decision, Retry, RetryPolicy};
/// use rs2_core::time::Instant;
///
/// let delay = Duration::from_millis(20);
/// let mut retry = Retry::new(RetryPolicy::Fixed { max_retries: 1, delay }, 7);
/// let now = Instant::ORIGIN;
/// retry.begin(now);
/// assert_eq!(retry.on_failure(now, &"no route"), Decision::Again { after: delay });
/// retry.begin(now.saturating_add(delay));
/// assert_eq!(retry.on_failure(now, &"no route"), Decision::GaveUp);
/// ```
#[derive(Clone, Debug)]
pub struct Retry<J = AnyError> {
    max_retries: u32,
    max_elapsed: Option<Duration>,
    reset_after: Option<Duration>,
    budget: Option<RetryBudget>,
    report: Report,
    judge: J,
    delays: Delays,
    // Tries that failed.
    failures: u32,
    // When the first try began; none before.
    began: Option<Instant>,
    // When the last try began, and whether it had a success.
    try_began: Instant,
    succeeded: bool,
}

impl<J> Retry<J> {
    /// The rule of a policy or of a whole [`RetryConfig`], with the seed of its random numbers.
    ///
    /// # Panics
    /// When the settings cannot work; [`RetryConfig::validate`] tells without a panic.
    #[track_caller]
    pub fn new(config: impl Into<RetryConfig<J>>, seed: u64) -> Self {
        let config = config.into();
        if let Err(error) = config.validate() {
            panic!("{error}");
        }
        let (first, longest) = (config.policy.first_delay(), config.longest_delay());
        let multiplier = config.policy.multiplier();
        Self {
            max_retries: config.policy.max_retries(),
            max_elapsed: config.max_elapsed,
            reset_after: config.reset_after,
            delays: Delays::new(first, multiplier, longest, config.jitter, seed),
            budget: config.budget,
            report: config.report,
            judge: config.judge,
            failures: 0,
            began: None,
            try_began: Instant::ORIGIN,
            succeeded: false,
        }
    }

    /// A try begins.
    pub fn begin(&mut self, now: Instant) {
        if self.began.is_none() {
            self.count_anew(now);
        }
        self.try_began = now;
        self.succeeded = false;
    }

    /// The try had a success.
    #[inline]
    pub fn on_success(&mut self) {
        self.succeeded = true;
    }

    /// The try failed.
    pub fn on_failure<E>(&mut self, now: Instant, error: &E) -> Decision
    where
        J: Judge<E>,
    {
        let ran = now.saturating_since(self.try_began);
        let stable = self.succeeded && self.reset_after.is_some_and(|least| ran >= least);
        if stable || self.began.is_none() {
            self.count_anew(now);
        }
        self.failures = self.failures.saturating_add(1);
        self.decide(now, error).map_or(Decision::GaveUp, |after| Decision::Again { after })
    }

    fn decide<E>(&mut self, now: Instant, error: &E) -> Option<Duration>
    where
        J: Judge<E>,
    {
        let least = self.judge.judge(error)?;
        if self.failures > self.max_retries {
            return None;
        }
        let after = self.delays.next().max(least);
        let in_time = |most| self.elapsed(now).saturating_add(after) <= most;
        if !self.max_elapsed.is_none_or(in_time) {
            return None;
        }
        // Last, so that nothing is taken for a retry that is not made.
        if !self.budget.as_ref().is_none_or(RetryBudget::withdraw) {
            return None;
        }
        self.report.count_retry();
        Some(after)
    }

    fn count_anew(&mut self, now: Instant) {
        self.failures = 0;
        self.began = Some(now);
        self.delays.reset();
        self.budget.iter().for_each(RetryBudget::deposit);
    }

    /// Tries that failed, since the count began.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The time since the first try began, or since the count began anew.
    pub fn elapsed(&self, now: Instant) -> Duration {
        self.began.map_or(Duration::ZERO, |began| now.saturating_since(began))
    }

    /// The error of who gives up now.
    pub fn gave_up<E>(&self, now: Instant, last: E) -> GaveUp<E> {
        GaveUp { attempts: self.failures, last, elapsed: self.elapsed(now) }
    }
}

// A budget is shared with others and not saved.
snapshot_fields!([J] Retry<J>, "retry", {
    value failures,
    deadline began,
    instant try_began,
    value succeeded,
    part delays,
});
