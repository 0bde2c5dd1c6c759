//! The items of each key to a consumer of their own.

use super::group_items::{GroupItems, Lane, Listening};
use crate::machine::{Budget, Progress, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
use crate::slots::{HeapSlots, Slots};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::store::{KeyStorage, Table};
use crate::sync::Arc;
use alloc::collections::VecDeque;
use core::fmt;
use core::future::Future;
use core::hash::Hash;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

pin_project! {
    /// The stream of [`group_by_with_rs2`](super::GroupExt::group_by_with_in_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct GroupByWith<S, K, G, F, Fut, St>
    where
        S: Stream,
        K: Hash,
        K: Eq,
        Fut: Future,
        St: KeyStorage,
    {
        #[pin]
        source: S,
        key_of: G,
        consume: F,
        groups: St::Table<K, Arc<Lane<S::Item>>>,
        opened: Opened<S::Item>,
        listening: Listening,
        #[pin]
        consumers: HeapSlots<Consumer<K, Fut>>,
        // Outputs of the consumers that have finished.
        done: VecDeque<(K, Fut::Output)>,
        // An item that no group has taken yet. The source is not polled meanwhile.
        waits: Option<(K, S::Item)>,
        // A group was closed for a new one, and its consumer has not finished.
        making_room: bool,
        capacity: usize,
        losses: Losses,
        source_ended: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, K, G, F, Fut, St> GroupByWith<S, K, G, F, Fut, St>
where
    S: Stream,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    F: FnMut(K, GroupItems<S::Item>) -> Fut,
    Fut: Future,
    St: KeyStorage,
{
    #[track_caller]
    pub(super) fn new(source: S, groups: St, capacity: usize, key_of: G, consume: F) -> Self {
        assert!(capacity > 0, "a group needs room for at least one item");
        Self {
            source,
            key_of,
            consume,
            consumers: HeapSlots::bounded(groups.capacity()),
            groups: groups.table(),
            opened: Opened(VecDeque::new()),
            listening: Listening::default(),
            done: VecDeque::new(),
            waits: None,
            making_room: false,
            capacity,
            losses: Losses::new(),
            source_ended: false,
            ended: false,
        }
    }

    /// Moves the consumers on. `Ready` when there is none. When it has spent the budget, at least
    /// one output is there.
    fn settle(mut self: Pin<&mut Self>, budget: &mut Budget, cx: &mut Context<'_>) -> Poll<()> {
        while let Some((key, output)) = ready!(self.as_mut().project().consumers.poll_next(cx)) {
            let this = self.as_mut().project();
            this.done.push_back((key.clone(), output));
            let Some(lane) = this.groups.remove(&key) else { continue };
            let rest = lane.finish();
            *this.making_room &= !rest.was_closed;
            if rest.used && !rest.items.is_empty() {
                // It has had enough, and these are for whoever comes after it.
                self.as_mut().open(key, rest.items);
            } else {
                // A consumer that looks at nothing would do so again, for ever.
                this.losses.count_many(Loss::Abandoned, rest.items.len() as u64);
            }
            ready!(budget.spend(cx));
        }
        Poll::Ready(())
    }

    /// Starts the consumer of a group that begins with these items. There must be room for it.
    fn open(self: Pin<&mut Self>, key: K, items: VecDeque<S::Item>) {
        let mut this = self.project();
        let (lane, stream) = Lane::open(items, *this.capacity, this.listening.clone());
        if *this.source_ended {
            lane.close();
        }
        this.opened.add(lane.clone(), this.consumers.capacity());
        let future = (this.consume)(key.clone(), stream);
        let known = this.groups.get_or_insert_with(key.clone(), || lane);
        let started = this.consumers.as_mut().insert(Consumer { key: Some(key), future });
        debug_assert!(known.is_ok() && started.is_ok(), "there was room");
    }

    /// Gives an item to its group, or keeps it until the group can take it. Returns whether it has
    /// gone.
    fn dispatch(mut self: Pin<&mut Self>, key: K, item: S::Item, cx: &Context<'_>) -> bool {
        let this = self.as_mut().project();
        let back = match this.groups.get(&key) {
            Some(lane) => lane.send(item, cx),
            None if this.consumers.is_full() => {
                if !*this.making_room {
                    *this.making_room = this.opened.close_oldest();
                }
                Err(item)
            }
            None => {
                self.open(key, VecDeque::from([item]));
                return true;
            }
        };
        let Err(item) = back else { return true };
        *this.waits = Some((key, item));
        false
    }

    /// Gives items to their groups until the source has none, or one cannot be given.
    fn feed(mut self: Pin<&mut Self>, budget: &mut Budget, cx: &mut Context<'_>) -> Fed {
        let mut any = false;
        loop {
            let this = self.as_mut().project();
            let (key, item) = match this.waits.take() {
                Some(waiting) => waiting,
                None if *this.source_ended => return Fed::of(any),
                None => match this.source.poll_next(cx) {
                    Poll::Ready(Some(item)) => ((this.key_of)(&item), item),
                    Poll::Ready(None) => {
                        *this.source_ended = true;
                        this.opened.close_all();
                        return Fed::Some;
                    }
                    Poll::Pending => return Fed::of(any),
                },
            };
            if !self.as_mut().dispatch(key, item, cx) {
                return Fed::of(any);
            }
            any = true;
            if budget.spend(cx).is_pending() {
                return Fed::Enough;
            }
        }
    }
}

/// What came of giving items to their groups.
enum Fed {
    /// At least one was given, or the groups were closed: consumers may go on.
    Some,
    /// None was.
    None,
    /// So many that others should have their turn; the task is woken.
    Enough,
}

impl Fed {
    fn of(any: bool) -> Self {
        if any { Self::Some } else { Self::None }
    }
}

impl<S, K, G, F, Fut, St> Stream for GroupByWith<S, K, G, F, Fut, St>
where
    S: Stream,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    F: FnMut(K, GroupItems<S::Item>) -> Fut,
    Fut: Future,
    St: KeyStorage,
{
    type Item = (K, Fut::Output);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let mut budget = Budget::new();
        let polled = loop {
            let idle = self.as_mut().settle(&mut budget, cx).is_ready();
            if let Some(done) = self.as_mut().project().done.pop_front() {
                break Poll::Ready(Some(done));
            }
            if idle && self.source_ended && self.waits.is_none() {
                return Poll::Ready(None);
            }
            match self.as_mut().feed(&mut budget, cx) {
                Fed::Some => {}
                Fed::None | Fed::Enough => break Poll::Pending,
            }
        };
        *self.project().ended = false;
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let open = self.consumers.len();
        let over = self.source_ended && open == 0 && self.waits.is_none();
        (self.done.len() + open, over.then_some(self.done.len()))
    }
}

impl<S, K, G, F, Fut, St> FusedStream for GroupByWith<S, K, G, F, Fut, St>
where
    Self: Stream,
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<S, K, G, F, Fut, St> Progress for GroupByWith<S, K, G, F, Fut, St>
where
    S: Progress,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    F: FnMut(K, GroupItems<S::Item>) -> Fut,
    Fut: Future,
    St: KeyStorage,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let waits = self.as_mut().settle(&mut Budget::new(), cx).is_pending();
        let this = self.project();
        // Who waits for nothing but an item cannot go on before this stream is asked for one.
        let flies = waits && this.listening.count() < this.consumers.len();
        let source =
            if *this.source_ended { Poll::Ready(()) } else { this.source.poll_progress(cx) };
        *this.ended = false;
        if flies { Poll::Pending } else { source }
    }
}

