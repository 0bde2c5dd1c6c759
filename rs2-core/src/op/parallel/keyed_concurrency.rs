//! How many items of how many keys may be underway.

use crate::error::ConfigError;
use crate::store::{Heap, SeededHeap};

/// How many items may wait to be started or yielded when nothing else is said.
pub const DEFAULT_MAX_WAITING: usize = 1_024;
/// How many items of one key may wait to be started when nothing else is said.
pub const DEFAULT_MAX_WAITING_PER_KEY: usize = 128;

/// The order in which [`par_eval_map_keyed_rs2`](super::ParallelExt::par_eval_map_keyed_on_rs2)
/// yields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyedOrder {
    /// As outputs are there: a slow key holds up no other. With one item of a key at a time the
    /// outputs of each key are in the order of its items.
    #[default]
    PerKey,
    /// In the order of the items, as one needs it who confirms positions in a log.
    Global,
}

/// The limits of [`par_eval_map_keyed_rs2`](super::ParallelExt::par_eval_map_keyed_on_rs2). A bare
/// number is taken as a concurrency, with all else as it is by default.
///
/// ```
/// use rs2_core::op::parallel::{KeyedConcurrency, KeyedOrder};
/// let limits = KeyedConcurrency::of(8).max_waiting_per_key(16).order(KeyedOrder::Global);
/// assert!(limits.validate().is_ok());
/// assert!(KeyedConcurrency::of(0).validate().is_err());
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct KeyedConcurrency {
    pub(super) concurrency: usize,
    pub(super) per_key: usize,
    pub(super) max_waiting: usize,
    pub(super) max_waiting_per_key: usize,
    pub(super) order: KeyedOrder,
    seed: Option<u64>,
}

impl KeyedConcurrency {
    /// At most `concurrency` items in flight, one of each key; 1,024 may wait, 128 of each key.
    pub const fn of(concurrency: usize) -> Self {
        Self {
            concurrency,
            per_key: 1,
            max_waiting: DEFAULT_MAX_WAITING,
            max_waiting_per_key: DEFAULT_MAX_WAITING_PER_KEY,
            order: KeyedOrder::PerKey,
            seed: None,
        }
    }

    /// How many items of one key may be in flight. With more than one they start in their order
    /// and may finish in another.
    pub const fn per_key(mut self, items: usize) -> Self {
        self.per_key = items;
        self
    }

    /// How many items may have been taken and not yielded, beside as many as may be in flight.
    /// With so many the source is not polled. When slots are free, because few keys have items or
    /// an early one holds the others up, their share may wait as well.
    pub const fn max_waiting(mut self, items: usize) -> Self {
        self.max_waiting = items;
        self
    }

    /// How many items of one key may wait to be started. While one key has so many the source is
    /// not polled, for the next item might be of that key.
    pub const fn max_waiting_per_key(mut self, items: usize) -> Self {
        self.max_waiting_per_key = items;
        self
    }

    /// The order of the outputs.
    pub const fn order(mut self, order: KeyedOrder) -> Self {
        self.order = order;
        self
    }

    /// The seed for hashing keys. An adapter's plain names fill in a random one.
    pub const fn seeded(mut self, seed: u64) -> Self {
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
    /// The setting that is zero.
    pub const fn validate(&self) -> Result<(), ConfigError> {
        if self.concurrency == 0 {
            return Err(ConfigError::Zero("concurrency"));
        }
        if self.per_key == 0 {
            return Err(ConfigError::Zero("per_key"));
        }
        if self.max_waiting == 0 {
            return Err(ConfigError::Zero("max_waiting"));
        }
        if self.max_waiting_per_key == 0 {
            return Err(ConfigError::Zero("max_waiting_per_key"));
        }
        Ok(())
    }

    /// How many items may have been taken and not yielded. Lanes are numbered with 32 bits.
    pub(super) fn room(&self) -> usize {
        self.concurrency.saturating_add(self.max_waiting).min(u32::MAX as usize)
    }

    /// The memory for the keys. Without a seed, keys are hashed under a fixed one.
    pub(super) fn keys(&self) -> SeededHeap {
        Heap::bounded(self.room()).seeded(self.seed.unwrap_or_default())
    }
}

impl From<usize> for KeyedConcurrency {
    fn from(concurrency: usize) -> Self {
        Self::of(concurrency)
    }
}
