//! Making room in a full table.

use crate::store::Table;
use core::hash::Hash;

/// Forgets the oldest sixteenth of the entries, one at least. Going through a full table for every
/// new key would cost its whole length each time. Returns how many went.
pub(crate) fn forget_oldest<K, V, T, A>(table: &mut T, age_of: impl Fn(&V) -> A) -> u64
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    forget(table, sixteenth(table.len()), age_of, |_| ())
}

/// [`forget_oldest`], with something to do for each entry that goes.
#[cfg(feature = "alloc")]
pub(crate) fn forget_oldest_with<K, V, T, A>(
    table: &mut T,
    age_of: impl Fn(&V) -> A,
    gone: impl FnMut(&mut V),
) -> u64
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    forget(table, sixteenth(table.len()), age_of, gone)
}

/// How many of so many entries make room at once.
pub(crate) fn sixteenth(entries: usize) -> usize {
    (entries / 16).max(1)
}

/// Forgets so many of the oldest entries, with something to do for each. Returns how many went.
pub(crate) fn forget<K, V, T, A>(
    table: &mut T,
    quota: usize,
    age_of: impl Fn(&V) -> A,
    mut gone: impl FnMut(&mut V),
) -> u64
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    let Some(last) = quota.checked_sub(1) else { return 0 };
    let Some(until) = age_with_older(table, last, &age_of) else { return 0 };
    let before = table.len();
    let mut left = quota;
    table.retain(|_, entry| {
        let goes = left > 0 && age_of(entry) <= until;
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
fn age_with_older<K, V, T, A>(table: &T, older: usize, age_of: &impl Fn(&V) -> A) -> Option<A>
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    let mut ages: alloc::vec::Vec<A> = table.iter().map(|(_, entry)| age_of(entry)).collect();
    (older < ages.len()).then(|| *ages.select_nth_unstable(older).1)
}

/// The age of the oldest entry. Without an allocator tables are small, and one entry at a time
/// goes.
#[cfg(not(feature = "alloc"))]
fn age_with_older<K, V, T, A>(table: &T, _older: usize, age_of: &impl Fn(&V) -> A) -> Option<A>
where
    K: Hash + Eq,
    T: Table<K, V>,
    A: Copy + Ord,
{
    table.iter().map(|(_, entry)| age_of(entry)).min()
}