pin_project! {
    /// The future of one group, with its key.
    struct Consumer<K, Fut> {
        key: Option<K>,
        #[pin]
        future: Fut,
    }
}

impl<K, Fut: Future> Future for Consumer<K, Fut> {
    type Output = (K, Fut::Output);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let output = ready!(this.future.poll(cx));
        let key = this.key.take().expect("a future that has finished is not polled again");
        Poll::Ready((key, output))
    }
}

/// The open groups in the order in which they were opened, with some that are over. Closes them
/// when it is dropped, so that a consumer in another task comes to its end.
struct Opened<T>(VecDeque<Arc<Lane<T>>>);

impl<T> Opened<T> {
    fn add(&mut self, lane: Arc<Lane<T>>, most: usize) {
        if self.0.len() >= most.saturating_mul(2) {
            self.0.retain(|lane| !lane.is_over());
        }
        self.0.push_back(lane);
    }

    /// Returns whether there was one to close.
    fn close_oldest(&mut self) -> bool {
        while let Some(lane) = self.0.pop_front() {
            if !lane.is_over() {
                lane.close();
                return true;
            }
        }
        false
    }

    fn close_all(&mut self) {
        self.0.drain(..).for_each(|lane| lane.close());
    }
}

impl<T> Drop for Opened<T> {
    fn drop(&mut self) {
        self.close_all();
    }
}

impl<S, K, G, F, Fut, St> Reports for GroupByWith<S, K, G, F, Fut, St>
where
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
{
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

snapshot_fields!(
    [S: Stream + Snapshot, K: Hash + Eq, G, F, Fut: Future, St: KeyStorage]
    GroupByWith<S, K, G, F, Fut, St>,
    "group_by_with",
    busy this => !this.consumers.is_empty() || !this.done.is_empty() || this.waits.is_some(),
    { value source_ended, value ended, part source }
);

impl<S, K, G, F, Fut, St> fmt::Debug for GroupByWith<S, K, G, F, Fut, St>
where
    S: Stream + fmt::Debug,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupByWith")
            .field("source", &self.source)
            .field("open", &self.consumers)
            .field("source_ended", &self.source_ended)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_are_over_are_not_kept() {
        let mut opened = Opened(VecDeque::new());
        for item in 0..100 {
            let (lane, items) = Lane::open(VecDeque::from([item]), 1, Listening::default());
            drop(items);
            opened.add(lane, 3);
            assert!(opened.0.len() <= 6);
        }
    }
}
