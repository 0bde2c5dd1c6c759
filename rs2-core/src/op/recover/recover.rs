//! A future's output instead of each error.

use crate::machine::{Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, TryStream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`recover_rs2`](super::RecoverExt::recover_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct Recover<S, F, Fut>
    where
        Fut: Future,
    {
        #[pin]
        source: S,
        f: F,
        #[pin]
        running: Option<Fut>,
        // What a future came to while nobody asked. Never there while another one runs.
        output: Option<Fut::Output>,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, F, Fut: Future> Recover<S, F, Fut> {
    pub(super) fn new(source: S, f: F) -> Self {
        Self { source, f, running: None, output: None, ended: false }
    }

    /// The output of the running future; none when nothing runs.
    fn poll_running(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Fut::Output>> {
        let mut this = self.project();
        let Some(running) = this.running.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let output = ready!(running.poll(cx));
        this.running.set(None);
        Poll::Ready(Some(output))
    }
}

impl<S, F, Fut> Recover<S, F, Fut>
where
    S: TryStream,
    F: FnMut(S::Error) -> Fut,
    Fut: Future<Output = S::Ok>,
{
    #[inline]
    fn advance(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Ok>> {
        let mut this = self.as_mut().project();
        if this.output.is_some() {
            return Poll::Ready(this.output.take());
        }
        if this.running.is_none() {
            match ready!(this.source.try_poll_next(cx)) {
                Some(Ok(item)) => return Poll::Ready(Some(item)),
                Some(Err(error)) => this.running.set(Some((this.f)(error))),
                None => return Poll::Ready(None),
            }
        }
        self.poll_running(cx)
    }
}

impl<S, F, Fut> futures_core::Stream for Recover<S, F, Fut>
where
    S: TryStream,
    F: FnMut(S::Error) -> Fut,
    Fut: Future<Output = S::Ok>,
{
    type Item = S::Ok;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Ok>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let polled = self.as_mut().advance(cx);
        *self.project().ended = matches!(polled, Poll::Ready(None));
        polled
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let held = usize::from(self.running.is_some() || self.output.is_some());
        let (low, high) = self.source.size_hint();
        (low.saturating_add(held), high.and_then(|high| high.checked_add(held)))
    }
}

impl<S, F, Fut> FusedStream for Recover<S, F, Fut>
where
    S: TryStream,
    F: FnMut(S::Error) -> Fut,
    Fut: Future<Output = S::Ok>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the running future, whose output then waits to be asked for, and the source.
impl<S, F, Fut> Progress for Recover<S, F, Fut>
where
    S: Progress + TryStream,
    F: FnMut(S::Error) -> Fut,
    Fut: Future<Output = S::Ok>,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let running = self.as_mut().poll_running(cx);
        let this = self.project();
        let in_flight = running.map(|output| {
            if output.is_some() {
                *this.output = output;
            }
        });
        let source = this.source.poll_progress(cx);
        *this.ended = false;
        ready!(source);
        in_flight
    }
}

snapshot_fields!(
    [S: Snapshot, F, Fut: Future] Recover<S, F, Fut>,
    "recover",
    busy this => this.running.is_some() || this.output.is_some(),
    { value ended, part source }
);

impl<S: fmt::Debug, F, Fut: Future> fmt::Debug for Recover<S, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recover")
            .field("source", &self.source)
            .field("running", &self.running.is_some())
            .field("holds_output", &self.output.is_some())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
