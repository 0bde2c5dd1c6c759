//! Random steps on a ring, compared with a `VecDeque`.
#![allow(unreachable_pub)]

use crate::drain::{self, Wakes};
use futures_core::{FusedStream, Stream};
use proptest::prelude::*;
use rs2_core::queue::{QueueError, RingReceiver, RingSender, spsc};
use std::collections::VecDeque;
use std::future::Future;
use std::iter;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

/// A number that is counted while it lives.
#[derive(Debug)]
pub struct Item(pub u32, Arc<AtomicUsize>);

impl Item {
    pub fn new(number: u32, live: &Arc<AtomicUsize>) -> Self {
        live.fetch_add(1, Relaxed);
        Self(number, live.clone())
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Relaxed);
    }
}

#[derive(Clone, Debug)]
pub enum Op {
    TrySend,
    /// An item that waits for room is given up again, or goes in after so many were taken.
    Send {
        taken_meanwhile: usize,
    },
    SendBatch {
        items: u32,
        taken_meanwhile: usize,
    },
    TryRecv,
    Next,
    RecvBatch(usize),
    DropSender,
    DropReceiver,
}

pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        8 => Just(Op::TrySend),
        4 => (0..3_usize).prop_map(|taken_meanwhile| Op::Send { taken_meanwhile }),
        4 => (0..12_u32, 0..4_usize)
            .prop_map(|(items, taken_meanwhile)| Op::SendBatch { items, taken_meanwhile }),
        5 => Just(Op::TryRecv),
        8 => Just(Op::Next),
        4 => (1..6_usize).prop_map(Op::RecvBatch),
        1 => Just(Op::DropSender),
        1 => Just(Op::DropReceiver),
    ];
    prop::collection::vec(op, 0..80)
}

struct World {
    capacity: usize,
    sender: Option<RingSender<Item>>,
    receiver: Option<RingReceiver<Item>>,
    inside: VecDeque<u32>,
    number: u32,
    live: Arc<AtomicUsize>,
    // Of the receiver when it waits.
    waits: Option<Arc<Wakes>>,
}

impl World {
    fn new(capacity: usize) -> Self {
        let (sender, receiver) = spsc(capacity);
        Self {
            capacity,
            sender: Some(sender),
            receiver: Some(receiver),
            inside: VecDeque::new(),
            number: 0,
            live: Arc::default(),
            waits: None,
        }
    }

    fn item(&mut self) -> Item {
        self.number += 1;
        Item::new(self.number, &self.live)
    }

    fn take(&mut self, most: usize) {
        let Some(receiver) = &mut self.receiver else { return };
        for _ in 0..most {
            let expected = self.inside.pop_front();
            assert_eq!(receiver.try_recv().map(|item| item.0), expected);
        }
    }

    fn try_send(&mut self) {
        let item = self.item();
        let number = item.0;
        let Some(sender) = &mut self.sender else { return };
        let sent = sender.try_send(item);
        if self.receiver.is_none() {
            assert!(matches!(sent, Err(QueueError::Closed(item)) if item.0 == number));
        } else if self.inside.len() == self.capacity {
            assert!(matches!(sent, Err(QueueError::Full(item)) if item.0 == number));
        } else {
            assert!(sent.is_ok());
            self.inside.push_back(number);
        }
    }

