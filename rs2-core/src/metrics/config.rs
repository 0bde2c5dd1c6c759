//! What is measured.

use crate::error::ConfigError;
use alloc::string::String;
use alloc::vec::Vec;

/// What is measured, and how much of it.
///
/// Counts are always exact: a sample rate below 1 only saves readings of the clock.
///
/// ```
/// use rs2_core::metrics::MetricsConfig;
/// let config = MetricsConfig { sample_rate: 0.1, ..MetricsConfig::default() };
/// assert!(config.validate().is_ok());
/// assert!(MetricsConfig { sample_rate: 1.5, ..config }.validate().is_err());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsConfig {
    /// Whether anything is measured. When not, all that is left is one branch per item.
    pub enabled: bool,
    /// The fraction of operations whose time is measured, from 0 to 1.
    pub sample_rate: f64,
    /// Names and values that tell this stream from others, for whoever exports the metrics.
    pub labels: Vec<(String, String)>,
}

impl MetricsConfig {
    /// Whether the settings can work.
    ///
    /// # Errors
    /// A sample rate that is not between 0 and 1.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if (0.0..=1.0).contains(&self.sample_rate) {
            Ok(())
        } else {
            Err(ConfigError::OutOfRange("sample_rate"))
        }
    }
}

impl Default for MetricsConfig {
    /// Everything is measured; no labels.
    fn default() -> Self {
        Self { enabled: true, sample_rate: 1.0, labels: Vec::new() }
    }
}
