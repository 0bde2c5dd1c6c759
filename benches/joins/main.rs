//! What does an interval join cost, and is it worth a data structure?
//!
//! Two sides of events, one tick apart in turn, joined within 2,000 ticks: with 200 keys about five
//! pairs for each event, with 1,000 keys one, in random order of keys. The same pairs are found by
//! `interval_join_in_rs2`; by a loop over tables of deques, which is what one writes by hand for
//! events in order; by the same that forgets all that is over at once, as the operator does, which
//! is the least that can be done; by the loop over ordered maps, which is what one writes for
//! events out of order; and by a scan of the other side's buffer for each event, which is how
//! rs2-stream 0.3.3 does it, but that it scans both. The answers are asserted equal first. Then
//! they are measured in turns in one process, since the machine may be busy, and the smallest and
//! the median times are printed with the ratios and the targets: 20 times a scan, 4 times the
//! ordered maps. Less means that something is searched or scanned that was not, or that there is
//! garbage in the table.

mod rivals;

use futures_executor::block_on;
use rs2_stream::op::join::Interval;
use rs2_stream::prelude::*;
use rs2_stream::store::Heap;
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;
const REACH: i64 = 2_000;
const NAMES: [&str; 5] =
    ["interval_join", "deques by hand", "exact by hand", "ordered maps", "buffer scan"];

/// Its key, its time, and a number to tell it by.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    key: u64,
    ts: i64,
    value: u64,
}

/// What a pair adds to the answer, in whatever order.
fn weight(left: &Event, right: &Event) -> u64 {
    left.value.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ right.value.rotate_left(17)
}

/// The two sides; events out of order come up to `disorder` ticks late.
fn events(count: usize, keys: u64, disorder: i64) -> [Vec<Event>; 2] {
    let mut state = 1_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut sides = [Vec::new(), Vec::new()];
    for n in 0..count {
        let late = if disorder == 0 { 0 } else { (random() % disorder as u64) as i64 };
        let event = Event { key: random() % keys, ts: n as i64 - late, value: random() };
        sides[n % 2].push(event);
    }
    sides
}

fn joined(sides: &[Vec<Event>; 2], delay: i64) -> (u64, u64) {
    let time = |event: &Event| EventTime::from_micros(event.ts);
    let reach = Interval::within(Duration::from_micros(REACH as u64));
    let config = IntervalJoinConfig::new(reach, Duration::from_micros(delay as u64));
    let [left, right] = sides.each_ref().map(|side| from_iter(side.iter().copied()));
    let pairs = left.interval_join_in_rs2(
        Heap::bounded(1_000_000).seeded(7),
        right,
        config,
        (|event| event.key, |event| event.key),
        (time, time),
        weight,
    );
    block_on(pairs.fold_sync_rs2((0, 0), |(count, sum): (u64, u64), weight| {
        (count + 1, sum.wrapping_add(weight))
    }))
}

type Contender = fn(&[Vec<Event>; 2], i64) -> (u64, u64);

const CONTENDERS: [Contender; 5] =
    [joined, rivals::deques, rivals::exact, rivals::ordered, rivals::scan];

/// Times all in turns; returns the sorted times of each.
fn in_turns(sides: &[Vec<Event>; 2], delay: i64) -> [Vec<Duration>; 5] {
    let mut times = [const { Vec::new() }; 5];
    for round in 0..ROUNDS {
        for (at, (run, times)) in CONTENDERS.iter().zip(&mut times).enumerate() {
            // The scan takes as long as all the others together.
            if at == 4 && round >= ROUNDS / 3 {
                continue;
            }
            let began = Instant::now();
            black_box(run(black_box(sides), delay));
            times.push(began.elapsed());
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    times
}

fn print(what: &str, count: usize, times: &[Vec<Duration>; 5]) {
    println!("{what}");
    let per_event = |time: Duration| time.as_nanos() as f64 / count as f64;
    for (name, at) in [("min", 0), ("median", 2)] {
        let each = times.each_ref().map(|times| per_event(times[(times.len() - 1) * at / 4]));
        let told = NAMES.iter().zip(each).map(|(name, nanos)| format!("{name} {nanos:.1}"));
        println!("{name:>8}: {} ns per event", told.collect::<Vec<_>>().join(", "));
        let [ours, by_hand, exact, ordered, scan] = each;
        println!(
            "          scan / ours {:.1} (target 20), maps / ours {:.1} (target 4)",
            scan / ours,
            ordered / ours
        );
        println!(
            "          ours / by hand {:.2}, ours / exact {:.2}; scan / exact {:.1}",
            ours / by_hand,
            ours / exact,
            scan / exact
        );
    }
}

fn main() {
    let is_test = std::env::args().any(|arg| arg == "--test");
    let count = if is_test { 20_000 } else { 400_000 };
    let workloads = [
        ("in order", 200, 0),
        ("in order", 1_000, 0),
        ("up to 200 ticks out of order", 200, 200),
        ("up to 200 ticks out of order", 1_000, 200),
    ];
    for (what, keys, disorder) in workloads {
        let sides = events(count, keys, disorder);
        let answer = joined(&sides, disorder);
        for (name, run) in NAMES.iter().zip(CONTENDERS).skip(1) {
            assert_eq!(run(&sides, disorder), answer, "{name}, {what}");
        }
        let matches = answer.0 as f64 / count as f64;
        let what = format!("{count} events {what}, {matches:.1} pairs for each");
        if is_test {
            println!("{what}: equal answers");
        } else {
            print(&what, count, &in_turns(&sides, disorder));
        }
    }
}
