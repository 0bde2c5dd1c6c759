//! What each key stood for, and when.

use crate::metrics::{Loss, Losses};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{OnFull, forget_oldest};
use crate::store::{KeyStorage, Queue, Table};
use crate::time::EventTime;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::de::DeserializeOwned;
#[cfg(feature = "snapshot")]
use serde::{Deserialize, Serialize};

/// One version of one key.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(Serialize, Deserialize))]
pub(super) struct Known<V> {
    pub(super) from: EventTime,
    pub(super) value: Option<V>,
}

/// The versions of all keys, those of a key in the order of their beginning, no two at one time.
pub(super) struct Versions<K: Hash + Eq, V, St: KeyStorage> {
    table: St::Table<K, St::Queue<Known<V>>>,
    storage: St,
    // How many there are, and how many there must be for the next look at all of them.
    len: usize,
    sweep_at: usize,
    max_versions: usize,
}

/// What was to be kept, and was not.
pub(super) enum Outcome {
    Done,
    /// There was no room, and the limits say to stop.
    Stop,
}

/// No look at all of them before there are as many.
const FLOOR: usize = 64;

impl<K: Hash + Eq, V, St: KeyStorage> Versions<K, V, St> {
    pub(super) fn new(storage: St, max_versions: usize) -> Self {
        let max_versions = max_versions.min(storage.capacity());
        Self { table: storage.table(), storage, len: 0, sweep_at: FLOOR, max_versions }
    }

    /// What the key stood for at `at`.
    #[inline]
    pub(super) fn valid_at(&self, key: &K, at: EventTime) -> Option<&V> {
        let versions = self.table.get(key)?;
        let later = count_before(versions, |known| known.from <= at);
        versions.get(later.checked_sub(1)?)?.value.as_ref()
    }

    /// How many versions there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds a version, or puts it in the place of one that began at the same time. Nothing asks any
    /// more for what was valid before `frontier`.
    pub(super) fn add(
        &mut self,
        key: K,
        known: Known<V>,
        frontier: EventTime,
        on_full: OnFull,
        losses: &Losses,
    ) -> Outcome {
        let max_versions = self.max_versions;
        self.change(key, frontier, on_full, losses, |versions| {
            put(versions, known, max_versions, on_full, losses)
        })
    }

    /// Keeps a version in the place of all others of its key, if it is the newest.
    pub(super) fn replace(
        &mut self,
        key: K,
        known: Known<V>,
        frontier: EventTime,
        on_full: OnFull,
        losses: &Losses,
    ) -> Outcome {
        self.change(key, frontier, on_full, losses, |versions| {
            if versions.back().is_none_or(|newest| newest.from <= known.from) {
                versions.clear();
                let pushed = versions.push(known);
                debug_assert!(pushed.is_ok(), "there is room for one");
            }
            Outcome::Done
        })
    }

    fn change(
        &mut self,
        key: K,
        frontier: EventTime,
        on_full: OnFull,
        losses: &Losses,
        change: impl FnOnce(&mut St::Queue<Known<V>>) -> Outcome,
    ) -> Outcome {
        if self.len >= self.sweep_at || self.table.len() >= self.table.capacity() {
            self.sweep_or_forget(&key, frontier, on_full, losses);
        }
        let storage = &self.storage;
        let Ok(versions) = self.table.get_or_insert_with(key, || storage.queue()) else {
            return refuse(on_full, losses);
        };
        let before = versions.len();
        let outcome = change(versions);
        prune(versions, frontier);
        self.len = self.len - before + versions.len();
        outcome
    }

