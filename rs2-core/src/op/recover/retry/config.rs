//! A policy with everything else that can be said about it.

use super::judge::{AnyError, RetryAfter, RetryIf};
use super::report::Report;
use super::{Jitter, RetryBudget, RetryPolicy};
use crate::error::ConfigError;
#[cfg(feature = "alloc")]
use crate::metrics::Metrics;
use core::time::Duration;

/// A [`RetryPolicy`] with bounds, jitter, and a say in which errors are worth another try.
///
/// An operator that asks for one takes a bare policy, too. A time-out for each try belongs in what
/// is tried.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::recover::{Jitter, RetryConfig, RetryPolicy};
/// let (initial_delay, multiplier) = (Duration::from_millis(50), 2.0);
/// let growing = RetryPolicy::Exponential { max_retries: 8, initial_delay, multiplier };
/// let config = RetryConfig::new(growing)
///     .max_delay(Duration::from_secs(5))
///     .jitter(Jitter::Full)
///     .max_elapsed(Duration::from_secs(30))
///     .retry_if(|error: &u16| *error >= 500);
/// assert!(config.validate().is_ok());
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RetryConfig<J = AnyError> {
    pub(super) policy: RetryPolicy,
    pub(super) max_delay: Option<Duration>,
    pub(super) jitter: Jitter,
    pub(super) max_elapsed: Option<Duration>,
    pub(super) reset_after: Option<Duration>,
    pub(super) budget: Option<RetryBudget>,
    pub(super) report: Report,
    pub(super) judge: J,
}

impl RetryConfig {
    /// A policy as it is: every error is worth another try, nothing else bounds it.
    pub const fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            max_delay: None,
            jitter: Jitter::None,
            max_elapsed: None,
            reset_after: None,
            budget: None,
            report: Report::NONE,
            judge: AnyError,
        }
    }
}

impl From<RetryPolicy> for RetryConfig {
    fn from(policy: RetryPolicy) -> Self {
        Self::new(policy)
    }
}

impl<J> RetryConfig<J> {
    /// The longest delay that the policy may come to, with jitter too.
    pub fn max_delay(mut self, longest: Duration) -> Self {
        self.max_delay = Some(longest);
        self
    }

    /// How chance spreads the delays; not at all, if nothing is said.
    pub fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// Gives up rather than begin a wait that would end later than `longest` after the first try
    /// began.
    pub fn max_elapsed(mut self, longest: Duration) -> Self {
        self.max_elapsed = Some(longest);
        self
    }

    /// Begins the count of tries, the delays and the time anew with a failure after a success, if
    /// that try had begun at least `stable` before. With zero every success ends the row of
    /// failures. For streams a success is an item; without this, a stream that runs for a month
    /// has the retries of the policy for all of it.
    pub fn reset_after(mut self, stable: Duration) -> Self {
        self.reset_after = Some(stable);
        self
    }

    /// Takes each retry out of `budget`, and gives up when that is empty.
    pub fn budget(mut self, budget: &RetryBudget) -> Self {
        self.budget = Some(budget.clone());
        self
    }

    /// Reports each error that is followed by another try, and that try. The last error comes out;
    /// who counts results, as [`try_observe_rs2`](crate::op::ObserveExt::try_observe_rs2) does,
    /// counts it there.
    #[cfg(feature = "alloc")]
    pub fn with_metrics(mut self, metrics: &Metrics) -> Self {
        self.report.metrics = Some(metrics.clone());
        self
    }

    /// Gives up at once on an error for which `pred` is false.
    pub fn retry_if<E, F>(self, pred: F) -> RetryConfig<RetryIf<J, F>>
    where
        F: FnMut(&E) -> bool,
    {
        self.with_judge(|inner| RetryIf { inner, pred })
    }

    /// Waits at least as long as `least` reads from an error, as from `Retry-After` of HTTP. It may
    /// be longer than the longest delay of the policy, and counts for
    /// [`max_elapsed`](Self::max_elapsed).
    pub fn retry_after<E, F>(self, least: F) -> RetryConfig<RetryAfter<J, F>>
    where
        F: FnMut(&E) -> Option<Duration>,
    {
        self.with_judge(|inner| RetryAfter { inner, least })
    }

    fn with_judge<K>(self, judge: impl FnOnce(J) -> K) -> RetryConfig<K> {
        RetryConfig {
            policy: self.policy,
            max_delay: self.max_delay,
            jitter: self.jitter,
            max_elapsed: self.max_elapsed,
            reset_after: self.reset_after,
            budget: self.budget,
            report: self.report,
            judge: judge(self.judge),
        }
    }

    /// Whether the settings can work.
    ///
    /// # Errors
    /// The setting that cannot: a multiplier that is below 1 or not finite, or a first delay above
    /// the longest.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let multiplier = self.policy.multiplier();
        if !multiplier.is_finite() || multiplier < 1.0 {
            return Err(ConfigError::OutOfRange("multiplier"));
        }
        if self.policy.first_delay() > self.longest_delay() {
            return Err(ConfigError::Exceeds("the first delay", "max_delay"));
        }
        Ok(())
    }

    pub(super) fn longest_delay(&self) -> Duration {
        let default = RetryPolicy::DEFAULT_MAX_DELAY.max(self.policy.first_delay());
        self.max_delay.unwrap_or(default)
    }
}
