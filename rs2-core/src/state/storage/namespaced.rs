//! A part of a storage.

use super::{Abilities, SharedStorage, StateStorage, StorageFuture, StorageWrite, delete_all};
use crate::error::ConfigError;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// The part of a storage in which all keys begin with a name: several uses of one storage that do
/// not see each other. [`clear`](StateStorage::clear) removes this part alone, which needs a
/// storage that can [`scan`](StateStorage::scan).
///
/// ```
/// use rs2_core::{state::{InMemoryStorage, Namespaced, StateStorage}, time::NoTimer};
/// use std::sync::Arc;
/// # futures_executor::block_on(async {
/// let shared = Arc::new(InMemoryStorage::bounded(NoTimer, 1_000));
/// let clicks = Namespaced::new(shared.clone(), "clicks").unwrap();
/// clicks.set("ann", b"3").await?;
/// assert_eq!(shared.get("clicks:ann").await?, Some(b"3".to_vec()));
/// # Ok::<(), rs2_core::state::StorageError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Namespaced {
    storage: SharedStorage,
    prefix: String,
}

impl Namespaced {
    /// The part of `storage` under `name`.
    ///
    /// # Errors
    /// When the name is not made of letters, digits, `-`, `_` and `.`, one at least: two names
    /// could otherwise mean one part.
    pub fn new(storage: SharedStorage, name: &str) -> Result<Self, ConfigError> {
        if !is_name(name) {
            return Err(ConfigError::OutOfRange("name"));
        }
        Ok(Self::with_prefix(storage, alloc::format!("{name}:")))
    }

    /// The prefix must not be the beginning of another.
    pub(crate) fn with_prefix(storage: SharedStorage, prefix: String) -> Self {
        Self { storage, prefix }
    }

    /// The key in the whole storage, of which `write` adds the part here.
    pub(crate) fn key(&self, write: impl FnOnce(&mut String)) -> String {
        let mut whole = self.prefix.clone();
        write(&mut whole);
        whole
    }

    pub(crate) fn storage(&self) -> &SharedStorage {
        &self.storage
    }

    fn whole(&self, key: &str) -> String {
        self.key(|whole| whole.push_str(key))
    }
}

/// Whether a name cannot be mistaken for another one and a part of a key.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    !name.is_empty() && name.chars().all(is_part)
}

impl StateStorage for Namespaced {
    fn abilities(&self) -> Abilities {
        self.storage.abilities()
    }

    fn get<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, Option<Vec<u8>>>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.storage.get(&self.whole(key)).await })
    }

    fn set<'s, 'k, 'v, 'f>(&'s self, key: &'k str, value: &'v [u8]) -> StorageFuture<'f, ()>
    where
        's: 'f,
        'k: 'f,
        'v: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.storage.set(&self.whole(key), value).await })
    }

    fn set_with_ttl<'s, 'k, 'v, 'f>(
        &'s self,
        key: &'k str,
        value: &'v [u8],
        ttl: Duration,
    ) -> StorageFuture<'f, ()>
    where
        's: 'f,
        'k: 'f,
        'v: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.storage.set_with_ttl(&self.whole(key), value, ttl).await })
    }

    fn delete<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.storage.delete(&self.whole(key)).await })
    }

    fn touch<'s, 'k, 'f>(&'s self, key: &'k str, ttl: Duration) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.storage.touch(&self.whole(key), ttl).await })
    }

    fn exists<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.storage.exists(&self.whole(key)).await })
    }

    fn scan<'s, 'p, 'a, 'f>(
        &'s self,
        prefix: &'p str,
        after: Option<&'a str>,
        limit: usize,
    ) -> StorageFuture<'f, Vec<(String, Vec<u8>)>>
    where
        's: 'f,
        'p: 'f,
        'a: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let after = after.map(|after| self.whole(after));
            let mut page = self.storage.scan(&self.whole(prefix), after.as_deref(), limit).await?;
            for (key, _) in &mut page {
                key.drain(..self.prefix.len());
            }
            Ok(page)
        })
    }

    fn write_batch<'s, 'f>(&'s self, mut writes: Vec<StorageWrite>) -> StorageFuture<'f, ()>
    where
        's: 'f,
        Self: 'f,
    {
        for write in &mut writes {
            let (StorageWrite::Set { key, .. } | StorageWrite::Delete { key }) = write;
            key.insert_str(0, &self.prefix);
        }
        self.storage.write_batch(writes)
    }

    fn clear<'s, 'f>(&'s self) -> StorageFuture<'f, ()>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(delete_all(&*self.storage, &self.prefix))
    }
}

impl fmt::Debug for Namespaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Namespaced").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
