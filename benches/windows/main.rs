//! Does a sliding window of event time cost what a tumbling one does, whatever its length?
//!
//! A million events in order, a hundred for each slide, the largest value of each window. Each
//! length of window is compared with a tumbling window of one slide, with a loop that one would
//! write by hand and with the same loop in a combinator of futures-util. A ratio to the tumbling
//! window that grows with the length would mean that slices are combined anew for each window.
//!
//! Then the same for each of a hundred keys, compared with a keyed map of the same events: a window
//! adds a look at the time to what a map does.

mod hand;
mod keyed;

use std::hint::black_box;
use std::time::{Duration, Instant};

use futures_executor::block_on;
use futures_util::StreamExt;
use hand::Hand;
use rs2_stream::event_time::Aggregator;
use rs2_stream::event_time::TimeWindowConfig;
use rs2_stream::prelude::*;
use rs2_stream::store::Heap;

const EVENTS: usize = 1_000_000;
const PER_SLIDE: u64 = 100;
const ROUNDS: usize = 11;
const LENGTHS: [u64; 3] = [10, 60, 600];
const KEYED_LENGTHS: [u64; 3] = [1, 10, 60];

/// Time in microseconds, value.
type Event = (i64, u64);
/// How many windows, and the sum of their values.
type Answer = (u64, u64);

#[derive(Clone, Copy, Debug)]
struct Largest;

impl Aggregator<Event> for Largest {
    type Partial = u64;
    type Output = u64;
    fn lift(&self, _ts: EventTime, (_, value): Event) -> u64 {
        value
    }
    fn combine(&self, left: &mut u64, right: &u64) {
        *left = (*left).max(*right);
    }
    fn lower(&self, whole: u64) -> u64 {
        whole
    }
}

#[derive(Clone, Copy, Debug)]
struct Total;

impl Aggregator<Event> for Total {
    type Partial = u64;
    type Output = u64;
    const INVERTIBLE: bool = true;
    fn lift(&self, _ts: EventTime, (_, value): Event) -> u64 {
        value
    }
    fn combine(&self, left: &mut u64, right: &u64) {
        *left = left.wrapping_add(*right);
    }
    fn lower(&self, whole: u64) -> u64 {
        whole
    }
    fn subtract(&self, whole: &mut u64, earliest: &u64) {
        *whole = whole.wrapping_sub(*earliest);
    }
}

fn events() -> Vec<Event> {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut event = |at| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (at, random >> 20)
    };
    (0..EVENTS as i64).map(&mut event).collect()
}

fn count((windows, sum): Answer, value: u64) -> Answer {
    (windows + 1, sum.wrapping_add(value))
}

fn windows<A>(events: &[Event], slides: u64, lateness: u64, aggregator: A) -> Answer
where
    A: Aggregator<Event, Output = u64>,
{
    let us = Duration::from_micros;
    let config = TimeWindowConfig {
        window_size: us(slides * PER_SLIDE),
        slide_interval: us(PER_SLIDE),
        watermark_delay: Duration::ZERO,
        allowed_lateness: us(lateness * PER_SLIDE),
    };
    let values = from_iter(events.iter().copied()).aggregate_by_time_in_rs2(
        Heap::bounded(10_000),
        config,
        |event| EventTime::from_micros(event.0),
        aggregator,
    );
    block_on(values.fold_sync_rs2((0, 0), |answer, window| count(answer, window.value)))
}

fn by_hand(events: &[Event], slides: u64) -> Answer {
    let mut hand = Hand::new(PER_SLIDE as i64, slides as usize);
    let mut answer = (0, 0);
    for &event in events {
        if let Some(value) = hand.step(event) {
            answer = count(answer, value);
        }
    }
    hand.rest().into_iter().fold(answer, count)
}

fn by_futures(events: &[Event], slides: u64) -> Answer {
    let mut hand = Hand::new(PER_SLIDE as i64, slides as usize);
    let values = futures_util::stream::iter(events.iter().copied())
        .filter_map(|event| std::future::ready(hand.step(event)))
        .fold((0, 0), |answer, value| std::future::ready(count(answer, value)));
    let answer = block_on(values);
    hand.rest().into_iter().fold(answer, count)
}

