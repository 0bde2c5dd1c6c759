//! Random steps on a queue, compared with a sorted `Vec`.
#![allow(unreachable_pub)]

use crate::drain::Wakes;
use futures_core::Stream;
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::queue::{PriorityQueue, QueueError};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

pub type Item = (u8, u32);
pub type Refused = QueueError<Item>;

/// What both queues can do. The plain one has items of which all are equally urgent.
pub trait Subject: Clone + 'static {
    fn make(capacity: Option<usize>) -> Self;
    fn level(priority: u8) -> u8;
    fn try_put(&self, item: Item) -> Result<(), Refused>;
    fn put(&self, item: Item) -> Pin<Box<dyn Future<Output = Result<(), Refused>>>>;
    fn take(&self) -> Pin<Box<dyn Stream<Item = Item>>>;
    fn shut(&self);
    /// Length, emptiness, capacity, closed.
    fn look(&self) -> (usize, bool, Option<usize>, bool);
}

impl Subject for Queue<Item> {
    fn make(capacity: Option<usize>) -> Self {
        capacity.map_or_else(Queue::unbounded, Queue::bounded)
    }
    fn level(_: u8) -> u8 {
        0
    }
    fn try_put(&self, item: Item) -> Result<(), Refused> {
        self.try_enqueue(item)
    }
    fn put(&self, item: Item) -> Pin<Box<dyn Future<Output = Result<(), Refused>>>> {
        let queue = self.clone();
        Box::pin(async move { queue.enqueue(item).await })
    }
    fn take(&self) -> Pin<Box<dyn Stream<Item = Item>>> {
        Box::pin(self.dequeue())
    }
    fn shut(&self) {
        self.close();
    }
    fn look(&self) -> (usize, bool, Option<usize>, bool) {
        (self.len(), self.is_empty(), self.capacity(), self.is_closed())
    }
}

impl Subject for PriorityQueue<Item, u8> {
    fn make(capacity: Option<usize>) -> Self {
        capacity.map_or_else(PriorityQueue::unbounded, PriorityQueue::bounded)
    }
    fn level(priority: u8) -> u8 {
        priority
    }
    fn try_put(&self, item: Item) -> Result<(), Refused> {
        self.try_enqueue(item.0, item).map_err(without_priority)
    }
    fn put(&self, item: Item) -> Pin<Box<dyn Future<Output = Result<(), Refused>>>> {
        let queue = self.clone();
        Box::pin(async move { queue.enqueue(item.0, item).await.map_err(without_priority) })
    }
    fn take(&self) -> Pin<Box<dyn Stream<Item = Item>>> {
        Box::pin(self.dequeue())
    }
    fn shut(&self) {
        self.close();
    }
    fn look(&self) -> (usize, bool, Option<usize>, bool) {
        (self.len(), self.is_empty(), self.capacity(), self.is_closed())
    }
}

fn without_priority(refused: QueueError<(u8, Item)>) -> Refused {
    match refused {
        QueueError::Full((_, item)) => QueueError::Full(item),
        QueueError::Closed((_, item)) => QueueError::Closed(item),
    }
}

#[derive(Clone, Debug)]
pub enum Op {
    TryPut(u8),
    Put(u8),
    PollPut(usize),
    DropPut(usize),
    Consumer,
    Take(usize),
    Leave(usize),
    Close,
}

pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        6 => (0..3_u8).prop_map(Op::TryPut),
        6 => (0..3_u8).prop_map(Op::Put),
        4 => (0..4_usize).prop_map(Op::PollPut),
        2 => (0..4_usize).prop_map(Op::DropPut),
        2 => Just(Op::Consumer),
        12 => (0..4_usize).prop_map(Op::Take),
        2 => (0..4_usize).prop_map(Op::Leave),
        1 => Just(Op::Close),
    ];
    prop::collection::vec(op, 0..80)
}

/// Something that was polled and may be waiting.
struct Waits<F: ?Sized> {
    wakes: Arc<Wakes>,
    waits: bool,
    what: Pin<Box<F>>,
}

impl<F: ?Sized> Waits<F> {
    fn new(what: Pin<Box<F>>) -> Self {
        Self { wakes: Arc::default(), waits: false, what }
    }
    /// Polls with a waker of its own, so that a wake through an older one does not count.
    fn poll<R>(&mut self, poll: impl FnOnce(Pin<&mut F>, &mut Context<'_>) -> Poll<R>) -> Poll<R> {
        self.wakes = Arc::default();
        let polled = poll(self.what.as_mut(), &mut Context::from_waker(&self.wakes.waker()));
        self.waits = polled.is_pending();
        polled
    }
    fn is_stuck(&self) -> bool {
        self.waits && self.wakes.count() == 0
    }
}

type Put = Waits<dyn Future<Output = Result<(), Refused>>>;

struct World<Q> {
    queue: Q,
    capacity: Option<usize>,
    closed: bool,
    pending: Vec<Item>,
    number: u32,
    puts: Vec<(Item, Put)>,
    consumers: Vec<Waits<dyn Stream<Item = Item>>>,
}

impl<Q: Subject> World<Q> {
    fn new(capacity: Option<usize>) -> Self {
        Self {
            queue: Q::make(capacity),
            capacity,
            closed: false,
            pending: Vec::new(),
            number: 0,
            puts: Vec::new(),
            consumers: Vec::new(),
        }
    }

