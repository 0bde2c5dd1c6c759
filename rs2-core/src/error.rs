//! Errors that give back what could not be taken.

use core::error::Error;
use core::fmt;
use core::time::Duration;

/// The place is full; the value that found no room comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Full<T>(pub T);

/// The executor took no further task; the future comes back, not polled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rejected<F>(pub F);

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no room for another item")
    }
}

impl<T> Error for Full<T> {}

impl<F> fmt::Debug for Rejected<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rejected(..)")
    }
}

impl<F> fmt::Display for Rejected<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the executor takes no further task")
    }
}

impl<F> Error for Rejected<F> {}

/// A setting that cannot work, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The named setting must be greater than zero.
    Zero(&'static str),
    /// The first setting must not be greater than the second.
    Exceeds(&'static str, &'static str),
    /// The first setting must be less than the second.
    NotBelow(&'static str, &'static str),
    /// The named setting must be a number within the range that its documentation states.
    OutOfRange(&'static str),
    /// The first setting needs the second.
    Requires(&'static str, &'static str),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero(name) => write!(f, "{name} must be greater than zero"),
            Self::Exceeds(name, limit) => write!(f, "{name} must not exceed {limit}"),
            Self::NotBelow(name, limit) => write!(f, "{name} must be less than {limit}"),
            Self::OutOfRange(name) => write!(f, "{name} is out of range"),
            Self::Requires(name, other) => write!(f, "{name} needs {other}"),
        }
    }
}

impl Error for ConfigError {}

/// Something took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// What was waited for.
    pub kind: TimeoutKind,
    /// How long it was allowed to take.
    pub after: Duration,
}

/// What a time-out waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutKind {
    /// The first item.
    Initial,
    /// The next item.
    Idle,
    /// The end.
    Completion,
    /// The consumer, to ask for the next item.
    Demand,
    /// The future of one item.
    Each,
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            TimeoutKind::Initial => "no first item",
            TimeoutKind::Idle => "no item",
            TimeoutKind::Completion => "no end",
            TimeoutKind::Demand => "no demand",
            TimeoutKind::Each => "no result",
        };
        write!(f, "{what} within {:?}", self.after)
    }
}

impl Error for Elapsed {}

/// Tries were made until there were to be no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GaveUp<E> {
    /// How many tries failed, the first among them.
    pub attempts: u32,
    /// The error of the last.
    pub last: E,
    /// The time from the beginning of the first to the end of the last.
    pub elapsed: Duration,
}

impl<E: fmt::Display> fmt::Display for GaveUp<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attempts, last, elapsed } = self;
        let plural = if *attempts == 1 { "" } else { "s" };
        write!(f, "gave up after {attempts} attempt{plural} in {elapsed:?}: {last}")
    }
}

/// The last error is part of the text, so the source is what is behind that one.
impl<E: Error> Error for GaveUp<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.last.source()
    }
}
