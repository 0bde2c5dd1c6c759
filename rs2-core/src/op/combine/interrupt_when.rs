//! A stream that a future ends.

use crate::machine::Progress;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`interrupt_when_rs2`](super::CombineExt::interrupt_when_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct InterruptWhen<S, Sig> {
        #[pin]
        source: S,
        // Dropped as soon as it is ready or the source has ended; the stream is then over.
        #[pin]
        signal: Option<Sig>,
    }
}

impl<S, Sig> InterruptWhen<S, Sig> {
    pub(super) fn new(source: S, signal: Sig) -> Self {
        Self { source, signal: Some(signal) }
    }
}

impl<S, Sig: Future<Output = ()>> InterruptWhen<S, Sig> {
    /// `Ready` when the stream is over.
    #[inline]
    fn poll_signal(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut signal = self.project().signal;
        if let Some(running) = signal.as_mut().as_pin_mut() {
            ready!(running.poll(cx));
            signal.set(None);
        }
        Poll::Ready(())
    }
}

impl<S, Sig> Stream for InterruptWhen<S, Sig>
where
    S: Stream,
    Sig: Future<Output = ()>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.as_mut().poll_signal(cx).is_ready() {
            return Poll::Ready(None);
        }
        let mut this = self.project();
        let item = ready!(this.source.poll_next(cx));
        if item.is_none() {
            this.signal.set(None);
        }
        Poll::Ready(item)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.signal.is_none() { (0, Some(0)) } else { (0, self.source.size_hint().1) }
    }
}

impl<S, Sig> FusedStream for InterruptWhen<S, Sig>
where
    S: Stream,
    Sig: Future<Output = ()>,
{
    fn is_terminated(&self) -> bool {
        self.signal.is_none()
    }
}

/// Advances the signal, and the source as long as there is no signal.
impl<S, Sig> Progress for InterruptWhen<S, Sig>
where
    S: Progress,
    Sig: Future<Output = ()>,
{
    #[inline]
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let signal = self.as_mut().poll_signal(cx);
        if signal.is_pending() {
            ready!(self.project().source.poll_progress(cx));
        }
        signal
    }
}

/// A restored one waits for the signal that it was given.
#[cfg(feature = "snapshot")]
impl<S: Snapshot, Sig> Snapshot for InterruptWhen<S, Sig> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("interrupt_when", 1)?;
        to.put(&self.signal.is_none())?;
        self.source.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("interrupt_when", 1)?;
        if from.take()? {
            self.signal = None;
        }
        self.source.restore(from)
    }
}

impl<S: fmt::Debug, Sig> fmt::Debug for InterruptWhen<S, Sig> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterruptWhen")
            .field("source", &self.source)
            .field("ended", &self.signal.is_none())
            .finish_non_exhaustive()
    }
}
