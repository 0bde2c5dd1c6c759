//! What can go wrong in a storage.

use alloc::string::String;
use core::fmt;

/// A storage did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageError {
    kind: StorageErrorKind,
    message: String,
}

/// What kind of failure it was, for who decides what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StorageErrorKind {
    /// It cannot be reached at the moment; a later try may succeed.
    Unavailable,
    /// It took too long; whether it was done is not known.
    TimedOut,
    /// There is no room for a further entry.
    Full,
    /// A key or a value that this storage does not take.
    Refused,
    /// What was read is not what was written.
    Corrupt,
    /// This storage cannot do that.
    Unsupported,
    /// Anything else.
    Other,
}

impl StorageError {
    /// A failure of this kind, told in the storage's own words.
    pub fn new(kind: StorageErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// A failure of another kind, told by the error behind it.
    pub fn other(error: impl fmt::Display) -> Self {
        Self::new(StorageErrorKind::Other, alloc::format!("{error}"))
    }

    pub(super) fn unsupported(what: &str) -> Self {
        Self::new(StorageErrorKind::Unsupported, what)
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> StorageErrorKind {
        self.kind
    }

    /// What the storage said.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for StorageErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable => "the storage is unavailable",
            Self::TimedOut => "the storage took too long",
            Self::Full => "the storage is full",
            Self::Refused => "the storage refused it",
            Self::Corrupt => "the storage gave back something else",
            Self::Unsupported => "the storage cannot do this",
            Self::Other => "the storage failed",
        })
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() {
            return self.kind.fmt(f);
        }
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl core::error::Error for StorageError {}
