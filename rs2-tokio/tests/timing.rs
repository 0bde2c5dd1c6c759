//! The operators of time on tokio's clock, paused.

#[path = "../../tests/vectors/timing.rs"]
mod vectors;

use rs2_core::error::{Elapsed, TimeoutKind};
use rs2_tokio::prelude::*;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn the_vectors_on_a_paused_clock() {
    for &(op, input, expected) in vectors::VECTORS {
        let seen = vectors::run(op, input, TokioTimer::new()).await;
        assert_eq!(seen, expected, "{op:?} of {input}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_plain_names_use_the_clock_of_the_runtime() {
    let begun = tokio::time::Instant::now();
    let mut ticks = 0;
    let numbered = || {
        tick_rs(SECOND, ()).take_rs2(7).map_rs2(move |()| {
            ticks += 1;
            ticks
        })
    };
    // One tick a second, at 1 to 7.
    assert_eq!(numbered().debounce_rs2(2 * SECOND).collect_rs2::<Vec<_>>().await, [7]);
    let longest = 3 * SECOND;
    let bursts = numbered().debounce_within_rs2(2 * SECOND, longest);
    assert_eq!(bursts.collect_rs2::<Vec<_>>().await, [4, 7]);
    assert_eq!(numbered().throttle_rs2(longest).collect_rs2::<Vec<_>>().await, [1, 4, 7]);
    assert_eq!(numbered().throttle_first_rs2(longest).collect_rs2::<Vec<_>>().await, [1, 4, 7]);
    let latest = numbered().throttle_latest_rs2(4 * SECOND);
    assert_eq!(latest.collect_rs2::<Vec<_>>().await, [1, 5, 7]);
    assert_eq!(numbered().sample_rs2(longest).collect_rs2::<Vec<_>>().await, [3, 6, 7]);
    assert_eq!(begun.elapsed(), 42 * SECOND);

    let begun = tokio::time::Instant::now();
    let paced = from_iter(1..=4).pace_rs2(2, 2).collect_rs2::<Vec<_>>().await;
    assert_eq!((paced, begun.elapsed()), (vec![1, 2, 3, 4], 3 * SECOND / 2));
    let begun = tokio::time::Instant::now();
    let spaced = from_iter(1..=3).spaced_rs2(SECOND).collect_rs2::<Vec<_>>().await;
    assert_eq!((spaced, begun.elapsed()), (vec![1, 2, 3], 3 * SECOND));
    let begun = tokio::time::Instant::now();
    let delayed = emit_after('a', SECOND).delay_rs2(SECOND, 1).collect_rs2::<String>().await;
    assert_eq!((delayed.as_str(), begun.elapsed()), ("a", 2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn the_plain_time_outs_say_what_took_too_long() {
    let slow = || emit_after('a', 5 * SECOND);
    let failed = |kind| vec![Err::<char, _>(Elapsed { kind, after: SECOND })];
    let idle: Vec<_> = slow().timeout_rs2(SECOND).collect_rs2().await;
    assert_eq!(idle, failed(TimeoutKind::Idle));
    let initial: Vec<_> = slow().initial_timeout_rs2(SECOND).collect_rs2().await;
    assert_eq!(initial, failed(TimeoutKind::Initial));
    let completion: Vec<_> = slow().completion_timeout_rs2(SECOND).collect_rs2().await;
    assert_eq!(completion, failed(TimeoutKind::Completion));
    let in_time: Vec<_> = slow().demand_timeout_rs2(SECOND).collect_rs2().await;
    assert_eq!(in_time, [Ok('a')]);
    assert_eq!(initial[0].unwrap_err().to_string(), "no first item within 1s");
}
