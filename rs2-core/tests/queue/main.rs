//! Queue and PriorityQueue against a sorted `Vec`, on threads, and in what a peer gets wrong.
#![cfg(feature = "std")]

#[path = "../common/drain.rs"]
mod drain;
#[cfg(feature = "heapless")]
mod in_place;
mod model;

use drain::Wakes;
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::stream::StreamExt;
use model::{Item, Subject, capacities, compare, ops};
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::queue::{PriorityQueue, QueueError};
use std::cell::Cell;
use std::cmp::Ordering;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;

proptest! {
    #[test]
    fn a_queue_is_a_vec_and_wakes_whoever_can_go_on(capacity in capacities(), ops in ops()) {
        compare::<Queue<Item>>(capacity, ops);
    }

    #[test]
    fn a_priority_queue_is_a_sorted_vec_and_wakes_whoever_can_go_on(
        capacity in capacities(), ops in ops(),
    ) {
        compare::<PriorityQueue<Item, u8>>(capacity, ops);
    }
}

// Peer defect 29: with a waiting consumer len and is_empty hang; with a blocked producer
// try_enqueue and close do.
fn nothing_hangs_while_others_wait<Q: Subject>() {
    let queue = Q::make(Some(1));
    let mut consumer = queue.take();
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(consumer.as_mut().poll_next(&mut cx), Poll::Pending);
    assert_eq!(queue.look(), (0, true, Some(1), false));
    assert_eq!(queue.try_put((0, 1)), Ok(()));
    let mut producer = queue.put((0, 2));
    assert_eq!(producer.as_mut().poll(&mut cx), Poll::Pending);
    assert_eq!(queue.try_put((0, 3)), Err(QueueError::Full((0, 3))));
    assert_eq!(queue.look(), (1, false, Some(1), false));
    queue.shut();
    assert_eq!(producer.as_mut().poll(&mut cx), Poll::Ready(Err(QueueError::Closed((0, 2)))));
    assert_eq!(block_on(consumer.collect::<Vec<_>>()), [(0, 1)]);
}

#[test]
fn nothing_hangs_on_a_queue_while_others_wait() {
    nothing_hangs_while_others_wait::<Queue<Item>>();
}

#[test]
fn nothing_hangs_on_a_priority_queue_while_others_wait() {
    nothing_hangs_while_others_wait::<PriorityQueue<Item, u8>>();
}

// Peer defect 34 (zero arguments).
#[test]
fn a_capacity_of_zero_panics_where_it_is_given() {
    let zero = catch_unwind(|| Queue::<u8>::bounded(0)).unwrap_err();
    let text = "the capacity of a queue must be greater than zero";
    assert_eq!(zero.downcast_ref::<&str>(), Some(&text));
    let zero = catch_unwind(|| PriorityQueue::<u8, u8>::bounded(0)).unwrap_err();
    assert_eq!(zero.downcast_ref::<&str>(), Some(&text));
}

#[test]
fn a_refusal_gives_the_item_back_and_says_why() {
    let queue = Queue::bounded(1);
    queue.try_enqueue("a".to_owned()).unwrap();
    let full = queue.try_enqueue("b".to_owned()).unwrap_err();
    assert!(full.is_full() && !full.is_closed());
    assert_eq!(
        (format!("{full:?}"), full.to_string()),
        ("Full(..)".into(), "the queue is full".into())
    );
    assert_eq!(full.into_inner(), "b");
    queue.close();
    let closed = block_on(queue.enqueue("c".to_owned())).unwrap_err();
    assert!(closed.is_closed() && !closed.is_full());
    assert_eq!(closed.to_string(), "the queue is closed");
    assert_eq!(closed.into_inner(), "c");
}

