//! Several futures in flight, their outputs in the order of the items.

use super::work::{Numbered, Work};
use crate::machine::{Budget, Progress};
use crate::slots::Slots;
use crate::task::JoinError;
use alloc::collections::VecDeque;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of the `par_eval_map` family.
    #[must_use = "streams do nothing unless polled"]
    pub struct ParEvalMap<S, W, Q>
    where
        S: Stream,
        W: Work<S::Item>,
    {
        #[pin]
        source: S,
        work: W,
        #[pin]
        slots: Q,
        // One entry for each item started and not yet yielded, oldest first; its output once it is
        // there. Exactly the empty ones are in `slots`.
        window: VecDeque<Option<Result<W::Output, JoinError>>>,
        // The place in the order of the window's first entry.
        first: u64,
        // At most so many entries in the window, so that one slow item does not idle the slots and
        // memory stays bounded.
        width: usize,
        source_ended: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, W, Q> ParEvalMap<S, W, Q>
where
    S: Stream,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future>>,
{
    pub(super) fn new(source: S, work: W, slots: Q) -> Self {
        // One at a time is exactly that: nothing starts before the last output is yielded.
        let width = if slots.capacity() == 1 { 1 } else { slots.capacity().saturating_mul(2) };
        Self {
            source,
            work,
            slots,
            window: VecDeque::new(),
            first: 0,
            width,
            source_ended: false,
            ended: false,
        }
    }

    /// Moves what has finished into the window. `Ready` when nothing is in flight.
    #[inline]
    fn collect(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            match this.slots.as_mut().poll_next(cx) {
                Poll::Ready(Some((place, output))) => {
                    // The window holds far fewer than 2^64 places, so the difference fits.
                    this.window[(place - *this.first) as usize] = Some(output);
                }
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
        while !*this.source_ended && !this.slots.is_full() && this.window.len() < *this.width {
            let item = match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => item,
                Poll::Ready(None) => {
                    *this.source_ended = true;
                    break;
                }
                Poll::Pending => break,
            };
            let place = *this.first + this.window.len() as u64;
            let future = Numbered { place, future: this.work.start(item) };
            let inserted = this.slots.as_mut().insert(future);
            debug_assert!(inserted.is_ok(), "there was a free slot");
            this.window.push_back(None);
            started = true;
            if budget.spend(cx).is_pending() {
                return false;
            }
        }
        started
    }

    /// The output of the oldest item, once it is there. A task that panicked panics here, at its
    /// place in the order, and what was started after it is dropped.
    #[inline]
    fn pop(self: Pin<&mut Self>) -> Option<W::Output> {
        let this = self.project();
        this.window.front()?.as_ref()?;
        let oldest = this.window.pop_front()??;
        *this.first += 1;
        match oldest {
            Ok(output) => Some(output),
            Err(error) => {
                this.slots.clear();
                this.window.clear();
                error.resume()
            }
        }
    }
}

impl<S, W, Q> Stream for ParEvalMap<S, W, Q>
where
    S: Stream,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future>>,
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
        *this.ended = output.is_none() && *this.source_ended && this.window.is_empty();
        match output {
            None if !*this.ended => Poll::Pending,
            _ => Poll::Ready(output),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let started = self.window.len();
        let (low, high) = if self.source_ended { (0, Some(0)) } else { self.source.size_hint() };
        (low.saturating_add(started), high.and_then(|high| high.checked_add(started)))
    }
}

impl<S, W, Q> FusedStream for ParEvalMap<S, W, Q>
where
    S: Stream,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future>>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the futures in flight; those that finish wait in the window, in their order.
impl<S, W, Q> Progress for ParEvalMap<S, W, Q>
where
    S: Progress,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future>>,
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

impl<S, W, Q> fmt::Debug for ParEvalMap<S, W, Q>
where
    S: Stream + fmt::Debug,
    W: Work<S::Item> + fmt::Debug,
    Q: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParEvalMap")
            .field("source", &self.source)
            .field("work", &self.work)
            .field("slots", &self.slots)
            .field("started", &self.window.len())
            .field("source_ended", &self.source_ended)
            .field("ended", &self.ended)
            .finish()
    }
}
