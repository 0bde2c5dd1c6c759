//! How the key of an item is found.

#[cfg(feature = "alloc")]
use crate::store::ByRef;
use crate::store::{ByValue, Lookup};
#[cfg(feature = "alloc")]
use alloc::borrow::ToOwned;
#[cfg(feature = "alloc")]
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "alloc")]
use core::marker::PhantomData;

/// What tells the key of an item: every closure `|&T| -> K`, and [`Borrowed`].
pub trait KeyOf<T> {
    /// The key, as it is kept.
    type Key: Hash + Eq;
    /// What is looked up: the key, or what stands for it within the item.
    type Found<'a>: Lookup<Self::Key>
    where
        T: 'a;

    /// The key of an item.
    fn of<'a>(&mut self, item: &'a T) -> Self::Found<'a>;
}

impl<T, K: Hash + Eq, F: FnMut(&T) -> K> KeyOf<T> for F {
    type Key = K;
    type Found<'a>
        = ByValue<K>
    where
        T: 'a;

    #[inline]
    fn of(&mut self, item: &T) -> ByValue<K> {
        ByValue(self(item))
    }
}

/// A closure that lends the key from within the item.
#[cfg(feature = "alloc")]
pub struct Borrowed<F, Q: ?Sized> {
    f: F,
    key: PhantomData<fn(&Q)>,
}

#[cfg(feature = "alloc")]
impl<F, Q: ?Sized> Borrowed<F, Q> {
    /// The key that `f` lends.
    pub(crate) fn new<T>(f: F) -> Self
    where
        F: FnMut(&T) -> &Q,
    {
        Self { f, key: PhantomData }
    }
}

#[cfg(feature = "alloc")]
impl<T, F, Q> KeyOf<T> for Borrowed<F, Q>
where
    F: FnMut(&T) -> &Q,
    Q: Hash + Eq + ToOwned<Owned: Hash + Eq> + ?Sized + 'static,
{
    type Key = Q::Owned;
    type Found<'a>
        = ByRef<'a, Q>
    where
        T: 'a;

    #[inline]
    fn of<'a>(&mut self, item: &'a T) -> ByRef<'a, Q> {
        ByRef((self.f)(item))
    }
}

#[cfg(feature = "alloc")]
impl<F, Q: ?Sized> fmt::Debug for Borrowed<F, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Borrowed(..)")
    }
}
