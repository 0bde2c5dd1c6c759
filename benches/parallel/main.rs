//! What does it cost to call a plain function on several threads, and when is it worth it?
//!
//! The same function over the same numbers, the outputs folded in their order: in a loop of one
//! thread, by `map_parallel_rs2`, and by futures-util's `buffered` over a task for each item, which
//! is what one writes without it. The work on an item is a chain of multiplications made to take
//! about 0, 100, 1,000 and 10,000 nanoseconds. All answers are asserted equal first. The contenders
//! are measured in turns in one process, since the machine may be busy, and the smallest and the
//! median times are printed with their ratios; then criterion measures each by itself. At 0 ns more
//! than 15 ns per item, or at 1,000 ns no gain over the loop on two idle processors, means that
//! chunks have become too small or too dear.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use futures_util::StreamExt;
use rs2_stream::prelude::*;
use tokio::runtime::{Builder, Runtime};

const ROUNDS: usize = 15;
const NAMES: [&str; 3] = ["one thread", "map_parallel", "buffered(64), spawned"];

/// One kind of work: so many items, and so many multiplications for each.
#[derive(Clone, Copy)]
struct Load {
    nanos: u64,
    items: u64,
    steps: u32,
}

#[inline(never)]
fn work(item: u64, steps: u32) -> u64 {
    (0..steps).fold(item | 1, |value, _| {
        value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
    })
}

fn mixed(sum: u64, output: u64) -> u64 {
    sum.rotate_left(1) ^ output
}

/// Multiplications in a nanosecond of this machine, at its fastest.
fn steps_per_nano() -> f64 {
    const STEPS: u32 = 100_000;
    let times = (0..50).map(|item| {
        let began = Instant::now();
        black_box(work(black_box(item), STEPS));
        began.elapsed()
    });
    let fastest = times.min().expect("there were some");
    f64::from(STEPS) / fastest.as_nanos() as f64
}

fn loads() -> Vec<Load> {
    let speed = steps_per_nano();
    let items = [(0, 200_000), (100, 100_000), (1_000, 20_000), (10_000, 2_000)];
    let load = |(nanos, items)| Load { nanos, items, steps: (nanos as f64 * speed) as u32 };
    items.into_iter().map(load).collect()
}

fn on_one_thread(runtime: &Runtime, load: Load) -> u64 {
    let outputs = from_iter(0..load.items).map_rs2(|item| work(item, load.steps));
    runtime.block_on(outputs.fold_sync_rs2(0, mixed))
}

fn in_parallel(runtime: &Runtime, load: Load) -> u64 {
    let steps = load.steps;
    let outputs = from_iter(0..load.items).map_parallel_rs2(move |item| work(item, steps));
    runtime.block_on(outputs.fold_sync_rs2(0, mixed))
}

fn spawned(runtime: &Runtime, load: Load) -> u64 {
    let steps = load.steps;
    let outputs = futures_util::stream::iter(0..load.items)
        .map(|item| tokio::spawn(async move { work(item, steps) }))
        .buffered(64);
    let sum = outputs
        .fold(0, |sum, output| async move { mixed(sum, output.expect("the work does not panic")) });
    runtime.block_on(sum)
}

const CONTENDERS: [fn(&Runtime, Load) -> u64; 3] = [on_one_thread, in_parallel, spawned];

/// Times all in turns; returns the sorted times of each.
fn in_turns(runtime: &Runtime, load: Load) -> [Vec<Duration>; 3] {
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (run, times) in CONTENDERS.iter().zip(&mut times) {
            let began = Instant::now();
            black_box(run(runtime, black_box(load)));
            times.push(began.elapsed());
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    times
}

fn print(load: Load, times: &[Vec<Duration>; 3]) {
    println!("{} ns of work on each of {} items", load.nanos, load.items);
    for (name, at) in [("min", 0), ("median", ROUNDS / 2)] {
        let per_item = |times: &[Duration]| times[at].as_nanos() as f64 / load.items as f64;
        let [alone, parallel, spawned] = times.each_ref().map(|times| per_item(times));
        println!(
            "{name:>8}: {} {alone:.1}, {} {parallel:.1}, {} {spawned:.1} ns per item",
            NAMES[0], NAMES[1], NAMES[2]
        );
        println!(
            "          one thread / map_parallel {:.2}, spawned / map_parallel {:.2}",
            alone / parallel,
            spawned / parallel
        );
    }
}

fn main() {
    let runtime = Builder::new_multi_thread().enable_time().build().expect("threads can be made");
    let mut loads = loads();
    let is_test = std::env::args().any(|arg| arg == "--test");
    if is_test {
        // Only the equality matters then.
        loads.iter_mut().for_each(|load| load.items /= 20);
    }
    for load in &loads {
        let [alone, parallel, spawned] = CONTENDERS.map(|run| run(&runtime, *load));
        assert_eq!((parallel, spawned), (alone, alone), "all must compute the same");
    }
    if is_test {
        println!("{} loads, equal answers", loads.len());
        return;
    }
    for load in &loads {
        print(*load, &in_turns(&runtime, *load));
    }
    let mut criterion = Criterion::default()
        .configure_from_args()
        .sample_size(10)
        .measurement_time(Duration::from_secs(2));
    let mut group = criterion.benchmark_group("a function on several threads");
    for load in &loads {
        group.throughput(Throughput::Elements(load.items));
        for (name, run) in NAMES.into_iter().zip(CONTENDERS) {
            let id = BenchmarkId::new(name, format!("{} ns", load.nanos));
            group.bench_with_input(id, load, |bench, load| bench.iter(|| run(&runtime, *load)));
        }
    }
    group.finish();
    criterion.final_summary();
}
