//! What comes back from an operator that could not take it.

use super::KeyError;
use core::fmt;

/// An item that an operator with state could not take, and why.
///
/// The `try_stateful_*` forms yield it; the forms without `try` count it instead.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError<T> {
    /// There was no room for the state of a further key.
    Full(T),
    /// Its key had as many as are allowed in one stretch of time.
    Exceeded(T),
    /// It has no key.
    NoKey {
        /// The item.
        item: T,
        /// Why it has none.
        error: KeyError,
    },
}

impl<T> StateError<T> {
    /// The item.
    pub fn into_item(self) -> T {
        match self {
            Self::Full(item) | Self::Exceeded(item) | Self::NoKey { item, .. } => item,
        }
    }
}

impl<T> fmt::Display for StateError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("there is no room for the state of a further key"),
            Self::Exceeded(_) => f.write_str("its key has had as many as are allowed"),
            Self::NoKey { error, .. } => error.fmt(f),
        }
    }
}

impl<T: fmt::Debug> core::error::Error for StateError<T> {}
