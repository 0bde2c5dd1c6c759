//! Settings of the asynchronous state operators.

use super::{InMemory, OnFull, Tally};
use crate::error::ConfigError;
use crate::metrics::{Losses, Meter};
use crate::store::{Heap, SeededHeap};
use crate::sync::Arc;
use core::marker::PhantomData;
use core::time::Duration;

/// The keys an operator keeps when nothing else is said.
pub const DEFAULT_MAX_KEYS: usize = 1_000_000;

/// How the state of an operator is kept, bounded and cleaned.
///
/// `B` names the place: [`InMemory`] keeps values as they are.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::state::{StateConfig, StateConfigs};
/// let config = StateConfigs::session().ttl(Duration::from_secs(600)).max_size(50_000);
/// assert!(config.validate().is_ok());
/// assert!(StateConfig::new().ttl(Duration::ZERO).validate().is_err());
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct StateConfig<B = InMemory> {
    pub(crate) ttl: Duration,
    pub(crate) cleanup_interval: Duration,
    pub(crate) max_keys: usize,
    pub(crate) on_full: OnFull,
    pub(crate) losses: Losses,
    meter: Option<Arc<dyn Meter + Send + Sync>>,
    seed: Option<u64>,
    backend: PhantomData<fn() -> B>,
}

impl StateConfig {
    /// State for a day after its last write, at most 1,000,000 keys.
    pub fn new() -> Self {
        Self {
            ttl: Duration::from_secs(24 * 3_600),
            cleanup_interval: Duration::from_secs(300),
            max_keys: DEFAULT_MAX_KEYS,
            on_full: OnFull::Evict,
            losses: Losses::new(),
            meter: None,
            seed: None,
            backend: PhantomData,
        }
    }
}

impl Default for StateConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl<B> StateConfig<B> {
    /// How long state lives after its last write.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// How often expired state is given back when no item asks for it.
    pub fn cleanup_interval(mut self, interval: Duration) -> Self {
        self.cleanup_interval = interval;
        self
    }

    /// How many keys may have state at once.
    pub fn max_size(mut self, keys: usize) -> Self {
        self.max_keys = keys;
        self
    }

    /// What happens when a further key needs state.
    pub fn on_full(mut self, answer: OnFull) -> Self {
        self.on_full = answer;
        self
    }

    /// Counts what is lost in `losses`.
    pub fn report_to(mut self, losses: &Losses) -> Self {
        self.losses = losses.clone();
        self
    }

    /// Asks `meter` for each key, and for the memory of its entry without what that points to;
    /// gives both back when the state goes, and when the operator is dropped. A key that the meter
    /// refuses is one for which there is no room. Without a meter nothing is counted.
    ///
    /// Usually a [`ResourceManager`](crate::metrics::ResourceManager), for several operators
    /// together.
    pub fn with_meter(mut self, meter: impl Meter + Send + Sync + 'static) -> Self {
        self.meter = Some(Arc::new(meter));
        self
    }

    /// The seed for hashing keys. An adapter's plain names fill in a random one.
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// [`seeded`](Self::seeded), unless there is a seed already.
    pub fn seeded_by(self, seed: impl FnOnce() -> u64) -> Self {
        if self.seed.is_some() { self } else { self.seeded(seed()) }
    }

    /// Whether the settings can work.
    ///
    /// # Errors
    /// The setting that cannot: a length of time or a number of keys that is zero, or a cleanup
    /// interval longer than the time to live.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.ttl.is_zero() {
            return Err(ConfigError::Zero("ttl"));
        }
        if self.cleanup_interval.is_zero() {
            return Err(ConfigError::Zero("cleanup_interval"));
        }
        if self.cleanup_interval > self.ttl {
            return Err(ConfigError::Exceeds("cleanup_interval", "ttl"));
        }
        if self.max_keys == 0 {
            return Err(ConfigError::Zero("max_size"));
        }
        Ok(())
    }

    /// The account of the keys, each with an entry of so many bytes.
    pub(crate) fn tally(&self, bytes_per_key: usize) -> Tally {
        Tally::new(self.meter.clone(), bytes_per_key)
    }

    /// The memory for the keys. Without a seed, keys are hashed under a fixed one.
    pub(crate) fn keys(&self) -> SeededHeap {
        Heap::bounded(self.max_keys).seeded(self.seed.unwrap_or_default())
    }
}

/// Settings for usual cases.
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
}

fn preset(ttl_secs: u64, cleanup_secs: u64, max_keys: usize) -> StateConfig {
    StateConfig::new()
        .ttl(Duration::from_secs(ttl_secs))
        .cleanup_interval(Duration::from_secs(cleanup_secs))
        .max_size(max_keys)
}
