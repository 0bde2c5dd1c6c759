//! A map in the memory of the process that can also change a value in one step.

use async_trait::async_trait;
use rs2_stream::state::{Abilities, StateStorage, StorageError, StorageWrite};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes under text. What it does not do, expire, it says.
#[derive(Debug, Default)]
pub(crate) struct AtomicMap {
    entries: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl AtomicMap {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        // Each change is whole before anything can panic.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the value under `key` in one step: nobody else reads or writes it in between. Beyond
    /// what operators ask of a storage; for other parts of the program that share it.
    pub(crate) fn update(&self, key: &str, change: impl FnOnce(Option<&[u8]>) -> Vec<u8>) {
        let mut entries = self.lock();
        let changed = change(entries.get(key).map(Vec::as_slice));
        entries.insert(key.to_owned(), changed);
    }
}

#[async_trait]
impl StateStorage for AtomicMap {
    fn abilities(&self) -> Abilities {
        Abilities { ttl: false, scan: true, atomic_batch: true }
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.lock().get(key).cloned())
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        self.lock().insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<bool, StorageError> {
        Ok(self.lock().remove(key).is_some())
    }

    async fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
        let entries = self.lock();
        let from = entries.range(prefix.to_owned()..);
        let page = from
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter(|(key, _)| after.is_none_or(|after| key.as_str() > after))
            .take(limit);
        Ok(page.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    async fn write_batch(&self, writes: Vec<StorageWrite>) -> Result<(), StorageError> {
        let mut entries = self.lock();
        for write in writes {
            match write {
                StorageWrite::Set { key, value, .. } => entries.insert(key, value),
                StorageWrite::Delete { key } => entries.remove(&key),
            };
        }
        Ok(())
    }
}
