//! Items no faster than a limit that others share.

use super::quota::Limit;
use super::rate_limiter::{RateLimiter, UntilReady};
use crate::machine::Progress;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::Timer;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`rate_limit_on_rs2`](super::ResilienceExt::rate_limit_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct RateLimit<S, T, L>
    where
        S: Stream,
        T: Timer,
    {
        #[pin]
        source: S,
        timer: T,
        limiter: RateLimiter<L>,
        // There exactly while it waits to pass.
        held: Option<S::Item>,
        #[pin]
        turn: Option<UntilReady<T, L>>,
        // Also set while code of others runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S: Stream, T: Timer, L> RateLimit<S, T, L> {
    pub(super) fn new(source: S, timer: T, limiter: RateLimiter<L>) -> Self {
        Self { source, timer, limiter, held: None, turn: None, ended: false }
    }
}

impl<S: Stream, T: Timer, L: Limit> RateLimit<S, T, L> {
    #[inline]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if this.held.is_none() {
            *this.held = ready!(this.source.poll_next(cx));
            if this.held.is_none() {
                return Poll::Ready(None);
            }
            this.turn.set(Some(this.limiter.until_ready_on(this.timer)));
        }
        if let Some(turn) = this.turn.as_mut().as_pin_mut() {
            ready!(turn.poll(cx));
            this.turn.set(None);
        }
        Poll::Ready(this.held.take())
    }
}

impl<S: Stream, T: Timer, L: Limit> Stream for RateLimit<S, T, L> {
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
        let held = usize::from(self.held.is_some());
        let (low, high) = self.source.size_hint();
        (low.saturating_add(held), high.and_then(|high| high.checked_add(held)))
    }
}

impl<S: Stream, T: Timer, L: Limit> FusedStream for RateLimit<S, T, L> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the source. Whose turn it is counts from the poll that took the item.
impl<S: Progress, T: Timer, L: Limit> Progress for RateLimit<S, T, L> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended { Poll::Ready(()) } else { this.source.poll_progress(cx) }
    }
}

/// An item that waits to pass stands in line again. A limit that streams share is saved by each.
#[cfg(feature = "snapshot")]
impl<S, T, L> Snapshot for RateLimit<S, T, L>
where
    S: Stream<Item: Serialize + DeserializeOwned> + Snapshot,
    T: Timer,
    L: Limit + Snapshot,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("rate_limit", 1)?;
        to.put(&(&self.held, self.ended))?;
        self.source.save(to)?;
        to.at(self.timer.now());
        self.limiter.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("rate_limit", 1)?;
        (self.held, self.ended) = from.take()?;
        self.source.restore(from)?;
        from.at(self.timer.now());
        self.limiter.restore(from)?;
        self.turn = self.held.is_some().then(|| self.limiter.until_ready_on(&self.timer));
        Ok(())
    }
}

impl<S: Stream + fmt::Debug, T: Timer, L: fmt::Debug> fmt::Debug for RateLimit<S, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("source", &self.source)
            .field("limiter", &self.limiter)
            .field("has_held", &self.held.is_some())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
