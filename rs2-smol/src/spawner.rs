//! Tasks of smol.

use async_executor::{Executor, LocalExecutor};
use core::future::Future;
use rs2_core::error::Rejected;
use rs2_core::task::{Job, SpawnBlocking, Spawner};

/// Spawns on smol's global executor, and blocking work on its thread pool. Takes every task.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmolSpawner;

impl<F> Spawner<F> for SmolSpawner
where
    F: Future<Output = ()> + Send + 'static,
{
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        smol::spawn(future).detach();
        Ok(())
    }
}

impl<W> SpawnBlocking<W> for SmolSpawner
where
    W: Job + Send + 'static,
{
    fn spawn_blocking(&self, work: W) -> Result<(), Rejected<W>> {
        smol::unblock(move || work.run()).detach();
        Ok(())
    }
}

/// Spawns on an executor of the caller's own. Takes every task.
#[derive(Clone, Copy, Debug)]
pub struct ExecutorSpawner<'e, 'a>(pub &'e Executor<'a>);

impl<'a, F> Spawner<F> for ExecutorSpawner<'_, 'a>
where
    F: Future<Output = ()> + Send + 'a,
{
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        self.0.spawn(future).detach();
        Ok(())
    }
}

/// Spawns on an executor of one thread, for futures that are not `Send`. Takes every task.
#[derive(Clone, Copy, Debug)]
pub struct LocalSpawner<'e, 'a>(pub &'e LocalExecutor<'a>);

impl<'a, F> Spawner<F> for LocalSpawner<'_, 'a>
where
    F: Future<Output = ()> + 'a,
{
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        self.0.spawn(future).detach();
        Ok(())
    }
}
