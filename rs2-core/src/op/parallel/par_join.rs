//! Several streams at once, out of a stream of streams.

use super::bells::Bells;
use crate::machine::{Budget, Progress, snapshot_fields};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`par_join_rs2`](super::ParallelExt::par_join_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct ParJoin<S>
    where
        S: Stream,
    {
        #[pin]
        source: S,
        // A stream is dropped as soon as it has ended; its place is then free for the next.
        open: Vec<Option<Pin<Box<S::Item>>>>,
        free: Vec<usize>,
        bells: Bells,
        concurrency: usize,
        source_ended: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S: Stream> ParJoin<S> {
    pub(super) fn new(source: S, concurrency: usize) -> Self {
        Self {
            source,
            open: Vec::new(),
            free: Vec::new(),
            bells: Bells::new(),
            concurrency,
            source_ended: false,
            ended: false,
        }
    }

    fn count(&self) -> usize {
        self.open.len() - self.free.len()
    }
}

impl<S: Stream<Item: Stream>> ParJoin<S> {
    /// Opens streams while there is room; `Pending` when the budget is spent.
    #[inline]
    fn refill(self: Pin<&mut Self>, budget: &mut Budget, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        while !*this.source_ended && this.open.len() - this.free.len() < *this.concurrency {
            match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(stream)) => {
                    let stream = Some(Box::pin(stream));
                    let place = match this.free.pop() {
                        Some(place) => {
                            this.open[place] = stream;
                            place
                        }
                        None => {
                            this.open.push(stream);
                            this.open.len() - 1
                        }
                    };
                    this.bells.list(place);
                }
                Poll::Ready(None) => *this.source_ended = true,
                Poll::Pending => break,
            }
            if budget.spend(cx).is_pending() {
                return Poll::Pending;
            }
        }
        Poll::Ready(())
    }

    /// The next item of the streams that want to be polled, in turns; `Ready(None)` when a stream
    /// has ended, so that another can be opened.
    #[inline]
    fn poll_open(self: Pin<&mut Self>) -> Poll<Option<<S::Item as Stream>::Item>> {
        let this = self.project();
        // Whoever rings while being polled has woken the task, and waits for its next poll.
        let mut left = this.open.len() - this.free.len();
        while let Some(place) = this.bells.next() {
            // A bell can ring once more for a stream that is gone.
            let Some(stream) = &mut this.open[place] else { continue };
            match stream.as_mut().poll_next(&mut Context::from_waker(this.bells.waker(place))) {
                Poll::Ready(Some(item)) => {
                    this.bells.list(place);
                    return Poll::Ready(Some(item));
                }
                Poll::Ready(None) => {
                    this.open[place] = None;
                    this.free.push(place);
                    return Poll::Ready(None);
                }
                Poll::Pending => left -= 1,
            }
            if left == 0 {
                break;
            }
        }
        Poll::Pending
    }

    #[inline]
    fn advance(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<<S::Item as Stream>::Item>> {
        self.bells.wake_for(cx);
        let mut budget = Budget::new();
        loop {
            if self.as_mut().refill(&mut budget, cx).is_pending() {
                return Poll::Pending;
            }
            if self.source_ended && self.count() == 0 {
                return Poll::Ready(None);
            }
            match self.as_mut().poll_open() {
                // A place is free: the source is asked for another stream.
                Poll::Ready(None) => {}
                other => return other,
            }
            if budget.spend(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl<S: Stream<Item: Stream>> Stream for ParJoin<S> {
    type Item = <S::Item as Stream>::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
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
        let open = self.open.iter().flatten().map(|stream| stream.size_hint());
        let (low, high) = open.fold((0_usize, Some(0_usize)), |(low, high), (more, most)| {
            let high = high.zip(most).and_then(|(high, most)| high.checked_add(most));
            (low.saturating_add(more), high)
        });
        // Nobody knows how many items the streams to come will have, unless none is to come.
        let is_last = self.source_ended || self.source.size_hint().1 == Some(0);
        (low, if is_last { high } else { None })
    }
}

impl<S: Stream<Item: Stream>> FusedStream for ParJoin<S> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the source and every open stream.
impl<S: Progress<Item: Progress>> Progress for ParJoin<S> {
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let this = self.project();
        this.bells.wake_for(cx);
        let mut all =
            if *this.source_ended { Poll::Ready(()) } else { this.source.poll_progress(cx) };
        for (place, stream) in this.open.iter_mut().enumerate() {
            let Some(stream) = stream else { continue };
            // With a waker of its own, for a waker of this task would take its place and the next
            // poll would not know who rang. What it has ready now rings no more, so it is listed.
            let waker = this.bells.waker(place).clone();
            if stream.as_mut().poll_progress(&mut Context::from_waker(&waker)).is_pending() {
                all = Poll::Pending;
            }
            this.bells.list(place);
        }
        *this.ended = false;
        all
    }
}

snapshot_fields!(
    [S: Stream + Snapshot] ParJoin<S>,
    "par_join",
    busy this => this.count() > 0,
    { value source_ended, value ended, part source }
);

impl<S: Stream + fmt::Debug> fmt::Debug for ParJoin<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParJoin")
            .field("source", &self.source)
            .field("open", &self.count())
            .field("concurrency", &self.concurrency)
            .field("source_ended", &self.source_ended)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
