//! A storage in the memory of the process.

use super::{Abilities, StateStorage, StorageError, StorageErrorKind, StorageFuture, StorageWrite};
use crate::metrics::{Loss, Losses, Reports};
use crate::state::OnFull;
use crate::sync::{Arc, Lock};
use crate::time::{Clock, Instant};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Bound;
use core::time::Duration;

/// Bytes in the memory of the process, for as long as its clock says, and in any number up to a
/// bound.
///
/// What has expired is given back by the next call, whichever it is, and by
/// [`expire`](Self::expire), so a storage that nobody asks holds it until then. At the bound
/// [`OnFull::Evict`] removes the entry that would expire soonest, or of those that never do the one
/// written first, and counts it; the other answers refuse the new key with
/// [`StorageErrorKind::Full`]. Each call takes time in the logarithm of the number of entries.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::{state::{InMemoryStorage, StateStorage}, time::NoTimer};
/// # futures_executor::block_on(async {
/// let storage = InMemoryStorage::bounded(NoTimer, 10_000);
/// storage.set_with_ttl("ann", b"3", Duration::from_secs(60)).await?;
/// assert_eq!(storage.get("ann").await?, Some(b"3".to_vec()));
/// # Ok::<(), rs2_core::state::StorageError>(()) }).unwrap();
/// ```
pub struct InMemoryStorage<C> {
    clock: C,
    capacity: usize,
    on_full: OnFull,
    losses: Losses,
    entries: Lock<Entries>,
}

#[derive(Default)]
struct Entries {
    by_key: BTreeMap<Arc<str>, Entry>,
    /// Each entry once more, in the order in which they go.
    by_end: BTreeMap<(Instant, u64), Arc<str>>,
    writes: u64,
}

struct Entry {
    value: Vec<u8>,
    end: (Instant, u64),
}

/// An entry as it is, to be moved elsewhere.
pub(super) struct Moving {
    pub(super) key: Arc<str>,
    pub(super) value: Vec<u8>,
    /// How long it lives yet; nothing when for ever.
    pub(super) ttl: Option<Duration>,
    end: (Instant, u64),
}

impl Entries {
    fn expire(&mut self, now: Instant) {
        while let Some(first) = self.by_end.first_entry() {
            // For ever is not a time that comes.
            let due = first.key().0;
            if due > now || due == Instant::FAR_FUTURE {
                break;
            }
            self.by_key.remove(&*first.remove());
        }
    }

    fn remove(&mut self, key: &str) -> bool {
        let Some(entry) = self.by_key.remove(key) else { return false };
        self.by_end.remove(&entry.end);
        true
    }

    fn remove_first(&mut self) -> bool {
        let Some((_, key)) = self.by_end.pop_first() else { return false };
        self.by_key.remove(&*key).is_some()
    }

    /// Whether there is room for each of these writes when its turn comes.
    fn fit(&self, writes: &[StorageWrite], capacity: usize) -> bool {
        let mut len = self.by_key.len();
        // What the writes so far have made of the keys that they name.
        let mut changed = BTreeMap::new();
        writes.iter().all(|write| {
            let (key, stays) = match write {
                StorageWrite::Set { key, .. } => (&**key, true),
                StorageWrite::Delete { key } => (&**key, false),
            };
            let was = changed.insert(key, stays).unwrap_or_else(|| self.by_key.contains_key(key));
            len = len + usize::from(stays) - usize::from(was);
            len <= capacity
        })
    }

    fn put(&mut self, key: &str, value: Vec<u8>, until: Instant) {
        self.remove(key);
        self.writes += 1;
        let (key, end) = (Arc::<str>::from(key), (until, self.writes));
        self.by_end.insert(end, key.clone());
        self.by_key.insert(key, Entry { value, end });
    }
}

