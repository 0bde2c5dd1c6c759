//! How often to try again, and how long to wait in between.

use core::time::Duration;

/// How often to try again, and how long to wait before.
///
/// Every count is of the tries after the first one: with `max_retries: 3` there are at most four.
/// A bound on the time, a budget and all else is said in a [`RetryConfig`](super::RetryConfig),
/// which an operator takes in the same place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RetryPolicy {
    /// Never.
    None,
    /// At once.
    Immediate {
        /// How often at most.
        max_retries: u32,
    },
    /// Always after the same time.
    Fixed {
        /// How often at most.
        max_retries: u32,
        /// How long to wait before each.
        delay: Duration,
    },
    /// After a time that grows by a factor, up to a minute or, where that is longer, the first
    /// delay. [`RetryConfig::max_delay`](super::RetryConfig::max_delay) sets another limit.
    Exponential {
        /// How often at most.
        max_retries: u32,
        /// How long to wait before the first.
        initial_delay: Duration,
        /// How many times as long each further delay is: finite, and at least 1.
        multiplier: f64,
    },
}

impl RetryPolicy {
    /// The longest delay of a policy that grows, where nothing else is said.
    pub const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(60);

    pub(super) const fn max_retries(&self) -> u32 {
        match *self {
            Self::None => 0,
            Self::Immediate { max_retries }
            | Self::Fixed { max_retries, .. }
            | Self::Exponential { max_retries, .. } => max_retries,
        }
    }

    pub(super) const fn first_delay(&self) -> Duration {
        match *self {
            Self::None | Self::Immediate { .. } => Duration::ZERO,
            Self::Fixed { delay, .. } => delay,
            Self::Exponential { initial_delay, .. } => initial_delay,
        }
    }

    pub(super) const fn multiplier(&self) -> f64 {
        match *self {
            Self::Exponential { multiplier, .. } => multiplier,
            _ => 1.0,
        }
    }
}

/// Three times, a tenth of a second apart.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self::Fixed { max_retries: 3, delay: Duration::from_millis(100) }
    }
}
