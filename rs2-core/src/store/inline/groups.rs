//! From hashes to the numbers of entries, for processors that guess ahead.

/// Where the entries of an [`InlineTable`](super::InlineTable) are, by the hashes of their keys:
/// two cells for each of `N`, so that half of them stay empty. A cell has a tag and the number of
/// an entry.
///
/// Cells are searched by groups of as many as a word has bytes. The tag in the n-th cell of a group
/// is the n-th byte of the hash, so that all are compared at once with the hash itself. Whatever
/// the keys, the first group nearly always has the entry, and its tag is nearly always the only one
/// that is equal: the processor rarely guesses wrong.
///
/// From the home of an entry on, each group before the one that has it is full. A removal moves
/// back what was pushed on, so that no marks are left: Knuth, "The Art of Computer Programming",
/// volume 3, section 6.4, algorithm R, here with groups.
#[derive(Clone)]
pub(super) struct Groups<const N: usize> {
    // Pairs, since `[_; 2 * N]` cannot be said. What is left over behind the last group is unused.
    tags: [[u8; 2]; N],
    entries: [[u16; 2]; N],
}

/// One cell: its group, and its place there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    group: usize,
    lane: usize,
}

const LANES: usize = 8;
const NONE: usize = u16::MAX as usize;
/// The lowest and the highest bit of each byte.
const LOWEST: u64 = u64::from_ne_bytes([0x01; LANES]);
const HIGHEST: u64 = u64::from_ne_bytes([0x80; LANES]);

impl<const N: usize> Groups<N> {
    /// So few entries that their cells are no group have no index: all of them are looked at.
    const GROUPS: usize = 2 * N / LANES;

    pub(super) const fn new() -> Self {
        Self { tags: [[0; 2]; N], entries: [[u16::MAX; 2]; N] }
    }

    /// The entry that a hash stands for, as far as can be told without its key: nearly always it
    /// is the right one, if there is one.
    #[inline]
    pub(super) fn guess(&self, hash: u64) -> Option<usize> {
        if Self::GROUPS == 0 {
            return None;
        }
        let group = Self::home(hash);
        let equal = zeros(self.tags(group) ^ hash);
        if equal == 0 { None } else { Some(self.entry(Cell { group, lane: first(equal) })) }
    }

    /// The entry with this hash that `is` the one, and its cell; otherwise the empty cell for it.
    /// Of a number that no entry has, `is` says nothing.
    pub(super) fn find(
        &self,
        hash: u64,
        is: impl Fn(usize) -> Option<bool>,
    ) -> Result<(usize, Cell), Cell> {
        let mut group = Self::home(hash);
        if Self::GROUPS == 0 {
            let none = Cell { group, lane: 0 };
            let found = (0..).map_while(is).position(|is| is);
            return found.map(|entry| (entry, none)).ok_or(none);
        }
        loop {
            let mut equal = zeros(self.tags(group) ^ hash);
            while equal != 0 {
                let cell = Cell { group, lane: first(equal) };
                let entry = self.entry(cell);
                if is(entry) == Some(true) {
                    return Ok((entry, cell));
                }
                equal &= equal - 1;
            }
            if let Some(cell) = self.empty_in(group) {
                return Err(cell);
            }
            group = Self::next(group);
        }
    }

    /// Notes an entry in a cell: the empty one found for it, or its own when its number changes.
    pub(super) fn set(&mut self, cell: Cell, hash: u64, entry: usize) {
        if Self::GROUPS > 0 {
            let place = cell.group * LANES + cell.lane;
            self.tags.as_flattened_mut()[place] = hash.to_le_bytes()[cell.lane];
            self.entries.as_flattened_mut()[place] = entry as u16;
        }
    }

    /// Empties a cell, and moves back what was pushed past it. `hash_of` an entry is that of its
    /// key.
    pub(super) fn remove(&mut self, mut hole: Cell, hash_of: impl Fn(usize) -> u64) {
        while self.is_full(hole.group)
            && let Some(pushed) = self.pushed_past(hole.group, &hash_of)
        {
            let entry = self.entry(pushed);
            self.set(hole, hash_of(entry), entry);
            hole = pushed;
        }
        self.set(hole, 0, NONE);
    }

    /// The cell of an entry that found a full group full, and is somewhere behind it.
    fn pushed_past(&self, full: usize, hash_of: &impl Fn(usize) -> u64) -> Option<Cell> {
        let mut group = Self::next(full);
        loop {
            // How far a group is before this one, around the end of the index.
            let before = |other: usize| (group + Self::GROUPS - other) % Self::GROUPS;
            let passed = |cell: &Cell| {
                let entry = self.entry(*cell);
                entry != NONE && before(Self::home(hash_of(entry))) >= before(full)
            };
            let found = (0..LANES).map(|lane| Cell { group, lane }).find(passed);
            if found.is_some() || !self.is_full(group) {
                return found;
            }
            group = Self::next(group);
        }
    }

    /// The group where the search for a hash begins: the upper half of the hash, scaled.
    #[inline]
    fn home(hash: u64) -> usize {
        (((hash >> 32) * Self::GROUPS as u64) >> 32) as usize
    }

    #[inline]
    fn next(group: usize) -> usize {
        if group + 1 == Self::GROUPS { 0 } else { group + 1 }
    }

    #[inline]
    fn tags(&self, group: usize) -> u64 {
        u64::from_le_bytes(self.tags.as_flattened().as_chunks::<LANES>().0[group])
    }

    #[inline]
    fn entry(&self, cell: Cell) -> usize {
        self.entries.as_flattened().as_chunks::<LANES>().0[cell.group][cell.lane].into()
    }

    /// An empty cell of a group. Its tag, 0, is that of some hashes too.
    #[inline]
    fn empty_in(&self, group: usize) -> Option<Cell> {
        let mut zero = zeros(self.tags(group));
        while zero != 0 {
            let cell = Cell { group, lane: first(zero) };
            if self.entry(cell) == NONE {
                return Some(cell);
            }
            zero &= zero - 1;
        }
        None
    }

    fn is_full(&self, group: usize) -> bool {
        Self::GROUPS > 0 && self.empty_in(group).is_none()
    }
}

/// Marks the bytes that are 0. Others too, but only behind one that is: Warren, "Hacker's Delight",
/// section 6-1.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(LOWEST) & !word & HIGHEST
}

/// The first byte that is marked.
#[inline]
fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}
