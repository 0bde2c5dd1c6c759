//! How the use of a resource came to its end.

use core::convert::Infallible;
use core::fmt;

/// How the use of a resource came to its end, for the release to know.
///
/// Where the items are not `Result`s there is no error to see, and `E` is [`Infallible`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitCase<E = Infallible> {
    /// The stream came to its own end.
    Completed,
    /// The stream yielded this error.
    Errored(E),
    /// The stream was not used to its end.
    Canceled {
        /// Why not.
        cause: Cause,
    },
}

/// Why the use of a resource was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Its consumer dropped the stream, or took no more of it.
    Dropped,
    /// [`Scope::interrupt`](super::Scope::interrupt) ended it.
    Interrupted,
    /// [`Scope::shutdown`](super::Scope::shutdown) ended it.
    Shutdown,
    /// The code that used the resource panicked; with `std`, also the consumer, if its panic is
    /// what drops the stream.
    Panicked,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dropped => "dropped",
            Self::Interrupted => "interrupted",
            Self::Shutdown => "shut down",
            Self::Panicked => "panicked",
        })
    }
}

impl<E: fmt::Display> fmt::Display for ExitCase<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed => f.write_str("completed"),
            Self::Errored(error) => write!(f, "failed: {error}"),
            Self::Canceled { cause } => write!(f, "canceled: {cause}"),
        }
    }
}

impl ExitCase {
    /// The same of a stream that can fail.
    pub(super) fn widen<E>(self) -> ExitCase<E> {
        match self {
            Self::Completed => ExitCase::Completed,
            Self::Canceled { cause } => ExitCase::Canceled { cause },
            Self::Errored(never) => match never {},
        }
    }
}

impl<E> ExitCase<E> {
    /// What is reported when the stream is dropped now.
    pub(super) const DROPPED: Self = Self::Canceled { cause: Cause::Dropped };
    /// What is reported when the code that runs now panics.
    pub(super) const PANICKED: Self = Self::Canceled { cause: Cause::Panicked };

    /// A panic that is under way is the reason for a drop that happens because of it.
    pub(super) fn at_drop(self) -> Self {
        match self {
            Self::Canceled { cause: Cause::Dropped } if unwinding() => Self::PANICKED,
            other => other,
        }
    }
}

#[cfg(feature = "std")]
pub(super) fn unwinding() -> bool {
    std::thread::panicking()
}

#[cfg(not(feature = "std"))]
pub(super) fn unwinding() -> bool {
    false
}

/// Runs `code`; `None` when it panicked. Without `std` a panic is not caught.
#[cfg(feature = "std")]
pub(super) fn caught<T>(code: impl FnOnce() -> T) -> Option<T> {
    // What panicked is dropped and never looked at again, so a broken invariant in it stays unseen.
    std::panic::catch_unwind(core::panic::AssertUnwindSafe(code)).ok()
}

#[cfg(not(feature = "std"))]
pub(super) fn caught<T>(code: impl FnOnce() -> T) -> Option<T> {
    Some(code())
}
