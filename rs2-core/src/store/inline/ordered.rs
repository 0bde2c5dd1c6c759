//! A map in the order of its keys, in place.

use super::super::{Full, Ordered};
use heapless::Vec;

/// An [`Ordered`] map in place: a sorted run of entries. Adding at its end costs a search, adding
/// elsewhere moves what comes after.
#[derive(Clone, Debug)]
pub struct InlineOrdered<K, V, const N: usize> {
    entries: Vec<(K, V), N>,
}

impl<K: Ord, V, const N: usize> InlineOrdered<K, V, N> {
    pub(super) const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Where `key` is, or would be.
    #[inline]
    fn place_of(&self, key: &K) -> Result<usize, usize> {
        match self.entries.last() {
            // Event time asks for the newest entry most often.
            Some((newest, _)) if newest == key => Ok(self.entries.len() - 1),
            Some((newest, _)) if newest < key => Err(self.entries.len()),
            _ => self.entries.binary_search_by(|(other, _)| other.cmp(key)),
        }
    }

    fn at(&self, place: usize) -> Option<(&K, &V)> {
        self.entries.get(place).map(|(key, value)| (key, value))
    }
}

impl<K: Ord, V, const N: usize> Ordered<K, V> for InlineOrdered<K, V, N> {
    #[inline]
    fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> Result<&mut V, Full<K>> {
        let place = match self.place_of(&key) {
            Ok(place) => place,
            Err(_) if self.entries.is_full() => return Err(Full(key)),
            Err(place) => {
                let inserted = self.entries.insert(place, (key, make()));
                debug_assert!(inserted.is_ok(), "there is room, and the place is in bounds");
                place
            }
        };
        Ok(&mut self.entries[place].1)
    }
    fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place_of(key).ok()?;
        Some(self.entries.remove(place).1)
    }
    fn at_or_before(&self, key: &K) -> Option<(&K, &V)> {
        match self.place_of(key) {
            Ok(place) => self.at(place),
            Err(place) => self.at(place.checked_sub(1)?),
        }
    }
    fn after(&self, key: &K) -> Option<(&K, &V)> {
        match self.place_of(key) {
            Ok(place) => self.at(place + 1),
            Err(place) => self.at(place),
        }
    }
    fn range_from<'a>(&'a self, key: &K) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        let from = self.place_of(key).unwrap_or_else(|place| place);
        self.entries[from..].iter().map(|(key, value)| (key, value))
    }
    fn iter<'a>(&'a self) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        self.entries.iter().map(|(key, value)| (key, value))
    }
    fn pop_first(&mut self) -> Option<(K, V)> {
        if self.entries.is_empty() { None } else { Some(self.entries.remove(0)) }
    }
    #[inline]
    fn len(&self) -> usize {
        self.entries.len()
    }
    #[inline]
    fn first(&self) -> Option<(&K, &V)> {
        self.at(0)
    }
    #[inline]
    fn last(&self) -> Option<(&K, &V)> {
        self.at(self.entries.len().checked_sub(1)?)
    }
    #[inline]
    fn last_mut(&mut self) -> Option<(&K, &mut V)> {
        self.entries.last_mut().map(|(key, value)| (&*key, value))
    }
}
