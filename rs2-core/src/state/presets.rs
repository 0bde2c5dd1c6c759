//! Settings for usual cases.

use super::{DEFAULT_CLEANUP_INTERVAL, StateConfig};
use core::time::Duration;

/// Settings for usual cases, each to be changed further where it does not fit.
#[derive(Clone, Copy, Debug)]
pub struct StateConfigs;

impl StateConfigs {
    /// An hour, 10,000 keys.
    pub fn high_performance() -> StateConfig {
        preset(3_600, 60, 10_000)
    }

    /// A user's session: half an hour, 1,000 keys.
    pub fn session() -> StateConfig {
        preset(1_800, 300, 1_000)
    }

    /// Five minutes, 100 keys.
    pub fn short_lived() -> StateConfig {
        preset(300, 30, 100)
    }

    /// Seven days, 100,000 keys.
    pub fn long_lived() -> StateConfig {
        preset(7 * 24 * 3_600, 3_600, 100_000)
    }

    /// For ever, 1,000,000 keys. With
    /// [`with_custom_storage`](StateConfig::with_custom_storage) also beyond the process.
    pub fn persistent() -> StateConfig {
        StateConfig::new().ttl(Duration::MAX)
    }

    /// For `ttl` after the last write, 1,000,000 keys.
    pub fn ttl(ttl: Duration) -> StateConfig {
        StateConfig::new().ttl(ttl).cleanup_interval(ttl.min(DEFAULT_CLEANUP_INTERVAL))
    }
}

fn preset(ttl_secs: u64, cleanup_secs: u64, max_keys: usize) -> StateConfig {
    StateConfig::new()
        .ttl(Duration::from_secs(ttl_secs))
        .cleanup_interval(Duration::from_secs(cleanup_secs))
        .max_size(max_keys)
}
