//! One source, several streams of its items.
//!
//! Each branch has a lane, a bounded queue. A branch that is polled takes over its whole lane at
//! once; when the lane is empty and every other has room, it polls the source itself, under the
//! lock, and puts the items into the lanes they belong to. No branch depends on another one being
//! polled, but for room in that one's lane.
//!
//! The source knows one waker, which wakes every branch that waits: the branch that polled the
//! source last may be gone, or busy elsewhere, when the source has something.

use super::lanes::Lanes;
use super::waiters::Waiters;
use crate::machine::{Budget, Progress};
use crate::sync::{Arc, Lock};
use alloc::boxed::Box;
use alloc::vec;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use futures_core::Stream;

/// Where an item of the source goes.
pub(super) trait Route<T> {
    /// Queues `item` in the lanes it belongs to, but returns what belongs to `own`.
    fn route(&mut self, item: T, own: usize, lanes: &mut Lanes<T>) -> Option<T>;

    /// Bounds on what one branch gets of a source.
    fn size_hint(&self, source: (usize, Option<usize>)) -> (usize, Option<usize>);

    /// A branch left without having yielded so many of its items.
    fn abandoned(&mut self, _items: usize) {}
}

/// What the branches share.
pub(super) struct Hub<S: Stream, R> {
    state: Lock<State<S, R>>,
    waiters: Arc<Waiters>,
    // The source's waker, made once: `waiters` as a waker.
    waker: Waker,
}

struct State<S: Stream, R> {
    source: Option<Pin<Box<S>>>,
    router: R,
    lanes: Lanes<S::Item>,
    // Somebody may wait: false spares the lock of the waiters.
    waiting: bool,
    // Set while the source or the router runs. Who finds it set knows that they panicked.
    broken: bool,
}

/// What is left to do once the lock is released: wakers and destructors of the user may come back
/// to this hub.
struct Step<S, O> {
    polled: O,
    wake: bool,
    ended: Option<Pin<Box<S>>>,
}

impl<S: Stream, R: Route<S::Item>> Hub<S, R> {
    pub(super) fn new(source: S, router: R, capacity: usize) -> Arc<Self> {
        let waiters = Arc::new(Waiters::new());
        let state = State {
            source: Some(Box::pin(source)),
            router,
            lanes: Lanes::new(capacity),
            waiting: false,
            broken: false,
        };
        Arc::new(Self { state: Lock::new(state), waker: Waker::from(waiters.clone()), waiters })
    }

    /// A new branch, which gets what the source yields from now on.
    pub(super) fn tap(self: &Arc<Self>) -> Tap<S, R> {
        let lane = self.state.with(|state| state.lanes.open());
        Tap { hub: self.clone(), lane, local: vec::IntoIter::default(), ended: false }
    }

    /// Runs one step under the lock, and what it leaves to do after.
    #[inline]
    fn step<O>(&self, step: impl FnOnce(&mut State<S, R>) -> Step<S, O>) -> O {
        let mut others = WakeOnPanic(Some(&self.waiters));
        let Step { polled, wake, ended } = self.state.with(|state| {
            assert!(!state.broken, "the source panicked in another branch");
            step(state)
        });
        others.0 = None;
        if wake {
            self.waiters.wake_all();
        }
        drop(ended);
        polled
    }
}

impl<S: Stream, R: Route<S::Item>> State<S, R> {
    #[inline]
    fn next(
        &mut self,
        hub: &Hub<S, R>,
        own: usize,
        local: &mut vec::IntoIter<S::Item>,
        cx: &mut Context<'_>,
    ) -> Step<S, Poll<Option<S::Item>>> {
        if self.lanes.queued(own) > 0 {
            let held_back = self.lanes.any_full();
            *local = self.lanes.hand_over(own);
            let wake = held_back && !self.lanes.any_full() && mem::take(&mut self.waiting);
            return Step { polled: Poll::Ready(local.next()), wake, ended: None };
        }
        if self.source.is_none() {
            return Step { polled: Poll::Ready(None), wake: false, ended: None };
        }
        if self.lanes.any_full() {
            self.wait(hub, own, cx);
            return Step { polled: Poll::Pending, wake: false, ended: None };
        }
        let (polled, woken) = self.run(hub, own, cx, |state, cx| state.pull(own, cx));
        let ended = if let Poll::Ready(None) = polled { self.source.take() } else { None };
        let news = self.lanes.take_pushed() || ended.is_some() || woken;
        Step { polled, wake: news && mem::take(&mut self.waiting), ended }
    }

