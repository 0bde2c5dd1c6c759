//! Several futures in flight, those of one key one after the other.

use super::keyed_concurrency::{KeyedConcurrency, KeyedOrder};
use super::lanes::{Lanes, Next};
use super::work::{Numbered, Work};
use crate::machine::{Budget, Progress, snapshot_fields};
use crate::slots::Slots;
use crate::slots::outputs::{AsFinished, InOrder, Outputs, Turns};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::store::{Heap, Storage};
use crate::task::JoinError;
use core::fmt;
use core::hash::Hash;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of the `par_eval_map_keyed` family.
    #[must_use = "streams do nothing unless polled"]
    pub struct ParEvalMapKeyed<S, K, G, W, Q>
    where
        S: Stream,
        W: Work<S::Item>,
    {
        #[pin]
        source: S,
        key_of: G,
        work: W,
        // Each future with its place in the order of the items and its lane.
        #[pin]
        slots: Q,
        lanes: Lanes<K, S::Item>,
        // What is owed and not yet there is in `slots` or waits in `lanes`.
        outputs: Turns<Result<W::Output, JoinError>>,
        // At most so many outputs owed.
        room: usize,
        source_ended: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, K, G, W, Q> ParEvalMapKeyed<S, K, G, W, Q>
where
    S: Stream,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future, (u64, u32)>>,
{
    pub(super) fn new(source: S, limits: &KeyedConcurrency, key_of: G, work: W, slots: Q) -> Self {
        let memory = Heap::bounded(limits.room());
        Self {
            source,
            key_of,
            work,
            slots,
            lanes: Lanes::new(limits),
            outputs: match limits.order {
                KeyedOrder::PerKey => Turns::PerKey(AsFinished::over(memory.queue())),
                KeyedOrder::Global => Turns::Global(InOrder::over(memory.queue())),
            },
            room: limits.room(),
            source_ended: false,
            ended: false,
        }
    }

    /// Brings what has finished to its place. `Ready` when nothing is in flight.
    #[inline]
    fn collect(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            match this.slots.as_mut().poll_next(cx) {
                Poll::Ready(Some(((place, lane), output))) => {
                    this.lanes.finish(lane);
                    this.outputs.finish(place, output);
                }
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Starts waiting items while there are slots, and says whether it started any; `Pending` when
    /// the budget is spent.
    #[inline]
    fn start(self: Pin<&mut Self>, budget: &mut Budget, cx: &Context<'_>) -> Poll<bool> {
        let mut this = self.project();
        let mut started = false;
        while !this.slots.is_full()
            && let Some(Next { lane, place, item }) = this.lanes.next()
        {
            let future = Numbered { place: (place, lane), future: this.work.start(item) };
            let inserted = this.slots.as_mut().insert(future);
            debug_assert!(inserted.is_ok(), "there was a free slot");
            started = true;
            if budget.spend(cx).is_pending() {
                return Poll::Pending;
            }
        }
        Poll::Ready(started)
    }

    /// Takes one item into its lane; false when there is none or no room for one.
    #[inline]
    fn take(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = self.project();
        if *this.source_ended || this.lanes.is_full() || this.outputs.owed() >= *this.room {
            return false;
        }
        match this.source.poll_next(cx) {
            Poll::Ready(Some(item)) => {
                let key = (this.key_of)(&item);
                this.lanes.push(key, this.outputs.begin(), item);
                true
            }
            Poll::Ready(None) => {
                *this.source_ended = true;
                false
            }
            Poll::Pending => false,
        }
    }

    /// Starts what waits and what the source has; false when nothing was started, or the budget is
    /// spent.
    #[inline]
    fn refill(mut self: Pin<&mut Self>, budget: &mut Budget, cx: &mut Context<'_>) -> bool {
        let mut started = false;
        loop {
            match self.as_mut().start(budget, cx) {
                Poll::Ready(more) => started |= more,
                Poll::Pending => return false,
            }
            if !self.as_mut().take(cx) {
                return started;
            }
            if budget.spend(cx).is_pending() {
                return false;
            }
        }
    }

    /// The output whose turn it is, once it is there. A task that panicked panics here, in its
    /// turn, and all else that was taken is dropped.
    #[inline]
    fn pop(self: Pin<&mut Self>) -> Option<W::Output> {
        let this = self.project();
        match this.outputs.pop()? {
            Ok(output) => Some(output),
            Err(error) => {
                this.slots.clear();
                this.lanes.clear();
                this.outputs.clear();
                error.resume()
            }
        }
    }
}

impl<S, K, G, W, Q> Stream for ParEvalMapKeyed<S, K, G, W, Q>
where
    S: Stream,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future, (u64, u32)>>,
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

impl<S, K, G, W, Q> FusedStream for ParEvalMapKeyed<S, K, G, W, Q>
where
    S: Stream,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future, (u64, u32)>>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the futures in flight, and starts those that wait for a free slot.
impl<S, K, G, W, Q> Progress for ParEvalMapKeyed<S, K, G, W, Q>
where
    S: Progress,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    W: Work<S::Item>,
    Q: Slots<Numbered<W::Future, (u64, u32)>>,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let mut budget = Budget::new();
        let in_flight = loop {
            let in_flight = self.as_mut().collect(cx);
            match self.as_mut().start(&mut budget, cx) {
                Poll::Ready(true) => {}
                Poll::Ready(false) => break in_flight,
                Poll::Pending => break Poll::Pending,
            }
        };
        let this = self.project();
        let source =
            if *this.source_ended { Poll::Ready(()) } else { this.source.poll_progress(cx) };
        *this.ended = false;
        if source.is_pending() { source } else { in_flight }
    }
}

snapshot_fields!(
    [S: Stream + Snapshot, K, G, W: Work<S::Item>, Q] ParEvalMapKeyed<S, K, G, W, Q>,
    "par_eval_map_keyed",
    busy this => this.outputs.owed() > 0,
    { value source_ended, value ended, part source }
);

impl<S, K, G, W, Q> fmt::Debug for ParEvalMapKeyed<S, K, G, W, Q>
where
    S: Stream + fmt::Debug,
    W: Work<S::Item> + fmt::Debug,
    Q: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParEvalMapKeyed")
            .field("source", &self.source)
            .field("work", &self.work)
            .field("slots", &self.slots)
            .field("lanes", &self.lanes)
            .field("outputs", &self.outputs)
            .field("source_ended", &self.source_ended)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
