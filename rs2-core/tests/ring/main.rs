//! The ring against a `VecDeque`, on threads, and under panics.
#![cfg(feature = "std")]

#[path = "../common/drain.rs"]
mod drain;
mod model;

use drain::Wakes;
use futures_executor::block_on;
use futures_util::stream::StreamExt;
use model::{Item, compare, ops};
use proptest::prelude::*;
use rs2_core::queue::{QueueError, spsc};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Context;
use std::thread;

proptest! {
    #[test]
    fn a_ring_is_a_bounded_vec_deque_and_wakes_once_on_each_edge(
        capacity in 1..6_usize, ops in ops(),
    ) {
        compare(capacity, ops);
    }
}

const ITEMS: u32 = if cfg!(miri) { 40 } else { 20_000 };

#[test]
fn items_cross_threads_in_order_one_by_one() {
    for capacity in [1, 2, 3, 64] {
        let (mut sender, receiver) = spsc(capacity);
        let send = || async move {
            for n in 0..ITEMS {
                sender.send(Box::new(n)).await.unwrap();
            }
        };
        let items: Vec<Box<u32>> = beside(|| block_on(send()), || block_on(receiver.collect()));
        assert!(items.into_iter().map(|item| *item).eq(0..ITEMS));
    }
}

#[test]
fn items_cross_threads_in_order_in_batches() {
    for capacity in [1, 3, 64] {
        let (mut sender, mut receiver) = spsc(capacity);
        let send = || async move {
            let mut buffer: Vec<Box<u32>> = Vec::new();
            for first in (0..ITEMS).step_by(10) {
                buffer.extend((first..first + 10).map(Box::new));
                sender.send_batch(buffer.drain(..)).await.unwrap();
            }
        };
        let mut items = Vec::new();
        let receive = || while block_on(receiver.recv_batch(&mut items, 7)) > 0 {};
        beside(|| block_on(send()), receive);
        assert!(items.into_iter().map(|item| *item).eq(0..ITEMS));
    }
}

#[test]
fn a_batch_may_be_larger_than_the_ring() {
    let (mut sender, receiver) = spsc(2);
    let send = || async move { sender.send_batch(0..ITEMS).await.unwrap() };
    let items: Vec<u32> = beside(|| block_on(send()), || block_on(receiver.collect()));
    assert!(items.into_iter().eq(0..ITEMS));
}

#[test]
fn what_is_sent_while_the_receiver_leaves_is_dropped_once_or_given_back() {
    let rounds = if cfg!(miri) { 5 } else { 200 };
    for _ in 0..rounds {
        let live = Arc::<AtomicUsize>::default();
        let (mut sender, mut receiver) = spsc(4);
        let send = || {
            let refused = (0..).find_map(|number| {
                let refused = block_on(sender.send(Item::new(number, &live))).err()?;
                Some((number, refused.into_inner()))
            });
            assert!(refused.is_some_and(|(number, item)| item.0 == number));
        };
        let receive = || {
            for _ in 0..3 {
                assert!(block_on(receiver.next()).is_some());
            }
            drop(receiver);
        };
        beside(send, receive);
        assert_eq!(live.load(Relaxed), 0, "the sender is still there");
        drop(sender);
        assert_eq!(live.load(Relaxed), 0);
    }
}

/// Runs both at once, the first on a thread of its own.
fn beside<R>(one: impl FnOnce() + Send, other: impl FnOnce() -> R) -> R {
    thread::scope(|scope| {
        scope.spawn(one);
        other()
    })
}

#[test]
fn a_lent_iterator_keeps_what_was_not_sent() {
    let (mut sender, mut receiver) = spsc(2);
    let mut items = vec!["a", "b", "c", "d"].into_iter();
    {
        let mut sending = pin!(sender.send_batch(&mut items));
        let wakes = Arc::<Wakes>::default();
        assert!(sending.as_mut().poll(&mut Context::from_waker(&wakes.waker())).is_pending());
    }
    assert_eq!(items.as_slice(), ["c", "d"]);
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Some("a"), Some("b")));
    drop(receiver);
    let rest = block_on(sender.send_batch(items)).unwrap_err().into_inner();
    assert_eq!(rest.as_slice(), ["c", "d"]);
}

/// Says that it has `0` items and has `1`.
struct Liar(usize, usize);

impl Iterator for Liar {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        self.1 = self.1.checked_sub(1)?;
        Some(7)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0, Some(self.0))
    }
}

impl ExactSizeIterator for Liar {}

#[test]
fn an_iterator_that_lies_about_its_length_does_no_harm() {
    let (mut sender, mut receiver) = spsc(4);
    block_on(sender.send_batch(Liar(3, 1))).unwrap();
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Some(7), None));
    block_on(sender.send_batch(Liar(0, 3))).unwrap();
    assert_eq!(receiver.try_recv(), None);
}

#[test]
fn a_batch_whose_iterator_panics_leaves_what_it_gave_before() {
    let live = Arc::<AtomicUsize>::default();
    let (mut sender, mut receiver) = spsc(4);
    let items = (0..3).map(|n| if n < 2 { Item::new(n, &live) } else { panic!("as told") });
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(sender.send_batch(items)))).is_err());
    assert_eq!(receiver.try_recv().map(|item| item.0), Some(0));
    assert_eq!(live.load(Relaxed), 1);
    drop((sender, receiver));
    assert_eq!(live.load(Relaxed), 0);
}

/// Panics when it is dropped.
struct Bomb(Option<Item>);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(self.0.is_some(), "as told");
    }
}

#[test]
fn an_item_that_panics_when_it_is_dropped_does_not_leak_the_others() {
    let live = Arc::<AtomicUsize>::default();
    let (mut sender, receiver) = spsc(4);
    for n in [Some(0), None, Some(1)] {
        assert!(sender.try_send(Bomb(n.map(|n| Item::new(n, &live)))).is_ok());
    }
    assert!(catch_unwind(AssertUnwindSafe(|| drop(receiver))).is_err());
    assert_eq!(live.load(Relaxed), 1);
    drop(sender);
    assert_eq!(live.load(Relaxed), 0);
}

#[test]
fn items_without_a_size_are_counted() {
    let (mut sender, receiver) = spsc(2);
    sender.try_send(()).unwrap();
    sender.try_send(()).unwrap();
    assert_eq!(sender.try_send(()), Err(QueueError::Full(())));
    drop(sender);
    assert_eq!(block_on(receiver.collect::<Vec<()>>()).len(), 2);
}

#[test]
fn a_ring_drains_as_a_well_behaved_stream() {
    let filled = || {
        let (mut sender, receiver) = spsc(5);
        (0..5).for_each(|n| sender.try_send(n).unwrap());
        receiver
    };
    assert_eq!(drain::drain(filled), (0..5).collect::<Vec<u32>>());
}

// Peer defect 34 (zero arguments).
#[test]
fn a_capacity_or_batch_of_zero_panics_where_it_is_given() {
    assert!(catch_unwind(|| spsc::<u8>(0)).is_err());
    assert!(catch_unwind(|| spsc::<u8>(usize::MAX)).is_err());
    let (_sender, mut receiver) = spsc::<u8>(1);
    let mut into = Vec::new();
    assert!(catch_unwind(AssertUnwindSafe(|| drop(receiver.recv_batch(&mut into, 0)))).is_err());
}
