//! Making room in a full table.

use crate::store::Table;
use core::hash::Hash;

/// Forgets the oldest entries, one at least: those within the oldest sixteenth of the span of ages.
/// Going through a full table for every new key would cost its whole length each time.
/// Returns how many went.
pub(crate) fn forget_oldest<K, V, T>(table: &mut T, born: impl Fn(&V) -> i64) -> u64
where
    K: Hash + Eq,
    T: Table<K, V>,
{
    let (mut oldest, mut newest) = (i64::MAX, i64::MIN);
    table.retain(|_, entry| {
        oldest = oldest.min(born(entry));
        newest = newest.max(born(entry));
        true
    });
    let span = newest.saturating_sub(oldest).max(0);
    let until = oldest.saturating_add(span / 16);
    let before = table.len();
    table.retain(|_, entry| born(entry) > until);
    (before - table.len()) as u64
}