type Variant = (String, Box<dyn Fn(&[Event]) -> Answer>);

fn variant(name: &str, slides: u64, run: fn(&[Event], u64) -> Answer) -> Variant {
    (format!("{name}, {slides} slides"), Box::new(move |events: &[Event]| run(events, slides)))
}

fn variants() -> Vec<Variant> {
    let mut all = vec![
        variant("tumbling", 1, |events, slides| windows(events, slides, 0, Largest)),
        variant("by hand", 1, by_hand),
        variant("futures-util", 1, by_futures),
    ];
    for slides in LENGTHS {
        all.extend([
            variant("sliding", slides, |events, slides| windows(events, slides, 0, Largest)),
            variant("sliding, subtracted", slides, |events, n| windows(events, n, 0, Total)),
            variant("sliding, lateness", slides, |events, slides| {
                windows(events, slides, 3, Largest)
            }),
            variant("by hand", slides, by_hand),
            variant("futures-util", slides, by_futures),
        ]);
    }
    all
}

fn keyed_variants() -> Vec<Variant> {
    let map: Variant = ("keyed map".to_owned(), Box::new(keyed::map));
    let windows = KEYED_LENGTHS.map(|slides| variant("keyed windows", slides, keyed::windows));
    [map].into_iter().chain(windows).collect()
}

/// What a variant may cost, as a multiple of the first one beside it.
fn target(name: &str) -> Option<f64> {
    match name {
        _ if name.starts_with("keyed windows") => Some(2.0),
        _ if name.starts_with("sliding, lateness") => Some(2.0),
        _ if name.starts_with("sliding") => Some(1.1),
        _ => None,
    }
}

fn check(events: &[Event]) {
    for slides in [1].into_iter().chain(LENGTHS) {
        let answer = by_hand(events, slides);
        assert_eq!(windows(events, slides, 0, Largest), answer, "{slides} slides");
        assert_eq!(windows(events, slides, 3, Largest), answer, "{slides} slides, lateness");
        assert_eq!(by_futures(events, slides), answer, "{slides} slides, futures-util");
        let total = windows(events, slides, 0, Total);
        assert_eq!(total.0, answer.0, "{slides} slides, subtracted");
        let sum = events.iter().fold(0, |sum: u64, event| sum.wrapping_add(event.1));
        assert_eq!(total.1, sum.wrapping_mul(slides), "every event is in as many windows");
    }
    for slides in KEYED_LENGTHS {
        let answer = keyed::definition(events, slides);
        assert_eq!(keyed::windows(events, slides), answer, "{slides} slides, keyed");
    }
}

fn main() {
    let events = events();
    check(&events);
    // Under `cargo test` only the equality matters.
    if std::env::args().any(|arg| arg == "--test") {
        println!("{} events, equal answers", events.len());
        return;
    }
    compare(&events, &variants());
    compare(&events, &keyed_variants());
}

/// Times the variants in turns, and prints their ratios to the first one.
fn compare(events: &[Event], variants: &[Variant]) {
    let mut times = vec![Vec::new(); variants.len()];
    for _ in 0..ROUNDS {
        for (which, (_, run)) in variants.iter().enumerate() {
            let began = Instant::now();
            black_box(run(black_box(events)));
            times[which].push(began.elapsed());
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    let per_event = |time: Duration| time.as_nanos() as f64 / events.len() as f64;
    for ((name, _), its) in variants.iter().zip(&times) {
        let (min, median) = (per_event(its[0]), per_event(its[ROUNDS / 2]));
        let ratio = its[0].as_secs_f64() / times[0][0].as_secs_f64();
        let target = target(name).map(|most| format!("  target {most}")).unwrap_or_default();
        println!("{name:<32} min {min:6.2} ns, median {median:6.2} ns, x{ratio:.2}{target}");
    }
}
