//! A stream from a seed and a step.

use crate::machine::{Progress, snapshot_fields};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`unfold`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Unfold<St, F, Fut>
    where
        Fut: Future,
    {
        // Between two items there is a state; while a step runs there is its future, and then what
        // it made while nobody asked for an item; at the end there is nothing.
        state: Option<St>,
        f: F,
        #[pin]
        step: Option<Fut>,
        made: Option<Fut::Output>,
    }
}

/// Yields what `f` makes of a state, again and again, until it returns `None`.
///
/// # Shape
/// One item for each `Some((item, next state))`, in order.
/// # Cancel safety
/// A dropped `next()` loses nothing: the running step is kept. Dropping the stream drops it.
/// # Cost
/// One call of `f` per item. No allocation, no clock.
/// # Examples
/// ```
/// # use rs2_core::prelude::*;
/// # futures_executor::block_on(async {
/// let powers = unfold(1_u32, |n| async move { (n < 20).then_some((n, n * 2)) });
/// let powers: Vec<u32> = powers.collect_rs2().await;
/// assert_eq!(powers, [1, 2, 4, 8, 16]);
/// # })
/// ```
pub fn unfold<St, F, Fut, T>(state: St, f: F) -> Unfold<St, F, Fut>
where
    F: FnMut(St) -> Fut,
    Fut: Future<Output = Option<(T, St)>>,
{
    Unfold { state: Some(state), f, step: None, made: None }
}

impl<St, F, Fut, T> Stream for Unfold<St, F, Fut>
where
    F: FnMut(St) -> Fut,
    Fut: Future<Output = Option<(T, St)>>,
{
    type Item = T;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut this = self.project();
        if let Some(state) = this.state.take() {
            this.step.set(Some((this.f)(state)));
        }
        if let Some(step) = this.step.as_mut().as_pin_mut() {
            *this.made = Some(ready!(step.poll(cx)));
            this.step.set(None);
        }
        let Some((item, next)) = this.made.take().flatten() else { return Poll::Ready(None) };
        *this.state = Some(next);
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.made {
            Some(Some(_)) => (1, None),
            Some(None) => (0, Some(0)),
            None if self.state.is_none() && self.step.is_none() => (0, Some(0)),
            None => (0, None),
        }
    }
}

impl<St, F, Fut, T> FusedStream for Unfold<St, F, Fut>
where
    F: FnMut(St) -> Fut,
    Fut: Future<Output = Option<(T, St)>>,
{
    fn is_terminated(&self) -> bool {
        self.state.is_none() && self.step.is_none() && !matches!(self.made, Some(Some(_)))
    }
}

impl<St, F, Fut, T> Progress for Unfold<St, F, Fut>
where
    F: FnMut(St) -> Fut,
    Fut: Future<Output = Option<(T, St)>>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if let Some(step) = this.step.as_mut().as_pin_mut() {
            *this.made = Some(ready!(step.poll(cx)));
            this.step.set(None);
        }
        Poll::Ready(())
    }
}

snapshot_fields!(
    [St: Serialize + DeserializeOwned, F, Fut: Future] Unfold<St, F, Fut>,
    "unfold",
    busy this => this.step.is_some() || this.made.is_some(),
    { value state }
);

impl<St, F, Fut: Future> fmt::Debug for Unfold<St, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unfold").field("in_step", &self.step.is_some()).finish_non_exhaustive()
    }
}
