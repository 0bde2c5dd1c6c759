//! Collections on the heap.

use super::heap_arena::HeapArena;
use super::heap_ordered::HeapOrdered;
use super::heap_rows::HeapRows;
use super::wheel::Wheel;
use super::{Batch, Full, KeyStorage, Lookup, Priority, Queue, Storage, Table};
use alloc::collections::{BinaryHeap, VecDeque};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::hash::{BuildHasher, Hash};
use core::mem;
use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// Memory from the allocator, at most `capacity` items in each collection. Collections grow as they
/// need. They give memory back when they have become much smaller; an arena when it is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heap {
    capacity: usize,
}

/// A [`Heap`] that can hash keys.
#[derive(Clone, Copy, Debug)]
pub struct SeededHeap {
    heap: Heap,
    seed: u64,
}

impl Heap {
    /// At most `capacity` items in each collection.
    ///
    /// # Panics
    /// When `capacity` is zero: a buffer of nothing is a mistake in the program.
    #[track_caller]
    pub const fn bounded(capacity: usize) -> Self {
        assert!(capacity > 0, "a capacity must be greater than zero");
        Self { capacity }
    }

    /// Adds the seed for hashing keys. Keys come from strangers: take a random seed where there is
    /// one, so that nobody can choose keys that collide.
    pub const fn seeded(self, seed: u64) -> SeededHeap {
        SeededHeap { heap: self, seed }
    }
}

impl Storage for Heap {
    type Queue<T> = HeapQueue<T>;
    type Batch<T> = HeapBatch<T>;
    type Ordered<K: Ord, V> = HeapOrdered<K, V>;
    type Priority<T: Ord> = HeapPriority<T>;

    fn capacity(&self) -> usize {
        self.capacity
    }
    fn queue<T>(&self) -> HeapQueue<T> {
        HeapQueue { items: VecDeque::new(), capacity: self.capacity }
    }
    fn batch<T>(&self) -> HeapBatch<T> {
        HeapBatch { items: Vec::new(), capacity: self.capacity, at_once: EAGER_BATCH }
    }
    fn small_batch<T>(&self) -> HeapBatch<T> {
        HeapBatch { items: Vec::new(), capacity: self.capacity, at_once: 0 }
    }
    fn ordered<K: Ord, V>(&self) -> HeapOrdered<K, V> {
        HeapOrdered::bounded(self.capacity)
    }
    fn priority<T: Ord>(&self) -> HeapPriority<T> {
        HeapPriority { items: BinaryHeap::new(), capacity: self.capacity }
    }
}

impl Storage for SeededHeap {
    type Queue<T> = HeapQueue<T>;
    type Batch<T> = HeapBatch<T>;
    type Ordered<K: Ord, V> = HeapOrdered<K, V>;
    type Priority<T: Ord> = HeapPriority<T>;

    fn capacity(&self) -> usize {
        self.heap.capacity
    }
    fn queue<T>(&self) -> HeapQueue<T> {
        self.heap.queue()
    }
    fn batch<T>(&self) -> HeapBatch<T> {
        self.heap.batch()
    }
    fn small_batch<T>(&self) -> HeapBatch<T> {
        self.heap.small_batch()
    }
    fn ordered<K: Ord, V>(&self) -> HeapOrdered<K, V> {
        self.heap.ordered()
    }
    fn priority<T: Ord>(&self) -> HeapPriority<T> {
        self.heap.priority()
    }
}

impl KeyStorage for SeededHeap {
    type Table<K: Hash + Eq, V> = HeapTable<K, V>;
    type Arena<T> = HeapArena<T>;
    type Timers<T> = Wheel<T>;
    type Rows<K: Ord, V> = HeapRows;
    type Spare<T> = HeapQueue<T>;

