//! Why a snapshot could not be taken or read.

use alloc::string::String;
use core::error::Error;
use core::fmt;

/// Why a snapshot could not be taken or read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// A step of the user's was running; a future cannot be written.
    Busy,
    /// A value did not let itself be serialised.
    Refused(String),
    /// The bytes do not begin as a snapshot does.
    NotASnapshot,
    /// The state of something else stands where this was expected.
    Kind {
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// The state was written by a release with another layout of it.
    Version {
        /// Whose state.
        of: &'static str,
        /// The version that was found.
        found: u16,
        /// The version that is known.
        known: u16,
    },
    /// The bytes are cut short, or are none of ours.
    Corrupt {
        /// How many bytes were left there.
        left: usize,
    },
    /// More was saved than the memory of this operator takes.
    Full(&'static str),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("a step is running and cannot be saved"),
            Self::Refused(why) => write!(f, "a value does not let itself be saved: {why}"),
            Self::NotASnapshot => f.write_str("these bytes are no snapshot"),
            Self::Kind { found, expected } => {
                write!(f, "the state of `{found}` stands where that of `{expected}` should")
            }
            Self::Version { of, found, known } => {
                write!(f, "the state of `{of}` has version {found}, and only {known} is known")
            }
            Self::Corrupt { left } => {
                write!(f, "the snapshot is broken {left} bytes before its end")
            }
            Self::Full(what) => write!(f, "more was saved than fits into the memory of `{what}`"),
        }
    }
}

impl Error for SnapshotError {}
