//! The streams of queues, filled while they are read.

use futures_core::Stream;
use futures_util::StreamExt;
use rs2_core::prelude::*;
use rs2_core::queue::{PriorityQueue, spsc};
use rs2_test::sim::{Source, Tok};
use rs2_test::{Given, Order, Row, index_of};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

const CAPACITY: usize = 2;

/// The stream of a queue, with what fills it.
struct Filled<S> {
    filler: Option<Pin<Box<dyn Future<Output = ()>>>>,
    items: S,
}

fn filled<S>(filler: impl Future<Output = ()> + 'static, items: S) -> Filled<S> {
    Filled { filler: Some(Box::pin(filler)), items }
}

impl<S: Stream + Unpin> Stream for Filled<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if let Some(filler) = &mut self.filler
            && filler.as_mut().poll(cx).is_ready()
        {
            self.filler = None;
        }
        self.items.poll_next_unpin(cx)
    }
}

/// Every second item is urgent.
fn urgency(item: &Tok) -> u8 {
    u8::from(index_of(item.id()) % 2 == 1)
}

fn all(given: &[Given]) -> Vec<u64> {
    given[0].ids.clone()
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = of_queues();
    rows.extend(of_priorities());
    rows.extend(of_rings());
    rows
}

fn of_queues() -> Vec<Row> {
    vec![
        Row::new("dequeue", |sim, []: [Source; 0]| {
            let queue = Queue::unbounded();
            for n in 0..5 {
                assert!(queue.try_enqueue(sim.item(n)).is_ok());
            }
            // The last handle goes here, so the stream ends after these.
            queue.dequeue()
        })
        .model(|_| (0..5).collect::<Vec<u64>>())
        .read_ahead(5)
        .hold(5),
        Row::plain(
            "dequeue, a bounded queue that is filled meanwhile",
            |_, [source]: [Source; 1]| {
                let queue = Queue::bounded(CAPACITY);
                let items = queue.dequeue();
                let filler = async move {
                    let mut source = source;
                    while let Some(item) = source.next().await {
                        assert!(queue.enqueue(item).await.is_ok());
                    }
                };
                filled(filler, items)
            },
        )
        .model(all)
        .read_ahead(CAPACITY + 1),
        Row::plain("dequeue, two streams of one queue", |_, [source]: [Source; 1]| {
            let queue = Queue::bounded(CAPACITY);
            let items = Box::pin(queue.dequeue().merge_rs2(queue.dequeue()));
            let filler = async move {
                let mut source = source;
                while let Some(item) = source.next().await {
                    assert!(queue.enqueue(item).await.is_ok());
                }
                queue.close();
            };
            filled(filler, items)
        })
        .model(all)
        .read_ahead(CAPACITY + 1),
    ]
}

fn of_priorities() -> Vec<Row> {
    vec![
        Row::new("dequeue of a priority queue", |sim, []: [Source; 0]| {
            let queue = PriorityQueue::unbounded();
            for n in 0..6 {
                assert!(queue.try_enqueue(n % 2, sim.item(n)).is_ok());
            }
            queue.dequeue()
        })
        .model(|_| vec![1_u64, 3, 5, 0, 2, 4])
        .read_ahead(6)
        .hold(6),
        Row::plain("dequeue of a priority queue, two streams", |_, [source]: [Source; 1]| {
            let queue = PriorityQueue::bounded(CAPACITY);
            let items = Box::pin(queue.dequeue().merge_rs2(queue.dequeue()));
            let filler = async move {
                let mut source = source;
                while let Some(item) = source.next().await {
                    assert!(queue.enqueue(urgency(&item), item).await.is_ok());
                }
                queue.close();
            };
            filled(filler, items)
        })
        .model(all)
        .order(Order::Any)
        .read_ahead(CAPACITY + 1),
    ]
}

fn of_rings() -> Vec<Row> {
    vec![
        Row::new("spsc", |sim, []: [Source; 0]| {
            let (mut sender, receiver) = spsc(5);
            for n in 0..5 {
                assert!(sender.try_send(sim.item(n)).is_ok());
            }
            receiver
        })
        .model(|_| (0..5).collect::<Vec<u64>>())
        .read_ahead(5)
        .hold(5),
        Row::plain("spsc, filled meanwhile", |_, [source]: [Source; 1]| {
            let (mut sender, receiver) = spsc(CAPACITY);
            let filler = async move {
                let mut source = source;
                while let Some(item) = source.next().await {
                    assert!(sender.send(item).await.is_ok());
                }
            };
            filled(filler, receiver)
        })
        .model(all)
        .read_ahead(CAPACITY + 1),
        Row::plain("spsc, filled meanwhile in batches", |_, [source]: [Source; 1]| {
            let (mut sender, receiver) = spsc(CAPACITY);
            let filler = async move {
                let mut batches = Box::pin(source.chunk_rs2(3));
                while let Some(batch) = batches.next().await {
                    assert!(sender.send_batch(batch).await.is_ok());
                }
            };
            filled(filler, receiver)
        })
        .model(|given| {
            let most = if given[0].ended { usize::MAX } else { given[0].ids.len() / 3 * 3 };
            given[0].ids.iter().copied().take(most).collect::<Vec<u64>>()
        })
        .read_ahead(CAPACITY + 3)
        .hold(2),
    ]
}
