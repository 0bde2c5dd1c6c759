//! A release that waits, and who finishes it when its bracket is gone.

use super::Seat;
use crate::error::Rejected;
use crate::metrics::{Loss, Losses};
use crate::task::Spawner;
use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Who finishes the release of a bracket that was dropped: any [`Spawner`], or a
/// [`Scope`](super::Scope).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot finish the release of a bracket",
    note = "a spawner can when it takes the release's future; most want it `Send` and `'static`"
)]
pub trait Host<F> {
    /// A place for a bracket that opens, if the host keeps a list of them.
    fn seat(&self, _name: &'static str) -> Option<Seat> {
        None
    }

    /// Where releases that did not come to their end are counted.
    fn losses(&self) -> Losses {
        Losses::new()
    }

    /// Sees that `release` comes to its end. What cannot be taken over is dropped, and so counted.
    fn take_over(&self, release: Release<F>, seat: Option<Seat>);
}

impl<F, Sp: Spawner<Release<F>>> Host<F> for Sp {
    fn take_over(&self, release: Release<F>, _seat: Option<Seat>) {
        if let Err(Rejected(release)) = self.spawn(release) {
            drop(release);
        }
    }
}

/// A release under way.
///
/// Dropped before its end, it counts itself as [`Loss::Abandoned`] and goes to the fallback of its
/// bracket, if that has one. A panic in it counts as [`Loss::Failed`].
#[must_use = "futures do nothing unless polled"]
pub struct Release<F> {
    // Gone when it has come to its end.
    future: Option<Pin<Box<F>>>,
    losses: Losses,
    fallback: Option<Fallback<F>>,
}

/// What is called with a release that nobody else finishes.
pub(super) type Fallback<F> = fn(Pin<Box<F>>);

impl<F> Release<F> {
    pub(super) fn new(future: F, losses: &Losses, fallback: Option<Fallback<F>>) -> Self {
        Self { future: Some(Box::pin(future)), losses: losses.clone(), fallback }
    }
}

impl<F: Future<Output = ()>> Future for Release<F> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // Away while it is polled: after a panic it is not polled again.
        let Some(mut future) = self.future.take() else { return Poll::Ready(()) };
        let watch = CountPanic::new(&self.losses);
        let polled = future.as_mut().poll(cx);
        watch.disarm();
        if polled.is_pending() {
            self.future = Some(future);
        }
        polled
    }
}

impl<F> Drop for Release<F> {
    fn drop(&mut self) {
        let Some(future) = self.future.take() else { return };
        self.losses.count(Loss::Abandoned);
        let watch = CountPanic::new(&self.losses);
        // The fallback is for the last resort, so it must not be what aborts.
        let ended = super::exit::caught(|| match self.fallback {
            Some(fallback) => fallback(future),
            None => drop(future),
        });
        if ended.is_some() {
            watch.disarm();
        }
    }
}

impl<F> fmt::Debug for Release<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Release").field("finished", &self.future.is_none()).finish_non_exhaustive()
    }
}

/// Counts a failure unless it is told that all went well.
pub(super) struct CountPanic {
    losses: Option<Losses>,
}

impl CountPanic {
    pub(super) fn new(losses: &Losses) -> Self {
        Self { losses: Some(losses.clone()) }
    }

    pub(super) fn disarm(mut self) {
        self.losses = None;
    }
}

impl Drop for CountPanic {
    fn drop(&mut self) {
        if let Some(losses) = &self.losses {
            losses.count(Loss::Failed);
        }
    }
}
