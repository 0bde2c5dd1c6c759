//! How an item becomes a future in flight. The parts of one signature stand together.

use crate::task::JoinError;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use pin_project_lite::pin_project;

/// What starts the work on an item: inline or on a spawner.
pub trait Work<T> {
    /// What an item becomes.
    type Output;
    /// The future in flight; an error means that its task panicked or was lost.
    type Future: Future<Output = Result<Self::Output, JoinError>>;
    /// Starts the work on one item.
    fn start(&mut self, item: T) -> Self::Future;
}

/// Futures that run within the stream that holds them.
#[derive(Clone)]
pub struct InPlace<F> {
    f: F,
}

impl<F> InPlace<F> {
    pub(super) fn new(f: F) -> Self {
        Self { f }
    }
}

impl<T, F, Fut> Work<T> for InPlace<F>
where
    F: FnMut(T) -> Fut,
    Fut: Future,
{
    type Output = Fut::Output;
    type Future = Here<Fut>;

    #[inline]
    fn start(&mut self, item: T) -> Here<Fut> {
        Here { future: (self.f)(item) }
    }
}

pin_project! {
    /// A future that runs within the stream.
    #[must_use = "futures do nothing unless polled"]
    pub struct Here<Fut> {
        #[pin]
        future: Fut,
    }
}

impl<Fut: Future> Future for Here<Fut> {
    type Output = Result<Fut::Output, JoinError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(cx).map(Ok)
    }
}

pin_project! {
    /// A future in flight with its place in the order.
    #[must_use = "futures do nothing unless polled"]
    pub struct Numbered<Fut, P = u64> {
        pub(super) place: P,
        #[pin]
        pub(super) future: Fut,
    }
}

impl<Fut: Future, P: Copy> Future for Numbered<Fut, P> {
    type Output = (P, Fut::Output);

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let output = ready!(this.future.poll(cx));
        Poll::Ready((*this.place, output))
    }
}

impl<F> fmt::Debug for InPlace<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InPlace(..)")
    }
}

impl<Fut> fmt::Debug for Here<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Here(..)")
    }
}

impl<Fut, P: fmt::Debug> fmt::Debug for Numbered<Fut, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Numbered").field("place", &self.place).finish_non_exhaustive()
    }
}
