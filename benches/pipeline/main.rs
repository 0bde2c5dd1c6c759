//! How much longer does the flagship pipeline take than a loop written for this one purpose?
//!
//! Both compute the same answer from the same parsed requests of a generated log (200,000 lines);
//! the answers are asserted equal first. The two are measured in turns in one process, since the
//! machine may be busy, and the ratios of the smallest and of the median times are printed; then
//! criterion measures each by itself. More than 1.5 means that an operator on the hot path has
//! become slower.

// The unit tests of the shared parts run with the example, not here.
#![cfg_attr(test, allow(dead_code, unused_imports))]

#[path = "../../examples/real_time_analytics_pipeline/answer.rs"]
mod answer;
#[path = "../../examples/real_time_analytics_pipeline/calendar.rs"]
mod calendar;
#[path = "../../examples/real_time_analytics_pipeline/dictionary.rs"]
mod dictionary;
#[path = "../../examples/real_time_analytics_pipeline/generate.rs"]
mod generate;
mod hand;
#[path = "../../examples/real_time_analytics_pipeline/pipeline.rs"]
mod pipeline;
#[path = "../../examples/real_time_analytics_pipeline/request.rs"]
mod request;
#[path = "../../examples/real_time_analytics_pipeline/top_pages.rs"]
mod top_pages;
#[path = "../../examples/real_time_analytics_pipeline/traffic.rs"]
mod traffic;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use futures_executor::block_on;
use rs2_stream::prelude::*;

use answer::Answer;
use generate::Generator;
use pipeline::{Settings, analyse};
use request::Request;

const LINES: u64 = 200_000;
const ROUNDS: usize = 25;
const DELAY: Duration = Duration::from_secs(60);

fn parsed() -> Vec<Request> {
    let log: Vec<u8> = Generator::new(LINES, 1).flatten().collect();
    let lines = log.split(|byte| *byte == b'\n');
    lines.filter_map(|line| request::parse(line.strip_suffix(b"\r").unwrap_or(line)).ok()).collect()
}

fn by_pipeline(requests: &[Request]) -> Answer {
    let settings = Settings { watermark_delay: DELAY, max_keys: 5_000_000, hash_seed: 7 };
    let requests = from_iter(requests.iter().cloned());
    block_on(analyse(requests, settings)).expect("the log has few keys")
}

fn by_hand(requests: &[Request]) -> Answer {
    hand::analyse(requests.iter().cloned(), DELAY.as_millis() as i64)
}

/// Times both in turns; returns the sorted times of each.
fn in_turns(requests: &[Request]) -> [Vec<Duration>; 2] {
    let mut times = [Vec::new(), Vec::new()];
    let run: [fn(&[Request]) -> Answer; 2] = [by_pipeline, by_hand];
    for _ in 0..ROUNDS {
        for (which, run) in run.iter().enumerate() {
            let began = Instant::now();
            black_box(run(black_box(requests)));
            times[which].push(began.elapsed());
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    times
}

fn main() {
    let requests = parsed();
    let (streamed, looped) = (by_pipeline(&requests), by_hand(&requests));
    assert_eq!(streamed, looped, "both must compute the same");

    // Under `cargo test` only the equality matters.
    if std::env::args().any(|arg| arg == "--test") {
        println!("{} requests, equal answers", requests.len());
        return;
    }
    let [pipeline, hand] = in_turns(&requests);
    for (name, at) in [("min", 0), ("median", ROUNDS / 2)] {
        let per_item = |time: Duration| time.as_nanos() as f64 / requests.len() as f64;
        println!(
            "{name:>6}: pipeline {:.1} ns, by hand {:.1} ns per request, ratio {:.2}",
            per_item(pipeline[at]),
            per_item(hand[at]),
            pipeline[at].as_secs_f64() / hand[at].as_secs_f64()
        );
    }
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    let mut group = criterion.benchmark_group("access log");
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.bench_function("pipeline", |bench| bench.iter(|| by_pipeline(&requests)));
    group.bench_function("by hand", |bench| bench.iter(|| by_hand(&requests)));
    group.finish();
    criterion.final_summary();
}
