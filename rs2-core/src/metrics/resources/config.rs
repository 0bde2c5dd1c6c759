//! Limits, the numbers they are about, and the errors when they are reached.

use crate::error::ConfigError;
use core::error::Error;
use core::fmt;
use core::time::Duration;

/// The limits of a [`ResourceManager`](super::ResourceManager).
///
/// ```
/// use rs2_core::metrics::ResourceConfig;
/// let config = ResourceConfig { max_keys: 50_000, ..ResourceConfig::default() };
/// assert!(config.validate().is_ok());
/// assert!(ResourceConfig { memory_threshold_percent: 99, ..config }.validate().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceConfig {
    /// Memory that may be allocated at once.
    pub max_memory_bytes: u64,
    /// Keys that may exist at once.
    pub max_keys: usize,
    /// The share of the memory, in percent, at which the breaker opens.
    pub memory_threshold_percent: u8,
    /// Overflows within one cleanup interval above which the breaker opens.
    pub buffer_overflow_threshold: usize,
    /// How often cleanups run, and how long the breaker stays open.
    pub cleanup_interval: Duration,
    /// The share of the memory, in percent, at which cleanups run at once.
    pub emergency_cleanup_threshold: u8,
}

impl ResourceConfig {
    /// Whether the settings can work. A limit of zero can: nothing is allowed then.
    ///
    /// # Errors
    /// The setting that cannot: no cleanup interval, an emergency threshold above 100 %, or a
    /// memory threshold above that.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.cleanup_interval.is_zero() {
            return Err(ConfigError::Zero("cleanup_interval"));
        }
        if self.emergency_cleanup_threshold > 100 {
            return Err(ConfigError::OutOfRange("emergency_cleanup_threshold"));
        }
        if self.memory_threshold_percent > self.emergency_cleanup_threshold {
            let limit = "emergency_cleanup_threshold";
            return Err(ConfigError::Exceeds("memory_threshold_percent", limit));
        }
        Ok(())
    }
}

impl Default for ResourceConfig {
    /// 1 GiB, 100,000 keys, a breaker at 80 % or 10,000 overflows, cleanups every 30 s and at 95 %.
    fn default() -> Self {
        Self {
            max_memory_bytes: 1 << 30,
            max_keys: 100_000,
            memory_threshold_percent: 80,
            buffer_overflow_threshold: 10_000,
            cleanup_interval: Duration::from_secs(30),
            emergency_cleanup_threshold: 95,
        }
    }
}

/// What a [`ResourceManager`](super::ResourceManager) has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ResourceMetrics {
    /// Memory allocated now.
    pub current_memory_bytes: u64,
    /// The most there ever was.
    pub peak_memory_bytes: u64,
    /// Keys that exist now.
    pub active_keys: u64,
    /// Overflows so far.
    pub buffer_overflow_count: u64,
    /// How often the breaker opened.
    pub circuit_breaker_trips: u64,
    /// How often cleanups ran because memory was nearly exhausted.
    pub emergency_cleanups: u64,
}

/// Why something was not allowed. Nothing was counted then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceError {
    /// It would have been more memory than there may be.
    MaxMemoryExceeded,
    /// It would have been more keys than there may be.
    MaxKeysExceeded,
    /// There were too many overflows, and the breaker opened.
    BufferOverflowThresholdExceeded,
    /// The breaker is open.
    CircuitBreakerOpen,
}

impl fmt::Display for ResourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MaxMemoryExceeded => "more memory than allowed",
            Self::MaxKeysExceeded => "more keys than allowed",
            Self::BufferOverflowThresholdExceeded => "too many buffer overflows",
            Self::CircuitBreakerOpen => "the circuit breaker is open",
        })
    }
}

impl Error for ResourceError {}
