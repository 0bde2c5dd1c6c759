//! What does a queue add to the channel it is made of, and what does the ring save?
//!
//! 200,000 numbers go from one producer to one consumer through a place for 256: through bare
//! `async-channel`, through a `Queue`, and through the ring, one by one and in batches of 64; both
//! ends in one task on one thread, and each on a thread of its own. A `VecDeque` that is filled and
//! emptied in turns is the floor. All sums are asserted equal first. The contenders are measured in
//! turns in one process, since the machine may be busy, and the smallest and the median times are
//! printed with their ratios to the bare channel; then criterion measures each by itself. More than
//! 1.2 for a `Queue` means that it has become more than a name for the channel. The ring aims at
//! 9 ns for an item, and at 3 ns in batches; on one thread the atomic steps of both ends add up.

use std::collections::VecDeque;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use futures_executor::block_on;
use futures_util::StreamExt;
use futures_util::future::join;
use rs2_stream::queue::{Queue, RingReceiver, RingSender, spsc};

const ITEMS: u64 = 200_000;
const CAPACITY: usize = 256;
const BATCH: u64 = 64;
const ROUNDS: usize = 25;

/// Where the two ends run.
#[derive(Clone, Copy)]
enum Place {
    OneThread,
    TwoThreads,
}

impl Place {
    /// Runs both ends to their end; returns what the consumer says.
    fn run<P, C>(self, producer: P, consumer: C) -> u64
    where
        P: Future<Output = ()> + Send,
        C: Future<Output = u64>,
    {
        match self {
            Self::OneThread => block_on(join(producer, consumer)).1,
            Self::TwoThreads => thread::scope(|scope| {
                scope.spawn(|| block_on(producer));
                block_on(consumer)
            }),
        }
    }
}

fn through_channel(place: Place) -> u64 {
    let (sender, receiver) = async_channel::bounded(CAPACITY);
    let producer = async move {
        for n in 0..ITEMS {
            sender.send(n).await.expect("the receiver is there");
        }
    };
    let consumer = async move {
        let (mut receiver, mut sum) = (pin!(receiver), 0);
        while let Some(n) = receiver.next().await {
            sum += n;
        }
        sum
    };
    place.run(producer, consumer)
}

/// The other way to read a bare channel: a future for each item.
fn through_channel_by_recv(place: Place) -> u64 {
    let (sender, receiver) = async_channel::bounded(CAPACITY);
    let producer = async move {
        for n in 0..ITEMS {
            sender.send(n).await.expect("the receiver is there");
        }
    };
    let consumer = async move {
        let mut sum = 0;
        while let Ok(n) = receiver.recv().await {
            sum += n;
        }
        sum
    };
    place.run(producer, consumer)
}

fn through_queue(place: Place) -> u64 {
    let queue = Queue::bounded(CAPACITY);
    let mut items = queue.dequeue();
    let producer = async move {
        for n in 0..ITEMS {
            queue.enqueue(n).await.expect("it is not closed");
        }
    };
    let consumer = async move {
        let mut sum = 0;
        while let Some(n) = items.next().await {
            sum += n;
        }
        sum
    };
    place.run(producer, consumer)
}

fn through_ring(place: Place) -> u64 {
    let (mut sender, mut receiver): (RingSender<u64>, RingReceiver<u64>) = spsc(CAPACITY);
    let producer = async move {
        for n in 0..ITEMS {
            sender.send(n).await.expect("the receiver is there");
        }
    };
    let consumer = async move {
        let mut sum = 0;
        while let Some(n) = receiver.next().await {
            sum += n;
        }
        sum
    };
    place.run(producer, consumer)
}

fn through_ring_in_batches(place: Place) -> u64 {
    let (mut sender, mut receiver): (RingSender<u64>, RingReceiver<u64>) = spsc(CAPACITY);
    let producer = async move {
        let mut buffer = Vec::new();
        for first in (0..ITEMS).step_by(BATCH as usize) {
            buffer.extend(first..(first + BATCH).min(ITEMS));
            sender.send_batch(buffer.drain(..)).await.expect("the receiver is there");
        }
    };
    let consumer = async move {
        let (mut buffer, mut sum) = (Vec::new(), 0);
        while receiver.recv_batch(&mut buffer, BATCH as usize).await > 0 {
            sum += buffer.drain(..).sum::<u64>();
        }
        sum
    };
    place.run(producer, consumer)
}

/// The same buffer without anybody to share it with.
fn through_deque(_: Place) -> u64 {
    let (mut deque, mut sum) = (VecDeque::with_capacity(CAPACITY), 0);
    let mut items = 0..ITEMS;
    while !items.is_empty() {
        for n in items.by_ref().take(CAPACITY) {
            black_box(&mut deque).push_back(n);
        }
        while let Some(n) = black_box(&mut deque).pop_front() {
            sum += n;
        }
    }
    sum
}

type Contender = (&'static str, fn(Place) -> u64);

/// The bare channel first: the others are compared with it.
const CONTENDERS: [Contender; 6] = [
    ("async-channel", through_channel),
    ("async-channel, recv", through_channel_by_recv),
    ("Queue", through_queue),
    ("ring, one by one", through_ring),
    ("ring, batches of 64", through_ring_in_batches),
    ("VecDeque", through_deque),
];

const PLACES: [(&str, Place); 2] =
    [("one thread", Place::OneThread), ("two threads", Place::TwoThreads)];

/// Times all in turns; returns the sorted times of each.
fn in_turns(place: Place) -> Vec<Vec<Duration>> {
    let mut times = vec![Vec::new(); CONTENDERS.len()];
    for _ in 0..ROUNDS {
        for (times, (_, run)) in times.iter_mut().zip(CONTENDERS) {
            let began = Instant::now();
            black_box(run(black_box(place)));
            times.push(began.elapsed());
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    times
}

fn report(name: &str, place: Place) {
    println!("{name:24} {:>9} {:>7}   {:>9} {:>7}", "min", "ratio", "median", "ratio");
    let times = in_turns(place);
    let per_item = |time: Duration| time.as_nanos() as f64 / ITEMS as f64;
    let (least, median) = (0, ROUNDS / 2);
    for (times_of_one, (name, _)) in times.iter().zip(CONTENDERS) {
        let [(min, min_ratio), (mid, mid_ratio)] = [least, median].map(|at| {
            let ratio = times_of_one[at].as_secs_f64() / times[0][at].as_secs_f64();
            (per_item(times_of_one[at]), ratio)
        });
        println!("  {name:22} {min:6.1} ns {min_ratio:7.2}   {mid:6.1} ns {mid_ratio:7.2}");
    }
}

fn main() {
    let expected = ITEMS * (ITEMS - 1) / 2;
    for (at, place) in PLACES {
        for (name, run) in CONTENDERS {
            assert_eq!(run(place), expected, "{name} on {at}");
        }
    }
    // Under `cargo test` only the equality matters.
    if std::env::args().any(|arg| arg == "--test") {
        println!("{ITEMS} items, equal sums");
        return;
    }
    for (name, place) in PLACES {
        report(name, place);
    }
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    for (at, place) in PLACES {
        let mut group = criterion.benchmark_group(format!("queue on {at}"));
        group.throughput(Throughput::Elements(ITEMS));
        for (name, run) in CONTENDERS {
            group.bench_function(name, |bench| bench.iter(|| run(place)));
        }
        group.finish();
    }
    criterion.final_summary();
}
