//! The items of each key to a consumer of their own.

use super::group_items::{GroupItems, Listening, Unsent};
use super::grouping::{Grouping, OnGroupFull, OnMaxGroups};
use super::open_groups::OpenGroups;
use super::try_group_by_with::Ungrouped;
use crate::machine::{Alarm, Budget, Progress, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
use crate::slots::{HeapSlots, Slots};
#[cfg(feature = "snapshot")]
use crate::snapshot::Snapshot;
use crate::store::KeyStorage;
use crate::time::{Instant, Timer};
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
    pub struct GroupByWith<S, K, G, F, Fut, St, T>
    where
        S: Stream,
        K: Hash,
        K: Eq,
        Fut: Future,
        St: KeyStorage,
        T: Timer,
    {
        #[pin]
        source: S,
        key_of: G,
        consume: F,
        groups: OpenGroups<K, S::Item, St>,
        listening: Listening,
        #[pin]
        consumers: HeapSlots<Consumer<K, Fut>>,
        // Outputs of the consumers that have finished.
        done: VecDeque<(K, Fut::Output)>,
        // An item that no group has taken yet. The source is not polled meanwhile.
        waits: Option<(K, S::Item)>,
        grouping: Grouping,
        timer: T,
        // For the group that will be idle first, while there is nothing else to do.
        #[pin]
        alarm: Alarm<T>,
        losses: Losses,
        source_ended: bool,
        // Also set while code of the user runs, so that a panic there ends the stream.
        ended: bool,
    }
}

impl<S, K, G, F, Fut, St, T> GroupByWith<S, K, G, F, Fut, St, T>
where
    S: Stream,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    F: FnMut(K, GroupItems<S::Item>) -> Fut,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    #[track_caller]
    pub(super) fn new(
        source: S,
        timer: T,
        groups: &St,
        grouping: Grouping,
        key_of: G,
        consume: F,
    ) -> Self {
        assert!(grouping.capacity > 0, "a group needs room for at least one item");
        Self {
            source,
            key_of,
            consume,
            consumers: HeapSlots::bounded(groups.capacity()),
            groups: OpenGroups::new(groups, grouping.idle),
            listening: Listening::default(),
            done: VecDeque::new(),
            waits: None,
            grouping,
            timer,
            alarm: Alarm::new(),
            losses: Losses::new(),
            source_ended: false,
            ended: false,
        }
    }

    /// Moves the consumers on. `Ready` when there is none. When it has spent the budget, at least
    /// one output is there.
    fn settle(
        mut self: Pin<&mut Self>,
        now: Instant,
        budget: &mut Budget,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        while let Some((key, output)) = ready!(self.as_mut().project().consumers.poll_next(cx)) {
            let this = self.as_mut().project();
            this.done.push_back((key.clone(), output));
            let Some(rest) = this.groups.finish(&key) else { continue };
            if rest.used && !rest.items.is_empty() {
                // It has had enough, and these are for whoever comes after it.
                self.as_mut().open(key, rest.items, now);
            } else {
                // A consumer that looks at nothing would do so again, for ever.
                this.losses.count_many(Loss::Abandoned, rest.items.len() as u64);
            }
            ready!(budget.spend(cx));
        }
        Poll::Ready(())
    }

    /// Starts the consumer of a group that begins with these items. There must be room for it.
    fn open(self: Pin<&mut Self>, key: K, items: VecDeque<S::Item>, now: Instant) {
        let mut this = self.project();
        let (capacity, listening) = (this.grouping.capacity, this.listening.clone());
        let stream = this.groups.add(key.clone(), items, capacity, listening, now);
        if *this.source_ended {
            this.groups.close_all();
        }
        let future = (this.consume)(key.clone(), stream);
        let started = this.consumers.as_mut().insert(Consumer { key: Some(key), future });
        debug_assert!(started.is_ok(), "there was room");
    }

    /// Gives an item to its group, or keeps it until the group can take it. Once the consumers have
    /// had their turn and there is still no room for it, it may be left out.
    fn dispatch(
        mut self: Pin<&mut Self>,
        (key, item): (K, S::Item),
        now: Instant,
        had_their_turn: bool,
        cx: &Context<'_>,
    ) -> Dispatched<S::Item> {
        let this = self.as_mut().project();
        let Grouping { on_group_full, on_max_groups, .. } = *this.grouping;
        let waker = (on_group_full == OnGroupFull::Backpressure).then(|| cx.waker());
        let Err(unsent) = this.groups.send(&key, item, now, waker) else {
            return Dispatched::Given;
        };
        let (left, goes) = match unsent {
            Unsent::New(item) if !this.consumers.is_full() => {
                self.open(key, VecDeque::from([item]), now);
                return Dispatched::Given;
            }
            Unsent::New(item) => {
                if on_max_groups == OnMaxGroups::CloseLeastRecentlyUsed {
                    this.groups.make_room();
                }
                (Ungrouped::NoGroup(item), on_max_groups == OnMaxGroups::Reject)
            }
            Unsent::Full(item) => {
                (Ungrouped::GroupFull(item), on_group_full == OnGroupFull::DropNewest)
            }
            Unsent::Over(item) => (Ungrouped::NoGroup(item), false),
        };
        if goes && had_their_turn {
            return Dispatched::Left(left);
        }
        *this.waits = Some((key, left.into_item()));
        Dispatched::Waits
    }

    /// Gives items to their groups until the source has none, or one cannot be given, or something
    /// is made of one that is left out.
    fn feed<R>(
        mut self: Pin<&mut Self>,
        now: Instant,
        left: impl Fn(&Losses, Ungrouped<S::Item>) -> Option<R>,
        budget: &mut Budget,
        cx: &mut Context<'_>,
    ) -> Fed<R> {
        let mut any = false;
        loop {
            let this = self.as_mut().project();
            let keyed = match this.waits.take() {
                Some(waiting) => waiting,
                None if *this.source_ended => return Fed::of(any),
                None => match this.source.poll_next(cx) {
                    Poll::Ready(Some(item)) => ((this.key_of)(&item), item),
                    Poll::Ready(None) => {
                        *this.source_ended = true;
                        this.groups.close_all();
                        return Fed::Some;
                    }
                    Poll::Pending => return Fed::of(any),
                },
            };
            match self.as_mut().dispatch(keyed, now, !any, cx) {
                Dispatched::Given => any = true,
                Dispatched::Left(item) => {
                    if let Some(out) = left(&self.losses, item) {
                        return Fed::Out(out);
                    }
                }
                Dispatched::Waits => return Fed::of(any),
            }
            if budget.spend(cx).is_pending() {
                return Fed::Enough;
            }
        }
    }

    /// The next output: what `done` makes of that of a consumer, or `left` of an item that is left
    /// out.
    pub(super) fn poll_groups<R>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        done: impl Fn((K, Fut::Output)) -> R,
        left: impl Fn(&Losses, Ungrouped<S::Item>) -> Option<R>,
    ) -> Poll<Option<R>> {
        if self.ended {
            return Poll::Ready(None);
        }
        *self.as_mut().project().ended = true;
        let now = self.timer.now();
        let mut budget = Budget::new();
        let polled = loop {
            let idle = self.as_mut().settle(now, &mut budget, cx).is_ready();
            if let Some(output) = self.as_mut().project().done.pop_front() {
                break Poll::Ready(Some(done(output)));
            }
            if idle && self.source_ended && self.waits.is_none() {
                self.project().alarm.disarm();
                return Poll::Ready(None);
            }
            match self.as_mut().feed(now, &left, &mut budget, cx) {
                Fed::Some => {}
                Fed::Out(out) => break Poll::Ready(Some(out)),
                Fed::None if self.as_mut().close_idle(now, cx) => {}
                Fed::None => break Poll::Pending,
                Fed::Enough => {
                    // A source that is always ready must not keep the others open.
                    self.as_mut().project().groups.close_idle(now);
                    break Poll::Pending;
                }
            }
        };
        *self.project().ended = false;
        polled
    }

    /// Closes the groups that are idle, and sleeps until the next one is. Tells whether one was.
    fn close_idle(self: Pin<&mut Self>, now: Instant, cx: &mut Context<'_>) -> bool {
        let mut this = self.project();
        let mut any = this.groups.close_idle(now);
        while let Some(due) = this.groups.next_idle() {
            if this.alarm.as_mut().poll_until(this.timer, due, cx).is_pending() {
                return any;
            }
            any |= this.groups.close_idle(due);
        }
        this.alarm.disarm();
        any
    }
}

