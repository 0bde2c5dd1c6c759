//! Tasks, as the host runs them.

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod call;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod join;
mod join_error;

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use call::Call;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub(crate) use join::attempt;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use join::{JoinHandle, Task, spawn};
pub use join_error::JoinError;

use crate::error::Rejected;

/// Hands futures to an executor, which owns them from then on.
///
/// Generic in the future, so that each runtime states its own bounds (`Send`, `'static`).
pub trait Spawner<F> {
    /// Starts `future`, or gives it back when the executor takes no further task.
    fn spawn(&self, future: F) -> Result<(), Rejected<F>>;
}

/// Work that keeps its thread until it is done. Every `FnOnce()` is a job; a job with a name can
/// stand in a bound, as the type of a closure cannot.
pub trait Job {
    /// Does the work.
    fn run(self);
}

impl<F: FnOnce()> Job for F {
    fn run(self) {
        self();
    }
}

/// Runs blocking work away from the executor's own threads.
///
/// Generic in the work, which is a [`Job`], so that each runtime states its own bounds.
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