    /// Takes items from the source until one is for `own`, there is none, or a lane is full.
    #[inline]
    fn pull(&mut self, own: usize, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let Some(source) = self.source.as_mut() else { return Poll::Ready(None) };
        let mut budget = Budget::new();
        loop {
            let Some(item) = ready!(source.as_mut().poll_next(cx)) else {
                return Poll::Ready(None);
            };
            if let Some(item) = self.router.route(item, own, &mut self.lanes) {
                return Poll::Ready(Some(item));
            }
            if self.lanes.any_full() {
                return Poll::Pending;
            }
            ready!(budget.spend(cx));
        }
    }

    /// Runs code of the user with the waker of the hub; returns whether that was called meanwhile.
    #[inline]
    fn run<O>(
        &mut self,
        hub: &Hub<S, R>,
        own: usize,
        cx: &Context<'_>,
        code: impl FnOnce(&mut Self, &mut Context<'_>) -> Poll<O>,
    ) -> (Poll<O>, bool) {
        self.broken = true;
        hub.waiters.begin();
        let polled = code(self, &mut Context::from_waker(&hub.waker));
        if polled.is_pending() {
            // Before the end of the run: a wake that comes from now on finds this task.
            self.wait(hub, own, cx);
        }
        self.broken = false;
        (polled, hub.waiters.end())
    }

    fn wait(&mut self, hub: &Hub<S, R>, own: usize, cx: &Context<'_>) {
        hub.waiters.wait(own, cx);
        self.waiting = true;
    }
}

/// Wakes the other branches when the one that polls panics, so that they learn of it.
struct WakeOnPanic<'a>(Option<&'a Waiters>);

impl Drop for WakeOnPanic<'_> {
    fn drop(&mut self) {
        if let Some(waiters) = self.0 {
            waiters.wake_all();
        }
    }
}

/// One branch of a hub.
pub(super) struct Tap<S: Stream, R: Route<S::Item>> {
    hub: Arc<Hub<S, R>>,
    lane: usize,
    // The last hand-over of the lane, served without the lock.
    local: vec::IntoIter<S::Item>,
    ended: bool,
}

// Nothing in it is pinned: the source has a box of its own.
impl<S: Stream, R: Route<S::Item>> Unpin for Tap<S, R> {}

impl<S: Stream, R: Route<S::Item>> Tap<S, R> {
    #[inline]
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        match self.local.next() {
            Some(item) => Poll::Ready(Some(item)),
            None => self.poll_hub(cx),
        }
    }

    /// Apart, so that serving what was handed over stays small enough to be inlined.
    #[inline(never)]
    fn poll_hub(&mut self, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let Self { hub, lane, local, .. } = self;
        let polled = hub.step(|state| state.next(hub, *lane, local, cx));
        self.ended = matches!(polled, Poll::Ready(None));
        polled
    }

    pub(super) fn poll_progress(&mut self, cx: &mut Context<'_>) -> Poll<()>
    where
        S: Progress,
    {
        if self.ended {
            return Poll::Ready(());
        }
        let Self { hub, lane, .. } = self;
        hub.step(|state| {
            let (polled, woken) = state.run(hub, *lane, cx, |state, cx| match &mut state.source {
                Some(source) => source.as_mut().poll_progress(cx),
                None => Poll::Ready(()),
            });
            Step { polled, wake: woken && mem::take(&mut state.waiting), ended: None }
        })
    }

    pub(super) fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        self.hub.state.with(|state| {
            let held = self.local.len() + state.lanes.queued(self.lane);
            if state.broken {
                return (self.local.len(), None);
            }
            let source = state.source.as_ref().map_or((0, Some(0)), |source| source.size_hint());
            let (low, high) = state.router.size_hint(source);
            (low.saturating_add(held), high.and_then(|high| high.checked_add(held)))
        })
    }

    pub(super) fn is_terminated(&self) -> bool {
        self.ended
    }

    /// Items taken over from the lane and not yet yielded.
    pub(super) fn held(&self) -> usize {
        self.local.len()
    }
}

impl<S: Stream, R: Route<S::Item>> Drop for Tap<S, R> {
    fn drop(&mut self) {
        // Before the lane is free for a new branch, whose waker this would forget.
        self.hub.waiters.forget(self.lane);
        let (left, wake) = self.hub.state.with(|state| {
            let held_back = state.lanes.any_full();
            let left = state.lanes.close(self.lane);
            state.router.abandoned(left.len() + self.local.len());
            let room = held_back && !state.lanes.any_full();
            (left, room && mem::take(&mut state.waiting))
        });
        if wake {
            self.hub.waiters.wake_all();
        }
        drop(left);
    }
}
