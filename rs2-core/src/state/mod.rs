//! What state is bounded by, where it is kept, and how it is cleaned.

#[cfg(feature = "alloc")]
mod access;
mod answer;
#[cfg(any(feature = "alloc", feature = "heapless"))]
mod approx_keys;
#[cfg(any(feature = "alloc", feature = "heapless"))]
mod approx_seen;
#[cfg(feature = "alloc")]
mod backend;
#[cfg(feature = "alloc")]
mod builder;
#[cfg(feature = "alloc")]
mod config;
#[cfg(feature = "alloc")]
mod custom_access;
pub(crate) mod entry;
#[cfg(feature = "alloc")]
mod error;
mod expiring;
#[cfg(all(feature = "alloc", feature = "serde"))]
mod field;
#[cfg(any(feature = "alloc", feature = "heapless"))]
mod firsts;
mod forget;
mod groups;
pub(crate) mod held;
#[cfg(feature = "alloc")]
mod kept;
#[cfg(feature = "alloc")]
mod key;
mod key_of;
mod keys;
mod lifetime;
mod limits;
mod log;
#[cfg(feature = "alloc")]
mod presets;
#[cfg(feature = "alloc")]
mod remote;
mod run;
#[cfg(feature = "alloc")]
mod shelf;
#[cfg(feature = "alloc")]
mod states;
#[cfg(feature = "alloc")]
mod storage;
#[cfg(feature = "alloc")]
mod storage_key;
mod sweep;
#[cfg(feature = "alloc")]
mod tally;
mod ties;
#[cfg(feature = "alloc")]
mod turn;
#[cfg(feature = "storage")]
mod typed_access;

#[cfg(feature = "alloc")]
pub use access::{Detached, StateAccess};
pub use answer::{OnStateFull, TtlFrom};
#[cfg(any(feature = "alloc", feature = "heapless"))]
pub use approx_keys::ApproxKeys;
#[cfg(any(feature = "alloc", feature = "heapless"))]
pub use approx_seen::ApproxSeen;
#[cfg(feature = "alloc")]
pub use backend::{Custom, InMemory, StateBackend};
#[cfg(feature = "alloc")]
pub use builder::StateConfigBuilder;
#[cfg(feature = "alloc")]
pub use config::{DEFAULT_CLEANUP_INTERVAL, DEFAULT_MAX_KEYS, DEFAULT_TTL, StateConfig};
#[cfg(feature = "alloc")]
pub use error::StateError;
#[cfg(all(feature = "alloc", feature = "serde"))]
pub use field::{FieldKey, FieldKeyExtractor};
#[cfg(feature = "alloc")]
pub use key::{CustomKeyExtractor, KeyError, KeyExtractor};
#[cfg(feature = "alloc")]
pub use key_of::Borrowed;
pub use key_of::KeyOf;
pub use keys::{EvictBy, Keys};
pub use lifetime::{Expiry, IdleTime, LastUse, Lifetime, Origin, Permanent, TimeToLive, Unlimited};
pub use limits::{Limits, OnFull};
#[cfg(feature = "alloc")]
pub use presets::StateConfigs;
pub use run::Run;
#[cfg(feature = "alloc")]
pub use shelf::AccessError;
#[cfg(feature = "alloc")]
pub use storage::{
    Abilities, InMemoryStorage, Namespaced, SharedStorage, StateStorage, StorageError,
    StorageErrorKind, StorageFuture, StorageWrite,
};
#[cfg(feature = "alloc")]
pub use storage_key::StorageKey;
pub use ties::{ByArrival, ByOrder, Ties};

#[cfg(feature = "alloc")]
pub(crate) use access::{Left, StateCell, Value};
pub(crate) use expiring::Expiring;
#[cfg(any(feature = "alloc", feature = "heapless"))]
pub(crate) use firsts::Firsts;
pub(crate) use forget::{by_digest, forget, forget_oldest, no_ties, sixteenth};
pub(crate) use groups::{Done, Groups};
#[cfg(feature = "alloc")]
pub(crate) use kept::Kept;
pub(crate) use log::Log;
#[cfg(feature = "alloc")]
pub(crate) use states::States;
#[cfg(feature = "alloc")]
pub(crate) use storage::{Name, Spill};
pub(crate) use sweep::Sweep;
#[cfg(feature = "alloc")]
pub(crate) use tally::Tally;
