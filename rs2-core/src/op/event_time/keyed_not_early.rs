//! Without an allocator windows go out once they are over, and then as a whole.

use super::keyed_group::Rank;
use super::keyed_window::KeyedWindows;
use crate::aggregate::Aggregator;
use crate::store::KeyStorage;
use core::hash::Hash;
use core::marker::PhantomData;

/// Nothing is ready before it is asked for.
pub(super) struct Ready<T>(PhantomData<fn() -> T>);

impl<T> Ready<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }

    pub(super) const fn len(&self) -> usize {
        0
    }

    pub(super) const fn is_empty(&self) -> bool {
        true
    }

    pub(super) const fn pop_front(&mut self) -> Option<T> {
        None
    }
}

/// Nothing is known of windows.
pub(super) struct Marks<P>(PhantomData<fn() -> P>);

impl<P> Default for Marks<P> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<P> Marks<P> {
    pub(super) fn retain(&mut self, _is_kept: impl Fn(i64) -> bool) {}
}

impl<T, K, G, A, St> KeyedWindows<T, K, G, A, St>
where
    K: Hash + Eq + Clone,
    G: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
{
    pub(super) fn mark(&mut self, _place: u32, _slice: i64, _delta: Option<&Rank<A::Partial>>) {}

    pub(super) fn fire_marked(&mut self, _place: u32) {}

    pub(super) fn fire_changed(&mut self) {}

    pub(super) fn leave_marked(&mut self) {}
}
