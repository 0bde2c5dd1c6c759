//! Does a window by count cost the same however long it is, and no more than loops by hand?
//!
//! 400,000 readings, windows of 10, 1,000 and 100,000 of them, one after each reading. Each is
//! computed by `aggregate_window_rs2`; by a loop with two stacks written for this one purpose; and
//! by going over each window anew, once with plain slices and once with futures-util (`scan` over a
//! `VecDeque`), both on a part of the readings where the windows are long. The answers are asserted
//! equal first. All are measured in turns in one process, since the machine may be busy. Printed
//! are the smallest and the median time for each item (for each window, where it is gone over
//! anew), and how much the dearest size costs beside the cheapest. More than 1.6 times means that
//! the window is no longer O(1). A stream keeps its state in memory from one item to the next, a
//! loop in registers: a maximum takes up to 1.3 times as long as by hand, and a sum, two
//! instructions by hand, three times. More than that means that something is no longer inlined.

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::{Duration, Instant};

use futures_executor::block_on;
use futures_util::{StreamExt, future, stream};
use rs2_stream::aggregate::{Aggregator, Max, Sum};
use rs2_stream::prelude::*;

const READINGS: usize = 400_000;
const ROUNDS: usize = 51;
/// What a window may cost for each item, in nanoseconds.
const TARGET: f64 = 2.5;
/// What going over every window anew may look at in all.
const LOOKS: usize = 500_000;
const SIZES: [usize; 3] = [10, 1_000, 100_000];

fn readings() -> Vec<u32> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 44) as u32
    };
    (0..READINGS).map(next).collect()
}

/// All outputs in one number.
fn mix(all: u64, output: u64) -> u64 {
    all.rotate_left(1) ^ output
}

fn by_operator<A: Aggregator<u32>>(
    readings: &[u32],
    size: usize,
    aggregator: A,
    number: impl Fn(A::Output) -> u64,
) -> u64 {
    let windows = from_iter(readings.iter().copied()).aggregate_window_rs2(size, 1, aggregator);
    block_on(windows.fold_sync_rs2(0, |all, output| mix(all, number(output))))
}

/// Suffix maxima of the older half in one block, the maximum of the newer half beside it.
fn max_by_two_stacks(readings: &[u32], size: usize) -> u64 {
    let mut turned: Vec<u32> = Vec::with_capacity(size);
    let (mut left, mut begin, mut newest, mut all) = (0, 0, 0_u32, 0);
    for (at, reading) in readings.iter().enumerate() {
        if at >= size {
            if left == 0 {
                turned.clear();
                let mut largest = 0;
                turned.extend(readings[begin..at].iter().rev().map(|reading| {
                    largest = largest.max(*reading);
                    largest
                }));
                (left, newest) = (turned.len(), 0);
            }
            left -= 1;
            begin += 1;
        }
        newest = newest.max(*reading);
        if at + 1 >= size {
            let older = if left == 0 { 0 } else { turned[left - 1] };
            all = mix(all, u64::from(newest.max(older)));
        }
    }
    all
}

fn sum_by_hand(readings: &[u32], size: usize) -> u64 {
    let (mut sum, mut all) = (0_u64, 0);
    for (at, reading) in readings.iter().enumerate() {
        sum += u64::from(*reading);
        if at + 1 >= size {
            all = mix(all, sum);
            sum -= u64::from(readings[at + 1 - size]);
        }
    }
    all
}

type Make = fn(&mut dyn Iterator<Item = u32>) -> u64;

fn max_of(window: &mut dyn Iterator<Item = u32>) -> u64 {
    window.fold(0, |largest, reading| largest.max(reading)).into()
}

fn sum_of(window: &mut dyn Iterator<Item = u32>) -> u64 {
    window.fold(0, |sum, reading| sum + u64::from(reading))
}

fn by_recompute(readings: &[u32], size: usize, make: Make) -> u64 {
    readings.windows(size).fold(0, |all, window| mix(all, make(&mut window.iter().copied())))
}

