//! A map in the order of its keys, on the heap.

use super::{Full, Ordered};
use alloc::collections::{BTreeMap, btree_map};
use core::cmp::Ordering;
use core::mem;
use core::ops::Bound;

/// An [`Ordered`] map on the heap: a B-tree, but for the entry with the largest key, which stands
/// apart because most uses are of that one.
#[derive(Clone, Debug)]
pub struct HeapOrdered<K, V> {
    newest: Option<(K, V)>,
    older: BTreeMap<K, V>,
    capacity: usize,
}

impl<K: Ord, V> HeapOrdered<K, V> {
    pub(super) const fn bounded(capacity: usize) -> Self {
        Self { newest: None, older: BTreeMap::new(), capacity }
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
            Some(Ordering::Less) => {
                return match self.older.entry(key) {
                    btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
                    btree_map::Entry::Vacant(entry) if is_full => Err(Full(entry.into_key())),
                    btree_map::Entry::Vacant(entry) => Ok(entry.insert(make())),
                };
            }
            Some(Ordering::Greater) | None if is_full => return Err(Full(key)),
            Some(Ordering::Greater) | None => {
                let made = make();
                self.older.extend(self.newest.replace((key, made)));
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
            _ => self.older.range(..=key).next_back(),
        }
    }
    #[inline]
    fn after(&self, key: &K) -> Option<(&K, &V)> {
        let newest = self.newest().filter(|(newest, _)| *newest > key)?;
        let mut larger = self.older.range((Bound::Excluded(key), Bound::Unbounded));
        Some(larger.next().unwrap_or(newest))
    }
    #[inline]
    fn range_from<'a>(&'a self, key: &K) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        // Most ask for the last one or two, which takes no search.
        let mut from_end = self.older.iter().rev();
        let last = from_end.next().filter(|(last, _)| *last >= key);
        let (range, last) = match from_end.next() {
            Some((before, _)) if before >= key => (self.older.range(key..), None),
            _ => (btree_map::Range::default(), last),
        };
        let newest = self.newest().filter(|(newest, _)| *newest >= key);
        range.chain(last).chain(newest)
    }
    fn pop_first(&mut self) -> Option<(K, V)> {
        self.older.pop_first().or_else(|| self.newest.take())
    }
    #[inline]
    fn first(&self) -> Option<(&K, &V)> {
        self.older.first_key_value().or_else(|| self.newest())
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
