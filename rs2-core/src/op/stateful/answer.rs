//! What becomes of an item that an operator cannot take.

use crate::metrics::{Loss, Losses};
use crate::state::{Kept, KeyError, StateError};
use core::hash::Hash;

/// How an operator answers: its outputs, and the items that it could not take.
pub trait Answer<T, R> {
    /// What the stream yields.
    type Out;
    /// Whether items that cannot be taken come back.
    const GIVES_BACK: bool;
    /// An output.
    fn output(output: R) -> Self::Out;
    /// An item that could not be taken, if it comes back.
    fn give_back(error: StateError<T>) -> Option<Self::Out>;
}

/// Yields outputs as they are, and counts what could not be taken.
#[derive(Clone, Copy, Debug)]
pub struct Counted;

/// Yields outputs as `Ok`, and what could not be taken as `Err`.
#[derive(Clone, Copy, Debug)]
pub struct GivenBack;

impl<T, R> Answer<T, R> for Counted {
    type Out = R;
    const GIVES_BACK: bool = false;

    #[inline]
    fn output(output: R) -> R {
        output
    }

    fn give_back(_error: StateError<T>) -> Option<R> {
        None
    }
}

impl<T, R> Answer<T, R> for GivenBack {
    type Out = Result<R, StateError<T>>;
    const GIVES_BACK: bool = true;

    #[inline]
    fn output(output: R) -> Self::Out {
        Ok(output)
    }

    fn give_back(error: StateError<T>) -> Option<Self::Out> {
        Some(Err(error))
    }
}

/// An item for whose key `kept` has no room.
pub(super) fn refuse<A, T, R, K, V>(kept: &mut Kept<K, V>, item: T) -> Option<A::Out>
where
    A: Answer<T, R>,
    K: Hash + Eq + Clone,
{
    kept.refuse(A::GIVES_BACK);
    A::give_back(StateError::Full(item))
}

/// An item without a key.
#[cold]
pub(super) fn no_key<A, T, R>(item: T, error: KeyError, losses: &Losses) -> Option<A::Out>
where
    A: Answer<T, R>,
{
    losses.count_many(Loss::NoKey, u64::from(!A::GIVES_BACK));
    A::give_back(StateError::NoKey { item, error })
}
