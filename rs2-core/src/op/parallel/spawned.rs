//! Work on an item as a task or as a blocking job.

use super::work::Work;
use crate::error::Rejected;
use crate::task::{Call, Job, JoinError, JoinHandle, SpawnBlocking, Spawner, Task, spawn};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use pin_project_lite::pin_project;

/// Futures that run as tasks of a spawner.
#[derive(Clone)]
pub struct OnSpawner<Sp, F> {
    spawner: Sp,
    f: F,
}

/// Calls that run as blocking jobs of a spawner.
#[derive(Clone)]
pub struct OffExecutor<Sp, F> {
    spawner: Sp,
    f: F,
}

impl<Sp, F> OnSpawner<Sp, F> {
    pub(super) fn new(spawner: Sp, f: F) -> Self {
        Self { spawner, f }
    }
}

impl<Sp, F> OffExecutor<Sp, F> {
    pub(super) fn new(spawner: Sp, f: F) -> Self {
        Self { spawner, f }
    }
}

impl<T, Sp, F, Fut> Work<T> for OnSpawner<Sp, F>
where
    Sp: Spawner<Task<Fut>>,
    F: FnMut(T) -> Fut,
    Fut: Future,
{
    type Output = Fut::Output;
    type Future = Spawned<Fut>;

    fn start(&mut self, item: T) -> Spawned<Fut> {
        let runs = match spawn(&self.spawner, (self.f)(item)) {
            Ok(handle) => Runs::There { handle },
            Err(Rejected(future)) => Runs::Here { future },
        };
        Spawned { runs }
    }
}

impl<T, U, Sp, F> Work<T> for OffExecutor<Sp, F>
where
    Sp: SpawnBlocking<Call<F, T, U>>,
    F: FnOnce(T) -> U + Clone,
{
    type Output = U;
    type Future = JoinHandle<U>;

    fn start(&mut self, item: T) -> JoinHandle<U> {
        let (call, handle) = Call::new(self.f.clone(), item);
        if let Err(Rejected(call)) = self.spawner.spawn_blocking(call) {
            // There is no other place for it. A panic in it waits in the handle for its turn.
            call.run();
        }
        handle
    }
}

pin_project! {
    /// A future that runs as a task, or within the stream when the spawner took no further task.
    #[must_use = "futures do nothing unless polled"]
    pub struct Spawned<Fut>
    where
        Fut: Future,
    {
        #[pin]
        runs: Runs<Fut>,
    }
}

pin_project! {
    #[project = RunsProj]
    enum Runs<Fut>
    where
        Fut: Future,
    {
        There { handle: JoinHandle<Fut::Output> },
        Here { #[pin] future: Fut },
    }
}

impl<Fut: Future> Future for Spawned<Fut> {
    type Output = Result<Fut::Output, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().runs.project() {
            RunsProj::There { handle } => Pin::new(handle).poll(cx),
            RunsProj::Here { future } => future.poll(cx).map(Ok),
        }
    }
}

impl<Sp: fmt::Debug, F> fmt::Debug for OnSpawner<Sp, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnSpawner").field("spawner", &self.spawner).finish_non_exhaustive()
    }
}

impl<Sp: fmt::Debug, F> fmt::Debug for OffExecutor<Sp, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OffExecutor").field("spawner", &self.spawner).finish_non_exhaustive()
    }
}

impl<Fut: Future> fmt::Debug for Spawned<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.runs {
            Runs::There { .. } => "There(..)",
            Runs::Here { .. } => "Here(..)",
        })
    }
}
