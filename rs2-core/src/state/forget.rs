//! Making room in a full table.

use crate::store::Table;
use core::hash::Hash;

/// Forgets the oldest sixteenth of the entries, one at least. Going through a full table for every
/// new key would cost its whole length each time. Returns how many went.
pub(crate) fn forget_oldest<K, V, T>(table: &mut T, born: impl Fn(&V) -> i64) -> u64
where
    K: Hash + Eq,
    T: Table<K, V>,
{
    forget_oldest_with(table, born, |_| ())
}

/// [`forget_oldest`], with something to do for each entry that goes.
pub(crate) fn forget_oldest_with<K, V, T>(
    table: &mut T,
    born: impl Fn(&V) -> i64,
    mut gone: impl FnMut(&mut V),
) -> u64
where
    K: Hash + Eq,
    T: Table<K, V>,
{
    if table.is_empty() {
        return 0;
    }
    let quota = (table.len() / 16).max(1);
    let until = age_of(table, quota - 1, &born);
    let before = table.len();
    let mut left = quota;
    table.retain(|_, entry| {
        let goes = left > 0 && born(entry) <= until;
        left -= usize::from(goes);
        if goes {
            gone(entry);
        }
        !goes
    });
    (before - table.len()) as u64
}

/// The age of the entry with so many older ones.
#[cfg(feature = "alloc")]
fn age_of<K, V, T>(table: &mut T, older: usize, born: &impl Fn(&V) -> i64) -> i64
where
    K: Hash + Eq,
    T: Table<K, V>,
{
    let mut ages = alloc::vec::Vec::with_capacity(table.len());
    table.retain(|_, entry| {
        ages.push(born(entry));
        true
    });
    *ages.select_nth_unstable(older).1
}

/// The age of the oldest entry. Without an allocator tables are small, and one entry at a time
/// goes.
#[cfg(not(feature = "alloc"))]
fn age_of<K, V, T>(table: &mut T, _older: usize, born: &impl Fn(&V) -> i64) -> i64
where
    K: Hash + Eq,
    T: Table<K, V>,
{
    let mut oldest = i64::MAX;
    table.retain(|_, entry| {
        oldest = oldest.min(born(entry));
        true
    });
    oldest
}
