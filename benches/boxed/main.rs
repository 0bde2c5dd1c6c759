//! What does a box around a stream cost for each item?
//!
//! 10,000 numbers go through a map, a filter that lets 7 of 8 pass, and a fold, once without a box
//! and once with one between the filter and the fold. `batches` is `fold_sync_rs2` of the box
//! itself, which takes a batch of items with each virtual call; `strict` takes one item at a time,
//! as every other operator does. A box for each stage stands before the map, the filter and the
//! fold.
//!
//! The same numbers come in two orders. In the regular one every eighth is dropped, and what is
//! measured is the box. In the random one the processor guesses wrong at every eighth number, but
//! not in the plain iterator, where the compiler makes an addition of the branch.
//!
//! All answers are asserted equal first. The variants are then measured in turns in one process,
//! since the machine may be busy, and the smallest and the median times are printed as ratios to
//! the plain iterator and to the one box of futures-util; criterion measures each by itself
//! afterwards. In the regular order, `batches` above 2.5 iterators, `strict` above 4.2, or
//! futures-util below 2.5 times `batches` means that the box has become more expensive.

use std::hint::black_box;
use std::pin::Pin;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::{StreamExt, future, stream};
use rs2_stream::prelude::*;

const ITEMS: usize = 10_000;
const ROUNDS: usize = 301;
/// Runs in one measurement, so that the clock is read seldom.
const RUNS: u32 = 10;

type Variant = (&'static str, fn(&'static [u64]) -> u64);

const VARIANTS: [Variant; 8] = [
    ("iterator", iterator),
    ("no box", no_box),
    ("one box, batches", batches),
    ("one box, strict", strict),
    ("one box of futures-util", one_of_futures),
    ("a box for each stage", each_stage),
    ("a futures-util box for each", each_of_futures),
    ("a Box<dyn Iterator> for each", each_iterator),
];
const ITERATOR: usize = 0;
const FUTURES: usize = 4;

/// The high half of a product: one instruction, which the compiler does not do for several numbers
/// at once, so that streams and iterator alike go item by item.
fn scramble(n: u64) -> u64 {
    let product = u128::from(n) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64
}

fn passes(n: &u64) -> bool {
    n & 7 != 0
}

fn add(sum: u64, n: u64) -> u64 {
    sum.wrapping_add(n)
}

fn iterator(numbers: &'static [u64]) -> u64 {
    numbers.iter().copied().map(scramble).filter(passes).fold(0, add)
}

fn no_box(numbers: &'static [u64]) -> u64 {
    let stream = from_iter(numbers.iter().copied()).map_rs2(scramble).filter_rs2(passes);
    block_on(stream.fold_sync_rs2(0, add))
}

/// What stands behind the box must not be known to the compiler at the place of the fold.
#[inline(never)]
fn boxed(stream: impl Progress<Item = u64> + Send + 'static) -> RS2Stream<u64> {
    black_box(stream.boxed_rs2())
}

#[inline(never)]
fn boxed_by_futures(
    stream: impl Stream<Item = u64> + Send + 'static,
) -> Pin<Box<dyn Stream<Item = u64> + Send>> {
    black_box(Box::pin(stream))
}

#[inline(never)]
fn boxed_iterator(items: impl Iterator<Item = u64> + 'static) -> Box<dyn Iterator<Item = u64>> {
    black_box(Box::new(items))
}

fn batches(numbers: &'static [u64]) -> u64 {
    let stream = from_iter(numbers.iter().copied()).map_rs2(scramble).filter_rs2(passes);
    block_on(boxed(stream).fold_sync_rs2(0, add))
}

fn strict(numbers: &'static [u64]) -> u64 {
    let stream = from_iter(numbers.iter().copied()).map_rs2(scramble).filter_rs2(passes);
    block_on(ConsumeExt::fold_sync_rs2(boxed(stream), 0, add))
}

fn one_of_futures(numbers: &'static [u64]) -> u64 {
    let stream = stream::iter(numbers.iter().copied()).map(scramble);
    let stream = boxed_by_futures(stream.filter(|n| future::ready(passes(n))));
    block_on(stream.fold(0, |sum, n| future::ready(add(sum, n))))
}

