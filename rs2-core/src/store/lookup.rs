//! What a table is asked for.

#[cfg(feature = "alloc")]
use alloc::borrow::ToOwned;
#[cfg(feature = "alloc")]
use core::borrow::Borrow;
use core::hash::{BuildHasher, Hash};

/// A key, or something that stands for one, and becomes one where the table has to keep it.
pub trait Lookup<K> {
    /// The hash of the key.
    fn hash_by(&self, hasher: &impl BuildHasher) -> u64;
    /// Whether it stands for this key.
    fn is(&self, key: &K) -> bool;
    /// The key.
    fn into_key(self) -> K;
}

/// A key as it is kept.
#[derive(Clone, Copy, Debug)]
pub struct ByValue<K>(pub K);

impl<K: Hash + Eq> Lookup<K> for ByValue<K> {
    #[inline]
    fn hash_by(&self, hasher: &impl BuildHasher) -> u64 {
        hasher.hash_one(&self.0)
    }
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
#[derive(Debug)]
pub struct ByRef<'a, Q: ?Sized>(pub &'a Q);

#[cfg(feature = "alloc")]
impl<Q> Lookup<Q::Owned> for ByRef<'_, Q>
where
    Q: Hash + Eq + ToOwned + ?Sized,
{
    #[inline]
    fn hash_by(&self, hasher: &impl BuildHasher) -> u64 {
        hasher.hash_one(self.0)
    }
    #[inline]
    fn is(&self, key: &Q::Owned) -> bool {
        *self.0 == *key.borrow()
    }
    #[inline]
    fn into_key(self) -> Q::Owned {
        self.0.to_owned()
    }
}
