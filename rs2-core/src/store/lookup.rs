//! What a table is asked for.

#[cfg(feature = "alloc")]
use alloc::borrow::ToOwned;
#[cfg(feature = "alloc")]
use core::borrow::Borrow;
use core::hash::Hash;

/// A key, or something that stands for one: it hashes as the key does, and becomes one where the
/// table has to keep it.
pub trait Lookup<K>: Hash {
    /// Whether it stands for this key.
    fn is(&self, key: &K) -> bool;
    /// The key.
    fn into_key(self) -> K;
}

/// A key as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ByValue<K>(pub K);

impl<K: Hash + Eq> Lookup<K> for ByValue<K> {
    #[inline]
    fn is(&self, key: &K) -> bool {
        self.0 == *key
    }
    #[inline]
    fn into_key(self) -> K {
        self.0
    }
}

/// A borrowed key: a `&str` for a `String`, or a `&K` for a `K`. It is copied only where the table
/// has to keep it.
#[cfg(feature = "alloc")]
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ByRef<'a, Q: ?Sized>(pub &'a Q);

#[cfg(feature = "alloc")]
impl<Q> Lookup<Q::Owned> for ByRef<'_, Q>
where
    Q: Hash + Eq + ToOwned + ?Sized,
{
    #[inline]
    fn is(&self, key: &Q::Owned) -> bool {
        *self.0 == *key.borrow()
    }
    #[inline]
    fn into_key(self) -> Q::Owned {
        self.0.to_owned()
    }
}
