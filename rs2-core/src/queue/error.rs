//! Why a queue did not take an item.

use core::error::Error;
use core::fmt;

/// A queue did not take this item, and gives it back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum QueueError<T> {
    /// There is no room now.
    Full(T),
    /// Nobody will take it any more.
    Closed(T),
}

impl<T> QueueError<T> {
    /// What was not taken.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::Closed(item) => item,
        }
    }

    /// Whether there was no room.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether the queue was closed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

// Written by hand, so that `unwrap` asks nothing of the item.
impl<T> fmt::Debug for QueueError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_full() { "Full(..)" } else { "Closed(..)" })
    }
}

impl<T> fmt::Display for QueueError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_full() { "the queue is full" } else { "the queue is closed" })
    }
}

impl<T> Error for QueueError<T> {}