fn each_stage(numbers: &'static [u64]) -> u64 {
    let source = boxed(from_iter(numbers.iter().copied()));
    let mapped = boxed(source.map_rs2(scramble));
    block_on(boxed(mapped.filter_rs2(passes)).fold_sync_rs2(0, add))
}

fn each_of_futures(numbers: &'static [u64]) -> u64 {
    let source = boxed_by_futures(stream::iter(numbers.iter().copied()));
    let mapped = boxed_by_futures(source.map(scramble));
    let filtered = boxed_by_futures(mapped.filter(|n| future::ready(passes(n))));
    block_on(filtered.fold(0, |sum, n| future::ready(add(sum, n))))
}

fn each_iterator(numbers: &'static [u64]) -> u64 {
    let source = boxed_iterator(numbers.iter().copied());
    boxed_iterator(boxed_iterator(source.map(scramble)).filter(passes)).fold(0, add)
}

/// The same numbers on every run.
fn numbers() -> impl Iterator<Item = u64> {
    let next = |n: &u64| Some(n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    std::iter::successors(Some(1), next)
}

/// Of these every eighth will not pass.
fn regular() -> Vec<u64> {
    let mut passing = numbers().filter(|n| passes(&scramble(*n)));
    let mut dropped = numbers().filter(|n| !passes(&scramble(*n)));
    let turns = (1..=ITEMS).map(|at| if at % 8 == 0 { dropped.next() } else { passing.next() });
    turns.flatten().collect()
}

/// The same numbers as the regular ones, in an order that a processor cannot learn.
fn random() -> Vec<u64> {
    let mut numbers = regular();
    numbers.sort_unstable_by_key(|n| n.wrapping_mul(0xd6e8_feb8_6659_fd93));
    numbers
}

/// Times all in turns; returns the sorted times of each, for one item.
fn in_turns(numbers: &'static [u64]) -> Vec<Vec<Duration>> {
    let mut times = vec![Vec::new(); VARIANTS.len()];
    for _ in 0..ROUNDS {
        for ((_, run), times) in VARIANTS.iter().zip(&mut times) {
            let began = Instant::now();
            for _ in 0..RUNS {
                black_box(run(black_box(numbers)));
            }
            times.push(began.elapsed());
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    times
}

fn print_ratios(order: &str, times: &[Vec<Duration>]) {
    for (name, at) in [("min", 0), ("median", ROUNDS / 2)] {
        println!("{name}, {order}:");
        let of = |variant: usize| times[variant][at].as_secs_f64();
        for (variant, (what, _)) in VARIANTS.iter().enumerate() {
            println!(
                "{what:>30} {:5.2} ns, {:5.2} iterators, futures-util takes {:4.2} times as long",
                of(variant) * 1e9 / f64::from(RUNS) / ITEMS as f64,
                of(variant) / of(ITERATOR),
                of(FUTURES) / of(variant),
            );
        }
    }
}

fn main() {
    let orders = [("regular order", regular()), ("random order", random())];
    let orders = orders.map(|(order, numbers)| (order, &*numbers.leak()));
    for (order, numbers) in orders {
        let expected = iterator(numbers);
        for (name, run) in VARIANTS {
            assert_eq!(run(numbers), expected, "{name}, {order}");
        }
    }

    // Under `cargo test` only the equality matters.
    if std::env::args().any(|arg| arg == "--test") {
        println!("{} variants, equal answers", VARIANTS.len());
        return;
    }
    for (order, numbers) in orders {
        print_ratios(order, &in_turns(numbers));
    }
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    for (order, numbers) in orders {
        let mut group = criterion.benchmark_group(format!("boxed, {order}"));
        group.throughput(Throughput::Elements(numbers.len() as u64));
        for (name, run) in VARIANTS {
            group.bench_function(name, |bench| bench.iter(|| run(black_box(numbers))));
        }
        group.finish();
    }
    criterion.final_summary();
}