#[test]
fn a_queue_whose_handles_are_all_gone_delivers_what_is_pending_and_ends() {
    let queue = Queue::unbounded();
    let other = queue.clone();
    queue.try_enqueue(1).unwrap();
    let items = queue.dequeue();
    drop(queue);
    other.try_enqueue(2).unwrap();
    drop(other);
    assert_eq!(block_on(items.collect::<Vec<u32>>()), [1, 2]);

    let queue = PriorityQueue::<u8, u8>::unbounded();
    let (other, mut items) = (queue.clone(), queue.dequeue());
    let wakes = Arc::<Wakes>::default();
    assert!(drain::poll(Pin::new(&mut items), &wakes).is_pending());
    drop(queue);
    assert_eq!(wakes.count(), 0, "there is still a handle");
    drop(other);
    assert_eq!(wakes.count(), 1);
    assert_eq!(drain::poll(Pin::new(&mut items), &wakes), Poll::Ready(None));
}

#[test]
fn a_producer_that_is_called_in_vain_keeps_its_place() {
    let queue = PriorityQueue::bounded(1);
    queue.try_enqueue(0, 0).unwrap();
    let wakes: [Arc<Wakes>; 2] = Default::default();
    let wakers = wakes.each_ref().map(Wakes::waker);
    let [first, second] = &wakers;
    let (mut early, mut late) = (pin!(queue.enqueue(0, 1)), pin!(queue.enqueue(0, 2)));
    assert!(early.as_mut().poll(&mut Context::from_waker(first)).is_pending());
    assert!(late.as_mut().poll(&mut Context::from_waker(second)).is_pending());
    let mut items = queue.dequeue();
    for round in 1..=3 {
        assert!(block_on(items.next()).is_some());
        assert_eq!([wakes[0].count(), wakes[1].count()], [round, 0]);
        // Somebody was faster.
        queue.try_enqueue(0, 9).unwrap();
        assert!(early.as_mut().poll(&mut Context::from_waker(first)).is_pending());
    }
}

