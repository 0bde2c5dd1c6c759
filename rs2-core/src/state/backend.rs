//! Where state is.

use super::StorageKey;
use alloc::string::String;

/// State kept as it is, in the memory of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InMemory;

/// State kept as bytes, in a storage of the user's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Custom;

/// A place for the state of keys `K`: [`InMemory`] takes any, [`Custom`] those that can be written
/// as text.
pub trait StateBackend<K>: sealed::Backend {
    /// How a key is written, where that is needed.
    #[doc(hidden)]
    const WRITE_KEY: Option<fn(&K, &mut String)>;
}

impl<K> StateBackend<K> for InMemory {
    const WRITE_KEY: Option<fn(&K, &mut String)> = None;
}

impl<K: StorageKey> StateBackend<K> for Custom {
    const WRITE_KEY: Option<fn(&K, &mut String)> = Some(K::write_to);
}

mod sealed {
    pub trait Backend {}
    impl Backend for super::InMemory {}
    impl Backend for super::Custom {}
}
