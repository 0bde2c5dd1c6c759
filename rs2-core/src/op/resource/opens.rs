//! How a resource becomes a stream.

use crate::machine::Progress;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::Stream;
use pin_project_lite::pin_project;

/// What is done with a resource.
pub trait Opens<R> {
    /// The stream of what is done.
    type Stream: Stream;
    /// Begins, once the resource is there.
    fn open(self, resource: &R) -> Self::Stream;
}

/// The stream that a function makes of a clone of the resource.
pub struct Fresh<U>(pub(super) U);

/// The items of a stream, then those of the one that a function makes of a clone of the resource.
pub struct Behind<S, U> {
    pub(super) source: S,
    pub(super) use_fn: U,
}

impl<R, U, St> Opens<R> for Fresh<U>
where
    R: Clone,
    U: FnOnce(R) -> St,
    St: Stream,
{
    type Stream = St;
    fn open(self, resource: &R) -> St {
        (self.0)(resource.clone())
    }
}

impl<R, S, U, St> Opens<R> for Behind<S, U>
where
    R: Clone,
    S: Stream,
    U: FnOnce(R) -> St,
    St: Stream<Item = S::Item>,
{
    type Stream = Follow<S, St>;
    fn open(self, resource: &R) -> Follow<S, St> {
        Follow { first: Some(self.source), second: (self.use_fn)(resource.clone()) }
    }
}

pin_project! {
    /// The items of one stream, then those of another. The end of the second is final to whoever
    /// holds this.
    #[must_use = "streams do nothing unless polled"]
    pub struct Follow<S, St> {
        #[pin]
        first: Option<S>,
        #[pin]
        second: St,
    }
}

impl<S, St> Stream for Follow<S, St>
where
    S: Stream,
    St: Stream<Item = S::Item>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if let Some(first) = this.first.as_mut().as_pin_mut() {
            if let Some(item) = ready!(first.poll_next(cx)) {
                return Poll::Ready(Some(item));
            }
            this.first.set(None);
        }
        this.second.poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = self.second.size_hint();
        let Some(first) = &self.first else { return (low, high) };
        let (before, most) = first.size_hint();
        let high = most.zip(high).and_then(|(most, high)| most.checked_add(high));
        (before.saturating_add(low), high)
    }
}

/// Advances both.
impl<S, St> Progress for Follow<S, St>
where
    S: Progress,
    St: Progress<Item = S::Item>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let first = match this.first.as_pin_mut() {
            Some(first) => first.poll_progress(cx),
            None => Poll::Ready(()),
        };
        ready!(this.second.poll_progress(cx));
        first
    }
}

impl<U> fmt::Debug for Fresh<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fresh(..)")
    }
}

impl<S: fmt::Debug, U> fmt::Debug for Behind<S, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Behind").field("source", &self.source).finish_non_exhaustive()
    }
}

impl<S: fmt::Debug, St> fmt::Debug for Follow<S, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow").field("first", &self.first).finish_non_exhaustive()
    }
}
