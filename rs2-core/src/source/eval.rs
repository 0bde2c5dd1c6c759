//! A stream of the output of a future.

use crate::machine::Progress;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`eval`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Eval<Fut>
    where
        Fut: Future,
    {
        #[pin]
        future: Option<Fut>,
        // The output, when the future finished while nobody asked for an item.
        done: Option<Fut::Output>,
        started: bool,
    }
}

/// Yields the output of a future.
///
/// # Shape
/// Exactly one item.
/// # Cancel safety
/// The future starts at the first poll of the stream; dropping the stream drops it.
/// # Cost
/// That of the future. No allocation.
/// # Examples
/// ```
/// # use rs2_core::prelude::*;
/// # futures_executor::block_on(async {
/// let answer: Vec<u32> = eval(async { 6 * 7 }).collect_rs2().await;
/// assert_eq!(answer, [42]);
/// # })
/// ```
#[doc(alias = "once")]
pub fn eval<Fut: Future>(future: Fut) -> Eval<Fut> {
    Eval { future: Some(future), done: None, started: false }
}

impl<Fut: Future> Stream for Eval<Fut> {
    type Item = Fut::Output;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Fut::Output>> {
        let mut this = self.project();
        *this.started = true;
        if let Some(running) = this.future.as_mut().as_pin_mut() {
            let output = ready!(running.poll(cx));
            this.future.set(None);
            return Poll::Ready(Some(output));
        }
        Poll::Ready(this.done.take())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(!self.is_terminated());
        (left, Some(left))
    }
}

impl<Fut: Future> FusedStream for Eval<Fut> {
    fn is_terminated(&self) -> bool {
        self.future.is_none() && self.done.is_none()
    }
}

impl<Fut: Future> Progress for Eval<Fut> {
    /// A future that was polled before is in flight.
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if *this.started
            && let Some(running) = this.future.as_mut().as_pin_mut()
        {
            *this.done = Some(ready!(running.poll(cx)));
            this.future.set(None);
        }
        Poll::Ready(())
    }
}

impl<Fut: Future> fmt::Debug for Eval<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Eval").field("ended", &self.is_terminated()).finish()
    }
}
