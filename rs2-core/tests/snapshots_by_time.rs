//! Snapshots of what sorts by time.
#![cfg(feature = "snapshot")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/snapshots.rs"]
mod snapshots;

use cases::cases;
use proptest::prelude::*;
use rs2_core::machine::{ByTime, Machine};
use rs2_core::op::event_time::SortByTime;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use rs2_core::time::Instant;
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

/// So large that none is moved to let one in that comes late: it waits among the stragglers.
type Large = (usize, i64, [[u64; 32]; 4]);

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn large_items_are_sorted_and_go_on_from_anywhere(
        times in prop::collection::vec(0_i64..30, 0..16), delay in 0_u64..40,
        stops in any::<bool>(),
    ) {
        let large: Vec<Large> =
            times.into_iter().enumerate().map(|(n, ts)| (n, ts, [[7; 32]; 4])).collect();
        let sorted = |capacity| {
            let on_full = if stops { OnFull::Stop } else { OnFull::Evict };
            let limits = Limits::of(Heap::bounded(capacity)).on_full(on_full);
            let time = |item: &Large| EventTime::from_micros(item.1);
            let source = from_iter(large.clone()).replayable_rs2();
            source.sort_by_time_in_rs2(limits, time, Duration::from_micros(delay))
        };
        for capacity in [3, 99] {
            goes_on_from_anywhere(|| sorted(capacity));
            keeps_nothing_at_the_end(sorted(capacity));
        }
        // What the watermark has reached has gone out, and nothing else.
        let sort = SortByTime::new(Heap::bounded(99).into());
        let delayed = Duration::from_micros(delay);
        let mut machine = ByTime::new(sort, delayed, |item: &Large| EventTime::from_micros(item.1));
        let (mut kept, mut watermark, mut found) = (Vec::new(), i64::MIN, Vec::new());
        for item in large {
            if item.1 >= watermark {
                kept.push(item.1);
                watermark = watermark.max(item.1 - delay as i64);
            }
            let mut next = machine.on_item(Instant::ORIGIN, item);
            while let Some(out) = next {
                found.push(out.1);
                next = machine.more();
            }
            kept.sort_unstable();
            let reached = kept.iter().copied().filter(|ts| *ts <= watermark);
            prop_assert_eq!(&found, &reached.collect::<Vec<_>>());
        }
    }
}
