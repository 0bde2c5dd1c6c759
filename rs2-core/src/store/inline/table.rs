//! A hash table in place.

use super::super::{Full, Table};
use core::hash::{BuildHasher, Hash};
use foldhash::fast::FixedState;
use heapless::Vec;

/// A [`Table`] in place: entries side by side, and an index of twice as many cells, so that it is
/// never more than half full and a search ends after one or two cells.
///
/// Collisions go to the next cell (linear probing); a removal moves those behind it back, so that
/// no marks are left: Knuth, "The Art of Computer Programming", volume 3, section 6.4, algorithm R.
#[derive(Clone)]
pub struct InlineTable<K, V, const N: usize> {
    entries: Vec<(K, V), N>,
    // Two cells for each entry, since `[Cell; 2 * N]` cannot be said. Each is the number of an
    // entry.
    index: [[Cell; 2]; N],
    hasher: FixedState,
}

type Cell = u16;
const EMPTY: Cell = Cell::MAX;

impl<K: Hash + Eq, V, const N: usize> InlineTable<K, V, N> {
    const CELLS: usize = 2 * N;

    pub(super) fn new(seed: u64) -> Self {
        let hasher = FixedState::with_seed(seed);
        Self { entries: Vec::new(), index: [[EMPTY; 2]; N], hasher }
    }

    /// The cell where the search for a key begins: its hash, scaled to the number of cells.
    #[inline]
    fn home(&self, key: &K) -> usize {
        let hash = self.hasher.hash_one(key);
        (((hash >> 32) * Self::CELLS as u64) >> 32) as usize
    }

    #[inline]
    fn next(cell: usize) -> usize {
        if cell + 1 == Self::CELLS { 0 } else { cell + 1 }
    }

    /// The cell that says `entry`, searched from `home` on; there is one.
    fn cell_of(&self, entry: usize, home: usize) -> usize {
        let mut cell = home;
        while usize::from(self.index.as_flattened()[cell]) != entry {
            cell = Self::next(cell);
        }
        cell
    }

    /// The entry of `key`, or the empty cell where its number would be noted.
    #[inline]
    fn find(&self, key: &K) -> Result<usize, usize> {
        let cells = self.index.as_flattened();
        let mut cell = self.home(key);
        loop {
            let entry = usize::from(cells[cell]);
            match self.entries.get(entry) {
                Some((other, _)) if other == key => return Ok(entry),
                Some(_) => cell = Self::next(cell),
                None => return Err(cell),
            }
        }
    }

    fn remove_entry(&mut self, entry: usize) -> (K, V) {
        let home = self.home(&self.entries[entry].0);
        let hole = self.cell_of(entry, home);
        self.close(hole);
        let last = self.entries.len() - 1;
        if entry != last {
            // The last entry takes the place of the one that goes.
            let home = self.home(&self.entries[last].0);
            let cell = self.cell_of(last, home);
            self.index.as_flattened_mut()[cell] = entry as Cell;
        }
        self.entries.swap_remove(entry)
    }

    /// Empties a cell, and moves back what was pushed past it.
    fn close(&mut self, mut hole: usize) {
        let mut cell = Self::next(hole);
        loop {
            let entry = usize::from(self.index.as_flattened()[cell]);
            let Some((key, _)) = self.entries.get(entry) else { break };
            let home = self.home(key);
            // How far each is behind the home of this entry, around the end of the index.
            let behind = |cell: usize| (cell + Self::CELLS - home) % Self::CELLS;
            if behind(hole) < behind(cell) {
                self.index.as_flattened_mut()[hole] = entry as Cell;
                hole = cell;
            }
            cell = Self::next(cell);
        }
        self.index.as_flattened_mut()[hole] = EMPTY;
    }
}

impl<K: Hash + Eq, V, const N: usize> Table<K, V> for InlineTable<K, V, N> {
    #[inline]
    fn get(&self, key: &K) -> Option<&V> {
        let entry = self.find(key).ok()?;
        Some(&self.entries[entry].1)
    }
    #[inline]
    fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let entry = self.find(key).ok()?;
        Some(&mut self.entries[entry].1)
    }
    #[inline]
    fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> Result<&mut V, Full<K>> {
        let entry = match self.find(&key) {
            Ok(entry) => entry,
            Err(_) if self.entries.is_full() => return Err(Full(key)),
            Err(cell) => {
                let entry = self.entries.len();
                let pushed = self.entries.push((key, make()));
                debug_assert!(pushed.is_ok(), "there is room");
                self.index.as_flattened_mut()[cell] = entry as Cell;
                entry
            }
        };
        Ok(&mut self.entries[entry].1)
    }
    fn remove(&mut self, key: &K) -> Option<V> {
        let entry = self.find(key).ok()?;
        Some(self.remove_entry(entry).1)
    }
    fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        // From the end: what takes the place of a removed entry has been looked at.
        for entry in (0..self.entries.len()).rev() {
            let (key, value) = &mut self.entries[entry];
            if !keep(key, value) {
                self.remove_entry(entry);
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
