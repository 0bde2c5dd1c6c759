//! Numbered places on the heap.

use super::{Arena, Full};
use alloc::vec::Vec;
use core::mem;

/// An [`Arena`] on the heap. Free places form a list through themselves.
#[derive(Clone, Debug)]
pub struct HeapArena<T> {
    places: Vec<Place<T>>,
    free: Option<u32>,
    filled: usize,
    capacity: usize,
}

#[derive(Clone, Debug)]
enum Place<T> {
    Filled(T),
    Free(Option<u32>),
}

impl<T> HeapArena<T> {
    pub(super) fn bounded(capacity: usize) -> Self {
        let capacity = capacity.min(u32::MAX as usize);
        Self { places: Vec::new(), free: None, filled: 0, capacity }
    }
}

impl<T> Arena<T> for HeapArena<T> {
    fn insert(&mut self, item: T) -> Result<u32, Full<T>> {
        if self.filled >= self.capacity {
            return Err(Full(item));
        }
        self.filled += 1;
        let Some(place) = self.free else {
            self.places.push(Place::Filled(item));
            return Ok(self.places.len() as u32 - 1);
        };
        if let Place::Free(next) =
            mem::replace(&mut self.places[place as usize], Place::Filled(item))
        {
            self.free = next;
        }
        Ok(place)
    }
    #[inline]
    fn get(&self, place: u32) -> Option<&T> {
        match self.places.get(place as usize)? {
            Place::Filled(item) => Some(item),
            Place::Free(_) => None,
        }
    }
    #[inline]
    fn get_mut(&mut self, place: u32) -> Option<&mut T> {
        match self.places.get_mut(place as usize)? {
            Place::Filled(item) => Some(item),
            Place::Free(_) => None,
        }
    }
    fn remove(&mut self, place: u32) -> Option<T> {
        let slot = self.places.get_mut(place as usize)?;
        if matches!(slot, Place::Free(_)) {
            return None;
        }
        let Place::Filled(item) = mem::replace(slot, Place::Free(self.free)) else { return None };
        self.filled -= 1;
        self.free = if self.filled == 0 {
            self.places = Vec::new();
            None
        } else {
            Some(place)
        };
        Some(item)
    }
    fn iter<'a>(&'a self) -> impl Iterator<Item = (u32, &'a T)>
    where
        T: 'a,
    {
        (0..).zip(&self.places).filter_map(|(place, slot)| match slot {
            Place::Filled(item) => Some((place, item)),
            Place::Free(_) => None,
        })
    }
    fn len(&self) -> usize {
        self.filled
    }
}
