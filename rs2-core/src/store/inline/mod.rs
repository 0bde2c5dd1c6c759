//! Collections in place, without an allocator.

mod arena;
#[cfg(any(test, not(target_pointer_width = "64")))]
mod cells;
#[cfg(any(test, target_pointer_width = "64"))]
mod groups;
mod no_queue;
mod ordered;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod timers;

pub use arena::InlineArena;
pub use no_queue::NoQueue;
pub use ordered::InlineOrdered;
pub use rows::{InlineRow, InlineRows};
pub use table::InlineTable;
pub use timers::InlineTimers;

use super::{Batch, Full, KeyStorage, Priority, Queue, Storage};
use core::hash::Hash;
use core::mem;
use heapless::binary_heap::{BinaryHeap, Min};
use heapless::{Deque, Vec};

/// Memory within the operator itself, for `N` items in each collection. It is taken whole from the
/// beginning: an operator is as large as what it can hold, and `size_of_val` tells how large.
///
/// ```
/// use rs2_core::store::{Full, Inline, Queue, Storage};
/// let mut queue = Inline::<2>::new().queue();
/// assert_eq!((queue.push(1), queue.push(2), queue.push(3)), (Ok(()), Ok(()), Err(Full(3))));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inline<const N: usize>;

/// An [`Inline`] memory that can hash keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeededInline<const N: usize> {
    seed: u64,
}

/// The most items that an inline collection takes, since an index refers to them with 16 bits.
const MOST: usize = u16::MAX as usize - 1;

impl<const N: usize> Inline<N> {
    /// Room for `N` items in each collection; `N` is checked when the program is compiled.
    pub const fn new() -> Self {
        const { assert!(N > 0 && N <= MOST, "from 1 to 65,534 items") };
        Self
    }

    /// An empty queue, for a `static`.
    pub(crate) const fn empty_queue<T>(&self) -> InlineQueue<T, N> {
        InlineQueue { items: Deque::new() }
    }

    /// Adds the seed for hashing keys: a random one where keys come from strangers, otherwise
    /// whatever tells one device from the next.
    pub const fn seeded(self, seed: u64) -> SeededInline<N> {
        SeededInline { seed }
    }
}

macro_rules! storage_in_place {
    ($name:ident) => {
        impl<const N: usize> Storage for $name<N> {
            type Queue<T> = InlineQueue<T, N>;
            type Batch<T> = InlineBatch<T, N>;
            type Ordered<K: Ord, V> = InlineOrdered<K, V, N>;
            type Priority<T: Ord> = InlinePriority<T, N>;

            fn capacity(&self) -> usize {
                N
            }
            fn queue<T>(&self) -> InlineQueue<T, N> {
                InlineQueue { items: Deque::new() }
            }
            fn batch<T>(&self) -> InlineBatch<T, N> {
                InlineBatch { items: Vec::new() }
            }
            fn ordered<K: Ord, V>(&self) -> InlineOrdered<K, V, N> {
                InlineOrdered::new()
            }
            fn priority<T: Ord>(&self) -> InlinePriority<T, N> {
                InlinePriority { items: BinaryHeap::new() }
            }
        }
    };
}

storage_in_place!(Inline);
storage_in_place!(SeededInline);

impl<const N: usize> KeyStorage for SeededInline<N> {
    type Table<K: Hash + Eq, V> = InlineTable<K, V, N>;
    type Arena<T> = InlineArena<T, N>;
    type Timers<T> = InlineTimers<T, N>;
    type Rows<K: Ord, V> = InlineRows<K, V, N>;
    type Spare<T> = NoQueue<T>;

    fn table<K: Hash + Eq, V>(&self) -> InlineTable<K, V, N> {
        InlineTable::new(self.seed)
    }
    fn arena<T>(&self) -> InlineArena<T, N> {
        InlineArena::new()
    }
    fn timers<T>(&self) -> InlineTimers<T, N> {
        InlineTimers::new()
    }
    fn rows<K: Ord, V>(&self) -> InlineRows<K, V, N> {
        InlineRows::new()
    }
    fn spare<T>(&self) -> NoQueue<T> {
        NoQueue::new()
    }
}

/// A [`Queue`] in place.
#[derive(Clone, Debug)]
pub struct InlineQueue<T, const N: usize> {
    items: Deque<T, N>,
}

impl<T, const N: usize> Queue<T> for InlineQueue<T, N> {
    #[inline]
    fn push(&mut self, item: T) -> Result<(), Full<T>> {
        self.items.push_back(item).map_err(Full)
    }
    #[inline]
    fn pop(&mut self) -> Option<T> {
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
        let behind = self.len().saturating_sub(index);
        self.push(item)?;
        let mut from_back = self.items.iter_mut().rev();
        if let Some(mut added) = from_back.next() {
            for other in from_back.take(behind) {
                mem::swap(added, other);
                added = other;
            }
        }
        Ok(())
    }
    fn iter<'a>(&'a self) -> impl DoubleEndedIterator<Item = &'a T>
    where
        T: 'a,
    {
        self.items.iter()
    }
    #[inline]
    fn len(&self) -> usize {
        self.items.storage_len()
    }
    #[inline]
    fn capacity(&self) -> usize {
        N
    }
    fn clear(&mut self) {
        self.items.clear();
    }
}

/// A [`Batch`] in place; it hands on a `heapless::Vec`.
#[derive(Clone, Debug)]
pub struct InlineBatch<T, const N: usize> {
    items: Vec<T, N>,
}

impl<T, const N: usize> Batch<T> for InlineBatch<T, N> {
    type Done = Vec<T, N>;

    #[inline]
    fn push(&mut self, item: T) -> Result<(), Full<T>> {
        self.items.push(item).map_err(Full)
    }
    #[inline]
    fn len(&self) -> usize {
        self.items.len()
    }
    #[inline]
    fn capacity(&self) -> usize {
        N
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
    fn finish(&mut self) -> Vec<T, N> {
        mem::take(&mut self.items)
    }
}

/// A [`Priority`] queue in place.
#[derive(Clone, Debug)]
pub struct InlinePriority<T: Ord, const N: usize> {
    items: BinaryHeap<T, Min, N>,
}

impl<T: Ord, const N: usize> Priority<T> for InlinePriority<T, N> {
    #[inline]
    fn push(&mut self, item: T) -> Result<(), Full<T>> {
        self.items.push(item).map_err(Full)
    }
    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }
    #[inline]
    fn peek(&self) -> Option<&T> {
        self.items.peek()
    }
    fn iter<'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        T: 'a,
    {
        self.items.iter()
    }
    #[inline]
    fn len(&self) -> usize {
        self.items.len()
    }
}
