//! Parallel processing.

use super::{MOMENT, all};
use crate::{rs2::prelude::*, run};
use std::time::Duration;

/// The first takes longest.
fn pause(n: u32) -> Duration {
    if n == 0 { 5 * MOMENT } else { Duration::ZERO }
}

#[test]
fn parallel_processing() {
    run(async {
        let squares = from_iter(0..5).map_parallel_rs2(|n| n * n);
        assert_eq!(all(squares).await, [0, 1, 4, 9, 16]);
        let squares = from_iter(0..5).map_parallel_with_concurrency_rs2(2, |n| n * n);
        assert_eq!(all(squares).await, [0, 1, 4, 9, 16]);
        let late_first = |n: u32| async move { all(emit_after(n, pause(n))).await[0] };
        assert_eq!(all(from_iter(0..3).par_eval_map_rs2(3, late_first)).await, [0, 1, 2]);
        let unordered = from_iter(0..3).par_eval_map_unordered_rs2(3, late_first);
        assert_eq!(all(unordered).await.last(), Some(&0));
        let streams = from_iter([emit_after(1, 5 * MOMENT), emit_after(2, Duration::ZERO)]);
        assert_eq!(all(streams.par_join_rs2(2)).await, [2, 1]);
    });
}
