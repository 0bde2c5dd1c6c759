//! Settings step by step, checked at the end.

use super::{Custom, InMemory, OnStateFull, SharedStorage, StateConfig, TtlFrom};
use crate::error::ConfigError;
use crate::metrics::{Losses, Meter};
use alloc::string::String;
use core::time::Duration;

/// Builds a [`StateConfig`] that is known to work.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::{error::ConfigError, state::StateConfigBuilder};
/// let built = StateConfigBuilder::new().ttl(Duration::from_secs(600)).max_size(5_000).build();
/// assert!(built.is_ok());
/// let error = StateConfigBuilder::new().max_size(0).build().unwrap_err();
/// assert_eq!(error, ConfigError::Zero("max_size"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct StateConfigBuilder<B = InMemory> {
    config: StateConfig<B>,
}

impl StateConfigBuilder {
    /// Begins with the settings of [`StateConfig::new`].
    pub fn new() -> Self {
        Self::from(StateConfig::new())
    }
}

impl Default for StateConfigBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl<B> From<StateConfig<B>> for StateConfigBuilder<B> {
    fn from(config: StateConfig<B>) -> Self {
        Self { config }
    }
}

impl<B> StateConfigBuilder<B> {
    fn change(self, change: impl FnOnce(StateConfig<B>) -> StateConfig<B>) -> Self {
        Self { config: change(self.config) }
    }

    /// See [`StateConfig::ttl`].
    pub fn ttl(self, ttl: Duration) -> Self {
        self.change(|config| config.ttl(ttl))
    }

    /// See [`StateConfig::ttl_from`].
    pub fn ttl_from(self, from: TtlFrom) -> Self {
        self.change(|config| config.ttl_from(from))
    }

    /// See [`StateConfig::cleanup_interval`].
    pub fn cleanup_interval(self, interval: Duration) -> Self {
        self.change(|config| config.cleanup_interval(interval))
    }

    /// See [`StateConfig::max_size`].
    pub fn max_size(self, keys: usize) -> Self {
        self.change(|config| config.max_size(keys))
    }

    /// See [`StateConfig::max_per_key`].
    pub fn max_per_key(self, items: usize) -> Self {
        self.change(|config| config.max_per_key(items))
    }

    /// See [`StateConfig::on_full`].
    pub fn on_full(self, answer: impl Into<OnStateFull>) -> Self {
        self.change(|config| config.on_full(answer))
    }

    /// See [`StateConfig::report_to`].
    pub fn report_to(self, losses: &Losses) -> Self {
        self.change(|config| config.report_to(losses))
    }

    /// See [`StateConfig::with_meter`].
    pub fn meter(self, meter: impl Meter + Send + Sync + 'static) -> Self {
        self.change(|config| config.with_meter(meter))
    }

    /// See [`StateConfig::named`].
    pub fn named(self, name: impl Into<String>) -> Self {
        self.change(|config| config.named(name))
    }

    /// See [`StateConfig::seeded`].
    pub fn seeded(self, seed: u64) -> Self {
        self.change(|config| config.seeded(seed))
    }

    /// See [`StateConfig::with_custom_storage`].
    pub fn custom_storage(self, storage: SharedStorage) -> StateConfigBuilder<Custom> {
        StateConfigBuilder { config: self.config.with_custom_storage(storage) }
    }

    /// See [`StateConfig::spill_to`].
    pub fn spill_to(self, storage: SharedStorage) -> StateConfigBuilder<Custom> {
        StateConfigBuilder { config: self.config.spill_to(storage) }
    }

    /// The settings, if they can work.
    ///
    /// # Errors
    /// See [`StateConfig::validate`].
    pub fn build(self) -> Result<StateConfig<B>, ConfigError> {
        self.config.validate()?;
        Ok(self.config)
    }
}
