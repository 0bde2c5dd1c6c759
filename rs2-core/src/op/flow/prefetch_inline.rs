//! Items taken ahead within the consumer's own task, while that waits for something else.

use crate::machine::{Budget, Progress};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use alloc::collections::VecDeque;
use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// The stream of [`prefetch_inline_rs2`](super::FlowExt::prefetch_inline_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct PrefetchInline<S>
    where
        S: Stream,
    {
        #[pin]
        source: S,
        ahead: VecDeque<S::Item>,
        capacity: usize,
        started: bool,
        // Also set while the source is polled, so that a panic there ends the stream, behind what
        // was taken before.
        source_ended: bool,
    }
}

impl<S: Stream> PrefetchInline<S> {
    pub(super) fn new(source: S, capacity: usize) -> Self {
        let ahead = VecDeque::new();
        Self { source, ahead, capacity, started: false, source_ended: false }
    }

    /// Stops reading, and returns the items that were taken from the source and not yet yielded.
    pub fn into_remainder(mut self) -> VecDeque<S::Item> {
        mem::take(&mut self.ahead)
    }

    #[inline]
    fn pull(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        *this.source_ended = true;
        let polled = this.source.poll_next(cx);
        *this.source_ended = matches!(polled, Poll::Ready(None));
        polled
    }
}

impl<S: Stream> Stream for PrefetchInline<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.as_mut().project();
        *this.started = true;
        if let Some(item) = this.ahead.pop_front() {
            return Poll::Ready(Some(item));
        }
        if *this.source_ended {
            return Poll::Ready(None);
        }
        self.pull(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let held = self.ahead.len();
        let (low, high) = if self.source_ended { (0, Some(0)) } else { self.source.size_hint() };
        (low.saturating_add(held), high.and_then(|high| high.checked_add(held)))
    }
}

impl<S: Stream> FusedStream for PrefetchInline<S> {
    fn is_terminated(&self) -> bool {
        self.source_ended && self.ahead.is_empty()
    }
}

/// Takes items ahead until there are as many as it may take, or the source has none.
impl<S: Progress> Progress for PrefetchInline<S> {
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut budget = Budget::new();
        while !self.source_ended && self.started && self.ahead.len() < self.capacity {
            if let Some(item) = ready!(self.as_mut().pull(cx)) {
                self.as_mut().project().ahead.push_back(item);
            }
            ready!(budget.spend(cx));
        }
        if self.source_ended { Poll::Ready(()) } else { self.project().source.poll_progress(cx) }
    }
}

#[cfg(feature = "snapshot")]
impl<S> Snapshot for PrefetchInline<S>
where
    S: Stream<Item: Serialize + DeserializeOwned> + Snapshot,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("prefetch_inline", 1)?;
        to.put(&(self.started, self.source_ended))?;
        to.put_all(self.ahead.len(), &self.ahead)?;
        self.source.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("prefetch_inline", 1)?;
        (self.started, self.source_ended) = from.take()?;
        from.take_all(|item| {
            if self.ahead.len() >= self.capacity {
                return Err(SnapshotError::Full("prefetch_inline"));
            }
            self.ahead.push_back(item);
            Ok(())
        })?;
        self.source.restore(from)
    }
}

impl<S: Stream + fmt::Debug> fmt::Debug for PrefetchInline<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrefetchInline")
            .field("source", &self.source)
            .field("ahead", &self.ahead.len())
            .field("capacity", &self.capacity)
            .field("source_ended", &self.source_ended)
            .finish()
    }
}
