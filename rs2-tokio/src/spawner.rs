//! Tasks of tokio.

use core::future::Future;
use rs2_core::error::Rejected;
use rs2_core::task::{Job, SpawnBlocking, Spawner};
use tokio::runtime::Handle;

/// Spawns on the runtime in whose context it is called; where there is none, it gives the future
/// back.
///
/// A runtime that is shutting down takes a future and drops it: a
/// [`JoinHandle`](rs2_core::task::JoinHandle) then says `Lost`.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSpawner;

impl<F> Spawner<F> for TokioSpawner
where
    F: Future<Output = ()> + Send + 'static,
{
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        match Handle::try_current() {
            Ok(runtime) => {
                // tokio's own handle detaches when dropped; the task reports by its own.
                drop(runtime.spawn(future));
                Ok(())
            }
            Err(_) => Err(Rejected(future)),
        }
    }
}

impl<W> SpawnBlocking<W> for TokioSpawner
where
    W: Job + Send + 'static,
{
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
        match Handle::try_current() {
            Ok(runtime) => {
                drop(runtime.spawn_blocking(move || work.run()));
                Ok(())
            }
            Err(_) => Err(Rejected(work)),
        }
    }
}
