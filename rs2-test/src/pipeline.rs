//! A built row: one type for every kind of stream.

use crate::out::Out;
use futures_core::Stream;
use pin_project_lite::pin_project;
use rs2_core::machine::Progress;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A stream of outputs that may or may not have progress.
pub(crate) trait Pipeline {
    fn poll_out(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Out>>;
    /// `Ready` at once where there is no such thing.
    fn poll_onward(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
    fn hint(&self) -> (usize, Option<usize>);
}

macro_rules! wrapper {
    ($(#[$doc:meta])* $name:ident) => {
        pin_project! {
            $(#[$doc])*
            pub(crate) struct $name<S> {
                #[pin]
                inner: S,
            }
        }

        impl<S> $name<S> {
            pub(crate) fn new(inner: S) -> Self {
                Self { inner }
            }
        }
    };
}

wrapper!(
    /// A stream with progress.
    Progressive
);
wrapper!(
    /// A stream without.
    Plain
);

impl<S: Progress<Item: Into<Out>>> Pipeline for Progressive<S> {
    fn poll_out(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Out>> {
        self.project().inner.poll_next(cx).map(|item| item.map(Into::into))
    }

    fn poll_onward(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().inner.poll_progress(cx)
    }

    fn hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<S: Stream<Item: Into<Out>>> Pipeline for Plain<S> {
    fn poll_out(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Out>> {
        self.project().inner.poll_next(cx).map(|item| item.map(Into::into))
    }

    fn poll_onward(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

pin_project! {
    /// A future as a stream of its output.
    pub(crate) struct Once<F> {
        #[pin]
        future: Option<F>,
    }
}

impl<F> Once<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future: Some(future) }
    }
}

impl<F: Future<Output: Into<Out>>> Pipeline for Once<F> {
    fn poll_out(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Out>> {
        let mut slot = self.project().future;
        let Some(future) = slot.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let output = ready!(future.poll(cx));
        slot.set(None);
        Poll::Ready(Some(output.into()))
    }

    fn poll_onward(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.future.is_some());
        (left, Some(left))
    }
}