/// What became of an item.
enum Dispatched<T> {
    /// Its group has it.
    Given,
    /// It is left out.
    Left(Ungrouped<T>),
    /// It waits for its group.
    Waits,
}

/// What came of giving items to their groups.
enum Fed<R> {
    /// At least one was given, or the groups were closed: consumers may go on.
    Some,
    /// None was.
    None,
    /// One was left out, and this is what was made of it.
    Out(R),
    /// So many that others should have their turn; the task is woken.
    Enough,
}

impl<R> Fed<R> {
    fn of(any: bool) -> Self {
        if any { Self::Some } else { Self::None }
    }
}

impl<S, K, G, F, Fut, St, T> Stream for GroupByWith<S, K, G, F, Fut, St, T>
where
    S: Stream,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    F: FnMut(K, GroupItems<S::Item>) -> Fut,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    type Item = (K, Fut::Output);

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_groups(
            cx,
            |output| output,
            |losses, _| {
                losses.count(Loss::Full);
                None
            },
        )
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

impl<S, K, G, F, Fut, St, T> FusedStream for GroupByWith<S, K, G, F, Fut, St, T>
where
    Self: Stream,
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<S, K, G, F, Fut, St, T> Progress for GroupByWith<S, K, G, F, Fut, St, T>
where
    S: Progress,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    F: FnMut(K, GroupItems<S::Item>) -> Fut,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended {
            return Poll::Ready(());
        }
        *self.as_mut().project().ended = true;
        let now = self.timer.now();
        let waits = self.as_mut().settle(now, &mut Budget::new(), cx).is_pending();
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

impl<S, K, G, F, Fut, St, T> Reports for GroupByWith<S, K, G, F, Fut, St, T>
where
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

snapshot_fields!(
    [S: Stream + Snapshot, K: Hash + Eq, G, F, Fut: Future, St: KeyStorage, T: Timer]
    GroupByWith<S, K, G, F, Fut, St, T>,
    "group_by_with",
    busy this => !this.consumers.is_empty() || !this.done.is_empty() || this.waits.is_some(),
    { value source_ended, value ended, part source }
);

impl<S, K, G, F, Fut, St, T> fmt::Debug for GroupByWith<S, K, G, F, Fut, St, T>
where
    S: Stream + fmt::Debug,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupByWith")
            .field("source", &self.source)
            .field("open", &self.consumers)
            .field("source_ended", &self.source_ended)
            .finish_non_exhaustive()
    }
}
