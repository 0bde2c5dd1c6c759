//! The futures of a ring.

use super::QueueError;
use super::ring::{RingReceiver, RingSender};
use crate::machine::Budget;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

/// The future of [`RingSender::send`].
#[must_use = "futures do nothing unless polled"]
pub struct RingSend<'a, T> {
    sender: &'a mut RingSender<T>,
    // None once it has been put in or given back.
    item: Option<T>,
}

impl<'a, T> RingSend<'a, T> {
    #[inline]
    pub(super) fn new(sender: &'a mut RingSender<T>, item: T) -> Self {
        Self { sender, item: Some(item) }
    }
}

// Nothing in it is pinned in place; nor in the others.
impl<T> Unpin for RingSend<'_, T> {}

impl<T> Future for RingSend<'_, T> {
    type Output = Result<(), QueueError<T>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let item = this.item.take().expect("a future is not polled after it was ready");
            match this.sender.try_send(item) {
                Err(QueueError::Full(item)) => this.item = Some(item),
                done => return Poll::Ready(done),
            }
            // Whatever comes, the next try finds out.
            ready!(this.sender.poll_room(cx));
        }
    }
}

impl<T> fmt::Debug for RingSend<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingSend").field("ring", &self.sender).finish_non_exhaustive()
    }
}

/// The future of [`RingSender::send_batch`].
#[must_use = "futures do nothing unless polled"]
pub struct RingSendBatch<'a, T, I> {
    sender: &'a mut RingSender<T>,
    // None once it has been given back.
    items: Option<I>,
}

impl<'a, T, I> RingSendBatch<'a, T, I> {
    #[inline]
    pub(super) fn new(sender: &'a mut RingSender<T>, items: I) -> Self {
        Self { sender, items: Some(items) }
    }
}

impl<T, I> Unpin for RingSendBatch<'_, T, I> {}

impl<T, I: ExactSizeIterator<Item = T>> Future for RingSendBatch<'_, T, I> {
    type Output = Result<(), QueueError<I>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let items = this.items.as_mut().expect("a future is not polled after it was ready");
        let mut budget = Budget::new();
        while items.len() > 0 {
            // Each round is one step of the ring, however many items it takes along.
            ready!(budget.spend(cx));
            let before = items.len();
            let is_open = ready!(this.sender.poll_room(cx)) && this.sender.fill(items);
            if !is_open {
                return Poll::Ready(match this.items.take() {
                    Some(items) => Err(QueueError::Closed(items)),
                    None => Ok(()),
                });
            }
            if items.len() == before {
                // An iterator that has less than it says.
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<T, I> fmt::Debug for RingSendBatch<'_, T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingSendBatch").field("ring", &self.sender).finish_non_exhaustive()
    }
}

/// The future of [`RingReceiver::recv_batch`].
#[must_use = "futures do nothing unless polled"]
pub struct RingRecvBatch<'a, T> {
    receiver: &'a mut RingReceiver<T>,
    into: &'a mut Vec<T>,
    max: usize,
}

impl<'a, T> RingRecvBatch<'a, T> {
    #[inline]
    pub(super) fn new(receiver: &'a mut RingReceiver<T>, into: &'a mut Vec<T>, max: usize) -> Self {
        Self { receiver, into, max }
    }
}

impl<T> Future for RingRecvBatch<'_, T> {
    type Output = usize;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        let this = &mut *self;
        let is_there = ready!(this.receiver.poll_available(cx));
        Poll::Ready(if is_there { this.receiver.drain(this.into, this.max) } else { 0 })
    }
}

impl<T> fmt::Debug for RingRecvBatch<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingRecvBatch")
            .field("ring", &self.receiver)
            .field("max", &self.max)
            .finish_non_exhaustive()
    }
}
