//! A place that outlives brackets: it finishes their releases and can end them all.

mod driver;
mod seat;
mod state;

pub use seat::Seat;
pub(super) use seat::Settling;

use super::{Host, Release};
use crate::error::Rejected;
use crate::metrics::Losses;
use crate::sync::Arc;
use crate::task::Spawner;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use driver::Driver;
use pin_project_lite::pin_project;
use state::Shared;

/// Knows the open brackets that were given to it, finishes the releases of those that were dropped,
/// and can end them all. Clones are handles on the same scope.
///
/// A release that could not finish when its bracket was dropped waits here. It goes on when
/// somebody polls: the task that [`on`](Self::on) starts, a future from [`run`](Self::run), or
/// [`shutdown`](Self::shutdown), which is how a service should end. When a bracket and those within
/// it were dropped together, the innermost is released first, and the future of the next one is not
/// polled before that has finished.
///
/// What does not fit, and what is left when the last handle goes, is dropped and counted in
/// [`losses`](Self::losses) as [`Loss::Abandoned`](crate::metrics::Loss::Abandoned).
///
/// ```
/// use rs2_core::prelude::*;
/// use std::future::pending;
///
/// # futures_executor::block_on(async {
/// let scope = Scope::new(16);
/// let rows = bracket_on(
///     scope.clone(),
///     async { "connection" },
///     |_connection| from_iter(1..=3),
///     async |_connection| println!("closed"),
/// );
/// assert_eq!(rows.take_rs2(2).collect_rs2::<Vec<u32>>().await, [1, 2]);
/// assert!(scope.shutdown(pending::<()>()).await.is_ok());
/// # })
/// ```
#[doc(alias = "supervisor")]
pub struct Scope {
    shared: Arc<Shared>,
}

impl Scope {
    /// A scope with room for so many releases that are not finished.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "a scope needs room for at least one release");
        let shared = Shared::new(capacity);
        shared.with(|state| state.handles = 1);
        Self { shared: Arc::new(shared) }
    }

    /// A scope with a task of `spawner` that runs it until the last handle is gone.
    ///
    /// # Errors
    /// [`Rejected`] gives the future of the task back when the spawner takes no further one.
    ///
    /// # Panics
    /// When `capacity` is zero.
    #[track_caller]
    pub fn on<Sp>(spawner: &Sp, capacity: usize) -> Result<Self, Rejected<Run>>
    where
        Sp: Spawner<Run> + ?Sized,
    {
        let scope = Self::new(capacity);
        spawner.spawn(scope.run())?;
        Ok(scope)
    }

    /// Ends the brackets that are open now, with
    /// [`Interrupted`](super::Cause::Interrupted). Each learns of it when it is polled, and is
    /// woken for that. Brackets that open later are not concerned.
    pub fn interrupt(&self) {
        self.shared.interrupt();
    }

    /// Finishes releases as they come, until the last handle of the scope is gone, or everything is
    /// over after a shutdown.
    pub fn run(&self) -> Run {
        Run { driver: Driver::new(&self.shared) }
    }

    /// Ends all brackets with [`Shutdown`](super::Cause::Shutdown), lets none open any more, and
    /// waits until all resources are released, but not longer than `deadline`.
    ///
    /// An open bracket ends when it is polled, and is woken for that; one that was never polled has
    /// nothing to release. Begins at the first poll.
    ///
    /// # Errors
    /// [`Unreleased`] names those that were not done in time. They are not given up: what the scope
    /// has taken over goes on at the next [`run`](Self::run) or `shutdown`.
    pub fn shutdown<D: Future>(&self, deadline: D) -> Shutdown<D> {
        Shutdown { driver: Driver::new(&self.shared), deadline }
    }

    /// How many brackets are open.
    pub fn open(&self) -> usize {
        self.shared.with(|state| state.seats.len())
    }

    /// How many releases of dropped brackets are not finished.
    pub fn unfinished(&self) -> usize {
        self.shared.with(|state| state.running.len())
    }

    /// Counts of the releases that did not come to their end.
    pub fn losses(&self) -> Losses {
        self.shared.losses.clone()
    }
}

impl<F> Host<F> for Scope
where
    F: Future<Output = ()> + Send + 'static,
{
    fn seat(&self, name: &'static str) -> Option<Seat> {
        Some(Seat::new(&self.shared, name))
    }

    fn losses(&self) -> Losses {
        Self::losses(self)
    }

    fn take_over(&self, release: Release<F>, seat: Option<Seat>) {
        let seat = seat.unwrap_or_else(|| Seat::new(&self.shared, "bracket"));
        seat.hand_over(release);
    }
}

impl Clone for Scope {
    fn clone(&self) -> Self {
        self.shared.with(|state| state.handles += 1);
        Self { shared: self.shared.clone() }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let is_last = self.shared.with(|state| {
            state.handles -= 1;
            state.handles == 0
        });
        if is_last {
            self.shared.wake_waiters();
        }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("open", &self.open())
            .field("unfinished", &self.unfinished())
            .field("capacity", &self.shared.capacity)
            .field("shut", &self.shared.is_shut())
            .field("losses", &self.shared.losses)
            .finish()
    }
}

/// The future of [`Scope::run`].
#[must_use = "futures do nothing unless polled"]
pub struct Run {
    driver: Driver,
}

impl Future for Run {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.driver.poll(cx);
        let shared = self.driver.shared();
        let is_over = shared.with(|state| {
            let nobody = state.handles == 0 || shared.is_shut() && state.seats.is_empty();
            nobody && state.running.is_empty()
        });
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Run(..)")
    }
}

pin_project! {
    /// The future of [`Scope::shutdown`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Shutdown<D> {
        driver: Driver,
        #[pin]
        deadline: D,
    }
}

impl<D: Future> Future for Shutdown<D> {
    type Output = Result<(), Unreleased>;
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.driver.shared().shut();
        this.driver.poll(cx);
        let names = this.driver.shared().with(|state| {
            let open = state.seats.values().map(|sitting| sitting.name);
            open.chain(state.running.values().copied()).collect::<Vec<_>>()
        });
        if names.is_empty() {
            return Poll::Ready(Ok(()));
        }
        this.deadline.poll(cx).map(|_| Err(Unreleased { names }))
    }
}

impl<D> fmt::Debug for Shutdown<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shutdown(..)")
    }
}

/// Not all resources were released in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreleased {
    /// The names of their brackets, open ones first.
    pub names: Vec<&'static str>,
}

impl fmt::Display for Unreleased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} resources were not released in time: ", self.names.len())?;
        f.write_str(&self.names.join(", "))
    }
}

impl core::error::Error for Unreleased {}
