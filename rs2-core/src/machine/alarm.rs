//! One sleep for a deadline that moves.

use crate::time::{Instant, Sleep, Timer};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use pin_project_lite::pin_project;

pin_project! {
    /// A sleep that is made when it is first needed and armed again when the deadline moves.
    pub(crate) struct Alarm<T>
    where
        T: Timer,
    {
        #[pin]
        sleep: Option<T::Sleep>,
        armed: Option<Instant>,
    }
}

impl<T: Timer> Alarm<T> {
    pub(crate) const fn new() -> Self {
        Self { sleep: None, armed: None }
    }

    /// Ready once `due` has passed; it is then at least `due`, whatever the clock says.
    pub(crate) fn poll_until(
        self: Pin<&mut Self>,
        timer: &T,
        due: Instant,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let mut this = self.project();
        if *this.armed != Some(due) {
            *this.armed = Some(due);
            match this.sleep.as_mut().as_pin_mut() {
                Some(sleep) => sleep.reset(due),
                None => this.sleep.set(Some(timer.sleep_until(due))),
            }
        }
        let Some(sleep) = this.sleep.as_pin_mut() else { return Poll::Pending };
        ready!(sleep.poll(cx));
        *this.armed = None;
        Poll::Ready(())
    }

    /// Gives the sleep up, so that it wakes nobody.
    pub(crate) fn disarm(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.sleep.set(None);
        *this.armed = None;
    }
}