    fn table<K: Hash + Eq, V>(&self) -> HeapTable<K, V> {
        let hasher = FixedState::with_seed(self.seed);
        HeapTable { entries: HashTable::new(), hasher, capacity: self.heap.capacity }
    }
    fn arena<T>(&self) -> HeapArena<T> {
        HeapArena::bounded(self.heap.capacity)
    }
    fn timers<T>(&self) -> Wheel<T> {
        Wheel::new()
    }
    fn rows<K: Ord, V>(&self) -> HeapRows {
        HeapRows::bounded(self.heap.capacity)
    }
    fn spare<T>(&self) -> HeapQueue<T> {
        self.heap.queue()
    }
}

/// Whether a collection has so much more memory than it needs that some is to be given back. What
/// is left then lasts until the collection has doubled or shrunk again, so the cost is amortised.
#[inline]
pub(super) fn is_spare(capacity: usize, len: usize) -> bool {
    const KEPT: usize = 1_024;
    capacity > KEPT && is_much(capacity, len)
}

/// Apart, so that small collections, most of all, are told by one comparison.
#[cold]
#[inline(never)]
const fn is_much(capacity: usize, len: usize) -> bool {
    len < capacity / 4
}

/// A [`Queue`] on the heap.
#[derive(Clone, Debug)]
pub struct HeapQueue<T> {
    items: VecDeque<T>,
    capacity: usize,
}

impl<T> HeapQueue<T> {
    /// Rare, and apart so that `pop` is short.
    #[cold]
    #[inline(never)]
    fn shrink(&mut self) {
        self.items.shrink_to(2 * self.items.len());
    }
}

impl<T> Queue<T> for HeapQueue<T> {
    #[inline]
    fn push(&mut self, item: T) -> Result<(), Full<T>> {
        if self.is_full() {
            return Err(Full(item));
        }
        self.items.push_back(item);
        Ok(())
    }
    #[inline]
    fn pop(&mut self) -> Option<T> {
        if is_spare(self.items.capacity(), self.items.len()) {
            self.shrink();
        }
        self.items.pop_front()
    }
    #[inline]
    fn front(&self) -> Option<&T> {
        self.items.front()
    }
    #[inline]
    fn back(&self) -> Option<&T> {
        self.items.back()
    }
    #[inline]
    fn get(&self, index: usize) -> Option<&T> {
        self.items.get(index)
    }
    #[inline]
    fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.items.get_mut(index)
    }
    fn insert(&mut self, index: usize, item: T) -> Result<(), Full<T>> {
        if self.is_full() {
            return Err(Full(item));
        }
        self.items.insert(index.min(self.items.len()), item);
        Ok(())
    }
    fn remove(&mut self, index: usize) -> Option<T> {
        self.items.remove(index)
    }
    fn iter<'a>(&'a self) -> impl DoubleEndedIterator<Item = &'a T>
    where
        T: 'a,
    {
        self.items.iter()
    }
    #[inline]
    fn len(&self) -> usize {
        self.items.len()
    }
    #[inline]
    fn capacity(&self) -> usize {
        self.capacity
    }
    fn clear(&mut self) {
        self.items.clear();
    }
}

/// A [`Batch`] on the heap; it hands on a `Vec`.
#[derive(Clone, Debug)]
pub struct HeapBatch<T> {
    items: Vec<T>,
    capacity: usize,
    /// For how many items memory is taken with the first.
    at_once: usize,
}

/// The largest batch whose memory is taken at once; larger ones grow.
const EAGER_BATCH: usize = 1_024;

impl<T> Batch<T> for HeapBatch<T> {
    type Done = Vec<T>;

    #[inline]
    fn push(&mut self, item: T) -> Result<(), Full<T>> {
        if self.is_full() {
            return Err(Full(item));
        }
        if self.items.capacity() == 0 {
            self.items.reserve_exact(self.capacity.min(self.at_once));
        }
        self.items.push(item);
        Ok(())
    }
    #[inline]
    fn len(&self) -> usize {
        self.items.len()
    }
    #[inline]
    fn capacity(&self) -> usize {
        self.capacity
    }
    #[inline]
    fn as_slice(&self) -> &[T] {
        &self.items
    }
    #[inline]
    fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.items
    }
    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }
    #[inline]
    fn drop_first(&mut self, count: usize) {
        self.items.drain(..count.min(self.items.len()));
    }
    #[inline]
    fn finish(&mut self) -> Vec<T> {
        mem::take(&mut self.items)
    }
}

