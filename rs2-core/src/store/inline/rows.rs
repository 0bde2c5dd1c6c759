//! Rows of entries, in place.

use super::super::{Full, Rows};
use core::cmp::Ordering;
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
    fn is_empty(&self, row: &InlineRow) -> bool {
        row.0.is_none()
    }
}
