//! A map in the order of its keys, on the heap.

use super::heap_row::Row;
use super::{Full, Ordered};
use core::cmp::Ordering;
use core::mem;

/// An [`Ordered`] map on the heap. The entry with the largest key stands apart because most uses
/// are of that one; the others stand in a sorted row.
#[derive(Clone, Debug)]
pub struct HeapOrdered<K, V> {
    newest: Option<(K, V)>,
    older: Row<K, V>,
    capacity: usize,
}

impl<K: Ord, V> HeapOrdered<K, V> {
    pub(super) const fn bounded(capacity: usize) -> Self {
        Self { newest: None, older: Row::new(), capacity }
    }

    #[inline]
    fn newest(&self) -> Option<(&K, &V)> {
        self.newest.as_ref().map(|(key, value)| (key, value))
    }
}

impl<K: Ord, V> Ordered<K, V> for HeapOrdered<K, V> {
    #[inline]
    fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> Result<&mut V, Full<K>> {
        let is_full = self.len() >= self.capacity;
        match self.newest.as_ref().map(|(newest, _)| key.cmp(newest)) {
            Some(Ordering::Equal) => {}
            Some(Ordering::Less) => return self.older.get_or_insert_with(key, is_full, make),
            Some(Ordering::Greater) | None if is_full => return Err(Full(key)),
            Some(Ordering::Greater) | None => {
                let made = make();
                if let Some((key, value)) = self.newest.replace((key, made)) {
                    self.older.push(key, value);
                }
            }
        }
        match &mut self.newest {
            Some((_, value)) => Ok(value),
            None => unreachable!("it was there, or was just set"),
        }
    }
    fn remove(&mut self, key: &K) -> Option<V> {
        match &self.newest {
            Some((newest, _)) if newest == key => {
                mem::replace(&mut self.newest, self.older.pop_last()).map(|(_, value)| value)
            }
            _ => self.older.remove(key),
        }
    }
    #[inline]
    fn at_or_before(&self, key: &K) -> Option<(&K, &V)> {
        match self.newest() {
            Some((newest, value)) if newest <= key => Some((newest, value)),
            _ => self.older.at_or_before(key),
        }
    }
    #[inline]
    fn after(&self, key: &K) -> Option<(&K, &V)> {
        let newest = self.newest().filter(|(newest, _)| *newest > key)?;
        Some(self.older.after(key).unwrap_or(newest))
    }
    #[inline]
    fn range_from<'a>(&'a self, key: &K) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        let newest = self.newest().filter(|(newest, _)| *newest >= key);
        self.older.range_from(key).chain(newest)
    }
    #[inline]
    fn pop_first(&mut self) -> Option<(K, V)> {
        self.older.pop_first().or_else(|| self.newest.take())
    }
    #[inline]
    fn first(&self) -> Option<(&K, &V)> {
        self.older.first().or_else(|| self.newest())
    }
    #[inline]
    fn last(&self) -> Option<(&K, &V)> {
        self.newest()
    }
    #[inline]
    fn last_mut(&mut self) -> Option<(&K, &mut V)> {
        self.newest.as_mut().map(|(key, value)| (&*key, value))
    }
    fn iter<'a>(&'a self) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        self.older.iter().chain(self.newest())
    }
    #[inline]
    fn len(&self) -> usize {
        self.older.len() + usize::from(self.newest.is_some())
    }
}
