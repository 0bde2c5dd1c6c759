//! Everything up to the first error.

use crate::machine::{Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream, TryStream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`stop_on_error_rs2`](super::RecoverExt::stop_on_error_rs2).
    #[derive(Clone, Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct StopOnError<S> {
        // Dropped as soon as it has failed or ended.
        #[pin]
        source: Option<S>,
    }
}

impl<S> StopOnError<S> {
    pub(super) fn new(source: S) -> Self {
        Self { source: Some(source) }
    }
}

impl<S: TryStream> Stream for StopOnError<S> {
    type Item = Result<S::Ok, S::Error>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        let Some(source) = this.source.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let polled = ready!(source.try_poll_next(cx));
        if !matches!(polled, Some(Ok(_))) {
            this.source.set(None);
        }
        Poll::Ready(polled)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = self.source.as_ref().map_or((0, Some(0)), Stream::size_hint);
        (low.min(1), high)
    }
}

impl<S: TryStream> FusedStream for StopOnError<S> {
    fn is_terminated(&self) -> bool {
        self.source.is_none()
    }
}

impl<S: Progress + TryStream> Progress for StopOnError<S> {
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().source.as_pin_mut().map_or(Poll::Ready(()), |it| it.poll_progress(cx))
    }
}

snapshot_fields!([S: Snapshot] StopOnError<S>, "stop_on_error", { part source });
