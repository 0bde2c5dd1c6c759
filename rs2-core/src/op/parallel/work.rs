//! How an item becomes a future in flight. The parts of one signature stand together.

use crate::error::Rejected;
use crate::task::{Call, Job, JoinError, JoinHandle, SpawnBlocking, Spawner, Task, spawn};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use pin_project_lite::pin_project;

/// What starts the work on an item: inline or on a spawner.
pub trait Work<T> {
    /// What an item becomes.
    type Output;
    /// The future in flight; an error means that its task panicked or was lost.
    type Future: Future<Output = Result<Self::Output, JoinError>>;
    /// Starts the work on one item.
    fn start(&mut self, item: T) -> Self::Future;
}

/// Futures that run within the stream that holds them.
#[derive(Clone)]
pub struct InPlace<F> {
    f: F,
}

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

impl<F> InPlace<F> {
    pub(super) fn new(f: F) -> Self {
        Self { f }
    }
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

impl<T, F, Fut> Work<T> for InPlace<F>
where
    F: FnMut(T) -> Fut,
    Fut: Future,
{
    type Output = Fut::Output;
    type Future = Here<Fut>;

    #[inline]
    fn start(&mut self, item: T) -> Here<Fut> {
        Here { future: (self.f)(item) }
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
    /// A future that runs within the stream.
    #[must_use = "futures do nothing unless polled"]
    pub struct Here<Fut> {
        #[pin]
        future: Fut,
    }
}

impl<Fut: Future> Future for Here<Fut> {
    type Output = Result<Fut::Output, JoinError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(cx).map(Ok)
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

pin_project! {
    /// A future in flight with its place in the order.
    #[must_use = "futures do nothing unless polled"]
    pub struct Numbered<Fut, P = u64> {
        pub(super) place: P,
        #[pin]
        pub(super) future: Fut,
    }
}

impl<Fut: Future, P: Copy> Future for Numbered<Fut, P> {
    type Output = (P, Fut::Output);

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let output = ready!(this.future.poll(cx));
        Poll::Ready((*this.place, output))
    }
}

impl<F> fmt::Debug for InPlace<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InPlace(..)")
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

impl<Fut> fmt::Debug for Here<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Here(..)")
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

impl<Fut, P: fmt::Debug> fmt::Debug for Numbered<Fut, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Numbered").field("place", &self.place).finish_non_exhaustive()
    }
}
