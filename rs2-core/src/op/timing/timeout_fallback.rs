//! Another stream once the first has been waited for too long.

use super::idle_timeout::IdleTimeout;
use crate::machine::{Drive, Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::time::Timer;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`timeout_fallback_rs2`](super::TimingExt::timeout_fallback_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct TimeoutFallback<S, B, T>
    where
        S: Stream,
        T: Timer,
    {
        // Until it has timed out or ended: it is dropped before the other is polled.
        #[pin]
        first: Option<Drive<S, IdleTimeout<S::Item>, T>>,
        #[pin]
        fallback: B,
        // Also set while a source runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S: Stream, B, T: Timer> TimeoutFallback<S, B, T> {
    pub(super) fn new(source: S, timer: T, limit: Duration, fallback: B) -> Self {
        let first = Some(Drive::new(source, IdleTimeout::new(limit), timer));
        Self { first, fallback, ended: false }
    }
}

impl<S, B, T> TimeoutFallback<S, B, T>
where
    S: Stream,
    B: Stream<Item = S::Item>,
    T: Timer,
{
    #[inline]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if let Some(first) = this.first.as_mut().as_pin_mut() {
            match ready!(first.poll_next(cx)) {
                Some(Ok(item)) => return Poll::Ready(Some(item)),
                Some(Err(_)) => this.first.set(None),
                None => return Poll::Ready(None),
            }
        }
        this.fallback.poll_next(cx)
    }
}

impl<S, B, T> Stream for TimeoutFallback<S, B, T>
where
    S: Stream,
    B: Stream<Item = S::Item>,
    T: Timer,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let polled = self.as_mut().advance(cx);
        *self.project().ended = matches!(polled, Poll::Ready(None));
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (low, high) = self.fallback.size_hint();
        let Some(first) = &self.first else { return (low, high) };
        // Either to its end, or some of it and then all of the other. The error that would come
        // between the two is no item.
        let most = first.size_hint().1.and_then(|most| most.saturating_sub(1).checked_add(high?));
        (0, most)
    }
}

impl<S, B, T> FusedStream for TimeoutFallback<S, B, T>
where
    S: Stream,
    B: Stream<Item = S::Item>,
    T: Timer,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the stream that is asked now.
impl<S, B, T> Progress for TimeoutFallback<S, B, T>
where
    S: Progress,
    B: Progress<Item = S::Item>,
    T: Timer,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        match this.first.as_pin_mut() {
            _ if *this.ended => Poll::Ready(()),
            Some(first) => first.poll_progress(cx),
            None => this.fallback.poll_progress(cx),
        }
    }
}

snapshot_fields!(
    [S: Stream + Snapshot, B: Snapshot, T: Timer] TimeoutFallback<S, B, T>,
    "timeout_fallback",
    { value ended, part first, part fallback }
);

impl<S, B, T> fmt::Debug for TimeoutFallback<S, B, T>
where
    S: Stream + fmt::Debug,
    B: fmt::Debug,
    T: Timer,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeoutFallback")
            .field("first", &self.first)
            .field("fallback", &self.fallback)
            .field("ended", &self.ended)
            .finish()
    }
}
