//! One call of a closure, as a job with a name.

use super::Job;
use super::join::{JoinHandle, Outcome, caught};
use core::fmt;
use futures_channel::oneshot::Sender;

/// One call of `F` with a `T`, on its way to a thread of its own: reports its result, and is not
/// made when nobody waits for it any more.
#[must_use = "a call does nothing unless it is run"]
pub struct Call<F, T, U> {
    f: F,
    argument: T,
    result: Sender<Outcome<U>>,
}

impl<F: FnOnce(T) -> U, T, U> Call<F, T, U> {
    /// Splits a call into the part to run and the handle to wait on. Dropping the handle cancels
    /// the call, unless it has begun.
    pub fn new(f: F, argument: T) -> (Self, JoinHandle<U>) {
        let (result, handle) = JoinHandle::new();
        (Self { f, argument, result }, handle)
    }
}

impl<F: FnOnce(T) -> U, T, U> Job for Call<F, T, U> {
    fn run(self) {
        let Self { f, argument, result } = self;
        if result.is_canceled() {
            return;
        }
        // An error means that the handle was dropped meanwhile: nobody wants the result.
        let _ = result.send(caught(|| f(argument)));
    }
}

impl<F, T, U> fmt::Debug for Call<F, T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("cancelled", &self.result.is_canceled()).finish()
    }
}
