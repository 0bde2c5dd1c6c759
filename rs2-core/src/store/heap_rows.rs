//! Rows of entries on the heap.

use super::heap_ordered::HeapOrdered;
use super::{Full, Ordered, Rows};

/// [`Rows`] on the heap: each is a map of its own, and takes memory as it needs.
#[derive(Clone, Copy, Debug)]
pub struct HeapRows {
    capacity: usize,
}

impl HeapRows {
    pub(super) const fn bounded(capacity: usize) -> Self {
        Self { capacity }
    }
}

impl<K: Ord, V> Rows<K, V> for HeapRows {
    type Row = HeapOrdered<K, V>;

    #[inline]
    fn row(&self) -> Self::Row {
        HeapOrdered::bounded(self.capacity)
    }
    #[inline]
    fn get_or_insert_with<'a>(
        &'a mut self,
        row: &'a mut Self::Row,
        key: K,
        make: impl FnOnce() -> V,
    ) -> Result<&'a mut V, Full<K>> {
        row.get_or_insert_with(key, make)
    }
    #[inline]
    fn remove(&mut self, row: &mut Self::Row, key: &K) -> Option<V> {
        row.remove(key)
    }
    #[inline]
    fn at_or_before<'a>(&'a self, row: &'a Self::Row, key: &K) -> Option<(&'a K, &'a V)> {
        row.at_or_before(key)
    }
    #[inline]
    fn after<'a>(&'a self, row: &'a Self::Row, key: &K) -> Option<(&'a K, &'a V)> {
        row.after(key)
    }
    #[inline]
    fn is_empty(&self, row: &Self::Row) -> bool {
        row.is_empty()
    }
}
