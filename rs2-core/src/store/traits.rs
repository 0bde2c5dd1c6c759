//! What an operator may ask of a memory.

use super::{ByValue, Full, Lookup};
use crate::time::Instant;
use core::hash::Hash;

/// A family of bounded collections in one kind of memory.
///
/// One value of it serves one role of one operator ("slots", "panes", "runs"), and its capacity is
/// the capacity of each collection made from it.
pub trait Storage {
    /// First in, first out.
    type Queue<T>: Queue<T>;
    /// A contiguous run of items that is handed on as a whole.
    type Batch<T>: Batch<T>;
    /// A map in the order of its keys.
    type Ordered<K: Ord, V>: Ordered<K, V>;
    /// The smallest first.
    type Priority<T: Ord>: Priority<T>;

    /// The capacity of each collection.
    fn capacity(&self) -> usize;
    /// An empty queue.
    fn queue<T>(&self) -> Self::Queue<T>;
    /// An empty batch.
    fn batch<T>(&self) -> Self::Batch<T>;
    /// An empty batch, one of many: each takes memory only as it needs.
    fn small_batch<T>(&self) -> Self::Batch<T> {
        self.batch()
    }
    /// An empty ordered map.
    fn ordered<K: Ord, V>(&self) -> Self::Ordered<K, V>;
    /// An empty priority queue.
    fn priority<T: Ord>(&self) -> Self::Priority<T>;
}

/// A [`Storage`] that can hash keys, because it was given a seed.
pub trait KeyStorage: Storage {
    /// A hash table.
    type Table<K: Hash + Eq, V>: Table<K, V>;
    /// Numbered places.
    type Arena<T>: Arena<T>;
    /// Timers for many things.
    type Timers<T>: Timers<T>;
    /// Ordered rows of one bound.
    type Rows<K: Ord, V>: Rows<K, V>;
    /// A queue that each key may have beside what it must keep, to save time. Where memory is taken
    /// beforehand it has no room.
    type Spare<T>: Queue<T>;

    /// An empty table.
    fn table<K: Hash + Eq, V>(&self) -> Self::Table<K, V>;
    /// An empty arena.
    fn arena<T>(&self) -> Self::Arena<T>;
    /// No timers.
    fn timers<T>(&self) -> Self::Timers<T>;
    /// No rows.
    fn rows<K: Ord, V>(&self) -> Self::Rows<K, V>;
    /// An empty spare queue.
    fn spare<T>(&self) -> Self::Spare<T>;
}

/// First in, first out.
pub trait Queue<T> {
    /// Adds at the back, or gives the item back.
    fn push(&mut self, item: T) -> Result<(), Full<T>>;
    /// Takes from the front.
    fn pop(&mut self) -> Option<T>;
    /// The oldest item.
    fn front(&self) -> Option<&T>;
    /// The newest item.
    fn back(&self) -> Option<&T>;
    /// The item `index` places behind the front.
    fn get(&self, index: usize) -> Option<&T> {
        self.iter().nth(index)
    }
    /// The item `index` places behind the front, to change.
    fn get_mut(&mut self, index: usize) -> Option<&mut T>;
    /// Adds an item `index` places behind the front, at the back if there are fewer, or gives it
    /// back.
    fn insert(&mut self, index: usize, item: T) -> Result<(), Full<T>> {
        if self.is_full() {
            return Err(Full(item));
        }
        let behind = self.len().saturating_sub(index);
        for _ in behind..self.len() {
            self.rotate();
        }
        let added = self.push(item);
        for _ in 0..behind {
            self.rotate();
        }
        added
    }
    /// Takes the item `index` places behind the front.
    fn remove(&mut self, index: usize) -> Option<T> {
        let behind = self.len().checked_sub(index + 1)?;
        for _ in 0..index {
            self.rotate();
        }
        let removed = self.pop();
        for _ in 0..behind {
            self.rotate();
        }
        removed
    }
    /// Moves the item at the front to the back.
    fn rotate(&mut self) {
        if let Some(item) = self.pop() {
            let pushed = self.push(item);
            debug_assert!(pushed.is_ok(), "its place is free");
        }
    }
    /// The items, oldest first.
    fn iter<'a>(&'a self) -> impl DoubleEndedIterator<Item = &'a T>
    where
        T: 'a;
    /// How many items there are.
    fn len(&self) -> usize;
    /// How many items fit.
    fn capacity(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether no further item fits.
    fn is_full(&self) -> bool {
        self.len() >= self.capacity()
    }
    /// Drops all items.
    fn clear(&mut self);
}

