//! Tasks that produce and tasks that consume share a queue. When it is full, its producers wait.

use futures_util::StreamExt;
use rs2_stream::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tokio::task::yield_now;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    one_of_each().await;
    a_full_queue_slows_its_producer_down().await;
    several_of_each().await;
}

/// A clone is a handle on the same queue, so each task gets one.
async fn one_of_each() {
    let queue = Queue::bounded(4);
    let producer = tokio::spawn({
        let queue = queue.clone();
        async move {
            for order in 1..=10_u32 {
                queue.enqueue(order).await.expect("nobody closes it earlier");
            }
            queue.close();
        }
    });
    let consumer = tokio::spawn(queue.dequeue().collect_rs2::<Vec<u32>>());
    producer.await.expect("it does not panic");
    let orders = consumer.await.expect("it does not panic");
    println!("one producer, one consumer: {orders:?}");
    assert!(orders.into_iter().eq(1..=10));
}

/// The producer is never further ahead than there is room.
async fn a_full_queue_slows_its_producer_down() {
    const CAPACITY: usize = 3;
    let queue = Queue::bounded(CAPACITY);
    let sent = Arc::new(AtomicU32::new(0));
    let mut items = queue.dequeue().enumerate();
    let producer = tokio::spawn({
        let sent = sent.clone();
        async move {
            for item in 0..20_u32 {
                queue.enqueue(item).await.expect("nobody closes it");
                sent.fetch_add(1, Relaxed);
            }
            // The last handle of the queue goes here, which ends the stream.
        }
    });
    for _ in 0..10 {
        yield_now().await;
    }
    println!("nobody reads: the producer stands still after {} of 20", sent.load(Relaxed));
    assert_eq!(sent.load(Relaxed), 3);

    let mut read = 0;
    while let Some((place, item)) = items.next().await {
        yield_now().await;
        read += 1;
        // An item may be read before its producer goes on to count it.
        let ahead = sent.load(Relaxed).saturating_sub(read);
        assert!(ahead as usize <= CAPACITY, "{ahead} items ahead");
        assert_eq!(place, item as usize);
    }
    producer.await.expect("it does not panic");
    println!("all {read} were read, and it was never more than {CAPACITY} ahead");
    assert_eq!(read, 20);
}

/// Each item goes to exactly one consumer, whichever asks first.
async fn several_of_each() {
    let queue = Queue::bounded(8);
    let consumers: Vec<_> = (0..3)
        .map(|_| {
            let work = queue.dequeue().eval_map_rs2(|item: (u32, u32)| async move {
                yield_now().await;
                item
            });
            tokio::spawn(work.collect_rs2::<Vec<_>>())
        })
        .collect();
    let producers: Vec<_> = (0..2_u32)
        .map(|producer| {
            let queue = queue.clone();
            tokio::spawn(async move {
                for n in 0..50_u32 {
                    queue.enqueue((producer, n)).await.expect("nobody closes it earlier");
                }
            })
        })
        .collect();
    for producer in producers {
        producer.await.expect("it does not panic");
    }
    queue.close();
    let (mut shares, mut seen) = (Vec::new(), BTreeSet::new());
    for consumer in consumers {
        let items = consumer.await.expect("it does not panic");
        assert!(items.iter().all(|item| seen.insert(*item)), "nobody else had it");
        shares.push(items.len());
    }
    println!("two producers, three consumers, who took {shares:?} items");
    assert_eq!(shares.iter().sum::<usize>(), 100);
}
