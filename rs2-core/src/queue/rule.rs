//! What holds in each queue with places of its own: who may put something in, and who is called.

use super::QueueError;
use super::waiting::{Called, Left, Waiting};
use crate::store::Storage;
use core::task::{Poll, Waker};

/// What is pending, of which there is a limit.
pub(super) trait Room {
    fn len(&self) -> usize;
    fn is_full(&self) -> bool;
}

/// In which order what is pending leaves.
pub(super) trait Order: Room {
    /// What is put in.
    type In;
    /// What comes out.
    type Out;
    /// What nobody needs of what was put in.
    type Rest;

    /// Takes something in, where there is room.
    fn push(&mut self, item: Self::In) -> Self::Rest;
    fn pop(&mut self) -> Option<Self::Out>;
}

/// Whoever waits for an item is in `consumers` only while nothing is pending, and whoever waits for
/// room is in `producers` only since it was full: an item wakes all consumers, so that none of them
/// can sit on it while another one waits; room wakes one producer, who passes it on when it leaves.
///
/// It is kept under a lock. What its methods return is settled without that: wakers and destructors
/// of the user may come back to the queue.
pub(super) struct Rule<Q, St: Storage> {
    pub(super) pending: Q,
    pub(super) closed: bool,
    pub(super) consumers: Waiting<St>,
    pub(super) producers: Waiting<St>,
}

/// An item is in.
#[must_use = "consumers are waiting"]
pub(super) struct Pushed<R, St: Storage> {
    consumers: Called<St>,
    _rest: R,
}

impl<R, St: Storage> Pushed<R, St> {
    pub(super) fn settle(self) {
        self.consumers.wake();
    }
}

/// What became of an item that may wait for room.
#[must_use = "consumers are waiting"]
pub(super) enum Put<I, R, St: Storage> {
    Done(Pushed<R, St>),
    Waits(I),
    Refused(QueueError<I>),
}

impl<I, R, St: Storage> Put<I, R, St> {
    /// The answer of a future that keeps its item in `place` while it waits.
    pub(super) fn settle(self, place: &mut Option<I>) -> Poll<Result<(), QueueError<I>>> {
        match self {
            Self::Done(pushed) => {
                pushed.settle();
                Poll::Ready(Ok(()))
            }
            Self::Waits(item) => {
                *place = Some(item);
                Poll::Pending
            }
            Self::Refused(why) => Poll::Ready(Err(why)),
        }
    }
}

impl<Q, St: Storage> Rule<Q, St> {
    /// Takes nothing more, and calls everyone.
    pub(super) fn close(&mut self) -> [Called<St>; 2] {
        self.closed = true;
        [self.consumers.call_all(), self.producers.call_all()]
    }
}

impl<Q: Room, St: Storage> Rule<Q, St> {
    /// A producer that may have waited is gone.
    pub(super) fn forget_producer(&mut self, ticket: Option<u64>) -> Left {
        let unused = self.producers.leave(ticket);
        // It was called for room that it does not use.
        let passes_on = unused.is_none() && !self.pending.is_full();
        Left { unused, called: if passes_on { self.producers.call_one() } else { None } }
    }

    /// How many items a stream may still get: others may take what is pending.
    pub(super) fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.closed.then(|| self.pending.len()))
    }
}

impl<Q: Order, St: Storage> Rule<Q, St> {
    /// Takes an item if there is room.
    pub(super) fn push(&mut self, item: Q::In) -> Result<Pushed<Q::Rest, St>, QueueError<Q::In>> {
        if self.closed {
            return Err(QueueError::Closed(item));
        }
        if self.pending.is_full() {
            return Err(QueueError::Full(item));
        }
        let rest = self.pending.push(item);
        Ok(Pushed { consumers: self.consumers.call_all(), _rest: rest })
    }

    /// Takes an item if there is room, else its task waits under `ticket`.
    pub(super) fn poll_push(
        &mut self,
        item: Q::In,
        ticket: &mut Option<u64>,
        waker: &Waker,
    ) -> (Put<Q::In, Q::Rest, St>, Left) {
        let put = match self.push(item) {
            Ok(pushed) => Put::Done(pushed),
            Err(QueueError::Full(item)) => match self.producers.wait(ticket, waker) {
                Ok(left) => return (Put::Waits(item), left),
                Err(_) => Put::Refused(QueueError::Full(item)),
            },
            Err(closed) => Put::Refused(closed),
        };
        let unused = self.producers.leave(ticket.take());
        (put, Left { unused, called: None })
    }

    /// Gives an item out, else its task waits under `ticket`.
    pub(super) fn poll_pop(
        &mut self,
        ticket: &mut Option<u64>,
        waker: &Waker,
    ) -> (Poll<Option<Q::Out>>, Left) {
        if let Some(out) = self.pending.pop() {
            return (Poll::Ready(Some(out)), self.room());
        }
        if self.closed {
            return (Poll::Ready(None), Left::default());
        }
        let waits = self.consumers.wait(ticket, waker);
        (Poll::Pending, waits.expect("there is a place for each stream"))
    }

    /// There is room for one more.
    fn room(&mut self) -> Left {
        Left { unused: None, called: self.producers.call_one() }
    }
}