/// A run of items that is handed on as a whole.
pub trait Batch<T> {
    /// What is handed on.
    type Done;
    /// Adds an item, or gives it back.
    fn push(&mut self, item: T) -> Result<(), Full<T>>;
    /// How many items there are.
    fn len(&self) -> usize;
    /// How many items fit.
    fn capacity(&self) -> usize;
    /// The items, oldest first.
    fn as_slice(&self) -> &[T];
    /// The items, oldest first, to change.
    fn as_mut_slice(&mut self) -> &mut [T];
    /// Takes the newest item.
    fn pop(&mut self) -> Option<T>;
    /// Drops so many of the oldest items, at most all.
    fn drop_first(&mut self, count: usize);
    /// Hands the items on and begins anew.
    fn finish(&mut self) -> Self::Done;
    /// Whether there is no item.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether no further item fits.
    fn is_full(&self) -> bool {
        self.len() >= self.capacity()
    }
}

/// A map in the order of its keys, fast at its end, where event time adds.
pub trait Ordered<K: Ord, V> {
    /// The value of `key`, made if there is none; or the key back when there is no room.
    fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> Result<&mut V, Full<K>>;
    /// Takes the value of `key`.
    fn remove(&mut self, key: &K) -> Option<V>;
    /// The entry with the largest key that is not larger.
    fn at_or_before(&self, key: &K) -> Option<(&K, &V)>;
    /// The entry with the smallest key that is larger.
    fn after(&self, key: &K) -> Option<(&K, &V)>;
    /// The entries with keys that are not smaller, in their order.
    fn range_from<'a>(&'a self, key: &K) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a;
    /// All entries, in the order of their keys.
    fn iter<'a>(&'a self) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a;
    /// Takes the entry with the smallest key.
    fn pop_first(&mut self) -> Option<(K, V)>;
    /// How many entries there are.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The entry with the smallest key.
    fn first(&self) -> Option<(&K, &V)>;
    /// The entry with the largest key.
    fn last(&self) -> Option<(&K, &V)>;
    /// The entry with the largest key, its value to change.
    fn last_mut(&mut self) -> Option<(&K, &mut V)>;
}

/// Rows of entries, each in the order of its keys. All rows together may be given room for as many
/// entries as the capacity, so their owner must not add more.
pub trait Rows<K: Ord, V> {
    /// What the owner of a row keeps, and passes to what it does with it: the row, or its number.
    type Row;
    /// An empty row.
    fn row(&self) -> Self::Row;
    /// The value of `key`, made if there is none; or the key back when there is no room.
    fn get_or_insert_with<'a>(
        &'a mut self,
        row: &'a mut Self::Row,
        key: K,
        make: impl FnOnce() -> V,
    ) -> Result<&'a mut V, Full<K>>;
    /// Takes the value of `key`.
    fn remove(&mut self, row: &mut Self::Row, key: &K) -> Option<V>;
    /// The entry with the largest key that is not larger.
    fn at_or_before<'a>(&'a self, row: &'a Self::Row, key: &K) -> Option<(&'a K, &'a V)>;
    /// The entry with the smallest key that is larger.
    fn after<'a>(&'a self, row: &'a Self::Row, key: &K) -> Option<(&'a K, &'a V)>;
    /// The entries with keys that are not smaller, in their order.
    fn range_from<'a>(
        &'a self,
        row: &'a Self::Row,
        key: &K,
    ) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a;
    /// All entries of a row, in the order of their keys.
    fn iter<'a>(&'a self, row: &'a Self::Row) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a;
    /// The entry with the smallest key.
    fn first<'a>(&'a self, row: &'a Self::Row) -> Option<(&'a K, &'a V)>;
    /// Takes the entry with the smallest key.
    fn pop_first(&mut self, row: &mut Self::Row) -> Option<(K, V)>;
    /// The entry with the largest key, its value to change.
    fn last_mut<'a>(&'a mut self, row: &'a mut Self::Row) -> Option<(&'a K, &'a mut V)>;
    /// How many entries a row has.
    fn len(&self, row: &Self::Row) -> usize;
    /// Whether a row has no entry.
    fn is_empty(&self, row: &Self::Row) -> bool;
}

