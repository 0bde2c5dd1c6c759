//! When a circuit breaker opens, and for how long.

use crate::error::ConfigError;
use core::time::Duration;

/// The settings of a circuit breaker.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::resilience::CircuitBreakerConfig;
/// let config = CircuitBreakerConfig::new()
///     .window(20)
///     .min_calls(10)
///     .open_wait(Duration::from_secs(5))
///     .backoff(2, Duration::from_secs(60));
/// assert!(config.validate().is_ok());
/// assert!(config.min_calls(21).validate().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct CircuitBreakerConfig {
    pub(super) window: usize,
    pub(super) min_calls: usize,
    pub(super) failure_percent: u8,
    pub(super) slow_percent: u8,
    pub(super) slow_after: Duration,
    pub(super) open_wait: Duration,
    pub(super) backoff_factor: u32,
    pub(super) longest_wait: Duration,
    pub(super) half_open_calls: usize,
    pub(super) half_open_max_wait: Option<Duration>,
}

impl CircuitBreakerConfig {
    /// Opens for a minute when, of the last 100 calls, half failed or all took longer than a
    /// minute; then makes 10 trial calls.
    pub const fn new() -> Self {
        Self {
            window: 100,
            min_calls: 100,
            failure_percent: 50,
            slow_percent: 100,
            slow_after: Duration::from_secs(60),
            open_wait: Duration::from_secs(60),
            backoff_factor: 1,
            longest_wait: Duration::MAX,
            half_open_calls: 10,
            half_open_max_wait: None,
        }
    }

    /// How many of the last calls are judged.
    pub const fn window(mut self, calls: usize) -> Self {
        self.window = calls;
        self
    }

    /// How many calls there must be before they are judged.
    pub const fn min_calls(mut self, calls: usize) -> Self {
        self.min_calls = calls;
        self
    }

    /// Opens when so many of a hundred calls fail, or more.
    pub const fn failure_percent(mut self, percent: u8) -> Self {
        self.failure_percent = percent;
        self
    }

    /// Opens when so many of a hundred calls, or more, take longer than `after`, whether or not
    /// they fail.
    pub const fn slow_percent(mut self, percent: u8, after: Duration) -> Self {
        self.slow_percent = percent;
        self.slow_after = after;
        self
    }

    /// How long it stays open.
    pub const fn open_wait(mut self, wait: Duration) -> Self {
        self.open_wait = wait;
        self
    }

    /// Each time it opens again without having closed, it stays open `factor` times as long, but
    /// never longer than `longest`.
    pub const fn backoff(mut self, factor: u32, longest: Duration) -> Self {
        self.backoff_factor = factor;
        self.longest_wait = longest;
        self
    }

    /// How many trial calls decide whether it closes.
    pub const fn half_open_calls(mut self, calls: usize) -> Self {
        self.half_open_calls = calls;
        self
    }

    /// Opens again when the trial calls have not decided after so long. Otherwise it waits for
    /// them.
    pub const fn half_open_max_wait(mut self, wait: Duration) -> Self {
        self.half_open_max_wait = Some(wait);
        self
    }

    /// Whether the settings can work.
    ///
    /// # Errors
    /// The setting that cannot: one that is zero, a percentage over 100, more calls to judge than
    /// the window holds, or a wait longer than the longest.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let zeros = [
            (self.window == 0, "window"),
            (self.min_calls == 0, "min_calls"),
            (self.failure_percent == 0, "failure_percent"),
            (self.slow_percent == 0, "slow_percent"),
            (self.open_wait.is_zero(), "open_wait"),
            (self.backoff_factor == 0, "backoff factor"),
            (self.half_open_calls == 0, "half_open_calls"),
            (self.half_open_max_wait.is_some_and(|wait| wait.is_zero()), "half_open_max_wait"),
        ];
        if let Some((_, name)) = zeros.iter().find(|(is_zero, _)| *is_zero) {
            return Err(ConfigError::Zero(name));
        }
        let excesses = [
            (self.min_calls > self.window, "min_calls", "window"),
            (self.failure_percent > 100, "failure_percent", "100"),
            (self.slow_percent > 100, "slow_percent", "100"),
            (self.open_wait > self.longest_wait, "open_wait", "the longest wait"),
        ];
        match excesses.iter().find(|(exceeds, ..)| *exceeds) {
            Some((_, name, limit)) => Err(ConfigError::Exceeds(name, limit)),
            None => Ok(()),
        }
    }

    /// How long it stays open after having opened `before` times without closing.
    pub(super) fn wait(&self, before: u32) -> Duration {
        // A factor of one would not change in any number of rounds.
        let rounds = if self.backoff_factor == 1 { 0 } else { before.min(128) };
        let mut wait = self.open_wait;
        for _ in 0..rounds {
            wait = wait.saturating_mul(self.backoff_factor).min(self.longest_wait);
        }
        wait
    }
}

impl Default for CircuitBreakerConfig {
    fn default() -> Self {
        Self::new()
    }
}
