//! When a stream counts as healthy.

/// How many errors a stream may have and still be healthy. Both limits are allowed values: a
/// stream with exactly `max_error_rate` is healthy.
///
/// ```
/// use rs2_core::metrics::HealthThresholds;
/// let (default, strict) = (HealthThresholds::default(), HealthThresholds::strict());
/// assert!(default.allows(0.1, 5) && !default.allows(0.1, 6));
/// assert!(strict.allows(0.01, 2) && !strict.allows(0.02, 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HealthThresholds {
    /// The greatest acceptable share of errors among all operations.
    pub max_error_rate: f64,
    /// The greatest acceptable number of errors with no success in between.
    pub max_consecutive_errors: u64,
}

impl HealthThresholds {
    /// For what must not fail: 1 % errors, 2 in a row.
    pub const fn strict() -> Self {
        Self::custom(0.01, 2)
    }

    /// For many items of which some may fail: 20 % errors, 20 in a row.
    pub const fn relaxed() -> Self {
        Self::custom(0.2, 20)
    }

    /// Limits of the caller's own.
    pub const fn custom(max_error_rate: f64, max_consecutive_errors: u64) -> Self {
        Self { max_error_rate, max_consecutive_errors }
    }

    /// Whether both values are within the limits.
    pub fn allows(&self, error_rate: f64, consecutive_errors: u64) -> bool {
        error_rate <= self.max_error_rate && consecutive_errors <= self.max_consecutive_errors
    }
}

impl Default for HealthThresholds {
    /// 10 % errors, 5 in a row.
    fn default() -> Self {
        Self::custom(0.1, 5)
    }
}
