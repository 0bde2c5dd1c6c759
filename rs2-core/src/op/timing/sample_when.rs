//! The latest item whenever another stream says so.

use crate::machine::{Budget, Progress, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`sample_when_rs2`](super::TimingExt::sample_when_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct SampleWhen<S, B>
    where
        S: Stream,
    {
        #[pin]
        source: S,
        #[pin]
        trigger: B,
        held: Option<S::Item>,
        source_ended: bool,
        trigger_ended: bool,
        // Also set while code of others runs, so that a panic there ends the stream.
        ended: bool,
        losses: Losses,
    }
}

impl<S: Stream, B> SampleWhen<S, B> {
    /// The latest item of `source` at each item of `trigger`; the others are counted in `losses`.
    pub fn new(source: S, trigger: B, losses: Losses) -> Self {
        Self {
            source,
            trigger,
            held: None,
            source_ended: false,
            trigger_ended: false,
            ended: false,
            losses,
        }
    }
}

impl<S: Stream, B: Stream> SampleWhen<S, B> {
    /// Takes what the source has: an item that is there when the trigger comes belongs to it.
    #[inline]
    fn take_all(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let mut this = self.project();
        let mut budget = Budget::new();
        while let Poll::Ready(next) = this.source.as_mut().poll_next(cx) {
            let Some(item) = next else {
                *this.source_ended = true;
                return;
            };
            if this.held.replace(item).is_some() {
                this.losses.count(Loss::Suppressed);
            }
            if budget.spend(cx).is_pending() {
                return;
            }
        }
    }

    #[inline]
    fn advance(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.as_mut().take_all(cx);
        let mut this = self.project();
        if *this.source_ended {
            return Poll::Ready(this.held.take());
        }
        // Also when the source would never stop giving.
        let mut budget = Budget::new();
        while !*this.trigger_ended {
            match this.trigger.as_mut().poll_next(cx) {
                Poll::Ready(Some(_)) if this.held.is_some() => {
                    return Poll::Ready(this.held.take());
                }
                Poll::Ready(Some(_)) => {}
                Poll::Ready(None) => *this.trigger_ended = true,
                Poll::Pending => break,
            }
            if budget.spend(cx).is_pending() {
                break;
            }
        }
        Poll::Pending
    }
}

impl<S: Stream, B: Stream> Stream for SampleWhen<S, B> {
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let polled = self.as_mut().advance(cx);
        let this = self.project();
        // What was held has just gone out, so the end of the source is the end.
        *this.ended = *this.source_ended;
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let held = usize::from(self.held.is_some());
        let (low, high) = self.source.size_hint();
        (low.saturating_add(held).min(1), high.and_then(|high| high.checked_add(held)))
    }
}

impl<S: Stream, B: Stream> FusedStream for SampleWhen<S, B> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the source and the trigger.
impl<S: Progress, B: Progress> Progress for SampleWhen<S, B> {
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(());
        }
        let source = this.source.poll_progress(cx);
        if !*this.trigger_ended {
            ready!(this.trigger.poll_progress(cx));
        }
        source
    }
}

impl<S: Stream, B> Reports for SampleWhen<S, B> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

snapshot_fields!(
    [S: Stream<Item: Serialize + DeserializeOwned> + Snapshot, B: Snapshot] SampleWhen<S, B>,
    "sample_when",
    {
        value held,
        value source_ended,
        value trigger_ended,
        value ended,
        part source,
        part trigger,
    }
);

impl<S: Stream + fmt::Debug, B: fmt::Debug> fmt::Debug for SampleWhen<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SampleWhen")
            .field("source", &self.source)
            .field("trigger", &self.trigger)
            .field("has_held", &self.held.is_some())
            .field("ended", &self.ended)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