fn by_futures_util(readings: &[u32], size: usize, make: Make) -> u64 {
    let windows = stream::iter(readings.iter().copied())
        .scan(VecDeque::with_capacity(size), move |last, reading| {
            if last.len() == size {
                last.pop_front();
            }
            last.push_back(reading);
            let made = (last.len() == size).then(|| make(&mut last.iter().copied()));
            future::ready(Some(made))
        })
        .filter_map(future::ready);
    block_on(windows.fold(0, |all, output| future::ready(mix(all, output))))
}

type Run = Box<dyn Fn(&[u32]) -> u64>;

struct Rival {
    name: &'static str,
    items: usize,
    /// What its time is divided by: items, or windows where going over each costs so much that only
    /// a few are.
    units: usize,
    run: Run,
}

fn rivals(size: usize, of: &'static str) -> [Rival; 4] {
    let few = (LOOKS / size + size).min(READINGS);
    let is_max = of == "max";
    let make: Make = if is_max { max_of } else { sum_of };
    let rival = |name, items, run: Run| Rival {
        name,
        items,
        units: if items == READINGS { READINGS } else { items - size + 1 },
        run,
    };
    let operator: Run = if is_max {
        Box::new(move |readings| by_operator(readings, size, Max, u64::from))
    } else {
        Box::new(move |readings| by_operator(readings, size, Sum, |sum| sum))
    };
    let hand = if is_max { max_by_two_stacks } else { sum_by_hand };
    [
        rival("aggregate_window_rs2", READINGS, operator),
        rival("by hand", READINGS, Box::new(move |readings| hand(readings, size))),
        rival("recompute", few, Box::new(move |readings| by_recompute(readings, size, make))),
        rival("futures-util", few, Box::new(move |readings| by_futures_util(readings, size, make))),
    ]
}

fn assert_equal(rivals: &[Rival], readings: &[u32]) {
    let few = &readings[..rivals.iter().map(|rival| rival.items).min().unwrap_or(0)];
    let answers: Vec<u64> = rivals.iter().map(|rival| (rival.run)(few)).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "different answers: {answers:?}");
    let whole: Vec<u64> = rivals[..2].iter().map(|rival| (rival.run)(readings)).collect();
    assert_eq!(whole[0], whole[1], "different answers on all readings");
}

/// The sorted times of each, in nanoseconds for each item.
fn in_turns(rivals: &[Rival], readings: &[u32]) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); rivals.len()];
    for _ in 0..ROUNDS {
        for (rival, times) in rivals.iter().zip(&mut times) {
            let input = black_box(&readings[..rival.items]);
            let began = Instant::now();
            black_box((rival.run)(input));
            times.push(per_unit(began.elapsed(), rival.units));
        }
    }
    times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
    times
}

fn per_unit(time: Duration, units: usize) -> f64 {
    time.as_nanos() as f64 / units as f64
}

fn main() {
    let readings = readings();
    let only_test = std::env::args().any(|arg| arg == "--test");
    for of in ["sum", "max"] {
        let mut of_operator = Vec::new();
        for size in SIZES {
            let rivals = rivals(size, of);
            assert_equal(&rivals, &readings);
            if only_test {
                println!("{of} of {size}: equal answers");
                continue;
            }
            let times = in_turns(&rivals, &readings);
            for (rival, times) in rivals.iter().zip(&times) {
                let (least, median) = (times[0], times[ROUNDS / 2]);
                println!(
                    "{of} of {size:>6}  {:<22} min {least:>9.2} ns  median {median:>9.2} ns",
                    rival.name
                );
            }
            let (ours, by_hand) = (times[0][0], times[1][0]);
            println!(
                "{of} of {size:>6}  {:.2} times the loop by hand; target {TARGET} ns: {}",
                ours / by_hand,
                if ours <= TARGET { "met" } else { "MISSED" }
            );
            of_operator.push(ours);
        }
        if let (Some(most), Some(least)) = (
            of_operator.iter().copied().reduce(f64::max),
            of_operator.iter().copied().reduce(f64::min),
        ) {
            println!("{of}: the dearest size costs {:.2} times the cheapest", most / least);
        }
    }
}