    fn item(&mut self, priority: u8) -> Item {
        self.number += 1;
        (priority, self.number)
    }

    fn room(&self) -> usize {
        self.capacity.map_or(usize::MAX, |capacity| capacity - self.pending.len())
    }

    fn accept(&mut self, item: Item) {
        self.pending.push(item);
        // Stable, so that equals stay in their order.
        self.pending.sort_by_key(|(priority, _)| std::cmp::Reverse(Q::level(*priority)));
    }

    /// Polls an enqueue and compares; returns it when it is still waiting.
    fn poll_put(&mut self, item: Item, mut put: Put) -> Option<(Item, Put)> {
        let polled = put.poll(|put, cx| put.poll(cx));
        if self.closed {
            assert_eq!(polled, Poll::Ready(Err(QueueError::Closed(item))));
        } else if self.room() == 0 {
            assert_eq!(polled, Poll::Pending);
            return Some((item, put));
        } else {
            assert_eq!(polled, Poll::Ready(Ok(())));
            self.accept(item);
        }
        None
    }

    fn step(&mut self, op: Op) {
        match op {
            Op::TryPut(priority) => {
                let item = self.item(priority);
                let expected = if self.closed {
                    Err(QueueError::Closed(item))
                } else if self.room() == 0 {
                    Err(QueueError::Full(item))
                } else {
                    self.accept(item);
                    Ok(())
                };
                assert_eq!(self.queue.try_put(item), expected);
            }
            Op::Put(priority) => {
                let item = self.item(priority);
                let put = Waits::new(self.queue.put(item));
                let waiting = self.poll_put(item, put);
                self.puts.extend(waiting);
            }
            Op::PollPut(n) if n < self.puts.len() => {
                let (item, put) = self.puts.remove(n);
                if let Some(waiting) = self.poll_put(item, put) {
                    self.puts.insert(n, waiting);
                }
            }
            Op::DropPut(n) if n < self.puts.len() => drop(self.puts.remove(n)),
            Op::Consumer => self.consumers.push(Waits::new(self.queue.take())),
            Op::Take(n) if n < self.consumers.len() => {
                let consumer = &mut self.consumers[n];
                let (low, high) = consumer.what.size_hint();
                let left = self.closed.then_some(self.pending.len());
                assert!(low == 0 && (high == left || high == Some(0)), "{high:?} for {left:?}");
                let expected = match self.pending.first() {
                    Some(&item) => Poll::Ready(Some(item)),
                    None if self.closed => Poll::Ready(None),
                    None => Poll::Pending,
                };
                assert_eq!(consumer.poll(|items, cx| items.poll_next(cx)), expected);
                if matches!(expected, Poll::Ready(Some(_))) {
                    self.pending.remove(0);
                }
            }
            Op::Leave(n) if n < self.consumers.len() => drop(self.consumers.remove(n)),
            Op::Close => {
                self.queue.shut();
                self.closed = true;
            }
            _ => {}
        }
    }

    fn check(&self) {
        let look = (self.pending.len(), self.pending.is_empty(), self.capacity, self.closed);
        assert_eq!(self.queue.look(), look);
        if self.closed || !self.pending.is_empty() {
            let stuck = self.consumers.iter().filter(|consumer| consumer.is_stuck()).count();
            assert_eq!(stuck, 0, "consumers that nobody woke");
        }
        let due = if self.closed { usize::MAX } else { self.room() };
        let stuck = self.puts.iter().filter(|(_, put)| put.is_stuck()).count();
        let woken = self.puts.len() - stuck;
        assert!(woken >= due.min(self.puts.len()), "{stuck} wait, {woken} woken, room for {due}");
    }
}

pub fn compare<Q: Subject>(capacity: Option<usize>, ops: Vec<Op>) {
    let mut world = World::<Q>::new(capacity);
    for op in ops {
        world.step(op);
        world.check();
    }
}

pub fn capacities() -> impl Strategy<Value = Option<usize>> {
    prop_oneof![1 => Just(None), 4 => (1..5_usize).prop_map(Some)]
}