/// The smallest first.
pub trait Priority<T: Ord> {
    /// Adds an item, or gives it back.
    fn push(&mut self, item: T) -> Result<(), Full<T>>;
    /// Takes the smallest.
    fn pop(&mut self) -> Option<T>;
    /// The smallest.
    fn peek(&self) -> Option<&T>;
    /// The items, in no particular order.
    fn iter<'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        T: 'a;
    /// How many items there are.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A hash table.
pub trait Table<K: Hash + Eq, V> {
    /// The value of `key`.
    fn get(&self, key: &K) -> Option<&V>;
    /// The value of `key`, to change.
    fn get_mut(&mut self, key: &K) -> Option<&mut V>;
    /// The value of what is looked up, to change.
    fn find_mut(&mut self, key: &impl Lookup<K>) -> Option<&mut V>;
    /// The value of a key, made if there is none; or what was looked up back when there is no room.
    fn find_or_insert_with<Q>(
        &mut self,
        key: Q,
        make: impl FnOnce() -> V,
    ) -> Result<&mut V, Full<Q>>
    where
        Q: Lookup<K>;
    /// The value of `key`, made if there is none; or the key back when there is no room.
    #[inline]
    fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> Result<&mut V, Full<K>> {
        self.find_or_insert_with(ByValue(key), make).map_err(|Full(ByValue(key))| Full(key))
    }
    /// Takes the value of `key`.
    fn remove(&mut self, key: &K) -> Option<V>;
    /// Drops the entries for which `keep` says no, and gives memory back that they needed.
    fn retain(&mut self, keep: impl FnMut(&K, &mut V) -> bool);
    /// Drops all entries.
    fn clear(&mut self) {
        self.retain(|_, _| false);
    }
    /// All entries, in no particular order.
    fn iter<'a>(&'a self) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a;
    /// How many entries there are.
    fn len(&self) -> usize;
    /// How many entries fit.
    fn capacity(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Places with a number each, which a link can hold instead of a pointer.
pub trait Arena<T> {
    /// Fills a free place and tells its number, or gives the item back.
    fn insert(&mut self, item: T) -> Result<u32, Full<T>>;
    /// What stands at a place.
    fn get(&self, place: u32) -> Option<&T>;
    /// What stands at a place, to change.
    fn get_mut(&mut self, place: u32) -> Option<&mut T>;
    /// Empties a place.
    fn remove(&mut self, place: u32) -> Option<T>;
    /// What is filled, with the numbers of the places, smallest first.
    fn iter<'a>(&'a self) -> impl Iterator<Item = (u32, &'a T)>
    where
        T: 'a;
    /// How many places are filled.
    fn len(&self) -> usize;
    /// Whether none is.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Things, each with an instant at which its timer rings; those that ring at the same instant do so
/// in the order of a number that each has.
pub trait Timers<T> {
    /// Sets a timer for a thing, or gives the thing back.
    fn set(&mut self, at: Instant, thing: T) -> Result<(), Full<T>>;
    /// When the next timer rings; or, after one was put off, some instant before that.
    fn next(&self) -> Option<Instant>;
    /// Takes the thing whose timer rings next, if it rings at `now` or before.
    ///
    /// `due` tells when a thing is due, and its number among those due at the same instant. It is
    /// never due earlier than its timer was set for; when it is later, the timer is put off until
    /// then. A thing's number does not become smaller.
    fn pop(&mut self, now: Instant, due: impl Fn(&T) -> (Instant, u64)) -> Option<T>;
    /// How many timers there are.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
