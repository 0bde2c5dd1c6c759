//! A storage of the user's, and steps on it.

use std::collections::BTreeMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use async_trait::async_trait;
use rs2_core::prelude::*;
use rs2_core::state::{
    Custom, StateAccess, StateConfig, StateStorage, StorageError, StorageErrorKind, StorageKey,
};
use rs2_core::time::{Clock, Timer};
use rs2_test::ManualTimer;

/// A map that can be told to fail, and waits a moment before it answers.
#[derive(Default)]
pub(crate) struct Map {
    entries: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(crate) fails: AtomicBool,
    timer: ManualTimer,
}

impl Map {
    pub(crate) fn on(timer: &ManualTimer) -> Self {
        Self { timer: timer.clone(), ..Self::default() }
    }

    async fn ready(&self) -> Result<(), StorageError> {
        self.timer.sleep_until(self.timer.now().saturating_add(Duration::from_millis(1))).await;
        if self.fails.load(Relaxed) {
            return Err(StorageError::new(StorageErrorKind::Unavailable, "told to fail"));
        }
        Ok(())
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.entries.lock().expect("no panic").keys().cloned().collect()
    }

    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        self.entries.lock().expect("no panic").insert(key.to_owned(), bytes.to_owned());
    }
}

#[async_trait]
impl StateStorage for Map {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.ready().await?;
        Ok(self.entries.lock().expect("no panic").get(key).cloned())
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        self.ready().await?;
        self.put(key, value);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<bool, StorageError> {
        self.ready().await?;
        Ok(self.entries.lock().expect("no panic").remove(key).is_some())
    }
}

/// The outputs of steps on a storage, in virtual time.
pub(crate) fn steps<T, K, R, Fut>(
    timer: &ManualTimer,
    config: StateConfig<Custom>,
    items: Vec<T>,
    key: impl Fn(&T) -> K,
    step: impl FnMut(T, StateAccess<Custom>) -> Fut,
) -> Vec<R>
where
    K: Hash + Eq + Clone + StorageKey,
    Fut: Future<Output = R>,
{
    timer.run(from_iter(items).stateful_map_on_rs2(timer.clone(), config, key, step).collect_rs2())
}

pub(crate) async fn count(state: StateAccess<Custom>) -> u32 {
    let count = state.get::<u32>().await.unwrap_or_default() + 1;
    state.set(&count).await.expect("a storage that works");
    count
}
