//! What state is bounded by, where it is kept, and how it is cleaned.

#[cfg(feature = "alloc")]
mod access;
#[cfg(feature = "alloc")]
mod backend;
#[cfg(feature = "alloc")]
mod config;
mod expiring;
mod forget;
#[cfg(feature = "alloc")]
mod key;
mod limits;
#[cfg(feature = "alloc")]
mod states;
#[cfg(feature = "alloc")]
mod storage_key;
#[cfg(feature = "alloc")]
mod sweep;
#[cfg(feature = "alloc")]
mod tally;

#[cfg(feature = "alloc")]
pub use access::{Detached, StateAccess};
#[cfg(feature = "alloc")]
pub use backend::{Custom, InMemory, StateBackend};
#[cfg(feature = "alloc")]
pub use config::{DEFAULT_MAX_KEYS, StateConfig, StateConfigs};
#[cfg(feature = "alloc")]
pub use key::{CustomKeyExtractor, KeyError, KeyExtractor};
pub use limits::{Limits, OnFull};
#[cfg(feature = "alloc")]
pub use storage_key::StorageKey;

#[cfg(feature = "alloc")]
pub(crate) use access::{Left, StateCell, Value};
pub(crate) use expiring::Expiring;
pub(crate) use forget::forget_oldest;
#[cfg(feature = "alloc")]
pub(crate) use states::States;
#[cfg(feature = "alloc")]
pub(crate) use sweep::Sweep;
#[cfg(feature = "alloc")]
pub(crate) use tally::Tally;
