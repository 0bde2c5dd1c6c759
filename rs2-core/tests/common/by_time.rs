//! What the tests of event time share: a rule fed by hand, and the watermark as it is defined.
#![allow(dead_code, unreachable_pub, unused_imports)]

#[path = "cases.rs"]
mod cases;

pub use cases::cases;
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::machine::Machine;
use rs2_core::metrics::{Loss, Losses};
use rs2_core::state::{Limits, OnFull};
use rs2_core::time::{EventTime, Instant};
use std::fmt::Debug;
use std::time::Duration;

/// No rule of these tests has more outputs than this for one event.
const ENDLESS: usize = 100_000;

/// An item: its place in the input, its key, its time in microseconds.
pub type Event = (usize, u8, i64);

pub fn time_of(event: &Event) -> EventTime {
    EventTime::from_micros(event.2)
}

pub fn us(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// Numbers the items.
pub fn events(times: &[(u8, i64)]) -> Vec<Event> {
    times.iter().enumerate().map(|(n, &(key, ts))| (n, key, ts)).collect()
}

pub fn collected<S: Stream>(stream: S) -> Vec<S::Item> {
    block_on(stream.collect())
}

/// Short inputs in every kind of disorder, below zero too, with ties and with long gaps of time.
pub fn disorder(keys: u8) -> impl Strategy<Value = Vec<(u8, i64)>> {
    let scattered = prop::collection::vec((0..keys, -30_i64..30), 0..40);
    let step = prop_oneof![8 => 0_i64..4, 1 => Just(1_000), 1 => -1_000_000_i64..1_000_000];
    let rising = prop::collection::vec((0..keys, step, 0_i64..12), 0..40).prop_map(|steps| {
        let mut clock = -20_i64;
        let jittered = steps.into_iter().map(|(key, step, back)| {
            clock += step;
            (key, clock - back)
        });
        jittered.collect()
    });
    prop_oneof![scattered, rising]
}

/// Times where arithmetic on them could overflow, mixed with others.
pub fn extremes(keys: u8) -> impl Strategy<Value = Vec<(u8, i64)>> {
    let time = prop_oneof![
        (0_i64..40).prop_map(|n| i64::MIN + n),
        (0_i64..40).prop_map(|n| i64::MAX - n),
        -20_i64..20,
        any::<i64>(),
    ];
    prop::collection::vec((0..keys, time), 0..12)
}

/// Spans where arithmetic on them could overflow, mixed with others; none is zero.
pub fn extreme_spans() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (1_u64..30).prop_map(us),
        Just(Duration::MAX),
        (0_u64..3).prop_map(|n| us(i64::MAX as u64 - n)),
        Just(us(i64::MAX as u64 / 2)),
        Just(us(u64::MAX)),
    ]
}

/// The delay with which no item is late.
pub fn enough_delay(events: &[Event]) -> u64 {
    let mut latest = i64::MIN;
    let behind = events.iter().map(|event| {
        latest = latest.max(event.2);
        latest.abs_diff(event.2)
    });
    behind.max().unwrap_or(0)
}

/// Splits the input by the definition: an item is late when it happened before the watermark,
/// which an item that is not late raises to `delay` behind its time.
pub fn without_late(events: &[Event], delay: i64) -> (Vec<Event>, u64) {
    let mut watermark = i64::MIN;
    let mut kept = Vec::new();
    for &event in events {
        if event.2 < watermark {
            continue;
        }
        kept.push(event);
        watermark = watermark.max(event.2.saturating_sub(delay));
    }
    let late = events.len() - kept.len();
    (kept, late as u64)
}

/// Limits with counts that the test can read.
pub fn limits<St>(storage: St, on_full: OnFull) -> (Limits<St>, Losses) {
    let losses = Losses::new();
    (Limits::of(storage).on_full(on_full).report_to(&losses), losses)
}

/// Everything that one item brings out.
pub fn feed<M: Machine>(machine: &mut M, item: M::In) -> Vec<M::Out> {
    let first = machine.on_item(Instant::ORIGIN, item);
    drain(machine, first)
}

/// Everything that the end brings out.
pub fn finish<M: Machine>(machine: &mut M) -> Vec<M::Out> {
    let first = machine.on_end(Instant::ORIGIN);
    let outs = drain(machine, first);
    machine.close();
    outs
}

fn drain<M: Machine>(machine: &mut M, first: Option<M::Out>) -> Vec<M::Out> {
    let mut outs = Vec::new();
    let (mut next, mut steps) = (first, 0);
    while next.is_some() || machine.is_behind() {
        outs.extend(next);
        steps += 1;
        assert!(steps < ENDLESS, "it goes on without end");
        next = machine.more();
    }
    machine.settle();
    outs
}

/// Feeds everything and looks at the machine after each item; ends where the machine does.
pub fn run<M: Machine>(
    machine: &mut M,
    items: impl IntoIterator<Item = M::In>,
    mut look: impl FnMut(&M),
) -> Vec<M::Out> {
    let mut outs = Vec::new();
    for item in items {
        if machine.is_finished() {
            return outs;
        }
        outs.extend(feed(machine, item));
        look(machine);
    }
    if !machine.is_finished() {
        outs.extend(finish(machine));
        look(machine);
    }
    outs
}

/// A number in what `Debug` says of a machine: how many entries one of its tables has.
pub fn size_of(machine: &impl Debug, table: &str) -> usize {
    let text = format!("{machine:?}");
    let (_, rest) = text.split_once(&format!("{table}: ")).expect("the table is in the text");
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("it is a number")
}

/// The counts, each with its reason: late, duplicate, suppressed, full, evicted.
pub fn counts(losses: &Losses) -> [u64; 5] {
    let kinds = [Loss::Late, Loss::Duplicate, Loss::Suppressed, Loss::Full, Loss::Evicted];
    kinds.map(|kind| losses.of(kind))
}

/// What `stopped` must be of `whole`: all of it, or a beginning of it when the stream was stopped.
pub fn is_beginning<T: PartialEq + Debug>(stopped: &[T], whole: &[T], losses: &Losses) {
    if losses.is_stopped() {
        assert!(whole.starts_with(stopped), "{stopped:?} is no beginning of {whole:?}");
    } else {
        assert_eq!(stopped, whole);
    }
}
