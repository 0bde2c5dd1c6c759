//! Several futures in flight, their outputs in the order of the items or as they finish.

use super::work::{Numbered, Work};
use crate::machine::{Budget, Progress, snapshot_fields};
use crate::slots::Slots;
use crate::slots::outputs::Outputs;
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::task::JoinError;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of the `par_eval_map` family.
    #[must_use = "streams do nothing unless polled"]
    pub struct ParEvalMap<S, W, Q, O> {
        #[pin]
        source: S,
        work: W,
        #[pin]
        slots: Q,
        // Exactly what is owed and not yet there is in `slots`.
        outputs: O,
        // At most so many outputs owed, so that one slow item does not idle the slots and memory
        // stays bounded.
        width: usize,
        source_ended: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, W, Q, O> ParEvalMap<S, W, Q, O>
where
    S: Stream,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future>>,
    O: Outputs<Result<W::Output, JoinError>>,
{
    pub(super) fn new(source: S, work: W, slots: Q, outputs: O) -> Self {
        // One at a time is exactly that: nothing starts before the last output is yielded.
        let width = match slots.capacity() {
            1 => 1,
            several => several.saturating_mul(2).min(outputs.room()),
        };
        Self { source, work, slots, outputs, width, source_ended: false, ended: false }
    }

    /// Brings what has finished to its place. `Ready` when nothing is in flight.
    #[inline]
    fn collect(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            match this.slots.as_mut().poll_next(cx) {
                Poll::Ready(Some((place, output))) => this.outputs.finish(place, output),
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Starts items while there is room; returns whether it started any.
    #[inline]
    fn refill(self: Pin<&mut Self>, budget: &mut Budget, cx: &mut Context<'_>) -> bool {
        let mut this = self.project();
        let mut started = false;
        while !*this.source_ended && !this.slots.is_full() && this.outputs.owed() < *this.width {
            let item = match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => item,
                Poll::Ready(None) => {
                    *this.source_ended = true;
                    break;
                }
                Poll::Pending => break,
            };
            let future = Numbered { place: this.outputs.begin(), future: this.work.start(item) };
            let inserted = this.slots.as_mut().insert(future);
            debug_assert!(inserted.is_ok(), "there was a free slot");
            started = true;
            if budget.spend(cx).is_pending() {
                return false;
            }
        }
        started
    }

    /// The output whose turn it is, once it is there. A task that panicked panics here, in its
    /// turn, and what else was started is dropped.
    #[inline]
    fn pop(self: Pin<&mut Self>) -> Option<W::Output> {
        let this = self.project();
        match this.outputs.pop()? {
            Ok(output) => Some(output),
            Err(error) => {
                this.slots.clear();
                this.outputs.clear();
                error.resume()
            }
        }
    }
}

impl<S, W, Q, O> Stream for ParEvalMap<S, W, Q, O>
where
    S: Stream,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future>>,
    O: Outputs<Result<W::Output, JoinError>>,
{
    type Item = W::Output;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<W::Output>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let mut budget = Budget::new();
        // What has just been started must be polled before it can be waited for.
        loop {
            let _ = self.as_mut().collect(cx);
            if !self.as_mut().refill(&mut budget, cx) {
                break;
            }
        }
        let output = self.as_mut().pop();
        let this = self.project();
        *this.ended = output.is_none() && *this.source_ended && this.outputs.owed() == 0;
        match output {
            None if !*this.ended => Poll::Pending,
            _ => Poll::Ready(output),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let owed = self.outputs.owed();
        let (low, high) = if self.source_ended { (0, Some(0)) } else { self.source.size_hint() };
        (low.saturating_add(owed), high.and_then(|high| high.checked_add(owed)))
    }
}

impl<S, W, Q, O> FusedStream for ParEvalMap<S, W, Q, O>
where
    S: Stream,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future>>,
    O: Outputs<Result<W::Output, JoinError>>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the futures in flight; the outputs of those that finish wait for their turn.
impl<S, W, Q, O> Progress for ParEvalMap<S, W, Q, O>
where
    S: Progress,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future>>,
    O: Outputs<Result<W::Output, JoinError>>,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let in_flight = self.as_mut().collect(cx);
        let this = self.project();
        let source =
            if *this.source_ended { Poll::Ready(()) } else { this.source.poll_progress(cx) };
        *this.ended = false;
        if source.is_pending() { source } else { in_flight }
    }
}

snapshot_fields!(
    [
        S: Stream + Snapshot,
        W: Work<S::Item>,
        Q,
        O: Outputs<Result<W::Output, JoinError>>
    ] ParEvalMap<S, W, Q, O>,
    "par_eval_map",
    busy this => this.outputs.owed() > 0,
    { value source_ended, value ended, part source }
);

impl<S, W, Q, O> fmt::Debug for ParEvalMap<S, W, Q, O>
where
    S: fmt::Debug,
    W: fmt::Debug,
    Q: fmt::Debug,
    O: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParEvalMap")
            .field("source", &self.source)
            .field("work", &self.work)
            .field("slots", &self.slots)
            .field("outputs", &self.outputs)
            .field("source_ended", &self.source_ended)
            .field("ended", &self.ended)
            .finish()
    }
}
