//! Memory first, and another storage for what does not fit.

use super::{InMemoryStorage, SharedStorage, StateStorage, StorageFuture};
use crate::sync::Arc;
use crate::time::{Clock, Instant};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;
use portable_atomic::{AtomicU64, Ordering::Relaxed};

/// A bounded memory over a storage that takes what would go first from it. What was moved is read
/// where it is, and comes back when it is written: its time to live is always that of its last
/// write.
///
/// An entry in the memory is newer than one of the same key below, so an interrupted move leaves
/// nothing wrong behind.
#[derive(Clone)]
pub(crate) struct Spill {
    memory: Arc<InMemoryStorage<Steps>>,
    below: SharedStorage,
}

/// The time of the operator's latest step.
struct Steps(AtomicU64);

impl Clock for Steps {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.load(Relaxed))
    }
}

impl Spill {
    pub(crate) fn new(capacity: usize, below: SharedStorage) -> Self {
        let memory = InMemoryStorage::bounded(Steps(AtomicU64::new(0)), capacity);
        Self { memory: Arc::new(memory), below }
    }

    /// Moves the time on, and gives back what has expired.
    pub(crate) fn tick(&self, now: Instant) {
        let nanos = u64::try_from(now.since_origin().as_nanos()).unwrap_or(u64::MAX);
        self.memory.clock().0.store(nanos, Relaxed);
        self.memory.expire();
    }

    /// How many entries are in the memory.
    pub(crate) fn len(&self) -> usize {
        self.memory.len()
    }

    /// Writes to the memory, and moves what is in the way.
    fn put<'f>(
        &'f self,
        key: &'f str,
        value: &'f [u8],
        ttl: Option<Duration>,
    ) -> StorageFuture<'f, ()> {
        Box::pin(async move {
            loop {
                match self.memory.put_or_move(key, value, ttl) {
                    Ok(false) => return Ok(()),
                    Ok(true) => return self.below.delete(key).await.map(|_| ()),
                    Err(moving) => {
                        let (key, value) = (&*moving.key, &*moving.value);
                        match moving.ttl {
                            Some(ttl) => self.below.set_with_ttl(key, value, ttl).await?,
                            None => self.below.set(key, value).await?,
                        }
                        self.memory.moved(&moving);
                    }
                }
            }
        })
    }
}

impl StateStorage for Spill {
    fn get<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, Option<Vec<u8>>>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            match self.memory.get(key).await? {
                Some(value) => Ok(Some(value)),
                None => self.below.get(key).await,
            }
        })
    }

    fn set<'s, 'k, 'v, 'f>(&'s self, key: &'k str, value: &'v [u8]) -> StorageFuture<'f, ()>
    where
        's: 'f,
        'k: 'f,
        'v: 'f,
        Self: 'f,
    {
        self.put(key, value, None)
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
        self.put(key, value, Some(ttl))
    }

    fn delete<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            // Below first: what was there must not appear once the memory has no newer one.
            let below = self.below.delete(key).await?;
            Ok(self.memory.delete(key).await? || below)
        })
    }

    fn exists<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move { Ok(self.memory.exists(key).await? || self.below.exists(key).await?) })
    }
}
