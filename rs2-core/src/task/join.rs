//! A handle to a spawned future's result; dropping it cancels the future.

use super::{JoinError, Spawner};
use crate::error::Rejected;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_channel::oneshot::{Receiver, Sender, channel};
use pin_project_lite::pin_project;

#[cfg(feature = "std")]
pub(super) type Outcome<T> = Result<T, std::boxed::Box<dyn core::any::Any + Send>>;
#[cfg(not(feature = "std"))]
pub(super) type Outcome<T> = T;

pin_project! {
    /// A future on its way to an executor: reports its result, and stops when nobody waits for it.
    #[must_use = "a task does nothing unless spawned"]
    pub struct Task<F>
    where
        F: Future,
    {
        #[pin]
        future: F,
        result: Option<Sender<Outcome<F::Output>>>,
    }
}

impl<F: Future> Task<F> {
    /// Splits `future` into the part to spawn and the handle to wait on.
    pub fn new(future: F) -> (Self, JoinHandle<F::Output>) {
        let (sender, handle) = JoinHandle::new();
        (Self { future, result: Some(sender) }, handle)
    }
}

impl<F: Future> Future for Task<F> {
    type Output = ();
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let Some(sender) = this.result else { return Poll::Ready(()) };
        if sender.poll_canceled(cx).is_ready() {
            *this.result = None;
            return Poll::Ready(());
        }
        let Poll::Ready(outcome) = poll_caught(this.future, cx) else { return Poll::Pending };
        if let Some(sender) = this.result.take() {
            // An error means that the handle was dropped just now: nobody wants the result.
            let _ = sender.send(outcome);
        }
        Poll::Ready(())
    }
}

/// Runs `step`; where panics can be caught, one in it is the outcome.
#[cfg(feature = "std")]
pub(super) fn caught<T>(step: impl FnOnce() -> T) -> Outcome<T> {
    // What the step has broken is not used again.
    std::panic::catch_unwind(core::panic::AssertUnwindSafe(step))
}

#[cfg(not(feature = "std"))]
pub(super) fn caught<T>(step: impl FnOnce() -> T) -> Outcome<T> {
    step()
}

/// Runs `step`; where panics can be caught, one in it is an error.
#[cfg(feature = "std")]
pub(crate) fn attempt<T>(step: impl FnOnce() -> T) -> Result<T, JoinError> {
    caught(step).map_err(JoinError::Panicked)
}

#[cfg(not(feature = "std"))]
pub(crate) fn attempt<T>(step: impl FnOnce() -> T) -> Result<T, JoinError> {
    Ok(step())
}

#[cfg(feature = "std")]
fn poll_caught<F: Future>(future: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<Outcome<F::Output>> {
    // The future is never polled again after a panic, so a broken invariant in it stays unseen.
    match std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| future.poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(payload)),
    }
}

#[cfg(not(feature = "std"))]
fn poll_caught<F: Future>(future: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<Outcome<F::Output>> {
    future.poll(cx)
}

impl<F: Future> fmt::Debug for Task<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("finished", &self.result.is_none()).finish()
    }
}

/// Waits for a spawned future. Dropping the handle cancels the future on every runtime: it is
/// dropped the next time the executor polls it, and is woken for that at once.
#[must_use = "dropping the handle cancels the task"]
pub struct JoinHandle<T> {
    receiver: Receiver<Outcome<T>>,
}

impl<T> JoinHandle<T> {
    pub(super) fn new() -> (Sender<Outcome<T>>, Self) {
        let (sender, receiver) = channel();
        (sender, Self { receiver })
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.receiver).poll(cx).map(|received| match received {
            #[cfg(feature = "std")]
            Ok(outcome) => outcome.map_err(JoinError::Panicked),
            #[cfg(not(feature = "std"))]
            Ok(output) => Ok(output),
            Err(_) => Err(JoinError::Lost),
        })
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinHandle(..)")
    }
}

/// Starts `future` on `spawner` and returns the handle to its result.
///
/// # Errors
/// [`Rejected`] gives the future back, not polled, when the executor takes no further task.
pub fn spawn<F, S>(spawner: &S, future: F) -> Result<JoinHandle<F::Output>, Rejected<F>>
where
    F: Future,
    S: Spawner<Task<F>> + ?Sized,
{
    let (task, handle) = Task::new(future);
    match spawner.spawn(task) {
        Ok(()) => Ok(handle),
        Err(Rejected(task)) => Err(Rejected(task.future)),
    }
}
