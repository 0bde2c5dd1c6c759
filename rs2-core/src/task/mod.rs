//! Tasks, as the host runs them.

#[cfg(feature = "alloc")]
mod join;

#[cfg(feature = "alloc")]
pub use join::{JoinError, JoinHandle, Task, spawn};

use crate::error::Rejected;

/// Hands futures to an executor, which owns them from then on.
///
/// Generic in the future, so that each runtime states its own bounds (`Send`, `'static`).
pub trait Spawner<F> {
    /// Starts `future`, or gives it back when the executor takes no further task.
    fn spawn(&self, future: F) -> Result<(), Rejected<F>>;
}

/// Runs blocking work away from the executor's own threads.
pub trait SpawnBlocking<W> {
    /// Starts `work`, or gives it back when there is no room for it.
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>>;
}

impl<F, S: Spawner<F> + ?Sized> Spawner<F> for &S {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        (**self).spawn(future)
    }
}

impl<W, S: SpawnBlocking<W> + ?Sized> SpawnBlocking<W> for &S {
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
        (**self).spawn_blocking(work)
    }
}
