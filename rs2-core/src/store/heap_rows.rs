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
    fn range_from<'a>(&'a self, row: &'a Self::Row, key: &K) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        row.range_from(key)
    }
    fn iter<'a>(&'a self, row: &'a Self::Row) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        row.iter()
    }
    #[inline]
    fn first<'a>(&'a self, row: &'a Self::Row) -> Option<(&'a K, &'a V)> {
        row.first()
    }
    #[inline]
    fn pop_first(&mut self, row: &mut Self::Row) -> Option<(K, V)> {
        row.pop_first()
    }
    #[inline]
    fn last_mut<'a>(&'a mut self, row: &'a mut Self::Row) -> Option<(&'a K, &'a mut V)> {
        row.last_mut()
    }
    #[inline]
    fn len(&self, row: &Self::Row) -> usize {
        row.len()
    }
    #[inline]
    fn is_empty(&self, row: &Self::Row) -> bool {
        row.is_empty()
    }
}
