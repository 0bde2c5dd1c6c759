//! A hash table in place.

use super::super::{Full, Lookup, Table};
#[cfg(not(target_pointer_width = "64"))]
use super::cells::{Cell, Cells as Index};
#[cfg(target_pointer_width = "64")]
use super::groups::{Cell, Groups as Index};
use core::hash::{BuildHasher, Hash};
use foldhash::fast::FixedState;
use heapless::Vec;

/// A [`Table`] in place: entries side by side, and an index of twice as many cells, so that it is
/// at most half full.
#[derive(Clone)]
pub struct InlineTable<K, V, const N: usize> {
    entries: Vec<(K, V), N>,
    index: Index<N>,
    hasher: FixedState,
}

impl<K: Hash + Eq, V, const N: usize> InlineTable<K, V, N> {
    pub(super) fn new(seed: u64) -> Self {
        let hasher = FixedState::with_seed(seed);
        Self { entries: Vec::new(), index: Index::new(), hasher }
    }

    #[inline]
    fn is(&self, entry: usize, is: impl Fn(&K) -> bool) -> Option<bool> {
        self.entries.get(entry).map(|(known, _)| is(known))
    }

    /// The entry of `key` and its cell, or the empty cell for it.
    #[inline]
    fn find(&self, hash: u64, is: impl Fn(&K) -> bool) -> Result<(usize, Cell), Cell> {
        self.index.find(hash, |entry| self.is(entry, &is))
    }

    #[inline]
    fn entry_of(&self, hash: u64, is: impl Fn(&K) -> bool) -> Option<usize> {
        match self.index.guess(hash) {
            Some(entry) if self.is(entry, &is) == Some(true) => Some(entry),
            _ => self.find(hash, is).ok().map(|(entry, _)| entry),
        }
    }

    /// Where an entry is, and the hash of its key.
    fn place_of(&self, entry: usize) -> Option<(Cell, u64)> {
        let hash = self.hasher.hash_one(&self.entries.get(entry)?.0);
        let (_, cell) = self.index.find(hash, |other| Some(other == entry)).ok()?;
        Some((cell, hash))
    }

    /// As below, where the entry is not where it was guessed to be.
    #[cfg_attr(target_pointer_width = "64", inline(never))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    fn find_or_insert<Q: Lookup<K>>(
        &mut self,
        hash: u64,
        key: Q,
        make: impl FnOnce() -> V,
    ) -> Result<&mut V, Full<Q>> {
        let entry = match self.find(hash, |known| key.is(known)) {
            Ok((entry, _)) => entry,
            Err(_) if self.entries.is_full() => return Err(Full(key)),
            Err(cell) => {
                let entry = self.entries.len();
                let pushed = self.entries.push((key.into_key(), make()));
                debug_assert!(pushed.is_ok(), "there is room");
                self.index.set(cell, hash, entry);
                entry
            }
        };
        Ok(&mut self.entries[entry].1)
    }

    fn remove_entry(&mut self, entry: usize, cell: Cell) -> (K, V) {
        let (entries, hasher) = (&self.entries, &self.hasher);
        self.index.remove(cell, |entry| hasher.hash_one(&entries[entry].0));
        let last = entries.len() - 1;
        if entry != last
            && let Some((cell, hash)) = self.place_of(last)
        {
            // The last entry takes the place of the one that goes.
            self.index.set(cell, hash, entry);
        }
        self.entries.swap_remove(entry)
    }
}

impl<K: Hash + Eq, V, const N: usize> Table<K, V> for InlineTable<K, V, N> {
    #[inline]
    fn get(&self, key: &K) -> Option<&V> {
        let entry = self.entry_of(self.hasher.hash_one(key), |known| known == key)?;
        Some(&self.entries[entry].1)
    }
    #[inline]
    fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let entry = self.entry_of(self.hasher.hash_one(key), |known| known == key)?;
        Some(&mut self.entries[entry].1)
    }
    #[inline]
    fn find_mut(&mut self, key: &impl Lookup<K>) -> Option<&mut V> {
        let entry = self.entry_of(key.hash_by(&self.hasher), |known| key.is(known))?;
        Some(&mut self.entries[entry].1)
    }
    #[inline]
    fn find_or_insert_with<Q>(
        &mut self,
        key: Q,
        make: impl FnOnce() -> V,
    ) -> Result<&mut V, Full<Q>>
    where
        Q: Lookup<K>,
    {
        let hash = key.hash_by(&self.hasher);
        match self.index.guess(hash) {
            Some(entry) if self.is(entry, |known| key.is(known)) == Some(true) => {
                Ok(&mut self.entries[entry].1)
            }
            _ => {
                let found = self.find_or_insert(hash, key, make);
                // Asked here, it is known of what was guessed: the caller does not ask again. Small
                // processors do not guess, and would have the question twice.
                if cfg!(target_pointer_width = "64") { Ok(found?) } else { found }
            }
        }
    }
    fn remove(&mut self, key: &K) -> Option<V> {
        let (entry, cell) = self.find(self.hasher.hash_one(key), |known| known == key).ok()?;
        Some(self.remove_entry(entry, cell).1)
    }
    fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        // From the end: what takes the place of a removed entry has been looked at.
        for entry in (0..self.entries.len()).rev() {
            let (key, value) = &mut self.entries[entry];
            if keep(key, value) {
                continue;
            }
            if let Some((cell, _)) = self.place_of(entry) {
                self.remove_entry(entry, cell);
            }
        }
    }
    fn iter<'a>(&'a self) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        self.entries.iter().map(|(key, value)| (key, value))
    }
    #[inline]
    fn len(&self) -> usize {
        self.entries.len()
    }
    #[inline]
    fn capacity(&self) -> usize {
        N
    }
}

impl<K, V, const N: usize> core::fmt::Debug for InlineTable<K, V, N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("InlineTable").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}
