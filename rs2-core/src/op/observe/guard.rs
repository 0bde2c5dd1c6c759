//! A source that waits while a breaker is open.

use crate::machine::{Alarm, Progress, snapshot_fields};
use crate::metrics::{Gate, ResourceManager};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::time::{Instant, Timer};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`guarded_by_rs2`](super::ObserveExt::guarded_by_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct GuardedBy<S, T>
    where
        T: Timer,
    {
        #[pin]
        source: S,
        gate: Gate,
        timer: T,
        #[pin]
        alarm: Alarm<T>,
        // When the breaker is asked again. By this stream's timer: the manager's clock may have
        // another origin, so only lengths of time pass between them.
        ask_at: Option<Instant>,
        // Also set while the source runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, T: Timer> GuardedBy<S, T> {
    pub(super) fn new(source: S, timer: T, manager: &ResourceManager) -> Self {
        let (gate, alarm) = (Gate::new(manager), Alarm::new());
        Self { source, gate, timer, alarm, ask_at: None, ended: false }
    }

    /// Ready when the breaker is not open.
    fn poll_gate(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            let Some(left) = this.gate.closed_for(cx) else {
                if this.ask_at.take().is_some() {
                    this.alarm.disarm();
                }
                return Poll::Ready(());
            };
            let ask_at = match *this.ask_at {
                Some(ask_at) => ask_at,
                None => this.timer.now().saturating_add(left),
            };
            *this.ask_at = Some(ask_at);
            ready!(this.alarm.as_mut().poll_until(this.timer, ask_at, cx));
            *this.ask_at = None;
        }
    }
}

impl<S: Stream, T: Timer> Stream for GuardedBy<S, T> {
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        ready!(self.as_mut().poll_gate(cx));
        let this = self.project();
        *this.ended = true;
        let polled = this.source.poll_next(cx);
        *this.ended = matches!(polled, Poll::Ready(None));
        polled
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S: Stream, T: Timer> FusedStream for GuardedBy<S, T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// What is in flight goes on, also while the breaker is open.
impl<S: Progress, T: Timer> Progress for GuardedBy<S, T> {
    #[inline]
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(());
        }
        *this.ended = true;
        let polled = this.source.poll_progress(cx);
        *this.ended = false;
        polled
    }
}

// A restored one asks the breaker again.
snapshot_fields!([S: Snapshot, T: Timer] GuardedBy<S, T>, "guarded_by", {
    value ended,
    part source,
});

impl<S: fmt::Debug, T: Timer> fmt::Debug for GuardedBy<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedBy")
            .field("source", &self.source)
            .field("gate", &self.gate)
            .field("waits", &self.ask_at.is_some())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