    /// Looks at all keys: to let go of what nothing asks for any more, and, when that does not make
    /// room for another key, of the keys whose first version is oldest, a sixteenth of all.
    ///
    /// For the former, versions have doubled since the last time, so that each of them is looked at
    /// a constant number of times.
    fn sweep_or_forget(&mut self, key: &K, frontier: EventTime, on_full: OnFull, losses: &Losses) {
        let is_full = self.table.len() >= self.table.capacity();
        if self.len < self.sweep_at && (self.table.get(key).is_some() || on_full != OnFull::Evict) {
            return;
        }
        self.sweep(frontier);
        if is_full
            && on_full == OnFull::Evict
            && self.table.len() >= self.table.capacity()
            && self.table.get(key).is_none()
        {
            let begin = |versions: &St::Queue<Known<V>>| {
                versions.front().map_or(i64::MIN, |known| known.from.as_micros())
            };
            losses.count_many(Loss::Evicted, forget_oldest(&mut self.table, begin));
            self.len = self.table.iter().map(|(_, versions)| versions.len()).sum();
        }
    }

    fn sweep(&mut self, frontier: EventTime) {
        let mut len = 0;
        self.table.retain(|_, versions| {
            prune(versions, frontier);
            len += versions.len();
            !versions.is_empty()
        });
        self.len = len;
        self.sweep_at = (2 * len).max(FLOOR);
    }

    pub(super) fn clear(&mut self) {
        self.table.clear();
        self.len = 0;
    }
}

#[cfg(feature = "snapshot")]
impl<K, V, St> Snapshot for Versions<K, V, St>
where
    K: Hash + Eq + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("versions", 1)?;
        to.put(&(self.sweep_at as u64, self.table.len() as u64))?;
        for (key, versions) in self.table.iter() {
            to.put(key)?;
            to.put_all(versions.len(), versions.iter())?;
        }
        Ok(())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let full = SnapshotError::Full("temporal_join");
        from.begin("versions", 1)?;
        let (sweep_at, keys): (u64, u64) = from.take()?;
        self.sweep_at = sweep_at as usize;
        for _ in 0..keys {
            let key = from.take()?;
            let storage = &self.storage;
            let kept = self.table.get_or_insert_with(key, || storage.queue());
            let kept = kept.map_err(|_| full.clone())?;
            from.take_all(|known| kept.push(known).map_err(|_| full.clone()))?;
            self.len += kept.len();
        }
        Ok(())
    }
}

fn refuse(on_full: OnFull, losses: &Losses) -> Outcome {
    if on_full == OnFull::Stop {
        return Outcome::Stop;
    }
    losses.count(Loss::Full);
    Outcome::Done
}

/// How many at the front `is_before` says yes of; most often all of them or none.
#[inline]
fn count_before<V>(versions: &impl Queue<V>, is_before: impl Fn(&V) -> bool) -> usize {
    if versions.back().is_some_and(&is_before) {
        return versions.len();
    }
    let (mut low, mut high) = (0, versions.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if versions.get(middle).is_some_and(&is_before) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Puts a version in its place among those of its key.
fn put<V>(
    versions: &mut impl Queue<Known<V>>,
    known: Known<V>,
    max_versions: usize,
    on_full: OnFull,
    losses: &Losses,
) -> Outcome {
    let mut place = count_before(versions, |other| other.from < known.from);
    if let Some(same) = versions.get_mut(place).filter(|other| other.from == known.from) {
        *same = known;
        return Outcome::Done;
    }
    if versions.len() >= max_versions {
        if on_full != OnFull::Evict {
            return refuse(on_full, losses);
        }
        losses.count(Loss::Evicted);
        if place == 0 {
            return Outcome::Done;
        }
        versions.pop();
        place -= 1;
    }
    let inserted = versions.insert(place, known);
    debug_assert!(inserted.is_ok(), "there is room for as many");
    Outcome::Done
}

/// Lets go of the versions that have a later one at `frontier`, and of a deletion in front of all
/// others: before the first version, a key stands for nothing anyway.
fn prune<V>(versions: &mut impl Queue<Known<V>>, frontier: EventTime) {
    while versions.get(1).is_some_and(|next| next.from <= frontier) {
        versions.pop();
    }
    if versions.front().is_some_and(|first| first.value.is_none() && first.from <= frontier) {
        versions.pop();
    }
}
