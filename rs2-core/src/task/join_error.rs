//! Why a task brought no result.

use core::fmt;

/// Why a task brought no result.
pub enum JoinError {
    /// The task panicked; `resume` continues the panic here. Only with the feature `std`.
    #[cfg(feature = "std")]
    Panicked(std::boxed::Box<dyn core::any::Any + Send>),
    /// The executor dropped the task before it finished.
    Lost,
}

impl JoinError {
    /// Panics with what the task panicked with, or because it was lost.
    pub fn resume(self) -> ! {
        match self {
            #[cfg(feature = "std")]
            Self::Panicked(payload) => std::panic::resume_unwind(payload),
            Self::Lost => panic!("the executor dropped a task that was still needed"),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "std")]
            Self::Panicked(_) => f.write_str("Panicked(..)"),
            Self::Lost => f.write_str("Lost"),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "std")]
            Self::Panicked(_) => f.write_str("the task panicked"),
            Self::Lost => f.write_str("the executor dropped the task"),
        }
    }
}

impl core::error::Error for JoinError {}
