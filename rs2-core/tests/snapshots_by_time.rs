//! Snapshots of what sorts by time.
#![cfg(feature = "snapshot")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/snapshots.rs"]
mod snapshots;

use cases::cases;
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};
use std::time::Duration;

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn sorting_goes_on_from_anywhere(
        times in prop::collection::vec(0_i64..30, 0..20), delay in 0_u64..20,
        capacity in 1_usize..6,
    ) {
        let numbered: Vec<(usize, i64)> = times.into_iter().enumerate().collect();
        let sorted = || {
            let limits = Limits::of(Heap::bounded(capacity)).on_full(OnFull::Evict);
            let time = |item: &(usize, i64)| EventTime::from_micros(item.1);
            let source = from_iter(numbered.clone()).replayable_rs2();
            source.sort_by_time_in_rs2(limits, time, Duration::from_micros(delay))
        };
        goes_on_from_anywhere(sorted);
        keeps_nothing_at_the_end(sorted());
        let tied = || sorted().ties_by(|one, other| other.1.cmp(&one.1));
        goes_on_from_anywhere(tied);
        keeps_nothing_at_the_end(tied());
    }
}
