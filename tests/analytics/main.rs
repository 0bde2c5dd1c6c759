//! The flagship example against an independent, slow evaluation of the same log.

mod cases;
mod command;
mod naive;

#[path = "../../examples/real_time_analytics_pipeline/answer.rs"]
mod answer;
#[path = "../../examples/real_time_analytics_pipeline/calendar.rs"]
mod calendar;
#[path = "../../examples/real_time_analytics_pipeline/dictionary.rs"]
mod dictionary;
#[path = "../../examples/real_time_analytics_pipeline/generate.rs"]
mod generate;
#[path = "../../examples/real_time_analytics_pipeline/pipeline.rs"]
mod pipeline;
#[path = "../../examples/real_time_analytics_pipeline/request.rs"]
mod request;
#[path = "../../examples/real_time_analytics_pipeline/top_pages.rs"]
mod top_pages;
#[path = "../../examples/real_time_analytics_pipeline/traffic.rs"]
mod traffic;

use std::cell::Cell;
use std::time::Duration;

use futures_executor::block_on;
use rs2_stream::prelude::*;

use answer::Answer;
use pipeline::{Settings, TooManyKeys, analyse};

/// The pipeline's answer for some inputs, as JSON, read in blocks of the given size.
fn answer(
    inputs: &[Vec<u8>],
    delay_s: u64,
    block: usize,
    max_keys: usize,
) -> Result<String, TooManyKeys> {
    let (lines, malformed) = (Cell::new(0), Cell::new(0));
    let settings =
        Settings { watermark_delay: Duration::from_secs(delay_s), max_keys, hash_seed: 5 };
    let requests = from_iter(inputs)
        .flat_map_rs2(|input| {
            let blocks: Vec<Result<Vec<u8>, ()>> =
                input.chunks(block).map(|block| Ok(block.to_vec())).collect();
            from_iter(blocks).try_lines_rs2(1 << 20)
        })
        .filter_map_rs2(Result::ok)
        .filter_rs2(|line| !line.is_blank())
        .inspect_rs2(|_| lines.set(lines.get() + 1))
        .filter_map_rs2(|line| {
            let parsed = if line.is_cut() { None } else { request::parse(&line.bytes).ok() };
            malformed.set(malformed.get() + u64::from(parsed.is_none()));
            parsed
        });
    let answer = block_on(analyse(requests, settings))?;
    let answer = Answer { lines: lines.get(), malformed: malformed.get(), ..answer };
    Ok(serde_json::to_string(&answer).expect("an answer is plain data"))
}

/// Cuts a log into inputs, not always at line ends.
fn cut(log: Vec<u8>, seed: u64) -> Vec<Vec<u8>> {
    if !seed.is_multiple_of(3) {
        return vec![log];
    }
    let (first, rest) = log.split_at(log.len() / 3);
    vec![first.to_vec(), Vec::new(), rest.to_vec()]
}

#[test]
fn the_answer_equals_the_naive_one_on_thousands_of_disorderly_logs() {
    let logs = std::env::var("RS2_ANALYTICS_LOGS").ok().and_then(|n| n.parse().ok());
    let logs: u64 = logs.unwrap_or(if cfg!(debug_assertions) { 300 } else { 3_000 });
    for seed in 0..logs {
        let lines = 20 + (seed as usize * 37) % 700;
        let inputs = cut(cases::nasty_log(seed, lines), seed);
        let delay_s = [60, 0, 7, 3_600, 60, u64::MAX][seed as usize % 6];
        let block = [64 * 1024, 1, 100][seed as usize % 3];
        let expected = naive::answer(&inputs, delay_s);
        let found = answer(&inputs, delay_s, block, 1_000_000);
        assert_eq!(
            found,
            Ok(expected.json),
            "log {seed}, delay {delay_s}, {} inputs",
            inputs.len()
        );
    }
}

#[test]
fn the_answer_equals_the_naive_one_on_generated_logs() {
    for (seed, lines) in [(1, 0), (2, 1), (3, 2_000), (4, 20_000)] {
        let log: Vec<u8> = generate::Generator::new(lines, seed).flatten().collect();
        let inputs = [log];
        let expected = naive::answer(&inputs, 60);
        assert_eq!(answer(&inputs, 60, 64 * 1024, 1_000_000), Ok(expected.json), "seed {seed}");
    }
}

#[test]
fn a_line_parses_exactly_when_the_grammar_says() {
    for (line, parses) in cases::lines_with_verdict() {
        if line.len() > 1 << 20 {
            continue; // The reader of lines decides about these.
        }
        let shown = String::from_utf8_lossy(&line[..line.len().min(300)]).into_owned();
        assert_eq!(request::parse(&line).is_ok(), parses, "{shown:?}");
        let mut input = line;
        input.push(b'\n');
        let expected = naive::answer(&[input.clone()], 60);
        assert_eq!(answer(&[input], 60, 9, 10), Ok(expected.json), "{shown:?}");
    }
}

#[test]
fn more_keys_than_allowed_give_no_answer_and_enough_give_the_right_one() {
    for seed in 0..40 {
        let inputs = [cases::nasty_log(seed, 300)];
        let expected = naive::answer(&inputs, 60).json;
        let mut refused = 0;
        for max_keys in [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377] {
            match answer(&inputs, 60, 1_000, max_keys) {
                Ok(found) => assert_eq!(found, expected, "log {seed}, {max_keys} keys"),
                Err(TooManyKeys) => refused += 1,
            }
        }
        assert!((1..13).contains(&refused), "log {seed}: {refused} refusals");
    }
}

#[test]
fn the_real_log_has_the_known_answer() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/access.log");
    let Ok(log) = std::fs::read(path) else {
        println!("skipped: no ../shared/data/access.log");
        return;
    };
    let found = answer(std::slice::from_ref(&log), 60, 64 * 1024, 1_000_000).expect("few keys");
    assert_eq!(found, naive::answer(&[log], 60).json);
    let found: serde_json::Value = serde_json::from_str(&found).expect("JSON");
    assert_eq!(found["lines"], 10_000);
    assert_eq!(found["malformed"], 1);
    assert_eq!(found["late"], 0);
    assert_eq!(found["duplicates"], 19);
    assert_eq!(found["events"], 9_980);
    let sessions = r#"{"count":3223,"bounces":1775,"longest_ms":59000,"users":1861}"#;
    assert_eq!(found["sessions"], serde_json::from_str::<serde_json::Value>(sessions).unwrap());
    assert_eq!(found["hourly"].as_array().unwrap().len(), 84);
    assert_eq!(found["alerts"].as_array().unwrap().len(), 0);
    let hosts: Vec<_> =
        found["scans"].as_array().unwrap().iter().map(|scan| &scan["host"]).collect();
    assert_eq!(hosts, ["91.236.75.25", "144.76.95.39"]);
}
