//! Numbered places, in place.

use super::super::{Arena, Full};
use core::array;
use core::mem;

/// An [`Arena`] in place. Free places form a list through themselves.
#[derive(Clone, Debug)]
pub struct InlineArena<T, const N: usize> {
    places: [Place<T>; N],
    free: Option<u16>,
    filled: usize,
}

#[derive(Clone, Debug)]
enum Place<T> {
    Filled(T),
    Free(Option<u16>),
}

impl<T, const N: usize> InlineArena<T, N> {
    pub(super) fn new() -> Self {
        let next = |place: usize| if place + 1 < N { Some(place as u16 + 1) } else { None };
        Self { places: array::from_fn(|place| Place::Free(next(place))), free: Some(0), filled: 0 }
    }
}

impl<T, const N: usize> Arena<T> for InlineArena<T, N> {
    fn insert(&mut self, item: T) -> Result<u32, Full<T>> {
        let Some(place) = self.free else { return Err(Full(item)) };
        let slot = &mut self.places[usize::from(place)];
        if let Place::Free(next) = mem::replace(slot, Place::Filled(item)) {
            self.free = next;
        }
        self.filled += 1;
        Ok(u32::from(place))
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
        self.free = Some(place as u16);
        self.filled -= 1;
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
