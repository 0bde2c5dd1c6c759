//! Whose state an item uses.

use alloc::string::String;
use core::fmt;
use core::hash::Hash;

/// Tells the key of an item. Every closure `|item: &T| -> K` does.
pub trait KeyExtractor<T> {
    /// What partitions the state.
    type Key: Hash + Eq + Clone;

    /// The key of `item`.
    ///
    /// # Errors
    /// When the item has none. An operator then keeps no state for it: the item is counted as
    /// [`Loss::NoKey`](crate::metrics::Loss::NoKey), and a `try_` form gives it back.
    fn try_key(&self, item: &T) -> Result<Self::Key, KeyError>;

    /// Whether every item has a key. An operator's `size_hint` may then promise an output for each.
    fn is_total(&self) -> bool {
        false
    }
}

/// Why an item has no key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The item has no field at this path.
    Missing(String),
    /// The field is there, and is a value of this kind, which cannot be a key.
    NotAKey(&'static str),
    /// The item does not let itself be read; why is its own text.
    Refused(String),
}

impl<T, K, F> KeyExtractor<T> for F
where
    K: Hash + Eq + Clone,
    F: Fn(&T) -> K,
{
    type Key = K;
    #[inline]
    fn try_key(&self, item: &T) -> Result<K, KeyError> {
        Ok(self(item))
    }
    fn is_total(&self) -> bool {
        true
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
    #[inline]
    fn try_key(&self, item: &T) -> Result<K, KeyError> {
        Ok((self.f)(item))
    }
    fn is_total(&self) -> bool {
        true
    }
}

impl<F> fmt::Debug for CustomKeyExtractor<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomKeyExtractor(..)")
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "the item has no field `{path}`"),
            Self::NotAKey(kind) => write!(f, "{kind} cannot be a key"),
            Self::Refused(why) => write!(f, "the item cannot be read: {why}"),
        }
    }
}

impl core::error::Error for KeyError {}
