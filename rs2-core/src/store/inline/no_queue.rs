//! A queue without room.

use super::super::{Full, Queue};
use core::iter;
use core::marker::PhantomData;

/// A [`Queue`] that takes nothing, and no memory.
#[derive(Clone, Debug)]
pub struct NoQueue<T>(PhantomData<fn() -> T>);

impl<T> NoQueue<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Queue<T> for NoQueue<T> {
    fn push(&mut self, item: T) -> Result<(), Full<T>> {
        Err(Full(item))
    }
    fn pop(&mut self) -> Option<T> {
        None
    }
    fn front(&self) -> Option<&T> {
        None
    }
    fn back(&self) -> Option<&T> {
        None
    }
    fn get_mut(&mut self, _index: usize) -> Option<&mut T> {
        None
    }
    fn iter<'a>(&'a self) -> impl DoubleEndedIterator<Item = &'a T>
    where
        T: 'a,
    {
        iter::empty()
    }
    fn len(&self) -> usize {
        0
    }
    fn capacity(&self) -> usize {
        0
    }
    fn clear(&mut self) {}
}
