//! Making room in a full table.

use crate::store::Table;
use core::hash::{Hash, Hasher};

/// Forgets the oldest sixteenth of the entries, one at least. Going through a full table for every
/// new key would cost its whole length each time. Returns how many went.
pub(crate) fn forget_oldest<K, V, T, A>(
    table: &mut T,
    age_of: impl Fn(&V) -> A,
    rank_of: impl Fn(&K) -> u64,
) -> u64
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    forget(table, sixteenth(table.len()), age_of, rank_of, |_| ())
}

/// How many of so many entries make room at once.
pub(crate) fn sixteenth(entries: usize) -> usize {
    (entries / 16).max(1)
}

/// Forgets so many of the oldest entries, with something to do for each. Returns how many went.
///
/// Of entries as old as each other those go whose keys have the smaller rank, [`by_digest`], and
/// not those that come first in the table: one that was restored holds its entries in another
/// order. Where no two are as old as each other, there are [`no_ties`].
pub(crate) fn forget<K, V, T, A>(
    table: &mut T,
    quota: usize,
    age_of: impl Fn(&V) -> A,
    rank_of: impl Fn(&K) -> u64,
    mut gone: impl FnMut(&mut V),
) -> u64
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    let Some((until, rank)) = last_to_go(table, quota, &age_of, &rank_of) else { return 0 };
    let before = table.len();
    let mut left = quota;
    table.retain(|key, entry| {
        let age = age_of(entry);
        let goes = left > 0 && (age < until || age == until && rank_of(key) <= rank);
        left -= usize::from(goes);
        if goes {
            gone(entry);
        }
        !goes
    });
    (before - table.len()) as u64
}

/// The age of the youngest that goes, and the largest rank of such a key.
/// Rare, and apart so that the way of an item is short.
#[cfg(feature = "alloc")]
#[inline(never)]
fn last_to_go<K, V, T, A>(
    table: &T,
    quota: usize,
    age_of: &impl Fn(&V) -> A,
    rank_of: &impl Fn(&K) -> u64,
) -> Option<(A, u64)>
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    use alloc::vec::Vec;
    let last = quota.min(table.len()).checked_sub(1)?;
    let mut ages: Vec<A> = table.iter().map(|(_, entry)| age_of(entry)).collect();
    let (_, until, younger) = ages.select_nth_unstable(last);
    let stay = younger.iter().filter(|age| **age == *until).count();
    if stay == 0 {
        return Some((*until, u64::MAX));
    }
    let as_old = table.iter().filter(|(_, entry)| age_of(entry) == *until);
    let mut ranks: Vec<u64> = as_old.map(|(key, _)| rank_of(key)).collect();
    let last = ranks.len() - stay - 1;
    Some((*until, *ranks.select_nth_unstable(last).1))
}

/// Without an allocator tables are small, and one entry at a time goes.
#[cfg(not(feature = "alloc"))]
#[inline(never)]
fn last_to_go<K, V, T, A>(
    table: &T,
    _quota: usize,
    age_of: &impl Fn(&V) -> A,
    rank_of: &impl Fn(&K) -> u64,
) -> Option<(A, u64)>
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    table.iter().map(|(key, entry)| (age_of(entry), rank_of(key))).min()
}

/// The rank of keys of which no two have entries as old as each other.
pub(crate) fn no_ties<K>(_key: &K) -> u64 {
    0
}

/// The rank of a key that is the same in every process and on every processor of a width.
pub(crate) fn by_digest(key: &impl Hash) -> u64 {
    let mut digest = Fnv(0xcbf2_9ce4_8422_2325);
    key.hash(&mut digest);
    digest.finish()
}

/// FNV-1a with 64 bits.
///
/// Source: Fowler, Noll, Vo, Eastlake and Hansen, "The FNV Non-Cryptographic Hash Algorithm", IETF
/// draft-eastlake-fnv, section 2.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
