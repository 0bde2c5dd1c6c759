//! The wait between two tries.

use crate::time::{Instant, Sleep, Timer};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use pin_project_lite::pin_project;

pin_project! {
    // A timer and its one sleep, which is armed again for each pause.
    pub(super) struct Pause<T>
    where
        T: Timer,
    {
        timer: T,
        #[pin]
        sleep: Option<T::Sleep>,
        waiting: bool,
    }
}

impl<T: Timer> Pause<T> {
    pub(super) fn new(timer: T) -> Self {
        Self { timer, sleep: None, waiting: false }
    }

    pub(super) fn now(&self) -> Instant {
        self.timer.now()
    }

    /// Begins a wait; one of no time is over at once and arms nothing.
    pub(super) fn begin(self: Pin<&mut Self>, now: Instant, after: Duration) {
        let mut this = self.project();
        *this.waiting = !after.is_zero();
        if !*this.waiting {
            return;
        }
        let due = now.saturating_add(after);
        match this.sleep.as_mut().as_pin_mut() {
            Some(sleep) => sleep.reset(due),
            None => this.sleep.set(Some(this.timer.sleep_until(due))),
        }
    }

    /// `Ready` when no wait is under way any more.
    pub(super) fn poll_over(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.waiting
            && let Some(sleep) = this.sleep.as_pin_mut()
        {
            ready!(sleep.poll(cx));
            *this.waiting = false;
        }
        Poll::Ready(())
    }
}
