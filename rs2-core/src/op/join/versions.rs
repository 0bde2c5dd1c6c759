//! What each key stood for, and when.

use crate::metrics::{Loss, Losses};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{by_digest, forget_oldest};
use crate::store::{Full, KeyStorage, Queue, Table};
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
    // No key goes by itself before the frontier has reached this.
    next_gone: EventTime,
    max_versions: usize,
    evicts: bool,
}

/// No look at all of them before there are as many.
const FLOOR: usize = 64;

impl<K: Hash + Eq, V, St: KeyStorage> Versions<K, V, St> {
    pub(super) fn new(storage: St, max_versions: usize, evicts: bool) -> Self {
        let max_versions = max_versions.min(storage.capacity());
        let (table, next_gone) = (storage.table(), EventTime::MAX);
        Self { table, storage, len: 0, sweep_at: FLOOR, next_gone, max_versions, evicts }
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

    /// Adds a version, or puts it in the place of one that began at the same time; gives it back
    /// when there is no room. Nothing asks any more for what was valid before `frontier`.
    pub(super) fn add(
        &mut self,
        key: K,
        known: Known<V>,
        frontier: EventTime,
        losses: &Losses,
    ) -> Result<(), Full<(K, Known<V>)>> {
        let (most, evicts) = (self.max_versions, self.evicts);
        self.change(key, known, frontier, losses, |versions, known| {
            put(versions, known, most, evicts, losses)
        })
    }

    /// Keeps a version in the place of all others of its key, if it is the newest; gives it back
    /// when there is no room.
    pub(super) fn replace(
        &mut self,
        key: K,
        known: Known<V>,
        frontier: EventTime,
        losses: &Losses,
    ) -> Result<(), Full<(K, Known<V>)>> {
        self.change(key, known, frontier, losses, |versions, known| {
            if versions.back().is_none_or(|newest| newest.from <= known.from) {
                versions.clear();
                return versions.push(known);
            }
            Ok(())
        })
    }

    fn change(
        &mut self,
        key: K,
        known: Known<V>,
        frontier: EventTime,
        losses: &Losses,
        change: impl FnOnce(&mut St::Queue<Known<V>>, Known<V>) -> Result<(), Full<Known<V>>>,
    ) -> Result<(), Full<(K, Known<V>)>> {
        if self.len >= self.sweep_at {
            self.sweep(frontier);
        }
        let Some(versions) = self.table.get_mut(&key) else {
            return self.begin(key, known, frontier, losses);
        };
        let before = versions.len();
        prune(versions, frontier);
        let changed = change(versions, known);
        prune(versions, frontier);
        self.len = self.len - before + versions.len();
        self.next_gone = self.next_gone.min(gone_at(versions));
        changed.map_err(|Full(known)| Full((key, known)))
    }

    /// Keeps the first version of a key.
    fn begin(
        &mut self,
        key: K,
        known: Known<V>,
        frontier: EventTime,
        losses: &Losses,
    ) -> Result<(), Full<(K, Known<V>)>> {
        self.make_room(frontier, losses);
        let storage = &self.storage;
        let versions = match self.table.get_or_insert_with(key, || storage.queue()) {
            Ok(versions) => versions,
            Err(Full(key)) => return Err(Full((key, known))),
        };
        let pushed = versions.push(known);
        debug_assert!(pushed.is_ok(), "there is room for one");
        prune(versions, frontier);
        self.len += versions.len();
        self.next_gone = self.next_gone.min(gone_at(versions));
        Ok(())
    }

    /// Makes room for another key where there is none: what nothing asks for any more goes, and,
    /// when that is not enough, the keys whose first version is oldest, a sixteenth of all.
    fn make_room(&mut self, frontier: EventTime, losses: &Losses) {
        // Whose first version is oldest is told only once all others are gone.
        if self.is_full() && (self.evicts || self.next_gone <= frontier) {
            self.sweep(frontier);
        }
        if self.is_full() && self.evicts {
            let begin = |versions: &St::Queue<Known<V>>| {
                versions.front().map_or(i64::MIN, |known| known.from.as_micros())
            };
            losses.count_many(Loss::Evicted, forget_oldest(&mut self.table, begin, by_digest));
            self.len = self.table.iter().map(|(_, versions)| versions.len()).sum();
        }
    }

    fn is_full(&self) -> bool {
        self.table.len() >= self.table.capacity()
    }

    /// Looks at all keys, to let go of what nothing asks for any more: once versions have doubled
    /// since the last time, so that each of them is looked at a constant number of times, or when
    /// one of the keys of a full table is gone.
    fn sweep(&mut self, frontier: EventTime) {
        let (mut len, mut next_gone) = (0, EventTime::MAX);
        self.table.retain(|_, versions| {
            prune(versions, frontier);
            len += versions.len();
            if versions.is_empty() {
                return false;
            }
            next_gone = next_gone.min(gone_at(versions));
            true
        });
        (self.len, self.next_gone) = (len, next_gone);
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
        // A look at all keys does no harm, and tells when the next one goes.
        (self.sweep_at, self.next_gone) = (sweep_at as usize, EventTime::MIN);
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

/// Puts a version in its place among those of its key. Where there are too many, the oldest goes,
/// or the version comes back.
fn put<V>(
    versions: &mut impl Queue<Known<V>>,
    known: Known<V>,
    max_versions: usize,
    evicts: bool,
    losses: &Losses,
) -> Result<(), Full<Known<V>>> {
    let mut place = count_before(versions, |other| other.from < known.from);
    if let Some(same) = versions.get_mut(place).filter(|other| other.from == known.from) {
        *same = known;
        return Ok(());
    }
    if versions.len() >= max_versions {
        if !evicts {
            return Err(Full(known));
        }
        losses.count(Loss::Evicted);
        if place == 0 {
            return Ok(());
        }
        versions.pop();
        place -= 1;
    }
    versions.insert(place, known)
}

/// From when on nothing asks for the key of these versions.
fn gone_at<V>(versions: &impl Queue<Known<V>>) -> EventTime {
    match versions.back() {
        None => EventTime::MIN,
        Some(last) if last.value.is_none() => last.from,
        Some(_) => EventTime::MAX,
    }
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
