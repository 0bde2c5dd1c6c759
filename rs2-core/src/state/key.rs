//! Whose state an item uses.

use core::fmt;
use core::hash::Hash;

/// Tells the key of an item. Every closure `|item: &T| -> K` does.
pub trait KeyExtractor<T> {
    /// What partitions the state.
    type Key: Hash + Eq + Clone;
    /// The key of `item`.
    fn key(&self, item: &T) -> Self::Key;
}

impl<T, K, F> KeyExtractor<T> for F
where
    K: Hash + Eq + Clone,
    F: Fn(&T) -> K,
{
    type Key = K;
    fn key(&self, item: &T) -> K {
        self(item)
    }
}

/// A closure as a [`KeyExtractor`]; it infers the types that a bare closure leaves open.
#[derive(Clone, Copy)]
pub struct CustomKeyExtractor<F> {
    f: F,
}

impl<F> CustomKeyExtractor<F> {
    /// Keys by `f`.
    pub fn new<T, K>(f: F) -> Self
    where
        F: Fn(&T) -> K,
    {
        Self { f }
    }
}

impl<T, K, F> KeyExtractor<T> for CustomKeyExtractor<F>
where
    K: Hash + Eq + Clone,
    F: Fn(&T) -> K,
{
    type Key = K;
    fn key(&self, item: &T) -> K {
        (self.f)(item)
    }
}

impl<F> fmt::Debug for CustomKeyExtractor<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomKeyExtractor(..)")
    }
}
