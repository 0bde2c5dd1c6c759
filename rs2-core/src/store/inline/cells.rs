//! From hashes to the numbers of entries, for processors that do not guess ahead.

/// Where the entries of an [`InlineTable`](super::InlineTable) are, by the hashes of their keys:
/// two cells for each of `N`, so that half of them stay empty and a search ends after one or two.
///
/// Collisions go to the next cell (linear probing); a removal moves those behind it back, so that
/// no marks are left: Knuth, "The Art of Computer Programming", volume 3, section 6.4, algorithm R.
#[derive(Clone)]
pub(super) struct Cells<const N: usize> {
    // Pairs, since `[_; 2 * N]` cannot be said. Each is the number of an entry.
    entries: [[u16; 2]; N],
}

/// The number of a cell.
pub(super) type Cell = usize;

const EMPTY: u16 = u16::MAX;

impl<const N: usize> Cells<N> {
    const CELLS: usize = 2 * N;

    // Inlined, since a table is made in place then, and not on the stack first.
    #[inline(always)]
    pub(super) const fn new() -> Self {
        Self { entries: [[EMPTY; 2]; N] }
    }

    /// Nothing: to search is as quick.
    #[inline]
    pub(super) const fn guess(&self, _hash: u64) -> Option<usize> {
        None
    }

    /// The entry with this hash that `is` the one, and its cell; otherwise the empty cell for it.
    /// Of a number that no entry has, `is` says nothing.
    #[inline]
    pub(super) fn find(
        &self,
        hash: u64,
        is: impl Fn(usize) -> Option<bool>,
    ) -> Result<(usize, Cell), Cell> {
        let mut cell = Self::home(hash);
        loop {
            let entry = usize::from(self.entries.as_flattened()[cell]);
            match is(entry) {
                Some(true) => return Ok((entry, cell)),
                Some(false) => cell = Self::next(cell),
                None => return Err(cell),
            }
        }
    }

    /// Notes an entry in a cell: the empty one found for it, or its own when its number changes.
    #[inline]
    pub(super) fn set(&mut self, cell: Cell, _hash: u64, entry: usize) {
        self.entries.as_flattened_mut()[cell] = entry as u16;
    }

    /// Empties a cell, and moves back what was pushed past it. `hash_of` an entry is that of its
    /// key.
    pub(super) fn remove(&mut self, mut hole: Cell, hash_of: impl Fn(usize) -> u64) {
        let cells = self.entries.as_flattened_mut();
        let mut cell = Self::next(hole);
        while cells[cell] != EMPTY {
            let home = Self::home(hash_of(cells[cell].into()));
            // How far each is behind the home of this entry, around the end of the index.
            let behind = |cell: usize| (cell + Self::CELLS - home) % Self::CELLS;
            if behind(hole) < behind(cell) {
                cells[hole] = cells[cell];
                hole = cell;
            }
            cell = Self::next(cell);
        }
        cells[hole] = EMPTY;
    }

    /// The cell where the search for a hash begins: its upper half, scaled.
    #[inline]
    fn home(hash: u64) -> usize {
        (((hash >> 32) * Self::CELLS as u64) >> 32) as usize
    }

    #[inline]
    fn next(cell: usize) -> usize {
        if cell + 1 == Self::CELLS { 0 } else { cell + 1 }
    }
}
