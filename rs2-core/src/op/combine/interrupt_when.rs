//! The items until a signal.

use crate::machine::Progress;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`interrupt_when_rs2`](super::CombineExt::interrupt_when_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct InterruptWhen<S, Fut> {
        #[pin]
        source: S,
        // Nothing once the stream has ended.
        #[pin]
        signal: Option<Fut>,
    }
}

impl<S, Fut> InterruptWhen<S, Fut> {
    pub(super) fn new(source: S, signal: Fut) -> Self {
        Self { source, signal: Some(signal) }
    }
}

impl<S, Fut> Stream for InterruptWhen<S, Fut>
where
    S: Stream,
    Fut: Future<Output = ()>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        let Some(signal) = this.signal.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let item = match signal.poll(cx) {
            Poll::Ready(()) => None,
            Poll::Pending => ready!(this.source.poll_next(cx)),
        };
        if item.is_none() {
            this.signal.set(None);
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.signal.is_some() { (0, self.source.size_hint().1) } else { (0, Some(0)) }
    }
}

impl<S, Fut> FusedStream for InterruptWhen<S, Fut>
where
    S: Stream,
    Fut: Future<Output = ()>,
{
    fn is_terminated(&self) -> bool {
        self.signal.is_none()
    }
}

impl<S, Fut> Progress for InterruptWhen<S, Fut>
where
    S: Progress,
    Fut: Future<Output = ()>,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if this.signal.is_none() { Poll::Ready(()) } else { this.source.poll_progress(cx) }
    }
}

impl<S: fmt::Debug, Fut> fmt::Debug for InterruptWhen<S, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterruptWhen")
            .field("source", &self.source)
            .field("ended", &self.signal.is_none())
            .finish()
    }
}
