//! The items of one group, on their way to its consumer.

use crate::machine::Progress;
use crate::sync::{Arc, Lock};
use crate::time::Instant;
use alloc::collections::VecDeque;
use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use futures_core::{FusedStream, Stream};
use portable_atomic::{AtomicUsize, Ordering::Relaxed};

/// What the stream of all items and the consumer of one group share.
pub(super) struct Lane<T> {
    state: Lock<State<T>>,
    listening: Listening,
}

/// How many consumers wait for an item, of all groups of one stream.
///
/// Exact for those that run within the stream: they change it in the same task that reads it. For
/// items that were moved to another task it may be out of date, and then decides only whether the
/// stream counts as busy until it is polled again. So no order of memory is asked for.
#[derive(Clone, Default)]
pub(super) struct Listening(Arc<AtomicUsize>);

impl Listening {
    pub(super) fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

struct State<T> {
    items: VecDeque<T>,
    capacity: usize,
    // No item will be added any more.
    closed: bool,
    // That was told to a consumer that still reads.
    told: bool,
    // The last use of the group.
    used: Use,
    // The consumer has dropped its end.
    left: bool,
    // The consumer has had an item.
    had_one: bool,
    consumer: Option<Waker>,
    // Whoever has an item for this group, and found no room.
    sender: Option<Waker>,
}

impl<T> Lane<T> {
    /// A lane that begins with these items, and the end for its consumer.
    pub(super) fn open(
        items: VecDeque<T>,
        capacity: usize,
        used: Use,
        listening: Listening,
    ) -> (Arc<Self>, GroupItems<T>) {
        let state = State {
            items,
            capacity,
            closed: false,
            told: false,
            used,
            left: false,
            had_one: false,
            consumer: None,
            sender: None,
        };
        let lane = Arc::new(Self { state: Lock::new(state), listening });
        (lane.clone(), GroupItems { lane, ended: false })
    }

    /// Adds an item, or gives it back. When there is no room for it now, `waker` is woken when the
    /// consumer has read one.
    pub(super) fn send(&self, item: T, used: Use, waker: Option<&Waker>) -> Result<(), Unsent<T>> {
        let consumer = self.state.with(|state| {
            state.used = used;
            if state.closed || state.left {
                return Err(Unsent::Over(item));
            }
            if state.items.len() >= state.capacity {
                state.sender = waker.cloned();
                return Err(Unsent::Full(item));
            }
            state.items.push_back(item);
            Ok(self.hear(state))
        })?;
        if let Some(consumer) = consumer {
            consumer.wake();
        }
        Ok(())
    }

    /// No further item will come. Tells what that is to whom.
    pub(super) fn close(&self) -> Closed {
        let (closed, consumer) = self.state.with(|state| {
            if mem::replace(&mut state.closed, true) {
                return (Closed::Before, None);
            }
            state.told = !state.left;
            (if state.left { Closed::Unheard } else { Closed::Told }, self.hear(state))
        });
        if let Some(consumer) = consumer {
            consumer.wake();
        }
        closed
    }

    /// The last use of the group, as long as it takes items.
    pub(super) fn used(&self) -> Option<Use> {
        self.state.with(|state| Some(state.used).filter(|_| !state.closed))
    }

    /// The consumer, if it waits.
    fn hear(&self, state: &mut State<T>) -> Option<Waker> {
        let consumer = state.consumer.take();
        self.listening.0.fetch_sub(usize::from(consumer.is_some()), Relaxed);
        consumer
    }

    /// What the consumer has left behind, once it has finished. An end that it has moved to
    /// another task keeps its items and is closed.
    pub(super) fn finish(&self) -> Rest<T> {
        let (rest, elsewhere) = self.state.with(|state| {
            let rest = Rest {
                items: if state.left { mem::take(&mut state.items) } else { VecDeque::new() },
                used: state.had_one,
                was_open: !mem::replace(&mut state.closed, true),
                was_told: state.told,
            };
            (rest, self.hear(state))
        });
        if let Some(elsewhere) = elsewhere {
            elsewhere.wake();
        }
        rest
    }
}

/// An item that no group has taken, and why.
pub(super) enum Unsent<T> {
    /// Its key has no group.
    New(T),
    /// Its group has no room now.
    Full(T),
    /// Its group takes no more, and its consumer has not finished.
    Over(T),
}

/// A group whose consumer has finished.
pub(super) struct Rest<T> {
    /// What it has not looked at, if its end is gone.
    pub(super) items: VecDeque<T>,
    /// It had an item.
    pub(super) used: bool,
    /// It could have had more.
    pub(super) was_open: bool,
    /// It was told that no more would come.
    pub(super) was_told: bool,
}

/// What came of closing a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// Its consumer is told.
    Told,
    /// Its consumer reads no more.
    Unheard,
    /// It was closed already.
    Before,
}

/// A use of a group: its number among all uses, and when it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) number: u64,
    pub(super) at: Instant,
}

/// The items of one group, in order; what the consumer that
/// [`group_by_with_rs2`](super::GroupExt::group_by_with_in_rs2) was given reads from.
///
/// Ends when the group is closed, or when its consumer has finished. It may be moved to another
/// task, and yields there what it was given before its end.
#[must_use = "streams do nothing unless polled"]
pub struct GroupItems<T> {
    lane: Arc<Lane<T>>,
    ended: bool,
}

impl<T> Stream for GroupItems<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let (polled, sender) = self.lane.state.with(|state| {
            if let Some(item) = state.items.pop_front() {
                state.had_one = true;
                return (Poll::Ready(Some(item)), state.sender.take());
            }
            if state.closed {
                return (Poll::Ready(None), None);
            }
            let before = state.consumer.replace(cx.waker().clone());
            self.lane.listening.0.fetch_add(usize::from(before.is_none()), Relaxed);
            (Poll::Pending, None)
        });
        self.ended |= matches!(polled, Poll::Ready(None));
        if let Some(sender) = sender {
            sender.wake();
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.lane.state.with(|state| {
            let queued = state.items.len();
            (queued, state.closed.then_some(queued))
        })
    }
}

impl<T> FusedStream for GroupItems<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T> Progress for GroupItems<T> {
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<T> Drop for GroupItems<T> {
    fn drop(&mut self) {
        // Nobody is woken: what waits for room goes on when the consumer has finished.
        let consumer = self.lane.state.with(|state| {
            state.left = true;
            self.lane.hear(state)
        });
        drop(consumer);
    }
}

impl<T> fmt::Debug for GroupItems<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupItems").field("ended", &self.ended).finish_non_exhaustive()
    }
}
