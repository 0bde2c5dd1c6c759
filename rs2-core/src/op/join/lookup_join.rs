//! Items with what is found for them elsewhere.

use super::lookup::{Cache, Lookup, LookupConfig};
use crate::machine::{Budget, Progress};
use crate::metrics::Holds;
use crate::slots::outputs::Outputs;
#[cfg(feature = "snapshot")]
use crate::slots::outputs::Tells;
use crate::slots::{HeapSlots, Slots};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Heap, HeapTable, KeyStorage, Table};
use crate::time::Clock;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

pin_project! {
    /// A question under way, which tells at the end what was asked for.
    #[must_use = "futures do nothing unless polled"]
    pub(super) struct Flight<K, Fut> {
        key: Option<K>,
        #[pin]
        future: Fut,
    }
}

impl<K, Fut: Future> Future for Flight<K, Fut> {
    type Output = (Option<K>, Fut::Output);

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.future.poll(cx));
        Poll::Ready((this.key.take(), answer))
    }
}

/// The items that wait for one answer, with their places in the order.
type Waiting<T> = Vec<(u64, T)>;

pin_project! {
    /// The stream of [`lookup_join_rs2`](super::JoinExt::lookup_join_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct LookupJoin<S, L, O, C>
    where
        S: Stream,
        L: Lookup<S::Item>,
    {
        #[pin]
        source: S,
        lookup: L,
        clock: C,
        #[pin]
        slots: HeapSlots<Flight<L::Key, L::Future>>,
        // For each key in flight those who wait for it: whoever comes later joins them.
        waiting: HeapTable<L::Key, Waiting<S::Item>>,
        cache: Cache<L::Key, L::Value, L::Error>,
        outputs: O,
        source_ended: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

/// Lets an item wait for the answer to its key, for which it asks unless others wait already. Tells
/// whether there was room for the question.
fn ask<T, L: Lookup<T>>(
    lookup: &mut L,
    slots: Pin<&mut HeapSlots<Flight<L::Key, L::Future>>>,
    waiting: &mut HeapTable<L::Key, Waiting<T>>,
    key: L::Key,
    item: (u64, T),
) -> bool {
    if let Some(waiting) = waiting.get_mut(&key) {
        waiting.push(item);
        return true;
    }
    if slots.is_full() {
        return false;
    }
    let flight = Flight { key: Some(key.clone()), future: lookup.fetch(key.clone()) };
    let inserted = slots.insert(flight);
    debug_assert!(inserted.is_ok(), "there was a free slot");
    let waiting = waiting.get_or_insert_with(key, Vec::new);
    waiting.expect("as many keys as slots").push(item);
    true
}

impl<S, L, O, C> LookupJoin<S, L, O, C>
where
    S: Stream,
    L: Lookup<S::Item>,
    O: Outputs<L::Out>,
    C: Clock,
{
    #[track_caller]
    pub(super) fn new(
        source: S,
        clock: C,
        seed: u64,
        config: LookupConfig,
        lookup: L,
        outputs: impl FnOnce(&Heap) -> O,
    ) -> Self {
        if let Err(error) = config.validate() {
            panic!("{error}");
        }
        Self {
            source,
            lookup,
            clock,
            slots: HeapSlots::bounded(config.max_in_flight),
            waiting: Heap::bounded(config.max_in_flight).seeded(seed).table(),
            cache: Cache::new(config, seed),
            outputs: outputs(&Heap::bounded(config.max_waiting)),
            source_ended: false,
            ended: false,
        }
    }

    /// Serves those who wait for what has been answered. `Ready` when nothing is in flight.
    #[inline]
    fn collect(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            let Some((key, answer)) = ready!(this.slots.as_mut().poll_next(cx)) else {
                return Poll::Ready(());
            };
            let Some(key) = key else { continue };
            for (place, item) in this.waiting.remove(&key).unwrap_or_default() {
                let found = answer.as_ref().map(Option::as_ref);
                this.outputs.finish(place, this.lookup.enrich(item, found));
            }
            this.cache.remember(key, answer, this.clock.now());
        }
    }

    /// Takes items while there is room for questions and for those who wait, up to one whose answer
    /// is remembered. Returns whether it took any.
    #[inline]
    fn refill(self: Pin<&mut Self>, budget: &mut Budget, cx: &mut Context<'_>) -> bool {
        let mut this = self.project();
        let mut took = false;
        while !*this.source_ended
            && !this.slots.is_full()
            && this.outputs.owed() < this.outputs.room()
        {
            let item = match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => item,
                Poll::Ready(None) => {
                    *this.source_ended = true;
                    break;
                }
                Poll::Pending => break,
            };
            took = true;
            let key = this.lookup.key(&item);
            let place = this.outputs.begin();
            let now = this.clock.now();
            let mut item = Some(item);
            let known = this
                .cache
                .with(&key, now, |found| item.take().map(|item| this.lookup.enrich(item, found)));
            if let Some(output) = known.flatten() {
                this.outputs.finish(place, output);
                return budget.spend(cx).is_ready();
            }
            let Some(item) = item else { continue };
            let asked = ask(this.lookup, this.slots.as_mut(), this.waiting, key, (place, item));
            debug_assert!(asked, "there was a free slot");
            if budget.spend(cx).is_pending() {
                return false;
            }
        }
        took
    }
}

