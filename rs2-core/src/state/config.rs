//! Settings of the asynchronous state operators.

use super::storage::is_name;
use super::{Custom, InMemory, OnStateFull, SharedStorage, Tally, TtlFrom};
use crate::error::ConfigError;
use crate::metrics::{Losses, Meter};
use crate::store::{Heap, SeededHeap};
use crate::sync::Arc;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// How long state lives when nothing else is said.
pub const DEFAULT_TTL: Duration = Duration::from_secs(24 * 3_600);
/// How often expired state is looked for when nothing else is said.
pub const DEFAULT_CLEANUP_INTERVAL: Duration = Duration::from_secs(300);
/// The keys an operator keeps when nothing else is said.
pub const DEFAULT_MAX_KEYS: usize = 1_000_000;

/// How the state of an operator is kept, bounded and cleaned.
///
/// `B` names the place: [`InMemory`] keeps values as they are, [`Custom`] keeps them as bytes in a
/// storage of the user's.
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
    pub(crate) ttl_from: TtlFrom,
    pub(crate) cleanup_interval: Duration,
    pub(crate) max_keys: usize,
    pub(crate) max_per_key: Option<usize>,
    pub(crate) on_full: OnStateFull,
    pub(crate) losses: Losses,
    pub(super) place: Place,
    pub(super) name: Option<String>,
    meter: Option<Arc<dyn Meter + Send + Sync>>,
    seed: Option<u64>,
    backend: PhantomData<fn() -> B>,
}

/// Where state is kept.
#[derive(Clone)]
pub(super) enum Place {
    /// In the operator.
    Memory,
    /// In a storage.
    Storage(SharedStorage),
    /// In the operator as bytes, and in a storage what finds no room there.
    Spill(SharedStorage),
}

impl StateConfig {
    /// State for a day after its last write, at most 1,000,000 keys.
    pub fn new() -> Self {
        Self {
            ttl: DEFAULT_TTL,
            ttl_from: TtlFrom::default(),
            cleanup_interval: DEFAULT_CLEANUP_INTERVAL,
            max_keys: DEFAULT_MAX_KEYS,
            max_per_key: None,
            on_full: OnStateFull::default(),
            losses: Losses::new(),
            place: Place::Memory,
            name: None,
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
    /// How long state lives: after its last write, or from what [`ttl_from`](Self::ttl_from) says.
    /// [`Duration::MAX`] is for ever.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// What the time to live runs from.
    pub fn ttl_from(mut self, from: TtlFrom) -> Self {
        self.ttl_from = from;
        self
    }

    /// How often expired state is given back when no item asks for it. A storage of the user's
    /// gives its own back.
    pub fn cleanup_interval(mut self, interval: Duration) -> Self {
        self.cleanup_interval = interval;
        self
    }

    /// How many keys may have state in the memory of the operator at once. A storage of the user's
    /// has bounds of its own.
    pub fn max_size(mut self, keys: usize) -> Self {
        self.max_keys = keys;
        self
    }

    /// How many items an operator may hold for one key: of a group, of a side of a join, before a
    /// pattern. Each of them has a number of its own when nothing else is said.
    pub fn max_per_key(mut self, items: usize) -> Self {
        self.max_per_key = Some(items);
        self
    }

    /// What happens when a further key needs state and there are [`max_size`](Self::max_size).
    pub fn on_full(mut self, answer: impl Into<OnStateFull>) -> Self {
        self.on_full = answer.into();
        self
    }

    /// Counts what is lost in `losses`.
    pub fn report_to(mut self, losses: &Losses) -> Self {
        self.losses = losses.clone();
        self
    }

    /// Keeps state as bytes in `storage`: see [`StateAccess`](super::StateAccess). The handle of a
    /// step then takes what can be serialised, and keys must be a
    /// [`StorageKey`](super::StorageKey).
    ///
    /// The keys of each operator begin with its [name](Self::named), so operators that share a
    /// storage do not share state.
    pub fn with_custom_storage(self, storage: SharedStorage) -> StateConfig<Custom> {
        self.place_in(Place::Storage(storage))
    }

    /// Keeps state as bytes in the memory of the operator, and moves to `storage` what finds no
    /// room there: at [`max_size`](Self::max_size) the state that would expire soonest. It is read
    /// where it is and comes back when it is written. Nothing of that is lost or counted.
    ///
    /// This is a larger memory and not a durable one: when the stream ends, what is in the memory
    /// goes, and what is in the storage stays until it expires there. Chooses
    /// [`OnStateFull::Spill`].
    pub fn spill_to(mut self, storage: SharedStorage) -> StateConfig<Custom> {
        self.on_full = OnStateFull::Spill;
        self.place_in(Place::Spill(storage))
    }

    fn place_in(self, place: Place) -> StateConfig<Custom> {
        StateConfig {
            place,
            ttl: self.ttl,
            ttl_from: self.ttl_from,
            cleanup_interval: self.cleanup_interval,
            max_keys: self.max_keys,
            max_per_key: self.max_per_key,
            on_full: self.on_full,
            losses: self.losses,
            name: self.name,
            meter: self.meter,
            seed: self.seed,
            backend: PhantomData,
        }
    }

    /// What the keys of the operator begin with in a storage, so that it finds its state again when
    /// the program has changed or several programs share the storage.
    ///
    /// Of operators that are alive with one name on one storage, each further one has a number
    /// behind it, and those without a name are numbered together: without names, state is found
    /// again by a program that builds its operators in the same order.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Asks `meter` for each key, and for the memory of its entry without what that points to;
    /// gives both back when the state goes, and when the operator is dropped. A key that the meter
    /// refuses is one for which there is no room. Without a meter nothing is counted, nor is what
    /// a storage keeps.
    ///
    /// Usually a [`ResourceManager`](crate::metrics::ResourceManager), for several operators
    /// together.
    pub fn with_meter(mut self, meter: impl Meter + Send + Sync + 'static) -> Self {
        // Boxed first: the `Arc` of a processor without compare-and-swap does not unsize.
        let meter: Box<dyn Meter + Send + Sync> = Box::new(meter);
        self.meter = Some(Arc::from(meter));
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
    /// The setting that cannot: a length of time or a number of keys that is zero, a cleanup
    /// interval longer than the time to live, a [name](Self::named) with other letters than a
    /// [`Namespaced`](super::Namespaced) takes, [`OnStateFull::Spill`] without
    /// [`spill_to`](Self::spill_to) or the other way round, [`TtlFrom::Creation`] with a storage.
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
        if self.max_per_key == Some(0) {
            return Err(ConfigError::Zero("max_per_key"));
        }
        if self.name.as_deref().is_some_and(|name| !is_name(name)) {
            return Err(ConfigError::OutOfRange("name"));
        }
        let spills = self.on_full == OnStateFull::Spill;
        match self.place {
            Place::Memory | Place::Storage(_) if spills => {
                Err(ConfigError::Requires("on_full(Spill)", "spill_to"))
            }
            Place::Spill(_) if !spills => Err(ConfigError::Requires("spill_to", "on_full(Spill)")),
            Place::Spill(_) | Place::Storage(_) if self.ttl_from == TtlFrom::Creation => {
                Err(ConfigError::Requires("ttl_from(Creation)", "state in memory"))
            }
            _ => Ok(()),
        }
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

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "Memory",
            Self::Storage(_) => "Storage(..)",
            Self::Spill(_) => "Spill(..)",
        })
    }
}