#[test]
fn a_producer_that_was_called_and_leaves_calls_the_next_only_while_there_is_room() {
    for (fills, calls) in [(false, 1), (true, 0)] {
        let queue = PriorityQueue::bounded(1);
        queue.try_enqueue(0, 0).unwrap();
        let wakes = Arc::<Wakes>::default();
        let (mut early, mut late) = (Box::pin(queue.enqueue(0, 1)), pin!(queue.enqueue(0, 2)));
        assert!(early.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(late.as_mut().poll(&mut Context::from_waker(&wakes.waker())).is_pending());
        assert_eq!(block_on(queue.dequeue().next()), Some(0));
        if fills {
            queue.try_enqueue(0, 3).unwrap();
        }
        drop(early);
        assert_eq!(wakes.count(), calls);
    }
}

#[test]
fn a_consumer_that_is_gone_takes_neither_items_nor_the_queue_with_it() {
    let queue = Queue::unbounded();
    drop(queue.dequeue());
    queue.try_enqueue(1).unwrap();
    queue.close();
    assert_eq!(block_on(queue.dequeue().collect::<Vec<u32>>()), [1]);
}

#[test]
fn a_closed_queue_drains_as_a_well_behaved_stream() {
    let filled = || {
        let queue = Queue::bounded(8);
        (0..8).for_each(|n| queue.try_enqueue(n).unwrap());
        queue.close();
        queue
    };
    assert_eq!(drain::drain(|| filled().dequeue()), (0..8).collect::<Vec<u32>>());
    let by_priority = drain::drain(|| {
        let queue = PriorityQueue::bounded(8);
        (0..8_u32).for_each(|n| queue.try_enqueue(n % 3, n).unwrap());
        queue.close();
        queue.dequeue()
    });
    assert_eq!(by_priority, [2, 5, 1, 4, 7, 0, 3, 6]);
}

const ITEMS: u32 = if cfg!(miri) { 20 } else { 2_000 };

/// Three producers and three consumers on threads; a fourth consumer comes and goes.
fn every_item_goes_to_one_consumer<Q: Subject + Send + Sync>() {
    let queue = Q::make(Some(3));
    let mut seen = thread::scope(|scope| {
        let producers: Vec<_> = (0..3_u8)
            .map(|number| {
                let queue = queue.clone();
                scope.spawn(move || {
                    for n in 0..ITEMS {
                        block_on(queue.put((number, n))).unwrap();
                    }
                })
            })
            .collect();
        let fickle = scope.spawn(|| {
            let mut items = Vec::new();
            while !queue.look().3 {
                // Away at once, whether it waits or gets something.
                let mut stream = queue.take();
                let wakes = Arc::<Wakes>::default();
                let polled = stream.as_mut().poll_next(&mut Context::from_waker(&wakes.waker()));
                if let Poll::Ready(Some(item)) = polled {
                    items.push(item);
                }
                thread::yield_now();
            }
            items
        });
        let consumers: Vec<_> =
            (0..3).map(|_| scope.spawn(|| block_on(queue.take().collect::<Vec<Item>>()))).collect();
        producers.into_iter().for_each(|producer| producer.join().unwrap());
        queue.shut();
        let mut seen = fickle.join().unwrap();
        for consumer in consumers {
            let items = consumer.join().unwrap();
            for number in 0..3 {
                let mine = items.iter().filter(|(of, _)| *of == number);
                assert!(mine.is_sorted(), "the items of one producer come in order");
            }
            seen.extend(items);
        }
        seen
    });
    seen.sort_unstable();
    let all = (0..3).flat_map(|number| (0..ITEMS).map(move |n| (number, n)));
    assert!(seen.into_iter().eq(all));
}

#[test]
fn every_item_of_a_queue_goes_to_one_consumer() {
    every_item_goes_to_one_consumer::<Queue<Item>>();
}

#[test]
fn every_item_of_a_priority_queue_goes_to_one_consumer() {
    every_item_goes_to_one_consumer::<PriorityQueue<Item, u8>>();
}

thread_local! {
    static COMPARES_BADLY: Cell<bool> = const { Cell::new(false) };
}

#[derive(Debug, PartialEq, Eq)]
struct Moody(u8);

impl PartialOrd for Moody {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moody {
    fn cmp(&self, other: &Self) -> Ordering {
        assert!(!COMPARES_BADLY.get(), "as told");
        self.0.cmp(&other.0)
    }
}

#[test]
fn a_comparison_that_panics_leaves_the_queue_as_it_was() {
    let queue = PriorityQueue::bounded(3);
    queue.try_enqueue(Moody(1), "b").unwrap();
    queue.try_enqueue(Moody(2), "a").unwrap();
    COMPARES_BADLY.set(true);
    assert!(catch_unwind(AssertUnwindSafe(|| queue.try_enqueue(Moody(3), "lost"))).is_err());
    let mut put = Box::pin(queue.enqueue(Moody(3), "lost"));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(catch_unwind(AssertUnwindSafe(|| put.as_mut().poll(&mut cx))).is_err());
    drop(put);
    COMPARES_BADLY.set(false);
    assert_eq!(queue.len(), 2);
    queue.try_enqueue(Moody(0), "c").unwrap();
    queue.close();
    assert_eq!(block_on(queue.dequeue().collect::<Vec<_>>()), ["a", "b", "c"]);
}

/// Uses the queue when it is dropped, as the reply channel of a request may.
struct Talkative(PriorityQueue<Talkative, u8>);

impl Drop for Talkative {
    fn drop(&mut self) {
        self.0.is_empty();
    }
}

#[test]
fn an_item_may_use_the_queue_when_it_is_dropped() {
    let queue = PriorityQueue::bounded(1);
    queue.try_enqueue(1, Talkative(queue.clone())).unwrap();
    assert!(queue.try_enqueue(1, Talkative(queue.clone())).is_err());
    let mut items = pin!(queue.dequeue());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(items.as_mut().poll_next(&mut cx), Poll::Ready(Some(_))));
    queue.close();
    assert!(matches!(items.as_mut().poll_next(&mut cx), Poll::Ready(None)));
}