impl<S, L, O, C> Stream for LookupJoin<S, L, O, C>
where
    S: Stream,
    L: Lookup<S::Item>,
    O: Outputs<L::Out>,
    C: Clock,
{
    type Item = L::Out;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<L::Out>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let mut budget = Budget::new();
        let output = loop {
            let _ = self.as_mut().collect(cx);
            let took = self.as_mut().refill(&mut budget, cx);
            let output = self.as_mut().project().outputs.pop();
            // What has just been asked must be polled before it can be waited for.
            if output.is_some() || !took {
                break output;
            }
        };
        let this = self.project();
        *this.ended = output.is_none() && *this.source_ended && this.outputs.owed() == 0;
        if *this.ended {
            this.cache.clear();
        }
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

impl<S, L, O, C> FusedStream for LookupJoin<S, L, O, C>
where
    S: Stream,
    L: Lookup<S::Item>,
    O: Outputs<L::Out>,
    C: Clock,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// Advances the questions in flight; the outputs that come of them wait for their turn.
impl<S, L, O, C> Progress for LookupJoin<S, L, O, C>
where
    S: Progress,
    L: Lookup<S::Item>,
    O: Outputs<L::Out>,
    C: Clock,
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

impl<S, L, O, C> Holds for LookupJoin<S, L, O, C>
where
    S: Stream,
    L: Lookup<S::Item>,
    O: Outputs<L::Out>,
{
    fn held(&self) -> usize {
        self.outputs.owed() + self.waiting.len() + self.cache.len()
    }
}

/// A restored one remembers no answers: it asks again, for the items that wait for one too.
#[cfg(feature = "snapshot")]
impl<S, L, O, C> Snapshot for LookupJoin<S, L, O, C>
where
    S: Stream<Item: Serialize + DeserializeOwned> + Snapshot,
    L: Lookup<S::Item, Out: Serialize + DeserializeOwned>,
    O: Outputs<L::Out> + Tells<L::Out>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("lookup_join", 2)?;
        to.put(&(self.source_ended, self.ended))?;
        let mut waiting: Vec<_> = self.waiting.iter().flat_map(|(_, waiting)| waiting).collect();
        waiting.sort_by_key(|(place, _)| *place);
        let mut waiting = waiting.into_iter();
        let owed = self.outputs.tell().filter_map(|output| match output {
            Some(output) => Some(Ok(output)),
            None => waiting.next().map(|(_, item)| Err(item)),
        });
        to.put_all(self.outputs.owed(), owed)?;
        self.source.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("lookup_join", 2)?;
        (self.source_ended, self.ended) = from.take()?;
        from.take_all(|owed: Result<L::Out, S::Item>| {
            let full = SnapshotError::Full("lookup_join");
            if self.outputs.owed() >= self.outputs.room() {
                return Err(full);
            }
            let place = self.outputs.begin();
            match owed {
                Ok(output) => self.outputs.finish(place, output),
                Err(item) => {
                    let key = self.lookup.key(&item);
                    let slots = Pin::new(&mut self.slots);
                    if !ask(&mut self.lookup, slots, &mut self.waiting, key, (place, item)) {
                        return Err(full);
                    }
                }
            }
            Ok(())
        })?;
        self.source.restore(from)
    }
}

impl<S, L, O, C> fmt::Debug for LookupJoin<S, L, O, C>
where
    S: Stream + fmt::Debug,
    L: Lookup<S::Item> + fmt::Debug,
    O: Outputs<L::Out>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupJoin")
            .field("source", &self.source)
            .field("lookup", &self.lookup)
            .field("owed", &self.outputs.owed())
            .field("in_flight", &self.waiting.len())
            .field("remembered", &self.cache.len())
            .finish_non_exhaustive()
    }
}
