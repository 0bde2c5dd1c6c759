//! Rows of entries, in place.

use super::super::{Full, Rows};
use core::cmp::Ordering;
use core::ops::Range;
use heapless::Vec;

/// [`Rows`] in place: one sorted run of all entries, by the number of their row and then by key.
/// Finding one costs a search, adding or removing one moves what comes after.
#[derive(Clone, Debug)]
pub struct InlineRows<K, V, const N: usize> {
    entries: Vec<(u16, K, V), N>,
}

/// A row of [`InlineRows`]. It has a number while it has an entry.
#[derive(Debug, Default)]
pub struct InlineRow(Option<u16>);

impl<K: Ord, V, const N: usize> InlineRows<K, V, N> {
    pub(super) const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Where the entry is, or would be.
    fn place_of(&self, number: u16, key: &K) -> Result<usize, usize> {
        self.entries.binary_search_by(|(other, its, _)| match other.cmp(&number) {
            Ordering::Equal => its.cmp(key),
            apart => apart,
        })
    }

    /// The places of a row.
    fn places(&self, row: &InlineRow) -> Range<usize> {
        let Some(number) = row.0 else { return 0..0 };
        let first = self.entries.partition_point(|entry| entry.0 < number);
        first..self.entries.partition_point(|entry| entry.0 <= number)
    }

    fn entries<'a>(&'a self, places: Range<usize>) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        self.entries[places].iter().map(|(_, key, value)| (key, value))
    }

    /// The entry at a place, if that belongs to the row.
    fn at(&self, number: u16, place: usize) -> Option<(&K, &V)> {
        let (of, key, value) = self.entries.get(place)?;
        (*of == number).then_some((key, value))
    }

    /// The smallest number that no row has.
    fn free_number(&self) -> u16 {
        let mut free = 0;
        for (number, ..) in &self.entries {
            match *number {
                number if number > free => break,
                number => free = number + 1,
            }
        }
        free
    }
}

impl<K: Ord, V, const N: usize> Rows<K, V> for InlineRows<K, V, N> {
    type Row = InlineRow;

    fn row(&self) -> InlineRow {
        InlineRow::default()
    }
    fn get_or_insert_with<'a>(
        &'a mut self,
        row: &'a mut InlineRow,
        key: K,
        make: impl FnOnce() -> V,
    ) -> Result<&'a mut V, Full<K>> {
        let number = row.0.unwrap_or_else(|| self.free_number());
        let place = match self.place_of(number, &key) {
            Ok(place) => place,
            Err(_) if self.entries.is_full() => return Err(Full(key)),
            Err(place) => {
                let inserted = self.entries.insert(place, (number, key, make()));
                debug_assert!(inserted.is_ok(), "there is room, and the place is in bounds");
                row.0 = Some(number);
                place
            }
        };
        Ok(&mut self.entries[place].2)
    }
    fn remove(&mut self, row: &mut InlineRow, key: &K) -> Option<V> {
        let number = row.0?;
        let place = self.place_of(number, key).ok()?;
        let (_, _, value) = self.entries.remove(place);
        let before = place.checked_sub(1).and_then(|before| self.at(number, before));
        if before.is_none() && self.at(number, place).is_none() {
            row.0 = None;
        }
        Some(value)
    }
    fn at_or_before<'a>(&'a self, row: &'a InlineRow, key: &K) -> Option<(&'a K, &'a V)> {
        let number = row.0?;
        match self.place_of(number, key) {
            Ok(place) => self.at(number, place),
            Err(place) => self.at(number, place.checked_sub(1)?),
        }
    }
    fn after<'a>(&'a self, row: &'a InlineRow, key: &K) -> Option<(&'a K, &'a V)> {
        let number = row.0?;
        match self.place_of(number, key) {
            Ok(place) => self.at(number, place + 1),
            Err(place) => self.at(number, place),
        }
    }
    fn range_from<'a>(&'a self, row: &'a InlineRow, key: &K) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        let places = self.places(row);
        let before = self.entries[places.clone()].partition_point(|(_, other, _)| other < key);
        self.entries(places.start + before..places.end)
    }
    fn iter<'a>(&'a self, row: &'a InlineRow) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: 'a,
        V: 'a,
    {
        self.entries(self.places(row))
    }
    fn first<'a>(&'a self, row: &'a InlineRow) -> Option<(&'a K, &'a V)> {
        self.at(row.0?, self.places(row).start)
    }
    fn pop_first(&mut self, row: &mut InlineRow) -> Option<(K, V)> {
        let places = self.places(row);
        if places.len() <= 1 {
            row.0 = None;
        }
        if places.is_empty() {
            return None;
        }
        let (_, key, value) = self.entries.remove(places.start);
        Some((key, value))
    }
    fn last_mut<'a>(&'a mut self, row: &'a mut InlineRow) -> Option<(&'a K, &'a mut V)> {
        let last = self.places(row).last()?;
        self.entries.get_mut(last).map(|(_, key, value)| (&*key, value))
    }
    fn len(&self, row: &InlineRow) -> usize {
        self.places(row).len()
    }
    fn is_empty(&self, row: &InlineRow) -> bool {
        row.0.is_none()
    }
}
