//! Where the state of one key is in a storage, during one step.

use super::turn::Turns;
use super::{Detached, SharedStorage, StorageError};
use crate::metrics::{Loss, Losses};
use crate::sync::Lock;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// Why a handle on a storage did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessError {
    /// The handle was kept beyond its step.
    Detached,
    /// The storage failed.
    Storage(StorageError),
    /// The state does not let itself be written as bytes; why is its own text.
    Encode(String),
    /// The bytes that are there are not those of such a state.
    Decode(String),
}

/// The place of one key's state, as one step sees it.
pub(crate) struct Shelf {
    pub(super) storage: SharedStorage,
    pub(super) key: String,
    /// For how long a write is kept; nothing when for ever.
    pub(super) ttl: Option<Duration>,
    /// Whether reading counts as a write.
    pub(super) touches: bool,
    pub(super) losses: Losses,
    /// Changes of one step that run beside each other take turns.
    pub(super) turns: Turns,
    /// What kept a reader without errors from seeing the state: what such a reader writes then is
    /// no successor of it.
    pub(super) unread: Lock<Option<AccessError>>,
}

impl Shelf {
    pub(super) fn new(
        storage: SharedStorage,
        key: String,
        ttl: Option<Duration>,
        touches: bool,
        losses: Losses,
    ) -> Self {
        let (turns, unread) = (Turns::default(), Lock::default());
        Self { storage, key, ttl, touches, losses, turns, unread }
    }

    pub(super) async fn read(&self) -> Result<Option<Vec<u8>>, AccessError> {
        let bytes = self.storage.get(&self.key).await?;
        if let (true, Some(ttl), true) = (self.touches, self.ttl, bytes.is_some()) {
            self.storage.touch(&self.key, ttl).await?;
        }
        Ok(bytes)
    }

    pub(super) async fn write(&self, bytes: &[u8]) -> Result<(), AccessError> {
        match self.ttl {
            Some(ttl) => self.storage.set_with_ttl(&self.key, bytes, ttl).await?,
            None => self.storage.set(&self.key, bytes).await?,
        }
        Ok(())
    }

    /// Fails when what is there could not be read before.
    pub(super) fn may_write(&self) -> Result<(), AccessError> {
        self.unread.with(|unread| unread.clone()).map_or(Ok(()), Err)
    }

    /// Notes whether the state has been read, for who is only told that there is none.
    pub(super) fn note_read(&self, error: Option<AccessError>) {
        self.unread.with(|unread| *unread = error);
    }

    pub(super) fn count<T>(&self, answer: Result<T, AccessError>) -> Result<T, AccessError> {
        if answer.as_ref().is_err_and(|error| *error != AccessError::Detached) {
            self.losses.count(Loss::Failed);
        }
        answer
    }
}

impl From<StorageError> for AccessError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<Detached> for AccessError {
    fn from(_: Detached) -> Self {
        Self::Detached
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Detached => Detached.fmt(f),
            Self::Storage(error) => error.fmt(f),
            Self::Encode(why) => write!(f, "the state cannot be written as bytes: {why}"),
            Self::Decode(why) => write!(f, "the stored bytes are not such a state: {why}"),
        }
    }
}

impl core::error::Error for AccessError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Storage(error) => Some(error),
            _ => None,
        }
    }
}