impl<C: Clock> InMemoryStorage<C> {
    /// A storage of at most so many entries, whose time is that of `clock`.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn bounded(clock: C, capacity: usize) -> Self {
        assert!(capacity > 0, "a storage needs room for one entry at least");
        let (on_full, losses) = (OnFull::default(), Losses::new());
        Self { clock, capacity, on_full, losses, entries: Lock::default() }
    }

    /// Chooses what happens when a further key finds no room.
    #[must_use]
    pub fn on_full(mut self, answer: OnFull) -> Self {
        self.on_full = answer;
        self
    }

    /// Counts what is lost in `losses`.
    #[must_use]
    pub fn report_to(mut self, losses: &Losses) -> Self {
        self.losses = losses.clone();
        self
    }

    /// How many entries there are that have not expired.
    pub fn len(&self) -> usize {
        self.with(|entries, _| entries.by_key.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives back what has expired.
    pub fn expire(&self) {
        self.with(|_, _| ());
    }

    pub(super) fn clock(&self) -> &C {
        &self.clock
    }

    /// Every call goes through here, so that what has expired is never seen.
    fn with<R>(&self, act: impl FnOnce(&mut Entries, Instant) -> R) -> R {
        let now = self.clock.now();
        self.entries.with(|entries| {
            entries.expire(now);
            act(entries, now)
        })
    }

    /// Makes room for a key, or says why there is none.
    fn admit(&self, entries: &mut Entries, key: &str) -> Result<(), StorageError> {
        if entries.by_key.len() < self.capacity || entries.by_key.contains_key(key) {
            return Ok(());
        }
        if self.on_full == OnFull::Evict {
            entries.remove_first();
            self.losses.count(Loss::Evicted);
            return Ok(());
        }
        Err(self.refuse())
    }

    fn refuse(&self) -> StorageError {
        self.losses.count(Loss::Full);
        if self.on_full == OnFull::Stop {
            self.losses.stop();
        }
        let message = alloc::format!("{} entries", self.capacity);
        StorageError::new(StorageErrorKind::Full, message)
    }

    fn put(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), StorageError> {
        self.with(|entries, now| {
            self.admit(entries, key)?;
            entries.put(key, value.to_vec(), until(now, ttl));
            Ok(())
        })
    }

    /// Writes when there is room, whatever the answer to full is. Tells whether the key is new;
    /// when there is none, which entry is to go first.
    pub(super) fn put_or_move(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, Moving> {
        self.with(|entries, now| {
            let is_new = !entries.by_key.contains_key(key);
            if is_new && entries.by_key.len() >= self.capacity {
                let (&end, first) = entries.by_end.first_key_value().expect("it is full");
                let value = entries.by_key[first].value.clone();
                let left = (end.0 != Instant::FAR_FUTURE).then(|| end.0.saturating_since(now));
                return Err(Moving { key: first.clone(), value, ttl: left, end });
            }
            entries.put(key, value.to_vec(), until(now, ttl));
            Ok(is_new)
        })
    }

    /// Removes an entry that has been moved, unless it was written since.
    pub(super) fn moved(&self, moving: &Moving) {
        self.with(|entries, _| {
            if entries.by_key.get(&moving.key).is_some_and(|entry| entry.end == moving.end) {
                entries.remove(&moving.key);
            }
        });
    }

    /// All writes in their order, or none.
    fn put_all(&self, writes: Vec<StorageWrite>) -> Result<(), StorageError> {
        self.with(|entries, now| {
            if self.on_full != OnFull::Evict && !entries.fit(&writes, self.capacity) {
                return Err(self.refuse());
            }
            for write in writes {
                match write {
                    StorageWrite::Delete { key } => {
                        entries.remove(&key);
                    }
                    StorageWrite::Set { key, value, ttl } => {
                        self.admit(entries, &key)?;
                        entries.put(&key, value, until(now, ttl));
                    }
                }
            }
            Ok(())
        })
    }

    fn touch_now(&self, key: &str, ttl: Duration) -> bool {
        self.with(|entries, now| {
            let Some(entry) = entries.by_key.get_mut(key) else { return false };
            let value = core::mem::take(&mut entry.value);
            entries.put(key, value, until(now, Some(ttl)));
            true
        })
    }

    fn page(&self, prefix: &str, after: Option<&str>, limit: usize) -> Vec<(String, Vec<u8>)> {
        self.with(|entries, _| {
            // The first key of the page is in the prefix, and behind the last of the page before.
            let start = match after {
                Some(after) if after >= prefix => Bound::Excluded(after),
                _ => Bound::Included(prefix),
            };
            let keys = entries.by_key.range::<str, _>((start, Bound::Unbounded));
            let within = keys.take_while(|(key, _)| key.starts_with(prefix)).take(limit);
            within.map(|(key, entry)| (String::from(&**key), entry.value.clone())).collect()
        })
    }
}

fn until(now: Instant, ttl: Option<Duration>) -> Instant {
    ttl.map_or(Instant::FAR_FUTURE, |ttl| now.saturating_add(ttl))
}

/// An answer that is there at once. It is made when it is first asked for, as with an `async fn`.
fn answer<'f, T: Send>(
    make: impl FnOnce() -> Result<T, StorageError> + Send + 'f,
) -> StorageFuture<'f, T> {
    Box::pin(async move { make() })
}

impl<C: Clock + Send + Sync> StateStorage for InMemoryStorage<C> {
    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    fn get<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, Option<Vec<u8>>>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        answer(move || {
            Ok(self.with(|entries, _| entries.by_key.get(key).map(|entry| entry.value.clone())))
        })
    }

    fn set<'s, 'k, 'v, 'f>(&'s self, key: &'k str, value: &'v [u8]) -> StorageFuture<'f, ()>
    where
        's: 'f,
        'k: 'f,
        'v: 'f,
        Self: 'f,
    {
        answer(move || self.put(key, value, None))
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
        answer(move || self.put(key, value, Some(ttl)))
    }

    fn delete<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        answer(move || Ok(self.with(|entries, _| entries.remove(key))))
    }

    fn touch<'s, 'k, 'f>(&'s self, key: &'k str, ttl: Duration) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        answer(move || Ok(self.touch_now(key, ttl)))
    }

    fn exists<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        answer(move || Ok(self.with(|entries, _| entries.by_key.contains_key(key))))
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
        answer(move || Ok(self.page(prefix, after, limit)))
    }

    fn write_batch<'s, 'f>(&'s self, writes: Vec<StorageWrite>) -> StorageFuture<'f, ()>
    where
        's: 'f,
        Self: 'f,
    {
        answer(move || self.put_all(writes))
    }

    fn clear<'s, 'f>(&'s self) -> StorageFuture<'f, ()>
    where
        's: 'f,
        Self: 'f,
    {
        answer(move || {
            self.with(|entries, _| *entries = Entries::default());
            Ok(())
        })
    }
}

impl<C> Reports for InMemoryStorage<C> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<C> fmt::Debug for InMemoryStorage<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryStorage")
            .field("capacity", &self.capacity)
            .field("on_full", &self.on_full)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
