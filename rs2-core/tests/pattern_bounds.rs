//! What becomes of the attempts of one key when there are too many.
#![cfg(feature = "std")]

use rs2_core::metrics::{Loss, Losses};
use rs2_core::op::event_time::{MAX_ATTEMPTS, Pattern};
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use std::time::Duration;

/// Every zero begins an attempt, and a one completes all that there are: how many it completed.
fn completed(zeros: usize, on_full: OnFull) -> (usize, Losses) {
    let losses = Losses::new();
    let keys = Heap::bounded(10 * MAX_ATTEMPTS).seeded(7);
    let limits = Limits::of(keys).on_full(on_full).report_to(&losses);
    let pattern = Pattern::begin(|n: &u8| *n == 0)
        .followed_by(|n: &u8| *n == 1)
        .skip(rs2_core::op::event_time::Skip::Nothing);
    let items = std::iter::repeat_n(0, zeros).chain([1]);
    let time = |_: &u8| EventTime::EPOCH;
    let found =
        from_iter(items).pattern_by_time_in_rs2(limits, pattern, Duration::ZERO, |_| (), time);
    let found: Vec<_> = futures_executor::block_on(found.collect_rs2());
    (found.len(), losses)
}

#[test]
fn as_many_attempts_as_allowed_lose_nothing() {
    for on_full in [OnFull::Evict, OnFull::Reject, OnFull::Stop] {
        let (found, losses) = completed(MAX_ATTEMPTS, on_full);
        assert_eq!((found, losses.total(), losses.is_stopped()), (MAX_ATTEMPTS, 0, false));
    }
}

#[test]
fn one_more_is_counted_or_ends_the_stream() {
    let (found, losses) = completed(MAX_ATTEMPTS + 1, OnFull::Evict);
    assert_eq!((found, losses.of(Loss::Evicted), losses.total()), (MAX_ATTEMPTS, 1, 1));
    let (found, losses) = completed(MAX_ATTEMPTS + 1, OnFull::Reject);
    assert_eq!((found, losses.of(Loss::Full), losses.total()), (MAX_ATTEMPTS, 1, 1));
    let (found, losses) = completed(MAX_ATTEMPTS + 1, OnFull::Stop);
    assert_eq!((found, losses.is_stopped()), (0, true));
}