    /// Polls a future of the sender, takes some items, and polls it again if it was woken.
    fn drive<R>(
        &mut self,
        start: impl FnOnce(&mut RingSender<Item>) -> Pin<Box<dyn Future<Output = R> + '_>>,
        taken_meanwhile: usize,
    ) -> Option<R> {
        let mut sender = self.sender.take()?;
        let mut future = start(&mut sender);
        let mut wakes = Arc::<Wakes>::default();
        let mut polled = future.as_mut().poll(&mut Context::from_waker(&wakes.waker()));
        for _ in 0..taken_meanwhile {
            if polled.is_ready() {
                break;
            }
            // Whatever it puts in is judged when it comes out.
            let Some(receiver) = &mut self.receiver else { break };
            let item = receiver.try_recv().expect("it waits, so the ring is full");
            self.inside.push_back(item.0);
            assert_eq!(wakes.count(), 1, "there is room, for which the sender waits");
            wakes = Arc::default();
            polled = future.as_mut().poll(&mut Context::from_waker(&wakes.waker()));
        }
        drop(future);
        self.sender = Some(sender);
        match polled {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    fn check(&self) {
        let (len, empty) = (self.inside.len(), self.inside.is_empty());
        if let Some(sender) = &self.sender {
            assert_eq!((sender.len(), sender.is_empty()), (len, empty));
            assert_eq!(
                (sender.capacity(), sender.is_closed()),
                (self.capacity, self.receiver.is_none())
            );
        }
        if let Some(receiver) = &self.receiver {
            assert_eq!((receiver.len(), receiver.is_empty()), (len, empty));
            let most = self.sender.is_none().then_some(len);
            assert_eq!(receiver.size_hint(), (len, most));
        }
        assert_eq!(self.live.load(Relaxed), len, "nothing else is alive");
        if let Some(wakes) = &self.waits
            && (!empty || self.sender.is_none())
        {
            assert_eq!(wakes.count(), 1, "woken once");
        }
    }
}

pub fn compare(capacity: usize, ops: Vec<Op>) {
    let mut world = World::new(capacity);
    for op in ops {
        world.step(op);
        world.check();
    }
    let live = world.live.clone();
    drop(world);
    assert_eq!(live.load(Relaxed), 0, "every item was dropped, and none twice");
}

impl World {
    fn step(&mut self, op: Op) {
        match op {
            Op::TrySend => self.try_send(),
            Op::Send { taken_meanwhile } => self.send(taken_meanwhile),
            Op::SendBatch { items, taken_meanwhile } => self.send_batch(items, taken_meanwhile),
            Op::TryRecv => self.take(1),
            Op::Next => self.next(),
            Op::RecvBatch(max) => self.recv_batch(max),
            Op::DropSender => self.sender = None,
            Op::DropReceiver => {
                self.receiver = None;
                self.inside.clear();
                self.waits = None;
            }
        }
    }

    fn send(&mut self, taken_meanwhile: usize) {
        let item = self.item();
        let number = item.0;
        let all: Vec<u32> = self.inside.iter().copied().chain([number]).collect();
        let sent = self.drive(move |sender| Box::pin(sender.send(item)), taken_meanwhile);
        match sent {
            Some(Err(refused)) => {
                assert!(refused.is_closed() && self.receiver.is_none());
                assert_eq!(refused.into_inner().0, number);
            }
            sent => self.settle(&all, 1, sent.is_some()),
        }
    }

    fn send_batch(&mut self, items: u32, taken_meanwhile: usize) {
        let batch: Vec<Item> = iter::repeat_with(|| self.item()).take(items as usize).collect();
        let numbers = batch.iter().map(|item| item.0);
        let all: Vec<u32> = self.inside.iter().copied().chain(numbers).collect();
        let sent = self.drive(move |sender| Box::pin(sender.send_batch(batch)), taken_meanwhile);
        match sent {
            Some(Err(refused)) => {
                assert!(refused.is_closed() && self.receiver.is_none());
                assert_eq!(refused.into_inner().len(), items as usize, "nothing went in");
            }
            sent => self.settle(&all, items as usize, sent.is_some()),
        }
    }

    /// The last `new` of `all` were to be put in; what was taken meanwhile is at the back of
    /// `inside`.
    fn settle(&mut self, all: &[u32], new: usize, all_went_in: bool) {
        if self.sender.is_none() {
            return;
        }
        let taken: Vec<u32> = self.inside.drain(all.len() - new..).collect();
        assert_eq!(taken, all[..taken.len()], "in order");
        let inside = if all_went_in { all.len() - taken.len() } else { self.capacity };
        self.inside = all[taken.len()..][..inside].iter().copied().collect();
    }

    fn next(&mut self) {
        let Some(receiver) = &mut self.receiver else { return };
        let wakes = Arc::<Wakes>::default();
        let polled = drain::poll(Pin::new(receiver), &wakes).map(|item| item.map(|item| item.0));
        let expected = match self.inside.pop_front() {
            Some(number) => Poll::Ready(Some(number)),
            None if self.sender.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        };
        assert_eq!(polled, expected);
        assert_eq!(receiver.is_terminated(), expected == Poll::Ready(None));
        self.waits = expected.is_pending().then_some(wakes);
    }

    fn recv_batch(&mut self, max: usize) {
        let Some(receiver) = &mut self.receiver else { return };
        let wakes = Arc::<Wakes>::default();
        let mut into = Vec::new();
        let polled = pin!(receiver.recv_batch(&mut into, max))
            .poll(&mut Context::from_waker(&wakes.waker()));
        let count = self.inside.len().min(max);
        let expected: Vec<u32> = self.inside.drain(..count).collect();
        let is_over = count > 0 || self.sender.is_none();
        assert_eq!(polled, if is_over { Poll::Ready(count) } else { Poll::Pending });
        assert_eq!(into.iter().map(|item| item.0).collect::<Vec<_>>(), expected);
        self.waits = polled.is_pending().then_some(wakes);
    }
}
