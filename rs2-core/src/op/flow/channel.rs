//! The buffer that a pump fills and a consumer empties.
//!
//! The end, a failure and the order to stop are no items: they need no room and are never dropped.
//! Wakers and destructors of the user run when the lock is released.

use super::backpressure::{BackpressureConfig, BackpressureStrategy};
use super::pressure::Pressure;
use crate::metrics::{Loss, Losses};
use crate::sync::Lock;
use crate::sync::flaw::{self, Flaw};
use crate::task::JoinError;
use alloc::collections::VecDeque;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use futures_core::Stream;

/// Moves along what a source has in flight.
pub(super) type Onward<S> = fn(Pin<&mut S>, &mut Context<'_>) -> Poll<()>;

/// What a pump and its consumer share.
pub(super) struct Channel<S: Stream> {
    state: Lock<State<S>>,
    pub(super) pressure: Pressure,
    pub(super) losses: Losses,
    rule: Rule<S::Item>,
}

/// How the buffer is filled and emptied.
struct Rule<T> {
    strategy: BackpressureStrategy,
    capacity: usize,
    // Items that take no room of the others and are never dropped. They have as much room again.
    is_exempt: Option<fn(&T) -> bool>,
}

struct State<S: Stream> {
    queue: VecDeque<S::Item>,
    // How many in the queue are exempt.
    exempt: usize,
    // The consumer, while it waits for an item; the pump, while it waits for room.
    consumer: Option<Waker>,
    pump: Option<Waker>,
    // Nothing more will be pushed.
    ended: bool,
    overflowed: bool,
    // Nobody takes anything any more.
    closed: bool,
    failure: Option<JoinError>,
    onward: Option<Onward<S>>,
}

/// What a consumer finds.
pub(super) enum Taken {
    Items,
    /// Nothing yet; the consumer will be woken.
    Nothing,
    Ended,
    Failed(JoinError),
}

impl<S: Stream> Channel<S> {
    pub(super) fn new(
        config: &BackpressureConfig,
        is_exempt: Option<fn(&S::Item) -> bool>,
    ) -> Self {
        let state = State {
            queue: VecDeque::new(),
            exempt: 0,
            consumer: None,
            pump: None,
            ended: false,
            overflowed: false,
            closed: false,
            failure: None,
            onward: None,
        };
        let (strategy, capacity) = (config.strategy, config.buffer_size);
        Self {
            state: Lock::new(state),
            pressure: Pressure::new(config.low(), config.high()),
            losses: Losses::new(),
            rule: Rule { strategy, capacity, is_exempt },
        }
    }

    /// Whether the pump may ask the source. If not, it is woken when it may.
    #[inline]
    pub(super) fn has_room(&self, cx: &Context<'_>) -> bool {
        let blocks = self.rule.strategy == BackpressureStrategy::Block;
        // Only the pump makes the depth high, so what it reads here without the lock can at worst
        // be out of date, and then the lock is taken. Who made it low did so under the lock, which
        // the pump takes next: it then sees the depth that goes with it.
        if self.rule.is_exempt.is_none() && !(blocks && self.pressure.is_high()) {
            return true;
        }
        self.state.with(|state| {
            let is_high = self.pressure.is_high() || flaw::has(Flaw::WaitsBlindly);
            let is_full = blocks && is_high || state.exempt >= self.rule.capacity;
            if is_full {
                keep(&mut state.pump, cx);
            }
            !is_full
        })
    }

    /// Adds an item, or deals with it as the strategy says. Returns whether the pump goes on.
    #[inline]
    pub(super) fn push(&self, item: S::Item) -> bool {
        let (goes_on, lost, consumer) = self.state.with(|state| {
            let (goes_on, lost) = self.push_locked(state, item);
            let has_news = !state.queue.is_empty() || state.ended;
            (goes_on, lost, if has_news { state.consumer.take() } else { None })
        });
        consumer.into_iter().for_each(Waker::wake);
        drop(lost);
        goes_on
    }

    /// Whether the pump goes on, and the item that is dropped, if one is.
    #[inline]
    fn push_locked(&self, state: &mut State<S>, item: S::Item) -> (bool, Option<S::Item>) {
        if state.closed {
            self.losses.count(Loss::Abandoned);
            return (false, Some(item));
        }
        if self.rule.exempts(&item) {
            state.exempt += 1;
            state.queue.push_back(item);
            return (true, None);
        }
        if self.pressure.depth() < self.rule.capacity {
            state.queue.push_back(item);
            self.pressure.add();
            return (true, None);
        }
        self.losses.count(Loss::Full);
        match self.rule.strategy {
            BackpressureStrategy::DropOldest => {
                let place = state.queue.iter().position(|item| !self.rule.exempts(item));
                let oldest = place.and_then(|place| state.queue.remove(place));
                state.queue.push_back(item);
                (true, oldest)
            }
            BackpressureStrategy::Error => {
                state.ended = true;
                state.overflowed = true;
                self.losses.stop();
                (false, Some(item))
            }
            // A pump that blocks has asked for room before.
            BackpressureStrategy::DropNewest | BackpressureStrategy::Block => (true, Some(item)),
        }
    }

    /// The source has ended.
    pub(super) fn end(&self) {
        let consumer = self.state.with(|state| {
            state.ended = true;
            state.consumer.take()
        });
        consumer.into_iter().for_each(Waker::wake);
    }

    /// The pump is gone before its time. Told by the consumer to itself, behind what is queued.
    pub(super) fn fail(&self, failure: JoinError) {
        self.state.with(|state| state.failure = Some(failure));
    }

    /// Moves what is queued into `items`, which is empty.
    #[inline]
    pub(super) fn take(&self, items: &mut VecDeque<S::Item>, cx: &Context<'_>) -> Taken {
        let (taken, pump) = self.state.with(|state| {
            if !state.queue.is_empty() {
                return (Taken::Items, self.take_locked(state, items));
            }
            if let Some(failure) = state.failure.take() {
                return (Taken::Failed(failure), None);
            }
            if state.ended {
                return (Taken::Ended, None);
            }
            keep(&mut state.consumer, cx);
            (Taken::Nothing, None)
        });
        pump.into_iter().for_each(Waker::wake);
        taken
    }

    /// Everything; or one item, which from then on takes no room. Returns the pump if there is room
    /// for it now.
    #[inline]
    fn take_locked(&self, state: &mut State<S>, items: &mut VecDeque<S::Item>) -> Option<Waker> {
        if self.rule.hands_over_all() {
            mem::swap(&mut state.queue, items);
            return None;
        }
        let item = state.queue.pop_front()?;
        let has_room = if self.rule.exempts(&item) {
            state.exempt -= 1;
            true
        } else {
            self.pressure.take_off() && self.pressure.lower()
        };
        items.push_back(item);
        if has_room { state.pump.take() } else { None }
    }

    /// One of the items that were handed over is being yielded: from now on it takes no room.
    #[inline]
    pub(super) fn yielded(&self) {
        if !self.rule.hands_over_all() || !self.pressure.take_off() {
            return;
        }
        let pump =
            self.state.with(|state| if self.pressure.lower() { state.pump.take() } else { None });
        pump.into_iter().for_each(Waker::wake);
    }

    /// The consumer is gone: nothing is pushed any more. Returns what is queued.
    pub(super) fn close(&self) -> VecDeque<S::Item> {
        self.state.with(|state| {
            state.closed = true;
            self.pressure.clear();
            mem::take(&mut state.queue)
        })
    }

    /// How many items are queued, and whether more may come.
    pub(super) fn queued(&self) -> (usize, bool) {
        self.state.with(|state| (state.queue.len(), !state.ended))
    }

    pub(super) fn is_lossy(&self) -> bool {
        self.rule.strategy != BackpressureStrategy::Block
    }

    /// The capacity of the buffer if it overflowed and was told to stop then.
    pub(super) fn overflow(&self) -> Option<usize> {
        self.state.with(|state| state.overflowed.then_some(self.rule.capacity))
    }

    /// From now on the pump moves its source along while it waits for room.
    pub(super) fn move_onward(&self, onward: Onward<S>) {
        let pump = self.state.with(|state| match state.onward.replace(onward) {
            None => state.pump.take(),
            Some(_) => None,
        });
        pump.into_iter().for_each(Waker::wake);
    }

    pub(super) fn onward(&self) -> Option<Onward<S>> {
        self.state.with(|state| state.onward)
    }
}

impl<T> Rule<T> {
    /// Whether the consumer takes over at once whatever waits. Not where the oldest must stay
    /// within reach of the pump, nor where it is watched how many of a kind wait.
    #[inline]
    fn hands_over_all(&self) -> bool {
        self.strategy != BackpressureStrategy::DropOldest && self.is_exempt.is_none()
    }

    #[inline]
    fn exempts(&self, item: &T) -> bool {
        self.is_exempt.is_some_and(|is_exempt| is_exempt(item))
    }
}

fn keep(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *place = Some(cx.waker().clone()),
    }
}