/// A [`Priority`] queue on the heap.
#[derive(Clone, Debug)]
pub struct HeapPriority<T> {
    items: BinaryHeap<Reverse<T>>,
    capacity: usize,
}

impl<T: Ord> Priority<T> for HeapPriority<T> {
    #[inline]
    fn push(&mut self, item: T) -> Result<(), Full<T>> {
        if self.items.len() >= self.capacity {
            return Err(Full(item));
        }
        self.items.push(Reverse(item));
        Ok(())
    }
    #[inline]
    fn pop(&mut self) -> Option<T> {
        if is_spare(self.items.capacity(), self.items.len()) {
            self.items.shrink_to(2 * self.items.len());
        }
        let Reverse(item) = self.items.pop()?;
        Some(item)
    }
    #[inline]
    fn peek(&self) -> Option<&T> {
        self.items.peek().map(|Reverse(item)| item)
    }
    fn iter<'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        T: 'a,
    {
        self.items.iter().map(|Reverse(item)| item)
    }
    #[inline]
    fn len(&self) -> usize {
        self.items.len()
    }
}

/// A [`Table`] on the heap: hashbrown with foldhash under the storage's seed.
#[derive(Clone, Debug)]
pub struct HeapTable<K, V> {
    entries: HashTable<(K, V)>,
    hasher: FixedState,
    capacity: usize,
}

impl<K: Hash + Eq, V> HeapTable<K, V> {
    #[inline]
    fn shrink(&mut self) {
        if is_spare(self.entries.capacity(), self.entries.len()) {
            let len = 2 * self.entries.len();
            self.entries.shrink_to(len, |(key, _)| self.hasher.hash_one(key));
        }
    }
}

/// Adds an entry whose key is not there.
#[inline(never)]
fn insert<'a, K: Hash, V>(
    entries: &'a mut HashTable<(K, V)>,
    hasher: &FixedState,
    hash: u64,
    entry: (K, V),
) -> &'a mut V {
    let entry = entries.insert_unique(hash, entry, |(key, _)| hasher.hash_one(key));
    &mut entry.into_mut().1
}

impl<K: Hash + Eq, V> Table<K, V> for HeapTable<K, V> {
    #[inline]
    fn get(&self, key: &K) -> Option<&V> {
        let found = self.entries.find(self.hasher.hash_one(key), |(known, _)| known == key);
        found.map(|(_, value)| value)
    }
    #[inline]
    fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let found = self.entries.find_mut(self.hasher.hash_one(key), |(known, _)| known == key);
        found.map(|(_, value)| value)
    }
    #[inline]
    fn find_mut(&mut self, key: &impl Lookup<K>) -> Option<&mut V> {
        let found = self.entries.find_mut(key.hash_by(&self.hasher), |(known, _)| key.is(known));
        found.map(|(_, value)| value)
    }
    // A search must not become a call where a program has two of them for the same key and value.
    #[inline(always)]
    fn find_or_insert_with<Q>(
        &mut self,
        key: Q,
        make: impl FnOnce() -> V,
    ) -> Result<&mut V, Full<Q>>
    where
        Q: Lookup<K>,
    {
        let hash = key.hash_by(&self.hasher);
        match self.entries.find_entry(hash, |(known, _)| key.is(known)) {
            Ok(found) => Ok(&mut found.into_mut().1),
            Err(absent) => {
                let entries = absent.into_table();
                if entries.len() >= self.capacity {
                    return Err(Full(key));
                }
                Ok(insert(entries, &self.hasher, hash, (key.into_key(), make())))
            }
        }
    }
    #[inline]
    fn remove(&mut self, key: &K) -> Option<V> {
        let found = self.entries.find_entry(self.hasher.hash_one(key), |(known, _)| known == key);
        let removed = found.ok().map(|found| found.remove().0.1);
        self.shrink();
        removed
    }
    fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.entries.retain(|(key, value)| keep(key, value));
        self.shrink();
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
        self.capacity
    }
}
